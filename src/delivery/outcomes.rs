//! The outcomes that more than one stage gives, in the words that people read.

use super::job::Job;
use crate::autoscribe::directory::InvitationState;
use crate::outcome::{Outcome, Status};

/// An outcome with a row's own details and nothing else.
pub fn outcome_of(job: &Job, status: Status) -> Outcome {
    Outcome {
        email: job.person.email.to_string(),
        first_name: job.person.first_name.to_string(),
        last_name: job.person.last_name.to_string(),
        ..Outcome::of(job.seq, job.at.clone(), status)
    }
}

/// A row beyond `--limit`.
pub fn beyond_limit(job: &Job) -> Outcome {
    Outcome {
        error_code: "limit".to_owned(),
        error: "beyond --limit; run again without it to send this row".to_owned(),
        ..outcome_of(job, Status::NotSent)
    }
}

/// Somebody whose earlier invitation came to nothing.
pub fn withdrawn(job: &Job, state: InvitationState, user_id: Option<String>) -> Outcome {
    let (word, option) = match state {
        InvitationState::Rejected => ("was rejected by this person", "rejected"),
        InvitationState::Revoked => ("was revoked", "revoked"),
        InvitationState::Pending | InvitationState::Accepted | InvitationState::Expired => ("has expired", "expired"),
    };
    Outcome {
        user_id,
        error_code: format!("invitation_{option}"),
        error: format!(
            "an earlier invitation {word}, and nothing was sent; to invite this person anew, add --reinvite {option}"
        ),
        ..outcome_of(job, Status::Withdrawn)
    }
}

/// What is said of a row whose outcome nobody knows.
pub fn not_known(why: &str) -> String {
    format!(
        "it is not known whether this invitation went out ({why}); do not invite this person by hand before looking at \
         the AutoScribe dashboard. The next run asks again; `avara-onboard resolve` settles it by hand"
    )
}
