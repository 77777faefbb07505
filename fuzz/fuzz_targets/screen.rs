#![no_main]

use libfuzzer_sys::fuzz_target;
use tmux_control_fuzz::screen;

fuzz_target!(|data: &[u8]| screen::screen(data));
