//! The command `avara-onboard`.

use std::process::ExitCode;

fn main() -> ExitCode {
    avara_onboard::cli::main()
}
