//! What the fuzzer found worth keeping, on every test run: each file through its reader, whose properties have to hold. What once
//! failed is kept among them.

#![expect(clippy::unwrap_used, reason = "the lint knows tests by their attribute, and these readers have none")]
#![expect(clippy::panic, clippy::indexing_slicing, reason = "as above")]

#[path = "../fuzz/src/parsers/mod.rs"]
mod parsers;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

// conforms: Our own
#[test]
fn every_reader_of_foreign_input_has_a_corpus_and_no_corpus_breaks_it() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let entries = |directory: &Path| fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let kept: BTreeSet<_> =
        entries(&corpora).map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let known: BTreeSet<_> = parsers::PARSERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(kept, known);
    for (name, parser) in parsers::PARSERS {
        let mut files: Vec<_> = entries(&corpora.join(name)).collect();
        assert!(!files.is_empty(), "{name} has no corpus");
        files.sort();
        for file in files {
            // The test's output names the file on which a property failed.
            println!("{}", file.display());
            parser(&fs::read(file).unwrap());
        }
    }
}
