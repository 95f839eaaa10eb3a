//! Named places at which a test can end the process as a power cut would: at once, nothing unwound, nothing flushed.
//!
//! `AVARA_ONBOARD_FAULT_POINT=intent.before_commit:3` aborts at the third passing of that place (`:1` may be left
//! out). A release build compiles every fault point to nothing and does not read the variable.

/// Every place that has a name, in the order in which the life of a row passes them, so that a test can visit all.
pub const NAMES: &[&str] = &[
    "lock.before_taking",
    "lock.after_taking",
    "intent.before_commit",
    "intent.after_commit",
    "delivery.before_send",
    "delivery.after_answer",
    "close.before_commit",
    "close.after_commit",
    "record.before_commit",
    "record.after_commit",
    "merge.before_commit",
    "forget.before_commit",
];

/// The environment variable that names the place, and after a colon the passing at which to abort.
pub const VARIABLE: &str = "AVARA_ONBOARD_FAULT_POINT";

/// Passes a named place; in a debug build the process may end here. See [`crate::fault_point`](mod@crate::fault_point).
#[macro_export]
macro_rules! fault_point {
    ($name:expr) => {{
        #[cfg(debug_assertions)]
        $crate::fault_point::pass($name);
    }};
}

/// Counts a passing, and aborts if it is the one that was asked for.
#[cfg(debug_assertions)]
#[doc(hidden)]
pub fn pass(name: &str) {
    use std::sync::OnceLock;
    static ASKED: OnceLock<Option<Asked>> = OnceLock::new();
    let asked = ASKED.get_or_init(|| std::env::var(VARIABLE).ok().as_deref().and_then(Asked::parse));
    if asked.as_ref().is_some_and(|asked| asked.is_reached_by(name)) {
        std::process::abort();
    }
}

/// A place, and how many passings are left until the process ends there.
#[cfg(debug_assertions)]
#[derive(Debug)]
struct Asked {
    name: String,
    left: std::sync::atomic::AtomicU64,
}

#[cfg(debug_assertions)]
impl Asked {
    fn parse(text: &str) -> Option<Self> {
        let (name, passing) = match text.split_once(':') {
            Some((name, passing)) => (name, passing.parse().ok().filter(|&passing| passing > 0)?),
            None => (text, 1),
        };
        (!name.is_empty()).then(|| Asked { name: name.to_owned(), left: passing.into() })
    }

    fn is_reached_by(&self, name: &str) -> bool {
        use std::sync::atomic::Ordering;
        self.name == name && self.left.fetch_sub(1, Ordering::Relaxed) == 1
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_place_at_the_asked_passing_is_reached() {
        let asked = Asked::parse("b:2").unwrap();
        let passed = ["b", "a", "b", "b"].map(|name| asked.is_reached_by(name));
        assert_eq!(passed, [false, false, true, false]);
        assert!(Asked::parse("a").unwrap().is_reached_by("a"));
    }

    /// Every `fault_point!("…")` in the source below a folder.
    fn used_below(folder: &std::path::Path) -> Vec<String> {
        let mut used = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                used.extend(used_below(&path));
            } else if path.file_name() != Some("fault_point.rs".as_ref()) {
                let text = std::fs::read_to_string(&path).unwrap();
                let names = text.split("fault_point!(\"").skip(1);
                used.extend(names.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
        used
    }

    #[test]
    fn every_place_has_its_name_in_the_list_and_every_name_its_place() {
        let mut used = used_below(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        let mut names = NAMES.to_vec();
        used.sort();
        names.sort();
        assert_eq!(used, names);
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        for text in ["", ":1", "a:0", "a:x"] {
            assert!(Asked::parse(text).is_none(), "{text}");
        }
    }
}
