//! FAILURES.md, rule 5: REFUSED_STREAM and GOAWAY below our stream are surely not sent; a connection that ends at or above
//! it leaves a row in doubt.

use crate::http2::{Identity, Server, Trick};
use crate::office::{Office, said};

async fn with_trick(trick: Trick) -> (Server, Office) {
    let identity = Identity::new(&["localhost"], |_| {});
    let server = Server::start(&identity, &[trick]).await;
    let office = Office::new(3, &identity.issuer);
    // A row in doubt is looked up, but never sent again.
    let mut invite = office.invite(&format!("https://localhost:{}", server.port));
    let (code, said) = said(&invite.arg("--on-unknown=hold").output().await.unwrap());
    assert_eq!(code, Some(0), "{trick:?}: {said}");
    assert_eq!(server.invited().len(), 3, "{trick:?}: nobody twice, nobody left out: {:?}", server.invited());
    (server, office)
}

#[tokio::test]
async fn what_the_server_did_not_look_at_is_sent_again_at_once() {
    for trick in [Trick::Refuse, Trick::GoAwayBefore] {
        let (_, office) = with_trick(trick).await;
        let expected = [("invited", "2"), ("invited", "1"), ("invited", "1")];
        let expected = expected.map(|(status, attempts)| (status.to_owned(), attempts.to_owned()));
        assert_eq!(office.results(), expected, "{trick:?}");
    }
}

#[tokio::test]
async fn what_it_may_have_looked_at_is_looked_up_and_not_sent_again() {
    let (_, office) = with_trick(Trick::InviteAndGoAway).await;
    assert_eq!(office.results()[0], ("invited".to_owned(), "1".to_owned()));
}
