//! Requests that came to no answer: what surely never left, and what may have.

use std::error::Error as StdError;

use super::client::{Exchange, NotSent};

/// Tells a request that never left from one that may have. Whatever is not surely the first is the second.
pub(super) fn without_answer(error: &reqwest::Error) -> Exchange {
    if let Some(problem) = certificate_problem(error) {
        return Exchange::NotSent(NotSent::Certificate(problem));
    }
    let why = describe(error);
    if error.is_connect() {
        // The tunnel's error type is private to the HTTP library, so its text is all there is to tell it by.
        if causes(error).any(|cause| cause.to_string().contains("proxy authorization required")) {
            return Exchange::NotSent(NotSent::ProxyCredentials);
        }
        return Exchange::NotSent(NotSent::Unreachable(why));
    }
    if error.is_builder() || never_began(error) {
        return Exchange::NotSent(NotSent::Unreachable(why));
    }
    Exchange::Lost { why }
}

/// The connection closed before the request was handed to it, or the server said (HTTP/2) that it did not look at it.
fn never_began(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        let unstarted = cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled);
        unstarted || cause.downcast_ref().is_some_and(was_not_looked_at)
    })
}

/// RFC 9113: a stream that was refused (8.7), and one above the last that a GOAWAY names (6.8), was not processed. The
/// library gives GOAWAY as the error of those streams only; one at or below the last ends with an I/O error.
fn was_not_looked_at(error: &h2::Error) -> bool {
    let is_refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_remote() && (is_refused || error.is_go_away())
}

fn certificate_problem(error: &reqwest::Error) -> Option<String> {
    match causes(error).find_map(tls_error)? {
        rustls::Error::InvalidCertificate(problem) => Some(certificate_words(problem)),
        _ => None,
    }
}

/// The TLS library's error in a cause. An I/O error hides what it was made of from `source()`, several deep at times.
fn tls_error<'e>(cause: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    if let Some(tls) = cause.downcast_ref() {
        return Some(tls);
    }
    tls_error(cause.downcast_ref::<std::io::Error>()?.get_ref()?)
}

fn certificate_words(problem: &rustls::CertificateError) -> String {
    use rustls::CertificateError as C;
    match problem {
        C::Expired | C::ExpiredContext { .. } => "it has expired (is this machine's clock right?)".to_owned(),
        C::NotValidYet | C::NotValidYetContext { .. } => {
            "it is not valid yet (is this machine's clock right?)".to_owned()
        }
        C::UnknownIssuer => "this machine does not know who issued it (a proxy that opens encrypted traffic? then its \
                             certificate must be installed in the operating system's store)"
            .to_owned(),
        C::BadSignature => "its issuer has a name that this machine knows, but another key".to_owned(),
        C::NotValidForName | C::NotValidForNameContext { .. } => "it was issued for another host name".to_owned(),
        C::Revoked => "it was revoked".to_owned(),
        C::Other(_) => "it is self-signed or malformed, so nobody can tell whose server this is".to_owned(),
        other => format!("{other}"),
    }
}

fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return match error.is_connect() {
            true => "no connection in time".to_owned(),
            false => "no answer in time".to_owned(),
        };
    }
    // The innermost cause is the one that a person can act on; the outer ones say "error sending request".
    let innermost = causes(error).last().map(in_words);
    let words = innermost.unwrap_or_else(|| "the request failed".to_owned());
    if error.is_dns() { format!("the host's name could not be resolved ({words})") } else { words }
}

/// A cause in words; the TLS library's own for a connection that ends early point to its manual.
fn in_words(cause: &(dyn StdError + 'static)) -> String {
    match cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::UnexpectedEof) => "the connection was closed too early".to_owned(),
        _ => match cause.to_string() {
            // The tunnel's error type is private to the HTTP library, like that of a proxy that wants credentials.
            text if text.contains("tunnel error") => format!("the proxy does not lead to the server ({text})"),
            text => text,
        },
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// What happened, as its innermost cause says.
pub(super) fn in_words_of(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), in_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_problem_is_found_however_deep_it_lies() {
        let problem = rustls::Error::InvalidCertificate(rustls::CertificateError::NotValidForName);
        let buried = std::io::Error::other(std::io::Error::other(problem.clone()));
        assert_eq!(tls_error(&buried), Some(&problem));
        assert_eq!(tls_error(&std::io::Error::other("reset")), None);
    }
}
