//! The rules of a body, strictly: what the API does not document is refused, so that the tool never relies on it.

use serde_json::Value;

use super::fields::{Fields, Problems};
use super::person::Person;
use crate::staff::{ClinicRole, Email, Npi};

/// The person of `POST /v1/autoScribe/users`.
pub(super) fn invitation(body: &Value) -> Result<Person, Problems> {
    let mut fields = Fields::of(body)?;
    let person = Person {
        email: fields.required("email", email),
        first_name: fields.required("firstName", some_text),
        last_name: fields.required("lastName", some_text),
        clinic_role: Some(fields.required("clinicRole", clinic_role)),
        level: fields.required("level", level),
        can_create_reports: fields.required_flag("canCreateReports"),
        can_manage_studies: fields.required_flag("canManageStudies"),
        has_dashboard_access: fields.required_flag("hasDashboardAccess"),
        middle_name: fields.optional("middleName", some_text),
        suffix1: fields.optional("suffix1", some_text),
        suffix2: fields.optional("suffix2", some_text),
        npi_number: fields.optional("npiNumber", npi),
        phone_number: fields.optional("phoneNumber", phone),
    };
    finish(fields, person)
}

/// What is left of a person after `PATCH` of a user or an invitation.
pub(super) fn change(body: &Value, person: &Person) -> Result<Person, Problems> {
    let mut fields = Fields::of(body)?;
    let mut person = person.clone();
    fields.forbid("email", "cannot be changed");
    fields.keep_or_set("firstName", some_text, &mut person.first_name);
    fields.keep_or_set("lastName", some_text, &mut person.last_name);
    fields.keep_or_set("level", level, &mut person.level);
    fields.keep_or_set_flag("canCreateReports", &mut person.can_create_reports);
    fields.keep_or_set_flag("canManageStudies", &mut person.can_manage_studies);
    fields.keep_or_set_flag("hasDashboardAccess", &mut person.has_dashboard_access);
    fields.keep_set_or_clear("clinicRole", clinic_role, &mut person.clinic_role);
    fields.keep_set_or_clear("middleName", some_text, &mut person.middle_name);
    fields.keep_set_or_clear("suffix1", some_text, &mut person.suffix1);
    fields.keep_set_or_clear("suffix2", some_text, &mut person.suffix2);
    fields.keep_set_or_clear("npiNumber", npi, &mut person.npi_number);
    fields.keep_set_or_clear("phoneNumber", phone, &mut person.phone_number);
    finish(fields, person)
}

/// The ids in a body that holds nothing else, in the order of `names`.
pub(super) fn ids<const N: usize>(body: &Value, names: [&str; N]) -> Result<[Option<String>; N], Problems> {
    let mut fields = Fields::of(body)?;
    let ids = names.map(|name| fields.optional(name, some_text));
    fields.close()?;
    Ok(ids)
}

fn some_text(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() { Err("must not be blank") } else { Ok(()) }
}

fn email(text: &str) -> Result<(), &'static str> {
    match Email::parse(text) {
        Ok(email) if email.as_str() == text => Ok(()),
        _ => Err("must be an e-mail address"),
    }
}

fn level(text: &str) -> Result<(), &'static str> {
    match text {
        "admin" | "member" => Ok(()),
        "owner" => Err("'owner' cannot be assigned by the API"),
        _ => Err("must be 'admin' or 'member'"),
    }
}

fn clinic_role(text: &str) -> Result<(), &'static str> {
    match ClinicRole::ALL.into_iter().any(|role| role.as_str() == text) {
        true => Ok(()),
        false => Err("must be one of the documented clinic roles, spelled exactly so"),
    }
}

fn npi(text: &str) -> Result<(), &'static str> {
    match Npi::parse(text) {
        Ok(npi) if npi.as_str() == text => Ok(()),
        _ => Err("must be an NPI: exactly 10 digits, the last a valid check digit"),
    }
}

fn phone(text: &str) -> Result<(), &'static str> {
    match (10..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(()),
        false => Err("must be 10 to 15 digits and nothing else"),
    }
}

/// Refuses what is left over, after the rules that concern several fields.
fn finish(mut fields: Fields, person: Person) -> Result<Person, Problems> {
    if person.can_create_reports && person.npi_number.is_none() {
        fields.refuse("npiNumber", "is required for users who can create reports");
    }
    if person.level == "admin" && !person.has_dashboard_access {
        fields.refuse("hasDashboardAccess", "must be true for an admin");
    }
    fields.close()?;
    Ok(person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body() -> Value {
        json!({
            "canCreateReports": false, "canManageStudies": true, "clinicRole": "Scribe", "email": "ana@example.org",
            "firstName": "Ana", "hasDashboardAccess": true, "lastName": "Ruiz", "level": "member",
        })
    }

    fn with(changes: Value) -> Value {
        let mut body = body();
        for (key, value) in changes.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    }

    fn fields(result: Result<Person, Problems>) -> Vec<String> {
        result.err().unwrap_or_default().into_iter().filter_map(|problem| problem.field).collect()
    }

    #[test]
    fn a_right_body_passes() {
        let all = json!({
            "middleName": "María", "suffix1": "Jr.", "suffix2": "MD", "npiNumber": "1234567893",
            "phoneNumber": "5550100123", "canCreateReports": true, "level": "admin",
        });
        let person = invitation(&with(all)).unwrap();
        assert_eq!(person.npi_number.as_deref(), Some("1234567893"));
        assert_eq!(person.level, "admin");
        assert!(invitation(&body()).is_ok());
    }

    #[test]
    fn each_wrong_value_names_its_field() {
        for (field, value) in [
            ("email", json!("ana")),
            ("email", json!(" ana@example.org")),
            ("email", Value::Null),
            ("firstName", json!("")),
            ("lastName", json!(7)),
            ("middleName", json!("")),
            ("middleName", Value::Null),
            ("suffix1", json!(" ")),
            ("npiNumber", json!("1234567890")),
            ("npiNumber", json!("123-456-7893")),
            ("npiNumber", json!(1_234_567_893_u64)),
            ("phoneNumber", json!("555-010-0123")),
            ("phoneNumber", json!("123456789")),
            ("phoneNumber", json!("1234567890123456")),
            ("clinicRole", json!("scribe")),
            ("level", json!("owner")),
            ("level", json!("Member")),
            ("canManageStudies", json!("true")),
            ("canManageStudies", Value::Null),
            ("npi_number", json!("1234567893")),
            ("note", json!("x")),
        ] {
            assert_eq!(fields(invitation(&with(json!({ field: value })))), [field], "{field} {value}");
        }
        assert_eq!(fields(invitation(&with(json!({"canCreateReports": true})))), ["npiNumber"]);
        assert_eq!(
            fields(invitation(&with(json!({"level": "admin", "hasDashboardAccess": false})))),
            ["hasDashboardAccess"]
        );
    }

    #[test]
    fn every_missing_field_is_named_at_once() {
        assert_eq!(
            fields(invitation(&json!({}))),
            [
                "email",
                "firstName",
                "lastName",
                "clinicRole",
                "level",
                "canCreateReports",
                "canManageStudies",
                "hasDashboardAccess",
            ]
        );
        assert!(invitation(&json!([])).is_err());
    }

    #[test]
    fn a_change_touches_what_it_names() {
        let before = invitation(&with(json!({"npiNumber": "1234567893", "canCreateReports": true}))).unwrap();
        assert_eq!(change(&json!({}), &before).unwrap(), before);

        let after = change(&json!({"firstName": "Anna", "clinicRole": null}), &before).unwrap();
        assert_eq!((after.first_name.as_str(), after.clinic_role), ("Anna", None));
        assert_eq!(after.last_name, "Ruiz");

        assert_eq!(fields(change(&json!({"npiNumber": null}), &before)), ["npiNumber"]);
        assert!(change(&json!({"npiNumber": null, "canCreateReports": false}), &before).is_ok());
        for body in [json!({"firstName": null}), json!({"level": "owner"}), json!({"canManageStudies": null})] {
            assert_eq!(fields(change(&body, &before)).len(), 1, "{body}");
        }
        assert_eq!(fields(change(&json!({"email": "b@example.org"}), &before)), ["email"]);
    }

    #[test]
    fn ids_come_alone() {
        let user = json!({"userId": "usr_1"});
        assert_eq!(ids(&user, ["userId", "invitationId"]).unwrap(), [Some("usr_1".to_owned()), None]);
        assert!(ids(&json!({"userId": null}), ["userId"]).is_err());
        assert!(ids(&json!({"userId": "usr_1", "x": 1}), ["userId"]).is_err());
    }
}
