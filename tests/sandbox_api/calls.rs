//! Every call of the API, and who may make it.

use std::sync::Arc;
use std::time::Duration;

use avara_onboard::autoscribe::wire::{INVITATIONS, USERS, is_user_id};
use avara_onboard::sandbox::{Duplicates, ErrorShape, ManualClock, PendingInUsers, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, message, person};

#[tokio::test]
async fn an_invitation_is_answered_as_documented() {
    let client = Client::plain().await;
    let body = json!({
        "canCreateReports": true, "canManageStudies": true, "clinicRole": "Radiologist",
        "email": "sarah.johnson@example.org", "firstName": "Sarah", "hasDashboardAccess": true, "lastName": "Johnson",
        "level": "admin", "middleName": "Marie", "npiNumber": "1234567893", "phoneNumber": "5555550123",
        "suffix1": "MD", "suffix2": "FACR",
    });
    let (status, answer) = client.post(USERS, body.clone()).await;
    assert_eq!(status, 200);
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(answer[field], *value, "{field}");
    }
    let id = answer["userId"].as_str().unwrap();
    assert!(is_user_id(id));
    assert_eq!(answer["invitedSource"], "api");
    assert_eq!(answer["lastLoginAt"], Value::Null);
    assert!(answer["createdAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(answer.as_object().unwrap().len(), 17, "no field beyond the documented");

    let mails = client.account().mails();
    assert_eq!((mails.len(), mails[0].email.as_str(), mails[0].user_id.as_str()), (1, "sarah.johnson@example.org", id));
}

#[tokio::test]
async fn absent_optionals_are_absent_in_the_answer() {
    let client = Client::plain().await;
    let (_, answer) = client.invite("ana@example.org").await;
    for field in ["middleName", "npiNumber", "phoneNumber", "suffix1", "suffix2"] {
        assert_eq!(answer.get(field), None, "{field}");
    }
}

#[tokio::test]
async fn a_wrong_body_is_refused_and_mails_nobody() {
    let client = Client::plain().await;
    for (change, named) in [
        (json!({"npi_number": "1234567893"}), "npi_number"),
        (json!({"middleName": null}), "middleName"),
        (json!({"clinicRole": "scribe"}), "clinicRole"),
        (json!({"canCreateReports": true}), "npiNumber"),
        (json!({"level": "admin"}), "hasDashboardAccess"),
        (json!({"level": "owner"}), "level"),
    ] {
        let mut body = person("ana@example.org");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, answer) = client.post(USERS, body).await;
        assert_eq!(status, 400);
        assert!(message(&answer).contains(named), "{answer}");
    }
    let text = client.request(Method::POST, USERS).body("{}").send().await.unwrap();
    assert_eq!(text.status(), 415);
    let half = client.request(Method::POST, USERS).header("content-type", "application/json").body("{").send().await;
    assert_eq!(half.unwrap().status(), 400);
    assert!(client.account().mails().is_empty());
}

#[tokio::test]
async fn only_its_own_key_opens_it() {
    let client = Client::plain().await;
    for (key, says) in [
        (None, "is required"),
        (Some("Bearer real_key"), "begin with sandbox_"),
        (Some("Bearer sandbox_other"), "another key"),
        (Some("Basic c2FuZGJveF9rZXk6"), "is required"),
    ] {
        let mut request =
            reqwest::Request::new(Method::GET, format!("{}{USERS}", client.sandbox.base_url()).parse().unwrap());
        if let Some(key) = key {
            request.headers_mut().insert("authorization", key.parse().unwrap());
        }
        let answer = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap().execute(request).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 401);
        assert!(message(&answer.json().await.unwrap()).contains(says), "{says}");
    }
}

#[tokio::test]
async fn unknown_paths_methods_and_ids_are_told_apart() {
    let client = Client::plain().await;
    assert_eq!(client.get("/v1/autoScribe/people").await.0, 404);
    assert_eq!(client.get(&format!("{USERS}/usr_0")).await.0, 404);
    assert_eq!(client.get(&format!("{INVITATIONS}/inv_0")).await.0, 404);
    assert_eq!(client.call(Method::DELETE, USERS, None).await.0, 405);
    assert_eq!(client.get(&format!("{USERS}/reactivate")).await.0, 405);
    for call in ["revoke-access", "reactivate", "invitations/revoke"] {
        assert_eq!(client.post(&format!("{USERS}/{call}"), json!({"userId": "usr_0"})).await.0, 404, "{call}");
        assert_eq!(client.post(&format!("{USERS}/{call}"), json!({})).await.0, 400, "{call}");
        assert_eq!(client.post(&format!("{USERS}/{call}"), json!({"id": "usr_0"})).await.0, 400, "{call}");
    }
}

#[tokio::test]
async fn a_second_invitation_is_answered_as_configured() {
    for (duplicates, status, mails) in [
        (Duplicates::Conflict409, 409, 1),
        (Duplicates::BadRequest400, 400, 1),
        (Duplicates::Unprocessable422, 422, 1),
        (Duplicates::SecondInvitation, 200, 2),
    ] {
        let client = Client::new(SandboxOptions { duplicates, ..SandboxOptions::default() }).await;
        let (_, first) = client.invite("ana@example.org").await;
        let (second_status, second) = client.invite("ANA@example.org").await;
        assert_eq!(second_status, status);
        assert_eq!(client.account().mails_to("ana@example.org"), mails);
        match status {
            200 => assert_ne!(first["userId"], second["userId"]),
            _ => assert!(message(&second).contains("already exists")),
        }
    }
}

#[tokio::test]
async fn a_user_is_read_changed_and_cleared() {
    let client = Client::plain().await;
    let (_, user) = client.invite("ana@example.org").await;
    let path = format!("{USERS}/{}", user["userId"].as_str().unwrap());
    let (status, changed) = client
        .patch(
            &path,
            json!({"firstName": "Anna", "npiNumber": "1234567893", "canCreateReports": true, "suffix1": "MD"}),
        )
        .await;
    assert_eq!((status, &changed["firstName"], &changed["npiNumber"]), (200, &json!("Anna"), &json!("1234567893")));
    assert_eq!(client.get(&path).await.1, changed);

    assert_eq!(client.patch(&path, json!({"npiNumber": null})).await.0, 400, "a reporter keeps the NPI");
    let (status, cleared) = client.patch(&path, json!({"suffix1": null, "clinicRole": null})).await;
    assert_eq!((status, cleared.get("suffix1"), &cleared["clinicRole"]), (200, None, &Value::Null));
    assert_eq!(client.patch(&path, json!({"email": "b@example.org"})).await.0, 400);
    assert_eq!(client.patch(&path, json!({"lastName": null})).await.0, 400);
}

#[tokio::test]
async fn the_owner_is_not_to_be_touched() {
    let client = Client::plain().await;
    let owner = client.account().users()[0].user_id.clone();
    assert_eq!(client.get(&format!("{USERS}/{owner}")).await.1["level"], "owner");
    assert_eq!(client.patch(&format!("{USERS}/{owner}"), json!({"firstName": "O"})).await.0, 403);
    assert_eq!(client.post(&format!("{USERS}/revoke-access"), json!({"userId": owner})).await.0, 403);
}

#[tokio::test]
async fn access_is_revoked_and_given_back() {
    let client = Client::plain().await;
    let (_, user) = client.invite("ana@example.org").await;
    let body = json!({"userId": user["userId"]});
    assert_eq!(client.post(&format!("{USERS}/revoke-access"), body.clone()).await.0, 400, "not a member yet");

    assert_eq!(client.account().accept("Ana@example.org").as_deref(), user["userId"].as_str());
    for call in ["revoke-access", "reactivate"] {
        let (status, answer) = client.post(&format!("{USERS}/{call}"), body.clone()).await;
        assert_eq!((status, &answer["success"]), (200, &json!(true)), "{call}");
        assert_eq!(client.emails("email=ana@example.org").await.len(), 1, "the data stays");
    }
}

#[tokio::test]
async fn an_invitation_is_read_changed_and_revoked() {
    let client = Client::plain().await;
    let (_, user) = client.invite("ana@example.org").await;
    let id = client.account().invitations()[0].invitation_id.clone();
    let path = format!("{INVITATIONS}/{id}");
    let (status, invitation) = client.get(&path).await;
    assert_eq!((status, &invitation["status"], &invitation["userId"]), (200, &json!("sent"), &user["userId"]));
    assert_eq!(invitation["inviterId"], Value::Null);
    assert_eq!(invitation["clinicId"], client.account().clinic_id());
    for field in ["invitedByApiKeyId", "expiry", "createdAt", "updatedAt"] {
        assert!(invitation[field].is_string(), "{field}");
    }

    let (status, changed) = client.patch(&path, json!({"lastName": "Ruiz Vega"})).await;
    assert_eq!((status, &changed["lastName"]), (200, &json!("Ruiz Vega")));
    let user_path = format!("{USERS}/{}", user["userId"].as_str().unwrap());
    assert_eq!(client.get(&user_path).await.1["lastName"], "Ruiz Vega");

    let revoke = format!("{INVITATIONS}/revoke");
    let both = json!({"invitationId": id, "userId": "usr_00000000000000000000000000000000"});
    assert_eq!(client.post(&revoke, both).await.0, 400, "two different people");
    assert_eq!(client.post(&revoke, json!({"userId": user["userId"]})).await.0, 200);
    assert_eq!(client.get(&path).await.1["status"], "revoked");
    assert_eq!(client.post(&revoke, json!({"invitationId": id})).await.0, 400, "no longer pending");
    assert_eq!(client.patch(&path, json!({"lastName": "R"})).await.0, 400);
    assert_eq!(client.get(&user_path).await.0, 404);
    assert_eq!(client.invite("ana@example.org").await.0, 200, "free to be invited again");
}

#[tokio::test]
async fn an_invitation_runs_out() {
    let clock = Arc::new(ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap()));
    let client = Client::new(SandboxOptions { clock: clock.clone(), ..SandboxOptions::default() }).await;
    let (_, first) = client.invite("ana@example.org").await;
    let path = format!("{INVITATIONS}/{}", client.account().invitations()[0].invitation_id);
    clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
    assert_eq!(client.patch(&path, json!({})).await.0, 200);
    assert_eq!(client.invite("ana@example.org").await.0, 409);
    clock.advance(Duration::from_secs(1));
    assert_eq!(client.patch(&path, json!({})).await.0, 400);
    assert_eq!(client.account().accept("ana@example.org"), None);

    let (status, second) = client.invite("ana@example.org").await;
    assert_eq!(status, 200);
    assert_ne!(first["userId"], second["userId"]);
    assert_eq!(client.emails("email=ana@example.org").await.len(), 1, "the first is superseded");
}

#[tokio::test]
async fn pending_people_can_be_hidden_from_the_users() {
    let options = SandboxOptions { pending_in_users: PendingInUsers::Hidden, ..SandboxOptions::default() };
    let client = Client::new(options).await;
    let (_, user) = client.invite("ana@example.org").await;
    let path = format!("{USERS}/{}", user["userId"].as_str().unwrap());
    assert_eq!(client.emails("").await, ["owner@clinic.test"]);
    assert_eq!(client.get(&path).await.0, 404);
    assert_eq!(client.invited("").await, ["ana@example.org"]);

    client.account().accept("ana@example.org");
    let (status, member) = client.get(&path).await;
    assert_eq!((status, member["lastLoginAt"].is_string()), (200, true));
    assert_eq!(client.emails("email=ana@example.org").await.len(), 1);
}

#[tokio::test]
async fn errors_come_in_the_shape_asked_for() {
    let options = SandboxOptions { error_shape: ErrorShape::Errors, ..SandboxOptions::default() };
    let client = Client::new(options).await;
    let (_, answer) = client.post(USERS, json!({})).await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 8);
}
