//! What the tests of answers share.

use super::client::{Answer, Body};

/// A whole answer in JSON that asks for no wait.
pub(super) fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        retry_after_ms: None,
        retry_after: None,
        date: None,
        location_host: None,
        content_type: "application/json".to_owned(),
        body: Body::Whole(body.as_bytes().to_vec()),
    }
}
