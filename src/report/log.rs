//! The log: to standard error, through the progress bars so that the two do not collide, and to a file.
//!
//! What is never logged: request and answer bodies, the key, whole e-mail addresses, names. Libraries below us are
//! heard from `warn` up only, whatever the verbosity: at finer levels an HTTP library logs headers, and a header holds
//! the key. For the same reason no environment variable changes the levels.

mod events;

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use indicatif::MultiProgress;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use super::ReportError;
use super::paths::append_private;
pub use events::EventLog;

/// What our own modules' records are under.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// How a record is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// A JSON object on a line.
    Json,
}

/// How much is said on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// `-q`: errors.
    Quiet,
    /// Warnings; the run's events are the progress display's.
    #[default]
    Normal,
    /// `-v`: events too.
    Verbose,
    /// `-vv`: everything.
    Debug,
}

impl Verbosity {
    const fn level(self) -> LevelFilter {
        match self {
            Verbosity::Quiet => LevelFilter::ERROR,
            Verbosity::Normal => LevelFilter::WARN,
            Verbosity::Verbose => LevelFilter::INFO,
            Verbosity::Debug => LevelFilter::DEBUG,
        }
    }
}

/// What was asked of the log.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// How a record is written, here and in the file.
    pub format: LogFormat,
    /// How much is said on standard error.
    pub verbosity: Verbosity,
    /// A file that gets records from `info` up, at its end.
    pub file: Option<PathBuf>,
    /// The progress bars on standard error, if there are any.
    pub bars: Option<MultiProgress>,
    /// Colours on standard error: on a terminal only.
    pub ansi: bool,
}

/// Starts the log of the whole process. Called a second time, it keeps the first.
///
/// # Errors
/// The log file cannot be opened.
pub fn init(options: LogOptions) -> Result<(), ReportError> {
    let bars = options.bars.clone();
    // An error means that somebody has set one already: in a test, where it may stay.
    let _ = subscriber(&options, move || Screen { bars: bars.clone() })?.try_init();
    Ok(())
}

/// What [`init`] installs, with another screen in tests.
fn subscriber<S>(options: &LogOptions, screen: S) -> Result<impl Subscriber + Send + Sync + use<S>, ReportError>
where
    S: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let to_screen = layer(options.format, options.ansi, screen).with_filter(screen_filter(options));
    let to_file = match &options.file {
        Some(path) => {
            let file: File = append_private(path).map_err(|error| ReportError::write(path, error))?;
            let level = options.verbosity.level().max(LevelFilter::INFO);
            Some(layer(options.format, false, Mutex::new(file)).with_filter(ours_at(level)))
        }
        None => None,
    };
    Ok(Registry::default().with(to_screen).with(to_file))
}

fn layer<S, W>(format: LogFormat, ansi: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Without this a record that cannot be written is reported on standard error, and where that is closed, by a panic.
    let layer = tracing_subscriber::fmt::layer().log_internal_errors(false).with_writer(writer);
    match format {
        LogFormat::Text => layer.with_ansi(ansi).with_target(false).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    }
}

/// Our own records at this level, those of libraries at `warn` or less.
fn ours_at(level: LevelFilter) -> Targets {
    Targets::new()
        .with_target(OURS, level)
        // It reports a certificate as an error of its own at every attempt; what it means is told once, by the run.
        .with_target("rustls_platform_verifier", LevelFilter::OFF)
        .with_default(level.min(LevelFilter::WARN))
}

/// Standard error: the run's events are shown by the progress display already, unless they are wanted as records.
fn screen_filter(options: &LogOptions) -> Targets {
    let level = options.verbosity.level();
    let events = match (options.format, options.verbosity) {
        // Why a run stopped is said where it ends, for people.
        (LogFormat::Text, Verbosity::Quiet) => LevelFilter::OFF,
        (LogFormat::Json, Verbosity::Quiet) => LevelFilter::ERROR,
        (LogFormat::Json, Verbosity::Normal) => LevelFilter::INFO,
        (LogFormat::Text, Verbosity::Normal) => LevelFilter::OFF,
        (_, Verbosity::Verbose | Verbosity::Debug) => level,
    };
    ours_at(level).with_target(events::TARGET, events)
}

/// Standard error, the bars taken away while something is written to it.
struct Screen {
    bars: Option<MultiProgress>,
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &self.bars {
            Some(bars) => bars.suspend(|| io::stderr().write_all(bytes)),
            None => io::stderr().write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests;
