//! How a command speaks: text for people or one JSON document on stdout, progress and log on stderr.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use indicatif::MultiProgress;

use super::args::{FormatArg, LogFormatArg, VoiceArgs};
use super::failure::Failure;
use super::{report_failure, terminal};
use crate::delivery::stop::StopCause;
use crate::event::Sink;
use crate::report::log::{self, EventLog, LogFormat, LogOptions, Verbosity};
use crate::report::preview::Preview;
use crate::report::progress::{Progress, monotonic};
use crate::report::summary::Tally;

/// Whether a person has been shown what is to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// In the preview.
    Already,
    /// Not yet.
    NotYet,
}

/// How a command speaks.
pub struct Voice {
    format: FormatArg,
    quiet: bool,
    events: Arc<dyn Sink>,
    progress: Option<Arc<Progress>>,
}

impl Voice {
    /// Sets up progress and log.
    ///
    /// # Errors
    /// When the log file cannot be written.
    pub fn new(args: &VoiceArgs) -> Result<Self, Failure> {
        let on_terminal = std::io::stderr().is_terminal();
        let bars = (on_terminal && !args.quiet).then(MultiProgress::new);
        log::init(LogOptions {
            format: match args.log_format {
                LogFormatArg::Text => LogFormat::Text,
                LogFormatArg::Json => LogFormat::Json,
            },
            verbosity: match (args.quiet, args.verbose) {
                (true, _) => Verbosity::Quiet,
                (false, 0) => Verbosity::Normal,
                (false, 1) => Verbosity::Verbose,
                (false, _) => Verbosity::Debug,
            },
            file: args.log_file.clone(),
            bars: bars.clone(),
            ansi: on_terminal,
        })
        .map_err(report_failure)?;
        let progress = match &bars {
            _ if args.quiet => None,
            Some(bars) => Some(Progress::bar(bars, monotonic())),
            // The log says the same there, line by line.
            None if args.verbose > 0 || args.log_format == LogFormatArg::Json => None,
            None => Some(Progress::lines(Box::new(std::io::stderr()), monotonic())),
        };
        let progress = progress.map(Arc::new);
        let mut sinks: Vec<Box<dyn Sink>> = vec![Box::new(EventLog)];
        sinks.extend(progress.clone().map(|progress| Box::new(progress) as Box<dyn Sink>));
        Ok(Voice { format: args.format, quiet: args.quiet, events: Arc::new(sinks), progress })
    }

    /// Where events go.
    pub fn events(&self) -> Arc<dyn Sink> {
        self.events.clone()
    }

    /// Whether people see the preview.
    pub fn shows_previews(&self) -> Shown {
        if self.format == FormatArg::Human && !self.quiet { Shown::Already } else { Shown::NotYet }
    }

    /// Takes the progress display away: a question or the last words follow.
    pub fn clear(&self) {
        if let Some(progress) = &self.progress {
            progress.put_away();
        }
    }

    /// Shows what would happen, and where.
    pub fn preview(&self, preview: &Preview, destination: String) {
        if self.shows_previews() == Shown::Already {
            terminal::say(&format!("{}\nTo       {destination}\n\n", preview.render()));
        }
    }

    /// Says why a command stopped, unless the progress display has said it already.
    pub fn tell_stop(&self, stopped: Option<&StopCause>) {
        if let (Some(cause), None) = (stopped, &self.progress) {
            terminal::tell(&format!("error: {cause}"));
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
        // The bar goes first, so that what follows stands below it.
        if let Some(progress) = &self.progress {
            progress.finish();
        }
        for fault in faults {
            terminal::tell(&format!("error: {fault}"));
        }
        self.tell_stop(stopped);
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
            FormatArg::Human if self.quiet && code == 0 && !tally.tells() => {}
            FormatArg::Human => terminal::say(&tally.render_with(Some(results), rejects)),
        }
    }
}
