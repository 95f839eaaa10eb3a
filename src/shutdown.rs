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
            Signal::Hangup => "a hang-up (the terminal was closed)",
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

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            got = self.interrupt.recv() => got.map(|()| Signal::Interrupt),
            got = self.terminate.recv() => got.map(|()| Signal::Terminate),
            got = self.hangup.recv() => got.map(|()| Signal::Hangup),
        }
    }
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
