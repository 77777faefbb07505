//! A sans-IO parser and command builder for tmux control mode.
