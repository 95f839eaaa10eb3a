//! An account behind TLS that speaks just enough HTTP/2, frame by frame, to do what no well-behaved server does.

use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, Issuer, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

const PREFACE: usize = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len();

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

const REFUSED: u32 = 7;

/// What the server does with an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// RST_STREAM with REFUSED_STREAM: it has not looked at it.
    Refuse,
    /// GOAWAY that names the stream before this one as the last, and the end of the connection: likewise.
    GoAwayBefore,
    /// It invites, then GOAWAY that names this stream, and the end of the connection without an answer.
    InviteAndGoAway,
}

/// The account.
#[derive(Debug, Default)]
struct Books {
    /// Who was invited, once for each mail.
    invited: Vec<String>,
    /// What is done with the next invitations; afterwards they are answered.
    tricks: Vec<Trick>,
}

/// A certificate and what a client has to trust for it.
pub struct Identity {
    config: Arc<ServerConfig>,
    /// The issuer's certificate, PEM.
    pub issuer: String,
}

impl Identity {
    /// A certificate for these names, changed as the test likes, from an issuer made on the spot.
    pub fn new(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        Identity::issued_by("Made-up Issuer", names, change)
    }

    /// The same from an issuer of this name.
    pub fn issued_by(issuer: &str, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let issuer_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, issuer);
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let issuer_pem = params.self_signed(&issuer_key).unwrap().pem();
        let issuer = Issuer::new(params, issuer_key);

        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Identity { config: Arc::new(config), issuer: issuer_pem }
    }
}

/// The server; it ends with the test's runtime.
pub struct Server {
    pub port: u16,
    books: Arc<Mutex<Books>>,
}

impl Server {
    pub async fn start(identity: &Identity, tricks: &[Trick]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let books = Arc::new(Mutex::new(Books { tricks: tricks.to_vec(), ..Books::default() }));
        let (shared, acceptor) = (books.clone(), TlsAcceptor::from(identity.config.clone()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (books, acceptor) = (shared.clone(), acceptor.clone());
                tokio::spawn(serve(stream, acceptor, books));
            }
        });
        Server { port, books }
    }

    /// Who was invited, once for each mail.
    pub fn invited(&self) -> Vec<String> {
        let mut invited = self.books.lock().unwrap().invited.clone();
        invited.sort();
        invited
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, books: Arc<Mutex<Books>>) {
    // A client that does not trust the certificate ends the handshake; a connection that breaks is the client's affair.
    let Ok(tls) = acceptor.accept(stream).await else { return };
    let mut connection = Connection { io: tls, books };
    let _ = connection.serve().await;
}

struct Connection<S> {
    io: S,
    books: Arc<Mutex<Books>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    async fn serve(&mut self) -> std::io::Result<()> {
        self.io.read_exact(&mut [0; PREFACE]).await?;
        self.write(SETTINGS, 0, 0, &[]).await?;
        let mut body = Vec::new();
        loop {
            let (kind, flags, stream, payload) = self.read().await?;
            let ends = flags & END_STREAM != 0;
            match kind {
                SETTINGS if flags & ACK == 0 => self.write(SETTINGS, ACK, 0, &[]).await?,
                PING if flags & ACK == 0 => self.write(PING, ACK, 0, &payload).await?,
                // What ends with its headers is a list; its path need not be read, since one answer serves both.
                HEADERS if ends => {
                    let lists = self.lists();
                    self.answer(stream, &lists).await?;
                }
                DATA => {
                    body.extend_from_slice(&payload);
                    if ends && !self.invite(stream, &std::mem::take(&mut body)).await? {
                        return Ok(());
                    }
                }
                GOAWAY => return Ok(()),
                _ => {}
            }
        }
    }

    /// Takes an invitation; whether the connection goes on.
    async fn invite(&mut self, stream: u32, body: &[u8]) -> std::io::Result<bool> {
        let person: serde_json::Value = serde_json::from_slice(body).unwrap();
        let email = person["email"].as_str().unwrap().to_owned();
        let trick = {
            let mut books = self.books.lock().unwrap();
            let trick = if books.tricks.is_empty() { None } else { Some(books.tricks.remove(0)) };
            if matches!(trick, None | Some(Trick::InviteAndGoAway)) {
                books.invited.push(email.clone());
            }
            trick
        };
        match trick {
            None => self.answer(stream, &user(&email).to_string()).await?,
            Some(Trick::Refuse) => self.write(RST_STREAM, 0, stream, &REFUSED.to_be_bytes()).await?,
            Some(Trick::GoAwayBefore) => self.go_away(stream.saturating_sub(2)).await?,
            Some(Trick::InviteAndGoAway) => self.go_away(stream).await?,
        }
        Ok(!matches!(trick, Some(Trick::GoAwayBefore | Trick::InviteAndGoAway)))
    }

    async fn go_away(&mut self, last: u32) -> std::io::Result<()> {
        let payload = [last.to_be_bytes(), 0u32.to_be_bytes()].concat();
        self.write(GOAWAY, 0, 0, &payload).await?;
        self.io.shutdown().await
    }

    fn lists(&self) -> String {
        let all: Vec<_> = self.books.lock().unwrap().invited.iter().map(|email| user(email)).collect();
        serde_json::json!({ "users": all, "invitations": [], "hasMore": false }).to_string()
    }

    async fn answer(&mut self, stream: u32, body: &str) -> std::io::Result<()> {
        // `:status: 200` of HPACK's static table, then `content-type` (31 there) with a literal value.
        let mut headers = vec![0x88, 0x0f, 0x10, 16];
        headers.extend_from_slice(b"application/json");
        self.write(HEADERS, END_HEADERS, stream, &headers).await?;
        self.write(DATA, END_STREAM, stream, body.as_bytes()).await
    }

    async fn read(&mut self) -> std::io::Result<(u8, u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        self.io.read_exact(&mut head).await?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.io.read_exact(&mut payload).await?;
        Ok((kind, flags, u32::from_be_bytes(stream) & 0x7fff_ffff, payload))
    }

    async fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> std::io::Result<()> {
        let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = vec![a, b, c, kind, flags];
        frame.extend_from_slice(&stream.to_be_bytes());
        frame.extend_from_slice(payload);
        self.io.write_all(&frame).await?;
        self.io.flush().await
    }
}

fn user(email: &str) -> serde_json::Value {
    let number: u64 = email.bytes().map(u64::from).sum();
    serde_json::json!({
        "userId": format!("usr_{number:032x}"), "email": email, "firstName": "Ana", "lastName": "Ruiz",
        "clinicRole": "Other", "level": "member", "canCreateReports": false, "canManageStudies": false,
        "hasDashboardAccess": false, "invitedSource": "api", "createdAt": "2026-03-02T10:00:00Z",
    })
}
