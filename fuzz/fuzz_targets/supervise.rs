#![no_main]

use libfuzzer_sys::fuzz_target;
use tmux_control_fuzz::supervise;

fuzz_target!(|data: &[u8]| supervise::supervise(data));
