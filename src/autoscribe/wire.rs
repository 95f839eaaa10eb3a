//! The API's types, as they stand on the wire: JSON, camelCase, absent optionals left out.
//!
//! Source: the invite page, and the users and invitations pages that the official SDK was generated from.

use serde::{Deserialize, Serialize};

use crate::staff::StaffMember;

/// The path of users below the base URL: POST invites, GET lists.
pub const USERS: &str = "/v1/autoScribe/users";
/// The path of invitations below the base URL.
pub const INVITATIONS: &str = "/v1/autoScribe/users/invitations";

/// The path that takes a pending invitation back: POST.
pub const REVOKE: &str = "/v1/autoScribe/users/invitations/revoke";

/// The body of `POST /v1/autoScribe/users`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is the invite page's parameter of the same name")]
pub struct InviteRequest {
    pub can_create_reports: bool,
    pub can_manage_studies: bool,
    pub clinic_role: String,
    pub email: String,
    pub first_name: String,
    pub has_dashboard_access: bool,
    pub last_name: String,
    pub level: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub npi_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix1: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix2: Option<String>,
}

impl From<&StaffMember> for InviteRequest {
    fn from(person: &StaffMember) -> Self {
        InviteRequest {
            can_create_reports: person.permissions.can_create_reports,
            can_manage_studies: person.permissions.can_manage_studies,
            clinic_role: person.clinic_role.to_string(),
            email: person.email.to_string(),
            first_name: person.first_name.to_string(),
            has_dashboard_access: person.permissions.has_dashboard_access,
            last_name: person.last_name.to_string(),
            level: person.level.to_string(),
            middle_name: person.middle_name.as_ref().map(ToString::to_string),
            npi_number: person.npi_number.as_ref().map(ToString::to_string),
            phone_number: person.phone_number.as_ref().map(ToString::to_string),
            suffix1: person.suffix1.as_ref().map(ToString::to_string),
            suffix2: person.suffix2.as_ref().map(ToString::to_string),
        }
    }
}

/// What we read of a user: the answer to an invitation, and an entry of the users list.
///
/// Only what the tool decides by is read; everything else may be there, missing or new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is the API's field of the same name")]
pub struct User {
    pub user_id: String,
    pub email: String,
    #[serde(default)]
    pub level: Option<String>,
    #[serde(default)]
    pub created_at: Option<String>,
}

/// What we read of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is the API's field of the same name")]
pub struct Invitation {
    pub invitation_id: String,
    pub email: String,
    #[serde(default)]
    pub user_id: Option<String>,
    #[serde(default)]
    pub clinic_id: Option<String>,
    /// `sent`, `accepted`, `rejected` or `revoked`.
    #[serde(default)]
    pub status: Option<String>,
    /// When it expires, RFC 3339.
    #[serde(default)]
    pub expiry: Option<String>,
    #[serde(default)]
    pub created_at: Option<String>,
}

/// The body of [`REVOKE`]. The API also takes a `userId`; the invitation's own id says exactly which one is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokeRequest {
    /// The invitation.
    pub invitation_id: String,
}

/// The answer to [`REVOKE`], as far as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeAnswer {
    /// Whether it was done.
    pub success: bool,
    /// What the API says to it.
    #[serde(default)]
    pub message: Option<String>,
}

/// A page of the users list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsersPage {
    /// The users on it.
    pub users: Vec<User>,
    /// Where the next page begins.
    #[serde(default)]
    pub cursor: Option<String>,
    /// There is a next page.
    #[serde(default)]
    pub has_more: bool,
}

/// A page of the invitations list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationsPage {
    /// The invitations on it.
    pub invitations: Vec<Invitation>,
    /// Where the next page begins.
    #[serde(default)]
    pub cursor: Option<String>,
    /// There is a next page.
    #[serde(default)]
    pub has_more: bool,
}

/// `usr_` and 32 hexadecimal digits: the form of a user id on the invite page.
pub fn is_user_id(text: &str) -> bool {
    text.strip_prefix("usr_").is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_has_the_form_of_the_invite_page() {
        assert!(is_user_id("usr_1234567890abcdef1234567890abcdef"));
        for text in [
            "",
            "usr_",
            "usr_1234567890abcdef1234567890abcde",
            "usr_1234567890abcdef1234567890abcdeg",
            "inv_1234567890abcdef1234567890abcdef",
        ] {
            assert!(!is_user_id(text));
        }
    }
}
