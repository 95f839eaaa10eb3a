//! Every input that the fuzz targets keep, through the law it was kept for: the seeds, and what once broke one.
//!
//! An input is named after what it is or what it broke. See `.ci/fuzz`.

use std::path::Path;

#[path = "fuzz/src/lib.rs"]
mod laws;

/// Holds a law for all inputs in `tests/data/fuzz` that are kept for it.
fn hold(target: &str, law: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz").join(target);
    let mut inputs = 0;
    for entry in std::fs::read_dir(&folder).expect("the inputs of a target") {
        let path = entry.expect("an input").path();
        let bytes = std::fs::read(&path).expect("an input");
        if let Err(panic) = std::panic::catch_unwind(|| law(&bytes)) {
            eprintln!("the input is {}", path.display());
            std::panic::resume_unwind(panic);
        }
        inputs += 1;
    }
    assert!(inputs > 0, "no inputs in {}", folder.display());
}

#[test]
fn text_rosters() {
    hold("text", laws::roster::text);
}

#[test]
fn workbooks() {
    hold("workbook", laws::roster::workbook);
}

#[test]
fn mapping_files() {
    hold("mapping", laws::mapping::mapping);
}

#[test]
fn answers() {
    hold("answers", laws::answers::answers);
}
