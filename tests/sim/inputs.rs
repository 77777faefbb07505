//! What must hold for the supervisor whatever it is told: what fuzzing kept once more, and what
//! proptest invents.
#![allow(
    clippy::disallowed_methods,
    reason = "tests are the edge: the corpus is read from files"
)]

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;

#[path = "../checks/supervise.rs"]
mod checks;

#[test]
fn what_fuzzing_kept_of_inputs_still_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/supervise");
    let mut inputs = 0;
    for entry in fs::read_dir(&corpus).unwrap_or_else(|error| panic!("{corpus:?}: {error}")) {
        let path = entry.expect("a file of the corpus").path();
        println!("{}", path.display());
        checks::supervise(&fs::read(&path).expect("a file of the corpus"));
        inputs += 1;
    }
    assert!(inputs > 0, "no input in {corpus:?}");
}

/// A fleet that is asked for and connected, then anything.
fn inputs() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..800).prop_map(|rest| {
        let mut all = vec![0, 0, 1, 0, 3, 0, 5, 0];
        all.extend(rest);
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_inputs_in_any_order_are_taken(inputs in inputs()) {
        checks::supervise(&inputs);
    }
}
