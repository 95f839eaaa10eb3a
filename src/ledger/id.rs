//! Names of things in the ledger: accounts, keys, runs, intents.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An account in the ledger. Only a [`Ledger`](super::Ledger) gives one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountId(pub(super) i64);

/// An intent in the ledger. Only [`Ledger::intend`](super::Ledger::intend) gives one out, once it is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntentId(pub(super) i64);

/// What is kept of a secret key: enough to know it again, nothing to sign in with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyFingerprint(pub(super) [u8; 32]);

impl KeyFingerprint {
    /// The fingerprint of a key. The prefix keeps it apart from any other hash of the same key.
    pub fn of(secret_key: &str) -> Self {
        KeyFingerprint(Sha256::new().chain_update("avara-onboard key\0").chain_update(secret_key).finalize().into())
    }
}

/// The first bytes, in hexadecimal: enough to tell keys apart in a message.
impl fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex(&self.0[..6]))
    }
}

impl fmt::Debug for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFingerprint({self})")
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A run's id: a UUID of version 7, so that ids sort by when the runs began.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub(super) Uuid);

impl RunId {
    /// A new id for a run that begins at this time.
    pub(super) fn new(started_at: jiff::Timestamp) -> Self {
        let seconds = u64::try_from(started_at.as_second()).unwrap_or_default();
        let nanoseconds = u32::try_from(started_at.subsec_nanosecond()).unwrap_or_default();
        RunId(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds)))
    }

    /// An id of no run, for tests of others.
    #[cfg(test)]
    pub(crate) fn nil() -> Self {
        RunId(Uuid::nil())
    }

    /// The part that holds the time, to the millisecond: enough to tell the runs of one machine apart.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate("xxxxxxxx-xxxx".len());
        text
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunId({self})")
    }
}

/// Check letters, one for each remainder of 23 (a prime), as on Spanish identity cards: a wrong or swapped digit
/// changes the letter, so that a typing error never settles somebody else's row.
const CHECK_LETTERS: &[u8; 23] = b"trwagmyfpdxbnjzsqvhlcke";

/// What a person types to name a row in doubt: a number and a check letter, `17n`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShortId(String);

impl ShortId {
    pub(super) fn of(intent: IntentId) -> Self {
        let letter = CHECK_LETTERS[usize::try_from(intent.0.rem_euclid(23)).unwrap_or_default()];
        ShortId(format!("{}{}", intent.0, char::from(letter)))
    }

    /// The intent that a person named, if the letter fits the number.
    pub(super) fn intent(text: &str) -> Option<IntentId> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let intent = IntentId(digits.parse().ok()?);
        (ShortId::of(intent).as_str() == text).then_some(intent)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_keys_apart_and_shows_nothing_of_them() {
        let (one, other) = (KeyFingerprint::of("key-one"), KeyFingerprint::of("key-two"));
        assert_ne!(one, other);
        assert_eq!(one.to_string().len(), 12);
        assert!(!format!("{one:?}").contains("key-one"));
    }

    #[test]
    fn runs_sort_by_when_they_began_and_shorten_to_the_millisecond() {
        let at = |text: &str| RunId::new(text.parse().unwrap());
        let (first, second) = (at("2026-11-23T10:00:00.001Z"), at("2026-11-23T10:00:00.002Z"));
        assert!(first < second);
        assert_ne!(first.short(), second.short());
        assert!(first.to_string().starts_with(&first.short()));
    }

    #[test]
    fn a_short_id_reads_back_and_a_mistyped_one_does_not() {
        for number in [1, 17, 23, 999, 1_000_000] {
            let id = ShortId::of(IntentId(number));
            assert_eq!(ShortId::intent(&format!(" {} ", id.as_str().to_uppercase())), Some(IntentId(number)));
            let next = ShortId::of(IntentId(number + 1));
            let letter = next.as_str().chars().last().unwrap();
            assert_eq!(ShortId::intent(&format!("{number}{letter}")), None);
        }
        for text in ["", "n", "17", "é", "17nn", "-17n", "99999999999999999999t"] {
            assert_eq!(ShortId::intent(text), None, "{text}");
        }
    }
}
