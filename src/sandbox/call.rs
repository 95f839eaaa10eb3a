//! Which call a request makes.

use axum::http::Method;

use crate::autoscribe::wire::{INVITATIONS, USERS};

/// The calls of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the API's call of the same name")]
pub enum Call {
    Invite,
    ListUsers,
    GetUser,
    PatchUser,
    RevokeAccess,
    Reactivate,
    ListInvitations,
    GetInvitation,
    PatchInvitation,
    RevokeInvitation,
}

impl Call {
    /// The call that a method and a path make; none where the API has no such call.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let rest = path.strip_prefix(USERS)?;
        let invitation = path.strip_prefix(INVITATIONS).and_then(|rest| rest.strip_prefix('/'));
        match (method.as_str(), rest, invitation) {
            ("POST", "", _) => Some(Call::Invite),
            ("GET", "", _) => Some(Call::ListUsers),
            ("POST", "/revoke-access", _) => Some(Call::RevokeAccess),
            ("POST", "/reactivate", _) => Some(Call::Reactivate),
            ("GET", "/invitations", _) => Some(Call::ListInvitations),
            ("POST", _, Some("revoke")) => Some(Call::RevokeInvitation),
            ("GET", _, Some(_)) => Some(Call::GetInvitation),
            ("PATCH", _, Some(_)) => Some(Call::PatchInvitation),
            ("GET", rest, None) if rest.starts_with('/') => Some(Call::GetUser),
            ("PATCH", rest, None) if rest.starts_with('/') => Some(Call::PatchUser),
            _ => None,
        }
    }

    /// Whether it is one of the two lists.
    pub fn is_list(self) -> bool {
        matches!(self, Call::ListUsers | Call::ListInvitations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_told_by_method_and_path() {
        let id = "usr_1234567890abcdef1234567890abcdef";
        for (method, path, call) in [
            (Method::POST, USERS.to_owned(), Some(Call::Invite)),
            (Method::GET, USERS.to_owned(), Some(Call::ListUsers)),
            (Method::GET, format!("{USERS}/{id}"), Some(Call::GetUser)),
            (Method::PATCH, format!("{USERS}/{id}"), Some(Call::PatchUser)),
            (Method::POST, format!("{USERS}/revoke-access"), Some(Call::RevokeAccess)),
            (Method::POST, format!("{USERS}/reactivate"), Some(Call::Reactivate)),
            (Method::GET, INVITATIONS.to_owned(), Some(Call::ListInvitations)),
            (Method::GET, format!("{INVITATIONS}/inv_1"), Some(Call::GetInvitation)),
            (Method::PATCH, format!("{INVITATIONS}/inv_1"), Some(Call::PatchInvitation)),
            (Method::POST, format!("{INVITATIONS}/revoke"), Some(Call::RevokeInvitation)),
            (Method::DELETE, USERS.to_owned(), None),
            (Method::GET, "/v1/other".to_owned(), None),
        ] {
            assert_eq!(Call::of(&method, &path), call, "{method} {path}");
        }
    }
}
