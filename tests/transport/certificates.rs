//! FAILURES.md, "certificate or host name wrong": stop at once, name the certificate's problem, exit 4.

use rcgen::date_time_ymd;

use crate::http2::{Identity, Server};
use crate::office::Office;

#[tokio::test]
async fn a_server_that_can_be_trusted_is_sent_to() {
    let identity = Identity::new(&["localhost"], |_| {});
    let server = Server::start(&identity, &[]).await;
    let office = Office::new(2, &identity.issuer);
    let (code, said) = office.ends(&format!("https://localhost:{}", server.port)).await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(server.invited().len(), 2);
}

#[tokio::test]
async fn one_that_cannot_be_trusted_is_sent_nothing_and_its_problem_is_named() {
    let expired = Identity::new(&["localhost"], |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let early = Identity::new(&["localhost"], |params| params.not_before = date_time_ymd(2500, 1, 1));
    let elsewhere = Identity::new(&["other.example.org"], |_| {});
    let stranger = Identity::issued_by("A Stranger", &["localhost"], |_| {});
    let namesake = Identity::new(&["localhost"], |_| {});
    let known = Identity::new(&["localhost"], |_| {}).issuer;
    for (identity, issuer, problem) in [
        (&expired, &expired.issuer, "it has expired"),
        (&early, &early.issuer, "it is not valid yet"),
        (&elsewhere, &elsewhere.issuer, "issued for another host name"),
        (&stranger, &known, "does not know who issued it"),
        (&namesake, &known, "but another key"),
    ] {
        let server = Server::start(identity, &[]).await;
        let office = Office::new(2, issuer);
        let (code, said) = office.ends(&format!("https://localhost:{}", server.port)).await;
        assert_eq!(code, Some(4), "{problem}: {said}");
        assert!(said.contains("certificate") && said.contains(problem), "{problem}: {said}");
        assert_eq!(server.invited(), [""; 0]);
        assert_eq!(office.results()[1].0, "not_sent");
    }
}
