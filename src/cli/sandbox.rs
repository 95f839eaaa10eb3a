//! `sandbox`: a made-up AutoScribe account on this machine.

use super::failure::Failure;
use crate::sandbox::args::{SandboxArgs, serve};
use crate::shutdown::Shutdown;

/// Serves until a signal ends it.
pub async fn run(args: SandboxArgs) -> Result<u8, Failure> {
    let shutdown = Shutdown::default();
    shutdown.listen().map_err(|error| Failure::with_code(6, format!("cannot listen for signals: {error}")))?;
    let stop = shutdown.drain().clone();
    serve(args, async move { stop.cancelled().await }).await.map_err(|error| Failure::usage(format!("{error:#}")))?;
    Ok(0)
}
