//! What the fuzz targets share with the tests of `tmux-control`.

#[path = "../../protocol/tests/checks/mod.rs"]
pub mod checks;
