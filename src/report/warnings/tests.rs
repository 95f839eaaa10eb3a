use super::*;
use crate::mapping::UnknownStatus;
use crate::validation::testing::ana_with;

fn warnings(rows: &[&[(Field, &str)]]) -> Vec<String> {
    let mut warnings = Warnings::new();
    for (row, changes) in (2..).zip(rows) {
        let draft = ana_with(row, &[&[(Field::NpiNumber, "1982736450")], *changes].concat());
        warnings.observe(&draft);
    }
    warnings.lines(SharedNpis::default())
}

#[test]
fn an_ordinary_roster_gives_none() {
    assert!(warnings(&[&[], &[]]).is_empty());
}

#[test]
fn each_oddity_is_said_once_with_its_count() {
    let odd: &[(Field, &str)] = &[
        (Field::Level, "admin"),
        (Field::NpiNumber, "1111155556"),
        (Field::PhoneNumber, "555-0142"),
        (Field::Email, "ana@gmail.com"),
    ];
    let lines = warnings(&[odd, odd, &[(Field::Email, "bo@mail.example.org")], &[]]);
    assert_eq!(lines.len(), 5, "{lines:#?}");
    assert!(lines[0].starts_with("2 of 4 rows would become admins"));
    assert!(lines[1].starts_with("the NPI 1111155556 stands on 2 rows"));
    assert!(lines[2].starts_with("2 addresses are on public mail providers (gmail.com 2)"));
    assert!(lines[3].contains("on 2 domains (example.org 1 and mail.example.org 1)"), "{}", lines[3]);
    assert!(lines[4].starts_with("2 phone numbers have seven digits"));
}

#[test]
fn one_admin_in_ten_is_no_warning() {
    let admin: &[(Field, &str)] = &[(Field::Level, "admin")];
    let mut rows: Vec<&[(Field, &str)]> = vec![&[]; 9];
    rows.push(admin);
    assert!(warnings(&rows).is_empty());
    rows.remove(0);
    assert_eq!(warnings(&rows).len(), 1);
}

#[test]
fn rows_that_are_left_out_say_nothing() {
    let mut warnings = Warnings::new();
    let mut draft = ana_with(2, &[(Field::Level, "admin")]);
    draft.skip = Some("left".to_owned());
    warnings.observe(&draft);
    assert!(warnings.lines(SharedNpis::default()).is_empty());
}

#[test]
fn who_is_still_to_leave_is_named_by_place() {
    let mut warnings = Warnings::new();
    for (row, leaving) in [(2, Leaving::Past("End".into())), (3, Leaving::ToCome("End".into()))] {
        let mut draft = ana_with(row, &[(Field::NpiNumber, "1982736450")]);
        // Who has left is left out, and the notes say so.
        draft.skip = matches!(leaving, Leaving::Past(_)).then(|| "left".to_owned());
        draft.leaving = Some(leaving);
        draft.perhaps_nobody = true;
        draft.unknown_status =
            Some(UnknownStatus { header: "Status".to_owned(), word: "Away".to_owned(), may_have_left: false });
        warnings.observe(&draft);
    }
    let lines = warnings.lines(SharedNpis::default());
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[1].starts_with("\"Away\" in \"Status\" (1 row): it is not known"), "{}", lines[1]);
    assert!(lines[0].starts_with("1 row looks like a shared mailbox or an organisation, not a person (row 3)"));
    assert_eq!(lines[2], "1 row has a date in \"End\" that is still to come (row 3): invited all the same");
}

#[test]
fn shared_npis_come_from_the_comparison_of_rows() {
    let lines = Warnings::new().lines(SharedNpis { npis: 1, rows: 280 });
    assert!(lines[0].starts_with("1 NPI stands on 280 rows with different"));
}

#[test]
fn domains_are_kept_up_to_a_limit() {
    let mut warnings = Warnings::new();
    for number in 0..(DOMAINS + 50) {
        warnings.observe_domain(format!("d{number}.example.org"));
    }
    assert_eq!((warnings.domains.len(), warnings.other_domains), (DOMAINS, 50));
    assert!(warnings.many_domains().unwrap().contains("more than 1000 domains"));
}
