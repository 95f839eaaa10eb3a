//! Faults as they are written on the command line.

use std::str::FromStr;
use std::time::Duration;

use super::faults::{Fault, FaultKind, RetryAfterStyle, When};

/// The text is no fault, or no wait.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No such fault.
    #[error(
        "there is no fault \"{0}\"; there are reset, hang, slow, 5xx, html, truncated, stall, invalid-json, \
         bad-encoding, wrong-shape, no-user-id, bad-user-id, other-email, oversize and every status from 300 to 599, each also with \
         -before or -after"
    )]
    Unknown(String),
    /// `slow` without a duration.
    #[error("slow needs a time in seconds, as in slow-before:2.5; \"{0}\" is none")]
    Slow(String),
    /// A wait that cannot be read.
    #[error("\"{0}\" is no wait; write none, ms:250, date:5, date:-60, or the text of the header itself: 2, 0.5, NaN")]
    Wait(String),
}

/// `KIND[-before|-after][:WAIT]`, as on the command line: `reset-after`, `503-before:2`, `429:ms:250`, `slow-after:3`.
impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (head, detail) = text.split_once(':').map_or((text, None), |(head, detail)| (head, Some(detail)));
        let (name, when) = match (head.strip_suffix("-before"), head.strip_suffix("-after")) {
            (Some(name), _) => (name, Some(When::BeforeActing)),
            (_, Some(name)) => (name, Some(When::AfterActing)),
            _ => (head, None),
        };
        let kind = FaultKind::parse(name, detail, text)?;
        let when = when.unwrap_or_else(|| kind.usual_side());
        Ok(Fault { kind, when })
    }
}

impl FaultKind {
    fn parse(name: &str, detail: Option<&str>, whole: &str) -> Result<Self, FaultError> {
        let plain = match name {
            "reset" => FaultKind::Reset,
            "hang" => FaultKind::Hang,
            "5xx" => FaultKind::Any5xx,
            "truncated" => FaultKind::Truncated,
            "stall" => FaultKind::Stall,
            "html" => FaultKind::Html,
            "invalid-json" => FaultKind::InvalidJson,
            "bad-encoding" => FaultKind::BadEncoding,
            "wrong-shape" => FaultKind::WrongShape,
            "no-user-id" => FaultKind::NoUserId,
            "bad-user-id" => FaultKind::BadUserId,
            "other-email" => FaultKind::OtherEmail,
            "oversize" => FaultKind::Oversize,
            "slow" => return FaultKind::slow(detail.unwrap_or_default(), whole),
            _ => return FaultKind::status(name, detail, whole),
        };
        match detail {
            None => Ok(plain),
            Some(_) => Err(FaultError::Unknown(whole.to_owned())),
        }
    }

    fn slow(seconds: &str, whole: &str) -> Result<Self, FaultError> {
        let time = seconds.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        time.map(FaultKind::Slow).ok_or_else(|| FaultError::Slow(whole.to_owned()))
    }

    fn status(name: &str, detail: Option<&str>, whole: &str) -> Result<Self, FaultError> {
        let unknown = || FaultError::Unknown(whole.to_owned());
        let status: u16 = name.parse().map_err(|_| unknown())?;
        match status {
            301..=303 | 307 | 308 => Ok(FaultKind::Redirect { status, to: detail.map(str::to_owned) }),
            300..=599 => Ok(FaultKind::Status(status, detail.unwrap_or("none").parse()?)),
            _ => Err(unknown()),
        }
    }

    /// The side of acting on which it happens when nothing else is said.
    fn usual_side(&self) -> When {
        match self {
            FaultKind::Status(..) | FaultKind::Redirect { .. } | FaultKind::Any5xx | FaultKind::Html => {
                When::BeforeActing
            }
            FaultKind::Reset | FaultKind::Hang | FaultKind::Slow(_) => When::BeforeActing,
            _ => When::AfterActing,
        }
    }
}

impl FromStr for RetryAfterStyle {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || FaultError::Wait(text.to_owned());
        if text == "none" {
            Ok(RetryAfterStyle::None)
        } else if let Some(millis) = text.strip_prefix("ms:") {
            millis.parse().map(RetryAfterStyle::Millis).map_err(|_| bad())
        } else if let Some(seconds) = text.strip_prefix("date:") {
            seconds.parse().map(RetryAfterStyle::Date).map_err(|_| bad())
        } else if !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            Ok(RetryAfterStyle::Text(text.to_owned()))
        } else {
            Err(bad())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_as_it_is_written_on_the_command_line() {
        let wait = |text: &str| RetryAfterStyle::Text(text.into());
        for (text, fault) in [
            ("reset-after", Fault::after(FaultKind::Reset)),
            ("reset", Fault::before(FaultKind::Reset)),
            ("html-after", Fault::after(FaultKind::Html)),
            ("truncated", Fault::after(FaultKind::Truncated)),
            ("no-user-id", Fault::after(FaultKind::NoUserId)),
            ("5xx-after", Fault::after(FaultKind::Any5xx)),
            ("503-before:2", Fault::before(FaultKind::Status(503, wait("2")))),
            ("429:ms:250", Fault::before(FaultKind::Status(429, RetryAfterStyle::Millis(250)))),
            ("429:date:-60", Fault::before(FaultKind::Status(429, RetryAfterStyle::Date(-60)))),
            ("429:NaN", Fault::before(FaultKind::Status(429, wait("NaN")))),
            ("slow-after:0.5", Fault::after(FaultKind::Slow(Duration::from_millis(500)))),
            ("302", Fault::before(FaultKind::Redirect { status: 302, to: None })),
        ] {
            assert_eq!(text.parse(), Ok(fault), "{text}");
        }
        for text in ["", "resett", "200", "700", "slow", "slow:-1", "429:ms:x", "429:", "reset:2"] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
