#![no_main]

use libfuzzer_sys::fuzz_target;
use tmux_control_fuzz::checks;

fuzz_target!(|data: &[u8]| checks::unescape(data));
