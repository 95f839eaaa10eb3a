//! FAILURES.md, "407 from a proxy": stop, say how proxy credentials are given, exit 5.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::http2::{Identity, Server};
use crate::office::{Office, said};

/// A proxy that wants a name and a password, and leads every name to one port of this machine.
async fn proxy(to: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(lead(client, to));
        }
    });
    port
}

async fn lead(mut client: TcpStream, to: u16) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    // "user:password" in base64.
    if !head.contains("proxy-authorization: basic dxnlcjpwyxnzd29yza==") {
        let refusal =
            b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
        return client.write_all(refusal).await;
    }
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let mut server = TcpStream::connect(("127.0.0.1", to)).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await.map(drop)
}

#[tokio::test]
async fn a_proxy_wants_a_name_and_a_password_and_gets_them() {
    let identity = Identity::new(&["api.example.org"], |_| {});
    let server = Server::start(&identity, &[]).await;
    let proxy = proxy(server.port).await;
    let office = Office::new(2, &identity.issuer);
    let through = |user: &str| {
        let mut command = office.invite("https://api.example.org");
        command.env("HTTPS_PROXY", format!("http://{user}127.0.0.1:{proxy}"));
        command
    };
    let (code, text) = said(&through("").output().await.unwrap());
    assert_eq!((code, server.invited().len()), (Some(5), 0), "{text}");
    assert!(text.contains("407") && text.contains("HTTPS_PROXY, before the proxy's host, as user:password"), "{text}");
    let (code, text) = said(&through("user:password@").output().await.unwrap());
    assert_eq!((code, server.invited().len()), (Some(0), 2), "{text}");
}
