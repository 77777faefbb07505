//! What the fuzz targets share with the tests of `tmux-control` and of `ao`.

#[path = "../../protocol/tests/checks/mod.rs"]
pub mod checks;

#[path = "../../tests/checks/screen.rs"]
pub mod screen;

#[path = "../../tests/checks/supervise.rs"]
pub mod supervise;
