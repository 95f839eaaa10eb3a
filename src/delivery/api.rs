//! The API as delivery needs it: each call is one request.

use futures::future::{BoxFuture, FutureExt};

use crate::autoscribe::client::{Client, Exchange};
use crate::autoscribe::wire::{InviteRequest, RevokeRequest};

/// Sends one request a call, and never another by itself. The real one is [`Client`]; a test's is a made-up account.
pub trait Api: Send + Sync {
    /// `POST /v1/autoScribe/users`.
    fn invite<'a>(&'a self, body: &'a InviteRequest) -> BoxFuture<'a, Exchange>;
    /// A page of the users list, of all or of one address.
    fn users<'a>(&'a self, email: Option<&'a str>, cursor: Option<&'a str>) -> BoxFuture<'a, Exchange>;
    /// A page of the invitations list, of all or since a date (`YYYY-MM-DD`).
    fn invitations<'a>(&'a self, since: Option<&'a str>, cursor: Option<&'a str>) -> BoxFuture<'a, Exchange>;
}

/// The two calls more that taking invitations back needs.
pub trait RevokeApi: Api {
    /// `POST /v1/autoScribe/users/invitations/revoke`.
    fn revoke<'a>(&'a self, body: &'a RevokeRequest) -> BoxFuture<'a, Exchange>;
    /// One invitation.
    fn invitation<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Exchange>;
}

impl RevokeApi for Client {
    fn revoke<'a>(&'a self, body: &'a RevokeRequest) -> BoxFuture<'a, Exchange> {
        Client::revoke(self, body).boxed()
    }

    fn invitation<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Exchange> {
        Client::invitation(self, id).boxed()
    }
}

impl Api for Client {
    fn invite<'a>(&'a self, body: &'a InviteRequest) -> BoxFuture<'a, Exchange> {
        Client::invite(self, body).boxed()
    }

    fn users<'a>(&'a self, email: Option<&'a str>, cursor: Option<&'a str>) -> BoxFuture<'a, Exchange> {
        Client::users(self, email, cursor).boxed()
    }

    fn invitations<'a>(&'a self, since: Option<&'a str>, cursor: Option<&'a str>) -> BoxFuture<'a, Exchange> {
        Client::invitations(self, since, cursor).boxed()
    }
}
