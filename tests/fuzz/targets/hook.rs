//! What is done about a panic.

use std::panic::PanicHookInfo;

/// Ends the process at a panic of the program's or of a law, wherever it is caught; a panic of a library is none of
/// ours as long as the program catches it, as it does around the reading of workbooks.
pub fn install() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let of_a_library = info.location().is_some_and(|place| place.file().contains("/registry/src/"));
        if !of_a_library {
            eprintln!("{info}\n{}", std::backtrace::Backtrace::force_capture());
            std::process::abort();
        }
    }));
}
