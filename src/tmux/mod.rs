//! The only door to tmux.
