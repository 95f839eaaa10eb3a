//! How a command speaks: text for people or one JSON document on stdout, progress and log on stderr.

use std::path::Path;
use std::sync::Arc;

use super::args::{FormatArg, VoiceArgs};
use super::failure::Failure;
use super::terminal;
use crate::delivery::stop::StopCause;
use crate::event::{Silent, Sink};
use crate::report::preview::Preview;
use crate::report::summary::Tally;

/// How a command speaks.
pub struct Voice {
    format: FormatArg,
    quiet: bool,
    events: Arc<dyn Sink>,
}

impl Voice {
    /// Sets up progress and log.
    ///
    /// # Errors
    /// When the log file cannot be written.
    pub fn new(args: &VoiceArgs) -> Result<Self, Failure> {
        Ok(Voice { format: args.format, quiet: args.quiet, events: Arc::new(Silent) })
    }

    /// Where events go.
    pub fn events(&self) -> Arc<dyn Sink> {
        self.events.clone()
    }

    /// Shows what would happen, and where.
    pub fn preview(&self, preview: &Preview, destination: String) {
        if self.format == FormatArg::Human && !self.quiet {
            terminal::say(&format!("{}\nTo       {destination}\n\n", preview.render()));
        }
    }

    /// Says what became of the rows, where the files are, and what to do next.
    pub fn summary(
        &self,
        tally: &Tally,
        results: &Path,
        rejects: Option<&Path>,
        faults: &[String],
        stopped: Option<&StopCause>,
        code: u8,
    ) {
        for fault in faults {
            terminal::tell(&format!("error: {fault}"));
        }
        if let Some(cause) = stopped {
            terminal::tell(&format!("error: {cause}"));
        }
        match self.format {
            FormatArg::Json => {
                let document = serde_json::json!({
                    "summary": tally.summary(),
                    "results": results,
                    "rejects": rejects,
                    "stopped": stopped.map(ToString::to_string),
                    "faults": faults,
                    "exit_code": code,
                });
                terminal::say(&format!("{document}\n"));
            }
            FormatArg::Human if self.quiet && code == 0 => {}
            FormatArg::Human => terminal::say(&tally.render_with(Some(results), rejects)),
        }
    }
}
