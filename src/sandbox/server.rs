//! The ten calls over HTTP: which function of the account answers which method and path.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use serde_json::Value;

use super::account::{Account, Answer};
use super::answer::{Refusal, with_body};
use crate::autoscribe::wire::{INVITATIONS, USERS};

type Api = State<Arc<Account>>;

/// The routes of an account.
pub(super) fn routes(account: Arc<Account>) -> Router {
    Router::new()
        .route(USERS, get(list_users).post(invite))
        .route(&format!("{USERS}/{{id}}"), get(user).patch(change_user))
        .route(&format!("{USERS}/revoke-access"), post(revoke_access))
        .route(&format!("{USERS}/reactivate"), post(reactivate))
        .route(INVITATIONS, get(list_invitations))
        .route(&format!("{INVITATIONS}/{{id}}"), get(invitation).patch(change_invitation))
        .route(&format!("{INVITATIONS}/revoke"), post(revoke_invitation))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .with_state(account)
}

async fn invite(State(account): Api, headers: HeaderMap, body: Bytes) -> Response<Body> {
    respond(&account, json(&headers, &body).and_then(|body| account.invite(&body)))
}

async fn list_users(State(account): Api, RawQuery(query): RawQuery) -> Response<Body> {
    respond(&account, account.list_users(&query.unwrap_or_default()))
}

async fn user(State(account): Api, Path(id): Path<String>) -> Response<Body> {
    respond(&account, account.user(&id))
}

async fn change_user(State(account): Api, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    respond(&account, json(&headers, &body).and_then(|body| account.change_user(&id, &body)))
}

async fn revoke_access(State(account): Api, headers: HeaderMap, body: Bytes) -> Response<Body> {
    respond(&account, json(&headers, &body).and_then(|body| account.revoke_access(&body)))
}

async fn reactivate(State(account): Api, headers: HeaderMap, body: Bytes) -> Response<Body> {
    respond(&account, json(&headers, &body).and_then(|body| account.reactivate(&body)))
}

async fn list_invitations(State(account): Api, RawQuery(query): RawQuery) -> Response<Body> {
    respond(&account, account.list_invitations(&query.unwrap_or_default()))
}

async fn invitation(State(account): Api, Path(id): Path<String>) -> Response<Body> {
    respond(&account, account.invitation(&id))
}

async fn change_invitation(
    State(account): Api,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    respond(&account, json(&headers, &body).and_then(|body| account.change_invitation(&id, &body)))
}

async fn revoke_invitation(State(account): Api, headers: HeaderMap, body: Bytes) -> Response<Body> {
    respond(&account, json(&headers, &body).and_then(|body| account.revoke_invitation(&body)))
}

async fn unknown_path(State(account): Api) -> Response<Body> {
    respond(&account, Err(Refusal::new(StatusCode::NOT_FOUND, "There is no such path")))
}

async fn unknown_method(State(account): Api) -> Response<Body> {
    respond(&account, Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This path has no such method")))
}

fn json(headers: &HeaderMap, body: &Bytes) -> Result<Value, Refusal> {
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json"));
    }
    serde_json::from_slice(body).map_err(|error| Refusal::bad_request(format!("The body is no valid JSON: {error}")))
}

fn respond(account: &Account, answer: Answer) -> Response<Body> {
    match answer {
        Ok(value) => with_body(StatusCode::OK, "application/json", value.to_string()),
        Err(refusal) => refusal.into_response(account.options().error_shape),
    }
}
