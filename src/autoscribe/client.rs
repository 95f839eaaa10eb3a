//! One request at a time: what was sent, and what came back, unjudged.
//!
//! Everything a library would do on its own is off: no retries, no redirects. A request leaves at most once for each call.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, LOCATION, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::fault::{in_words_of, without_answer};
use super::wire::{INVITATIONS, InviteRequest, REVOKE, RevokeRequest, USERS};

/// The most that is read of an answer, in bytes. A user is under one KiB and a page of a hundred under a hundred.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// How long to wait for a connection, as the official SDKs do.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that has been idle for longer is not used again: a server or firewall may have closed it unseen, and
/// the reset would leave a row in doubt.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Where an account lives: scheme, host and port, with an optional path before `/v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a base URL is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not an absolute URL.
    #[error("\"{0}\" is no web address; write it whole, as in https://api.avarasoftware.com")]
    Malformed(String),
    /// Neither HTTPS nor HTTP to this machine.
    #[error("{0} is not encrypted: people's details go over https only (plain http only to this machine, 127.0.0.1)")]
    NotEncrypted(String),
    /// With user name, password, query or fragment.
    #[error("the base URL takes no user name, password, query or fragment; the key comes from AVARA_API_KEY")]
    TooMuch,
}

impl BaseUrl {
    /// Reads `https://host[:port][/path]`, or `http://` to the loopback range.
    ///
    /// # Errors
    /// See [`BaseUrlError`].
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let mut url = Url::parse(text.trim()).map_err(|_| BaseUrlError::Malformed(text.to_owned()))?;
        if url.host().is_none() {
            return Err(BaseUrlError::Malformed(text.to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::TooMuch);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(BaseUrlError::NotEncrypted(text.to_owned())),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(BaseUrl(url))
    }

    /// Scheme, host and port: one half of an account's identity.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The host, for messages.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// It is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What one request came to.
#[derive(Debug)]
pub enum Exchange {
    /// The server, or something on the way, answered.
    Answer(Answer),
    /// No byte of the body can have reached the server.
    NotSent(NotSent),
    /// The request left, or may have, and no answer came.
    Lost {
        /// What happened, for people.
        why: String,
    },
}

/// An answer, as far as it is looked at.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `retry-after-ms`, as sent.
    pub retry_after_ms: Option<String>,
    /// `retry-after`, as sent.
    pub retry_after: Option<String>,
    /// `date`, as sent: a date in `retry-after` is measured against it.
    pub date: Option<String>,
    /// The host that `location` points to.
    pub location_host: Option<String>,
    /// The media type without its parameters, in lower case.
    pub content_type: String,
    /// The body.
    pub body: Body,
}

/// The body of an answer.
#[derive(Debug)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// The connection ended before the body did.
    Truncated {
        /// What happened, for people.
        why: String,
    },
    /// Longer than [`MAX_ANSWER`].
    TooLarge,
}

/// Why a request never left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// Name resolution, connect, TLS or proxy failed, or the connection closed before the request began: may pass.
    Unreachable(String),
    /// The server's certificate is not to be trusted: will not pass by itself.
    Certificate(String),
    /// The proxy wants credentials (407).
    ProxyCredentials,
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTPS client cannot be set up: {0}")]
pub struct ClientError(String);

/// Sends requests to one account.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    key: SecretString,
}

/// Without the key.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for an account. `timeout` is for a whole exchange, from connecting to the last byte of the answer.
    ///
    /// # Errors
    /// When the system's certificates cannot be read, or its proxy settings make no sense.
    pub fn new(base: BaseUrl, key: SecretString, timeout: Duration) -> Result<Self, ClientError> {
        // Fails only when a provider is installed already, and then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("avara-onboard/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .timeout(timeout)
            .pool_idle_timeout(IDLE_TIMEOUT);
        if base.is_loopback() {
            // A machine without certificates can still try the sandbox, and no proxy stands between a machine and itself.
            builder = builder.no_proxy();
            if base.0.scheme() == "http" {
                builder = builder.tls_certs_only([]);
            }
        }
        let http = builder.build().map_err(|error| ClientError(in_words_of(&error)))?;
        Ok(Client { http, base, key })
    }

    /// Where this client sends to.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// `POST /v1/autoScribe/users`: creates a user and sends the invitation e-mail. Once.
    pub async fn invite(&self, body: &InviteRequest) -> Exchange {
        self.send(self.http.post(self.base.join(USERS)).json(body)).await
    }

    /// `POST /v1/autoScribe/users/invitations/revoke`: takes a pending invitation back. Once.
    pub async fn revoke(&self, body: &RevokeRequest) -> Exchange {
        self.send(self.http.post(self.base.join(REVOKE)).json(body)).await
    }

    /// `GET /v1/autoScribe/users/invitations/{invitationId}`.
    pub async fn invitation(&self, id: &str) -> Exchange {
        let mut url = self.base.join(INVITATIONS);
        if let Ok(mut path) = url.path_segments_mut() {
            // Escaped: an id comes from a list, and must not lead to another call.
            path.push(id);
        }
        self.send(self.http.get(url)).await
    }

    /// A page of `GET /v1/autoScribe/users`, of the whole list or of one address.
    pub async fn users(&self, email: Option<&str>, cursor: Option<&str>) -> Exchange {
        let mut query = vec![("limit", PAGE_SIZE)];
        query.extend(email.map(|email| ("email", email)));
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        self.get(USERS, &query).await
    }

    /// A page of `GET /v1/autoScribe/users/invitations`; `since` is a date, `YYYY-MM-DD`, by creation.
    pub async fn invitations(&self, since: Option<&str>, cursor: Option<&str>) -> Exchange {
        let mut query = vec![("limit", PAGE_SIZE)];
        query.extend(since.map(|since| ("startDate", since)));
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        self.get(INVITATIONS, &query).await
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Exchange {
        let mut url = self.base.join(path);
        url.query_pairs_mut().extend_pairs(query);
        self.send(self.http.get(url)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Exchange {
        match request.bearer_auth(self.key.expose_secret()).send().await {
            Ok(response) => Exchange::Answer(read_answer(response).await),
            Err(error) => without_answer(&error),
        }
    }
}

/// The most entries a page can have (the lists' pages).
const PAGE_SIZE: &str = "100";

async fn read_answer(mut response: reqwest::Response) -> Answer {
    let status = response.status().as_u16();
    let headers = response.headers();
    let text = |name: &str| header_text(headers, name);
    let (retry_after_ms, retry_after, date) = (text("retry-after-ms"), text(RETRY_AFTER.as_str()), text(DATE.as_str()));
    let content_type = text(CONTENT_TYPE.as_str())
        .and_then(|value| value.split(';').next().map(|media| media.trim().to_lowercase()))
        .unwrap_or_default();
    let location_host = text(LOCATION.as_str())
        .map(|location| response.url().join(&location).ok().and_then(|url| url.host_str().map(str::to_owned)))
        .map(|host| host.unwrap_or_else(|| "an address that cannot be read".to_owned()));
    let mut bytes = Vec::new();
    let body = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MAX_ANSWER => break Body::TooLarge,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break Body::Whole(bytes),
            Err(error) => break Body::Truncated { why: in_words_of(&error.without_url()) },
        }
    };
    Answer { status, retry_after_ms, retry_after, date, location_host, content_type, body }
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_or_this_machine() {
        for good in
            ["https://api.avarasoftware.com", "http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:9/x"]
        {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["http://api.avarasoftware.com", "http://192.168.1.1", "http://localhost.example.org", "ftp://127.0.0.1"]
        {
            assert!(matches!(BaseUrl::parse(bad), Err(BaseUrlError::NotEncrypted(_))), "{bad}");
        }
        for bad in ["", "api.avarasoftware.com", "https://"] {
            assert!(matches!(BaseUrl::parse(bad), Err(BaseUrlError::Malformed(_))), "{bad}");
        }
        assert_eq!(BaseUrl::parse("https://me:pw@example.org"), Err(BaseUrlError::TooMuch));
    }

    #[test]
    fn the_origin_is_scheme_host_and_port() {
        let base = BaseUrl::parse("https://API.example.org:443/staging/").unwrap();
        assert_eq!(base.origin(), "https://api.example.org");
        assert_eq!(base.join(USERS).as_str(), "https://api.example.org/staging/v1/autoScribe/users");
        assert_eq!(base.to_string(), "https://api.example.org/staging");
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_surely_not_sent() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let client = Client::new(BaseUrl::parse(&base).unwrap(), "sandbox_x".into(), Duration::from_secs(5)).unwrap();
        assert!(matches!(client.users(None, None).await, Exchange::NotSent(NotSent::Unreachable(_))));
    }
}
