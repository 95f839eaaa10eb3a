//! A sandbox and a plain HTTP client for it.

use avara_onboard::autoscribe::wire::{INVITATIONS, USERS};
use avara_onboard::sandbox::{Account, Sandbox, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// A running sandbox, and somebody who talks to it.
pub struct Client {
    pub sandbox: Sandbox,
    http: reqwest::Client,
}

impl Client {
    pub async fn new(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options, ([127, 0, 0, 1], 0).into()).await.unwrap();
        // An error means that another test has done it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .unwrap();
        Client { sandbox, http }
    }

    pub async fn plain() -> Self {
        Client::new(SandboxOptions::default()).await
    }

    pub fn account(&self) -> Arc<Account> {
        self.sandbox.account()
    }

    /// A request with the right key, not sent yet.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.sandbox.base_url());
        self.http.request(method, url).bearer_auth(self.sandbox.key())
    }

    /// Status and JSON of an answer.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// Invites somebody who is refused for no reason.
    pub async fn invite(&self, email: &str) -> (u16, Value) {
        self.post(USERS, person(email)).await
    }

    /// Sends an invitation whose answer may be anything.
    pub async fn send(&self, email: &str) -> Result<reqwest::Response, reqwest::Error> {
        self.request(Method::POST, USERS).json(&person(email)).send().await
    }

    /// The e-mails on a page of the users list.
    pub async fn emails(&self, query: &str) -> Vec<String> {
        self.listed(&format!("{USERS}?{query}"), "users").await
    }

    /// The e-mails on a page of the invitations list.
    pub async fn invited(&self, query: &str) -> Vec<String> {
        self.listed(&format!("{INVITATIONS}?{query}"), "invitations").await
    }

    async fn listed(&self, path: &str, list: &str) -> Vec<String> {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {page}");
        let entries = page[list].as_array().unwrap();
        entries.iter().map(|entry| entry["email"].as_str().unwrap().to_owned()).collect()
    }
}

/// The body of an invitation.
pub fn person(email: &str) -> Value {
    json!({
        "canCreateReports": false, "canManageStudies": true, "clinicRole": "Scribe", "email": email,
        "firstName": "Ana", "hasDashboardAccess": false, "lastName": "Ruiz", "level": "member",
    })
}

/// The message of an error.
pub fn message(body: &Value) -> &str {
    body["error"]["message"].as_str().unwrap()
}
