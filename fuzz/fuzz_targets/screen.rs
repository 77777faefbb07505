#![no_main]

use tmux_control_fuzz::screen;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| screen::screen(data));
