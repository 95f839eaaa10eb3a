//! Signals as one stream: the first drains, the second abandons.

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// A signal that ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// `kill`, a shutdown of the machine, a supervisor's stop.
    Terminate,
    /// The terminal was closed.
    Hangup,
}

impl Signal {
    /// 128 and the signal's number, as shells report it.
    pub const fn exit_code(self) -> u8 {
        match self {
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
            Signal::Hangup => 129,
        }
    }

    /// As people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Signal::Interrupt => "Ctrl-C",
            Signal::Terminate => "a termination signal",
            Signal::Hangup => "a hang-up",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where stages ask whether to go on. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    first: OnceLock<Signal>,
    drain: CancellationToken,
    abandon: CancellationToken,
}

impl Shutdown {
    /// Takes a signal: the first asks to drain, any later one to abandon what is in flight.
    pub fn signal(&self, signal: Signal) {
        if self.inner.first.set(signal).is_ok() {
            self.inner.drain.cancel();
        } else {
            self.inner.abandon.cancel();
        }
    }

    /// The first signal, if one came.
    pub fn received(&self) -> Option<Signal> {
        self.inner.first.get().copied()
    }

    /// Cancelled by the first signal.
    pub fn drain(&self) -> &CancellationToken {
        &self.inner.drain
    }

    /// Cancelled by the second.
    pub fn abandon(&self) -> &CancellationToken {
        &self.inner.abandon
    }

    /// Listens to the process's signals from now on, in a task of its own.
    ///
    /// # Errors
    /// When the operating system will not have it.
    pub fn listen(&self) -> std::io::Result<()> {
        let mut signals = Signals::new()?;
        let shutdown = self.clone();
        tokio::spawn(async move {
            while let Some(signal) = signals.next().await {
                shutdown.signal(signal);
            }
        });
        Ok(())
    }
}

/// A file that may not grow any more is an error of the write that would have made it grow, not the end of the process.
pub fn survive_file_limits() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Handled from now on, though nobody listens. Where the system will not have it, the limit ends the process.
        let _ = signal(SignalKind::from_raw(libc::SIGXFSZ));
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        // Asked before the first handler is set: what the caller has us ignore (nohup, a job in the background of a
        // script) stays ignored.
        let heed = |kind: SignalKind| match is_ignored(kind.as_raw_value()) {
            true => Ok(None),
            false => signal(kind).map(Some),
        };
        Ok(Signals {
            interrupt: heed(SignalKind::interrupt())?,
            terminate: heed(SignalKind::terminate())?,
            hangup: heed(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            got = heard(&mut self.interrupt) => got.map(|()| Signal::Interrupt),
            got = heard(&mut self.terminate) => got.map(|()| Signal::Terminate),
            got = heard(&mut self.hangup) => got.map(|()| Signal::Hangup),
        }
    }
}

/// A signal that is ignored never comes.
#[cfg(unix)]
async fn heard(signal: &mut Option<tokio::signal::unix::Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether this process was started with a signal ignored, where the system tells (Linux: `SigIgn` of its status).
#[cfg(unix)]
fn is_ignored(number: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores(&status, number)
}

#[cfg(unix)]
fn ignores(status: &str, number: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (number - 1)) != 0
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Signals)
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::signal::ctrl_c().await.ok().map(|()| Signal::Interrupt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_the_caller_has_us_ignore_is_read_from_the_status() {
        let status = "Name:\tx\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000000002\n";
        assert_eq!([1, 2, 15].map(|number| ignores(status, number)), [true, false, false]);
        assert!(!ignores("", 1));
    }

    #[test]
    fn the_first_drains_and_the_second_abandons() {
        let shutdown = Shutdown::default();
        assert_eq!(shutdown.received(), None);
        shutdown.signal(Signal::Terminate);
        assert!(shutdown.drain().is_cancelled() && !shutdown.abandon().is_cancelled());
        shutdown.signal(Signal::Interrupt);
        assert!(shutdown.abandon().is_cancelled());
        assert_eq!(shutdown.received(), Some(Signal::Terminate));
        assert_eq!([Signal::Interrupt, Signal::Terminate, Signal::Hangup].map(Signal::exit_code), [130, 143, 129]);
    }
}
