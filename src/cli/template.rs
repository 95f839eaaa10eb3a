//! `template`: a blank roster to be filled in.

use std::path::Path;

use super::args::{FormatArg, TemplateArgs, VoiceArgs};
use super::failure::Failure;
use super::{next, report_failure, terminal};
use crate::report::paths::refuse_special;
use crate::report::template::{write_csv, write_workbook};
use crate::roster::RosterOptions;

/// Writes it.
pub fn run(args: &TemplateArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let path = &args.file;
    refuse_special(path).map_err(report_failure)?;
    if !args.yes && path.symlink_metadata().is_ok() {
        return Err(Failure::usage(format!("{} is there already; it was not touched", path.display()))
            .hint("it may be filled in already; name another file, or replace it with --yes"));
    }
    match extension(path).as_deref() {
        Some("xlsx") => write_workbook(path, &[]),
        Some("csv") => write_csv(path, &[]),
        _ => {
            let message = format!("{} is neither .xlsx nor .csv", path.display());
            return Err(Failure::usage(message).hint("name the file staff.xlsx, or staff.csv"));
        }
    }
    .map_err(report_failure)?;
    match voice.format {
        FormatArg::Json => terminal::say(&format!("{}\n", serde_json::json!({ "written": path, "exit_code": 0 }))),
        FormatArg::Human if voice.quiet => {}
        FormatArg::Human => terminal::say(&format!(
            "Written to {0}: one row a person, and two examples that are left out by themselves.\nWhen it is filled in: \
             {1}\n",
            path.display(),
            next::check(path, &RosterOptions::default(), None)
        )),
    }
    Ok(0)
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
