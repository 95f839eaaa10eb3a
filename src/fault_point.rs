//! Named places at which a test can end the process as a power cut would: at once, nothing unwound, nothing flushed.
//!
//! `AVARA_ONBOARD_FAULT_POINT=intent.before_commit:3` aborts at the third passing of that place (`:1` may be left
//! out); `intent.before_commit:stall=1300` holds every passing up for so many milliseconds, as a slow disk would. A release
//! build compiles every fault point to nothing and does not read the variable.

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
    match asked.as_ref().map(|asked| asked.at(name)) {
        None | Some(Fault::None) => {}
        Some(Fault::Abort) => std::process::abort(),
        Some(Fault::Stall(time)) => std::thread::sleep(time),
    }
}

/// What happens at a passing.
#[cfg(debug_assertions)]
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    None,
    Abort,
    Stall(std::time::Duration),
}

/// A place, and what is to happen there.
#[cfg(debug_assertions)]
#[derive(Debug)]
struct Asked {
    name: String,
    when: When,
}

/// How many passings are left until the process ends there, or how long each takes.
#[cfg(debug_assertions)]
#[derive(Debug)]
enum When {
    AbortAfter(std::sync::atomic::AtomicU64),
    StallEach(std::time::Duration),
}

#[cfg(debug_assertions)]
impl Asked {
    fn parse(text: &str) -> Option<Self> {
        let (name, when) = text.split_once(':').unwrap_or((text, "1"));
        let when = match when.strip_prefix("stall=") {
            Some(time) => When::StallEach(std::time::Duration::from_millis(time.parse().ok()?)),
            None => When::AbortAfter(when.parse().ok().filter(|&passing: &u64| passing > 0)?.into()),
        };
        (!name.is_empty()).then(|| Asked { name: name.to_owned(), when })
    }

    fn at(&self, name: &str) -> Fault {
        use std::sync::atomic::Ordering;
        match &self.when {
            _ if self.name != name => Fault::None,
            When::StallEach(time) => Fault::Stall(*time),
            When::AbortAfter(left) if left.fetch_sub(1, Ordering::Relaxed) == 1 => Fault::Abort,
            When::AbortAfter(_) => Fault::None,
        }
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_place_at_the_asked_passing_is_reached() {
        let asked = Asked::parse("b:2").unwrap();
        let passed = ["b", "a", "b", "b"].map(|name| asked.at(name));
        assert_eq!(passed, [Fault::None, Fault::None, Fault::Abort, Fault::None]);
        assert_eq!(Asked::parse("a").unwrap().at("a"), Fault::Abort);
    }

    #[test]
    fn a_stall_holds_every_passing_up() {
        let asked = Asked::parse("a:stall=20").unwrap();
        let time = std::time::Duration::from_millis(20);
        assert_eq!(["a", "b", "a"].map(|name| asked.at(name)), [Fault::Stall(time), Fault::None, Fault::Stall(time)]);
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
        for text in ["", ":1", "a:0", "a:x", "a:stall", "a:stall=x"] {
            assert!(Asked::parse(text).is_none(), "{text}");
        }
    }
}
