//! What must hold for the screen model whatever bytes it is fed: what fuzzing kept once more, and
//! what proptest invents.

use std::{fs, path::Path};

use proptest::collection::vec;
use proptest::prelude::*;

#[path = "../checks/screen.rs"]
mod checks;

#[test]
fn what_fuzzing_kept_of_screens_still_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/screen");
    let mut inputs = 0;
    for entry in fs::read_dir(&corpus).unwrap_or_else(|error| panic!("{corpus:?}: {error}")) {
        let path = entry.expect("a file of the corpus").path();
        println!("{}", path.display());
        checks::screen(&fs::read(&path).expect("a file of the corpus"));
        inputs += 1;
    }
    assert!(inputs > 0, "no input in {corpus:?}");
}

/// Bytes of which many mean something.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => any::<u8>(),
        2 => Just(0x1b),
        3 => prop::sample::select(&b"[]?;0123456789hlmHJKLMPSTX@ABCDdr\\\x07\n\r\x08\xfe\xfd"[..]),
        2 => prop::sample::select(&[0xe7_u8, 0x95, 0x8c, 0xcc, 0x81, 0xe2, 0x80, 0x8d][..]),
    ];
    vec(byte, 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_cut_anywhere_show_the_same(bytes in bytes()) {
        checks::screen(&bytes);
    }
}
