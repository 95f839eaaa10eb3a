//! The real program over TLS, HTTP/2 and a proxy: what the sandbox, which speaks plain HTTP/1, cannot play.
//!
//! Everything is on this machine: a server with certificates made on the spot, named by `SSL_CERT_FILE`.
#![cfg(target_os = "linux")]

mod certificates;
mod http2;
mod office;
mod proxy;
mod streams;
