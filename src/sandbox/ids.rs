//! Ids, made from the seed: the same people invited in the same sandbox get the same ids, in whatever order.

use super::faults::digest;

/// `usr_` and 32 hexadecimal digits.
pub(super) fn user(seed: u64, email: &str, nth: usize) -> String {
    format!("usr_{}", hex(seed, &["user", email, &nth.to_string()]))
}

/// `inv_` and 32 hexadecimal digits.
pub(super) fn invitation(seed: u64, email: &str, nth: usize) -> String {
    format!("inv_{}", hex(seed, &["invitation", email, &nth.to_string()]))
}

/// The UUID of the clinic.
pub(super) fn clinic(seed: u64) -> String {
    uuid(seed, "clinic")
}

/// The UUID of the API key.
pub(super) fn api_key(seed: u64) -> String {
    uuid(seed, "api key")
}

fn half(seed: u64, parts: &[&str]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest(seed, parts)[..16]);
    half
}

fn hex(seed: u64, parts: &[&str]) -> String {
    half(seed, parts).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn uuid(seed: u64, what: &str) -> String {
    uuid::Builder::from_random_bytes(half(seed, &[what])).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscribe::wire::is_user_id;

    #[test]
    fn ids_have_the_documented_form_and_differ() {
        let ana = user(0, "ana@example.org", 0);
        assert!(is_user_id(&ana));
        assert_eq!(ana, user(0, "ana@example.org", 0));
        assert_ne!(ana, user(0, "ana@example.org", 1));
        assert_ne!(ana, user(1, "ana@example.org", 0));
        assert_eq!(invitation(0, "ana@example.org", 0).len(), 36);
        assert_eq!(clinic(3).len(), 36);
        assert_ne!(clinic(3), clinic(4));
    }
}
