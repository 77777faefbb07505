//! Every input in `fuzz/corpus` once more.

use std::{fs, path::Path};

use crate::checks::CHECKS;

#[test]
fn what_fuzzing_kept_still_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, check) in CHECKS {
        let folder = corpus.join(name);
        let mut inputs = 0;
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
            let path = entry.expect("a file of the corpus").path();
            let input = fs::read(&path).expect("a file of the corpus");
            println!("{}", path.display());
            check(&input);
            inputs += 1;
        }
        assert!(inputs > 0, "no input in {folder:?}");
    }
}
