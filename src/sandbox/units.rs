//! Times, rates and probabilities, as they are typed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::faults::Fault;

/// A time, written `250ms`, `5s`, `2m` or `0.5s`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span(pub Duration);

/// A rate, written `10/s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerSecond(pub u32);

/// A fault and its probability, written `reset-after=0.05`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chance(pub Fault, pub f64);

/// What was typed is none of these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgError {
    /// No time.
    #[error("\"{0}\" is no time; write it as 250ms, 5s or 2m")]
    Span(String),
    /// No rate.
    #[error("\"{0}\" is no rate; write it as 10/s")]
    Rate(String),
    /// No probability.
    #[error("\"{0}\" has no probability from 0 to 1; write it as reset-after=0.05")]
    Probability(String),
    /// No fault.
    #[error(transparent)]
    Fault(#[from] super::fault_text::FaultError),
}

impl FromStr for Span {
    type Err = ArgError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0)];
        let seconds = units.into_iter().find_map(|(unit, factor)| {
            let number: f64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            Duration::try_from_secs_f64(number * factor).ok()
        });
        seconds.map(Span).ok_or_else(|| ArgError::Span(text.to_owned()))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs_f64())
    }
}

impl FromStr for PerSecond {
    type Err = ArgError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix("/s").and_then(|number| number.parse().ok()).filter(|number| *number > 0);
        number.map(PerSecond).ok_or_else(|| ArgError::Rate(text.to_owned()))
    }
}

impl FromStr for Chance {
    type Err = ArgError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let missing = || ArgError::Probability(text.to_owned());
        let (fault, probability) = text.rsplit_once('=').ok_or_else(missing)?;
        let probability: f64 = probability.parse().map_err(|_| missing())?;
        if !(0.0..=1.0).contains(&probability) {
            return Err(missing());
        }
        Ok(Chance(fault.parse()?, probability))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, millis) in [("250ms", 250), ("5s", 5_000), ("0.5s", 500), ("2m", 120_000), ("0s", 0)] {
            assert_eq!(text.parse(), Ok(Span(Duration::from_millis(millis))), "{text}");
        }
        for text in ["", "5", "s", "-1s", "NaNs", "1h", "1e30s"] {
            assert_eq!(text.parse::<Span>(), Err(ArgError::Span(text.to_owned())));
        }
        assert_eq!(Span(Duration::from_millis(1500)).to_string().parse(), Ok(Span(Duration::from_millis(1500))));
    }

    #[test]
    fn rates_are_above_zero() {
        assert_eq!("10/s".parse(), Ok(PerSecond(10)));
        for text in ["10", "0/s", "-1/s", "/s", "10/m"] {
            assert_eq!(text.parse::<PerSecond>(), Err(ArgError::Rate(text.to_owned())));
        }
    }

    #[test]
    fn a_chance_is_a_fault_and_a_probability() {
        let Chance(fault, probability) = "503-after:2=0.25".parse().unwrap();
        assert_eq!((fault, probability), ("503-after:2".parse().unwrap(), 0.25));
        for text in ["reset", "reset=", "reset=1.1", "reset=-0.1", "reset=NaN"] {
            assert_eq!(text.parse::<Chance>(), Err(ArgError::Probability(text.to_owned())));
        }
    }
}
