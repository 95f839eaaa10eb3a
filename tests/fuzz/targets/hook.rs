//! What is done about a panic.

use std::cell::RefCell;
use std::panic::PanicHookInfo;

thread_local! {
    /// The panic of a library before this one, on this thread.
    static EARLIER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Ends the process at a panic of the program's or of a law, wherever it is caught; a panic of a library is none of
/// ours as long as the program catches it, as it does around the reading of workbooks. One that nobody catches comes
/// here a second time, from where it cannot unwind any further.
pub fn install() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let of_a_library = info.location().is_some_and(|place| place.file().contains("/registry/src/"));
        if of_a_library {
            EARLIER.set(info.to_string());
        } else {
            let earlier = EARLIER.take();
            eprintln!("{info}\nthe last panic of a library was: {earlier}");
            eprintln!("{}", std::backtrace::Backtrace::force_capture());
            std::process::abort();
        }
    }));
}
