//! The people of an account, as the API shows them.

use jiff::Timestamp;
use serde::Serialize;

/// What an invitation says of a person. Absent optionals are left out of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is the API's field of the same name")]
pub struct Person {
    pub can_create_reports: bool,
    pub can_manage_studies: bool,
    /// `null` only after a PATCH has cleared it.
    pub clinic_role: Option<String>,
    pub email: String,
    pub first_name: String,
    pub has_dashboard_access: bool,
    pub last_name: String,
    /// `admin`, `member`, or `owner` of the clinic's owner.
    pub level: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub npi_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix2: Option<String>,
}

impl Person {
    /// A member with the role `Other` and no permissions; everything else can be set afterwards.
    pub fn named(email: &str, first_name: &str, last_name: &str) -> Self {
        Person {
            can_create_reports: false,
            can_manage_studies: false,
            clinic_role: Some("Other".to_owned()),
            email: email.to_owned(),
            first_name: first_name.to_owned(),
            has_dashboard_access: false,
            last_name: last_name.to_owned(),
            level: "member".to_owned(),
            middle_name: None,
            npi_number: None,
            phone_number: None,
            suffix1: None,
            suffix2: None,
        }
    }
}

/// How a user or an invitation came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// By a person, on the dashboard.
    Dashboard,
    /// By this API.
    Api,
}

/// Where a user stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Invited, has not accepted.
    Pending,
    /// Accepted.
    Active,
    /// Access revoked; the data stays.
    Deactivated,
    /// The invitation was revoked, rejected or superseded: there is no such user.
    Gone,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is the API's field of the same name")]
pub struct User {
    pub user_id: String,
    #[serde(flatten)]
    pub person: Person,
    pub created_at: Timestamp,
    pub invited_source: Source,
    pub last_login_at: Option<Timestamp>,
    /// Where the user stands; the API does not show it.
    #[serde(skip)]
    pub standing: Standing,
}

/// The status of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is the API's word")]
pub enum InvitationStatus {
    Sent,
    Accepted,
    Rejected,
    Revoked,
}

impl InvitationStatus {
    /// The status of a word of the API.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "sent" => Some(InvitationStatus::Sent),
            "accepted" => Some(InvitationStatus::Accepted),
            "rejected" => Some(InvitationStatus::Rejected),
            "revoked" => Some(InvitationStatus::Revoked),
            _ => None,
        }
    }
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is the API's field of the same name")]
pub struct Invitation {
    pub invitation_id: String,
    pub user_id: String,
    pub clinic_id: String,
    /// The user who sent it; `null` when the API did.
    pub inviter_id: Option<String>,
    /// The key that sent it; `null` when a person did, on the dashboard.
    pub invited_by_api_key_id: Option<String>,
    pub invited_source: Source,
    #[serde(flatten)]
    pub person: Person,
    pub status: InvitationStatus,
    pub expiry: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Invitation {
    /// Whether it can still be accepted.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == InvitationStatus::Sent && now < self.expiry
    }
}

/// An invitation e-mail that AutoScribe would have sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names say it")]
pub struct Mail {
    pub at: Timestamp,
    pub email: String,
    pub user_id: String,
    pub invitation_id: String,
}
