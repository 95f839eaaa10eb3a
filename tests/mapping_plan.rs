//! Plans and drafts as the other stages see them.

use avara_onboard::mapping::{
    Assignments, ColumnPlan, Draft, MappingFile, Origin, Question, RosterTexts, Target, propose, reads_back,
};
use avara_onboard::roster::{Cell, CellKind, Location, Row};
use avara_onboard::staff::{ClinicRole, Field};

struct Roster {
    headers: Vec<String>,
    rows: Vec<Row>,
}

/// A roster from lines of cells between bars.
fn roster(lines: &[&str]) -> Roster {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let row = |(at, line): (usize, &&str)| Row {
        at: Location { sheet: None, row: at as u64 + 2 },
        cells: cells(line).into_iter().map(Cell::text).collect(),
        ragged: false,
    };
    Roster { headers: cells(lines[0]), rows: lines[1..].iter().enumerate().map(row).collect() }
}

impl Roster {
    fn plan_with(&self, file: &str, set: &[&str]) -> ColumnPlan {
        let file = MappingFile::parse(file, "m.toml").expect("a mapping file");
        let set: Vec<String> = set.iter().map(|text| (*text).to_owned()).collect();
        let set = Assignments::parse(&set).expect("assignments");
        ColumnPlan::new(&self.headers, &self.rows, &file, &set).expect("a plan")
    }

    fn plan(&self) -> ColumnPlan {
        self.plan_with("", &[])
    }

    fn drafts(&self, plan: &ColumnPlan) -> Vec<Draft> {
        self.rows.iter().map(|row| plan.draft(row)).collect()
    }
}

fn text(draft: &Draft, field: Field) -> &str {
    draft.get(field).map_or("", |value| value.text.as_str())
}

fn source(plan: &ColumnPlan, target: Target) -> Vec<String> {
    plan.sources().into_iter().find(|(found, _)| *found == target).map(|(_, headers)| headers).unwrap_or_default()
}

fn question(plan: &ColumnPlan, target: Target) -> Option<&Question> {
    plan.questions().iter().find(|question| question.target == target)
}

#[test]
fn a_row_is_gathered_by_field() {
    let roster = roster(&[
        "Name | Credentials | Work Email | NPI | Job Title | Cell | Hired",
        "Ruiz, Ana M., Jr. | MD | Ana Ruiz <ana@example.org> | 1234567893.0 | Staff Radiologist | 555-555-0101 | 2020",
    ]);
    let plan = roster.plan();
    let draft = &roster.drafts(&plan)[0];
    let expected = [
        (Field::Email, "ana@example.org"),
        (Field::FirstName, "Ana"),
        (Field::LastName, "Ruiz"),
        (Field::MiddleName, "M."),
        (Field::Suffix1, "Jr."),
        (Field::Suffix2, "MD"),
        (Field::NpiNumber, "1234567893"),
        (Field::PhoneNumber, "555-555-0101"),
        (Field::ClinicRole, "Radiologist"),
        (Field::Level, ""),
    ];
    for (field, value) in expected {
        assert_eq!(text(draft, field), value, "{field}");
    }
    assert_eq!(draft.get(Field::ClinicRole).map(|value| value.raw.as_str()), Some("Staff Radiologist"));
    assert_eq!(draft.get(Field::FirstName).map(|value| &value.origin), Some(&Origin::FullName("Name".to_owned())));
    assert_eq!(
        draft.cleanings,
        ["the name around the address taken off \"Work Email\"", "\".0\" after the digits taken off \"NPI\""]
    );
    assert_eq!(plan.ignored(), ["Hired"]);
    assert_eq!(
        plan.unfed(),
        [Field::Level, Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess]
    );
}

#[test]
fn column_then_profile_then_default_then_set() {
    let roster = roster(&[
        "Email | First | Last | Role | NPI | Level",
        "a@example.org | Ana | Ruiz | Radiologist | 1234567893 | admin",
        "b@example.org | Ken | Ito | Radiologist | | ",
        "c@example.org | Cal | Diaz | Scribe | | ",
    ]);
    let file = "[profiles.Radiologist]\ncan_create_reports = \"with-npi\"\nlevel = \"member\"\n\
                [profiles.default]\ncan_create_reports = false\n[defaults]\nlevel = \"admin\"\ncan_manage_studies = true\n";
    let plan = roster.plan_with(file, &["level=member", "has_dashboard_access=yes", "can_manage_studies=no"]);
    let drafts = roster.drafts(&plan);
    let column = |field| drafts.iter().map(|draft| text(draft, field)).collect::<Vec<_>>();
    assert_eq!(column(Field::Level), ["admin", "member", "admin"]);
    assert_eq!(column(Field::CanCreateReports), ["true", "false", "false"]);
    assert_eq!(column(Field::CanManageStudies), ["true", "true", "true"]);
    assert_eq!(column(Field::HasDashboardAccess), ["true", "true", "true"]);
    let origin = |row: usize, field| drafts[row].get(field).map(|value| value.origin.clone());
    assert_eq!(origin(0, Field::Level), Some(Origin::Column("Level".to_owned())));
    assert_eq!(origin(1, Field::Level), Some(Origin::Profile("Radiologist".to_owned())));
    assert_eq!(origin(2, Field::CanCreateReports), Some(Origin::Profile("default".to_owned())));
    assert_eq!(origin(2, Field::Level), Some(Origin::Default));
    assert_eq!(origin(2, Field::HasDashboardAccess), Some(Origin::Set));
    assert!(plan.unfed().is_empty());
    assert_eq!(plan.origin_notes().len(), 7, "{:?}", plan.origin_notes());
}

#[test]
fn another_persons_address_is_never_read() {
    for header in ["Manager Email", "Supervisor E-mail", "Reports To Email", "Emergency Contact Email", "Spouse Email"]
    {
        let plan = roster(&[&format!("First Name | Last Name | {header}"), "Ana | Ruiz | boss@example.org"]).plan();
        assert!(source(&plan, Target::Field(Field::Email)).is_empty(), "{header}");
    }
    for header in ["Contact Email", "Personal Email", "Home E-mail", "Secondary Email", "Practice Email", "Username"] {
        let plan = roster(&[&format!("First Name | Last Name | {header}"), "Ana | Ruiz | ana@example.org"]).plan();
        assert!(source(&plan, Target::Field(Field::Email)).is_empty(), "{header}");
        assert!(question(&plan, Target::Field(Field::Email)).is_some_and(|question| question.blocking), "{header}");
    }
    for header in ["Email Verified", "Email Type", "SendWelcomeEmail", "EmailEncodingKey", "Preferred Contact Email"] {
        let plan = roster(&[&format!("{header} | Email"), "x | ana@example.org"]).plan();
        assert_eq!(source(&plan, Target::Field(Field::Email)), ["Email"], "{header}");
    }
}

#[test]
fn a_groups_npi_is_never_read() {
    for header in [
        "Group NPI",
        "Billing NPI",
        "BillNPI",
        "Type 2 NPI",
        "Location NPI",
        "Supervising Provider NPI",
        "Referring NPI",
        "Practice NPI",
        "Organization NPI",
        "Replacement NPI",
        "Ind_PAC_ID",
        "CAQH ID",
    ] {
        let plan = roster(&[&format!("First Name | Last Name | {header}"), "Ana | Ruiz | 1234567893"]).plan();
        assert!(source(&plan, Target::Field(Field::NpiNumber)).is_empty(), "{header}");
    }
}

#[test]
fn other_systems_rights_are_asked_about_and_never_read() {
    for header in [
        "Access Level",
        "wp_role",
        "Admin",
        "User Type",
        "Base Role",
        "Permissions",
        "Position Level",
        "Dashboard",
        "Is Admin",
        "Access",
    ] {
        let plan =
            roster(&[&format!("First Name | Last Name | Job Title | {header}"), "Ana | Ruiz | Scribe | admin"]).plan();
        for field in [Field::Level, Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess] {
            assert!(source(&plan, Target::Field(field)).is_empty(), "{header}");
        }
    }
    let ours =
        roster(&["level | can_create_reports | Can Manage Studies | hasDashboardAccess", "member | x | y | no"]).plan();
    assert_eq!(ours.sources().len(), 4);
}

#[test]
fn values_have_a_say() {
    let shared = roster(&[
        "Email | NPI | Last Name | First Name",
        "a@example.org | 1234567893 | Ruiz | Ana",
        "b@example.org | 1234567893 | Ito | Ken",
        "c@example.org | 1234567893 | Diaz | Cal",
    ])
    .plan();
    assert!(source(&shared, Target::Field(Field::NpiNumber)).is_empty());
    let asked = question(&shared, Target::Field(Field::NpiNumber)).expect("a question");
    assert!(asked.why.contains("one number (1234567893) stands in 3 of 3 rows"), "{}", asked.why);
    assert!(!asked.blocking);

    let no_addresses =
        roster(&["Email | Login", "yes | a@example.org", "no | b@example.org", "yes | c@example.org"]).plan();
    assert!(source(&no_addresses, Target::Field(Field::Email)).is_empty());

    let degrees = roster(&[
        "First Name | Last Name | Title | Email",
        "Ana | Ruiz | Dr. | a@example.org",
        "Ken | Ito | Mr. | b@example.org",
        "Cal | Diaz | Ms. | c@example.org",
    ])
    .plan();
    assert!(source(&degrees, Target::Field(Field::ClinicRole)).is_empty());
}

#[test]
fn two_columns_for_one_field_are_asked_about_unless_they_agree() {
    let differ = roster(&["Email | E-mail Address", "a@example.org | b@example.org"]).plan();
    let asked = question(&differ, Target::Field(Field::Email)).expect("a question");
    assert_eq!(asked.headers, ["Email", "E-mail Address"]);
    assert!(asked.blocking && asked.why.contains("email = \"Email\""), "{}", asked.why);
    let agree = roster(&["Email | E-mail Address", "a@example.org | a@example.org"]).plan();
    assert_eq!(source(&agree, Target::Field(Field::Email)), ["Email"]);
    let twins = roster(&["Phone | Phone", "5555550101 | 5555550102"]);
    let asked = twins.plan();
    assert!(
        question(&asked, Target::Field(Field::PhoneNumber))
            .is_some_and(|question| question.why.contains("\"Phone #1\""))
    );
    let decided = twins.plan_with("[columns]\nphone_number = \"Phone #2\"", &[]);
    assert_eq!(text(&twins.drafts(&decided)[0], Field::PhoneNumber), "5555550102");
}

#[test]
fn the_mapping_file_wins() {
    let roster = roster(&[
        "Email | Other Address | First Name | Last Name | Title | State",
        " | b@example.org | Ana | Ruiz | Boss Tech | gone",
        "a@example.org | b@example.org | ANA | MCDONALD | Wizard | here",
    ]);
    let file = "[columns]\nemail = [\"email\", \"Other Address\"]\n[roles]\n\"boss tech\" = \"Imaging Technologist\"\n\
                [skip]\n\"State\" = [\"Gone\"]\n[names]\nrecase = true\n";
    let plan = roster.plan_with(file, &[]);
    let drafts = roster.drafts(&plan);
    assert_eq!(text(&drafts[0], Field::Email), "b@example.org");
    assert_eq!(text(&drafts[0], Field::ClinicRole), "Imaging Technologist");
    assert_eq!(drafts[0].skip.as_deref(), Some("State is \"gone\""));
    assert_eq!(drafts[1].skip, None);
    assert_eq!((text(&drafts[1], Field::FirstName), text(&drafts[1], Field::LastName)), ("Ana", "McDonald"));
    let problem = drafts[1].get(Field::ClinicRole).and_then(|value| value.problem.as_ref()).expect("a problem");
    assert_eq!(problem.code, "role_unknown");
    assert_eq!(plan.role_texts(&roster.rows[0]).as_deref(), Some("Boss Tech"));
    assert_eq!(plan.role_of("Boss  Tech"), Some(ClinicRole::ImagingTechnologist));
    assert_eq!(plan.role_of("Tech"), None);
}

#[test]
fn what_a_mapping_file_names_must_be_there() {
    let headers = roster(&["Work Email | Phone | Phone"]).headers;
    for (file, message, hint) in [
        ("[columns]\nemail = \"Work Mail\"", "names the column \"Work Mail\"", "Did you mean \"Work Email\"?"),
        ("[columns]\nphone_number = \"Phone\"", "2 columns of that name", "\"Phone #1\""),
        ("[skip]\n\"State\" = [\"x\"]", "[skip] names the column \"State\"", "There are \"Work Email\""),
    ] {
        let file = MappingFile::parse(file, "m.toml").expect("a mapping file");
        let error = ColumnPlan::new(&headers, &[], &file, &Assignments::default()).expect_err("an error");
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.hint().contains(hint), "{}", error.hint());
    }
}

#[test]
fn what_is_odd_in_names_is_reported() {
    let roster = roster(&["First Name | Last Name", "JOHN M. | SMITH, JR", "Ana | Ruiz MD", "Kim | Do"]);
    let drafts = roster.drafts(&roster.plan());
    let of = |row: usize, field: Field| drafts[row].get(field).map(|value| value.text.as_str());
    let names = [Field::FirstName, Field::MiddleName, Field::LastName, Field::Suffix1];
    assert_eq!(names.map(|field| of(0, field)), [Some("JOHN"), Some("M."), Some("SMITH"), Some("JR")]);
    assert_eq!(drafts[0].cleanings.len(), 3, "{:?}", drafts[0].cleanings);
    assert_eq!(names.map(|field| of(1, field)), [Some("Ana"), None, Some("Ruiz"), Some("MD")]);
    assert_eq!(names.map(|field| of(2, field)), [Some("Kim"), None, Some("Do"), None]);
    let combined = roster_of_one_name("Ms. Johnson");
    for field in [Field::FirstName, Field::LastName] {
        assert_eq!(combined.get(field).and_then(|value| value.problem.as_ref()).map(|p| p.code), Some("name_unclear"));
    }
}

#[test]
fn a_suffix_with_a_column_of_its_own_is_not_said_twice() {
    let roster = roster(&[
        "First Name | Middle Name | Last Name | Suffix",
        "John | Q | Smith Jr. | Jr",
        "John M. | Q | Smith, III | Jr",
    ]);
    let drafts = roster.drafts(&roster.plan());
    let fields = [Field::FirstName, Field::MiddleName, Field::LastName, Field::Suffix1];
    assert_eq!(fields.map(|field| text(&drafts[0], field)), ["John", "Q", "Smith", "Jr"]);
    assert_eq!(fields.map(|field| text(&drafts[1], field)), ["John M.", "Q", "Smith", "Jr"]);
    assert_eq!(text(&drafts[1], Field::Suffix2), "III");
}

#[test]
fn an_honorific_is_no_part_of_a_name() {
    let roster = roster(&["First Name | Last Name", "Dr. Gert | Löwe", "Ina | Prof. Dr. Fuchs", "Drew | Mister"]);
    let drafts = roster.drafts(&roster.plan());
    let names: Vec<_> = drafts.iter().map(|d| (text(d, Field::FirstName), text(d, Field::LastName))).collect();
    assert_eq!(names, [("Gert", "Löwe"), ("Ina", "Fuchs"), ("Drew", "Mister")]);
    assert_eq!(drafts[0].cleanings, ["Dr. left off \"First Name\""]);
}

fn roster_of_one_name(name: &str) -> Draft {
    let roster = roster(&["Name", name]);
    roster.drafts(&roster.plan()).remove(0)
}

#[test]
fn numbers_keep_what_they_were() {
    let mut roster = roster(&["NPI | Phone", "1.23E+09 | 5555550101"]);
    roster.rows[0].cells[0].kind = CellKind::InexactNumber;
    let draft = &roster.drafts(&roster.plan())[0];
    let npi = draft.get(Field::NpiNumber).expect("a value");
    assert_eq!((npi.text.as_str(), npi.kind), ("1.23E+09", CellKind::InexactNumber));
}

#[test]
fn a_credential_of_another_profession_is_pointed_out() {
    let roster = roster(&[
        "First | Last | Degree | Specialty",
        "Ana | Ruiz | NP | Cardiology",
        "Ken | Ito | MD | Cardiology",
        "Cal | Diaz | RN | Registered Nurse",
    ]);
    let drafts = roster.drafts(&roster.plan());
    assert_eq!(text(&drafts[0], Field::ClinicRole), "Cardiologist");
    assert!(drafts[0].cleanings[0].contains("the credential says Nurse Practitioner"), "{:?}", drafts[0].cleanings);
    assert!(drafts[1].cleanings.is_empty() && drafts[2].cleanings.is_empty());
}

#[test]
fn whoever_is_nobody_or_has_left_by_name_is_left_out() {
    let roster = roster(&[
        "displayName | givenName | surname | mail | jobTitle",
        "Ana Ruiz | Ana | Ruiz | ana@example.org | Radiologist",
        "Reading Room 2 | | | reading@example.org |",
        "Ken Ito - TERMINATED 3/2026 | Ken | Ito | ken@example.org | Scribe",
        "Zeller, Max | Max | Zeller (retired) | max@example.org | Scribe",
        "Vacant | Vacant | Vacant | vacant@example.org | Scribe",
        "IMAGING | | | |",
    ]);
    let why = |plan: &ColumnPlan| roster.drafts(plan).into_iter().map(|draft| draft.skip).collect::<Vec<_>>();
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(
        why(&roster.plan()),
        [
            None,
            said("\"reading room\" is no person's name"),
            said("\"TERMINATED\" stands in \"displayName\""),
            said("\"retired\" stands in \"surname\""),
            said("\"vacant\" is a post that nobody has yet"),
            said("all columns that are read are blank in this row"),
        ]
    );
    // A mapping file that goes by the same column has the last word.
    let decided = roster.plan_with("[skip]\nsurname = [\"Gone\"]\n", &[]);
    assert_eq!(why(&decided)[3], None);
}

#[test]
fn the_order_in_a_header_is_the_order_of_its_names() {
    for header in [
        "Last Name First Name",
        "LastName FirstName",
        "Last/First",
        "Name (Last, First)",
        "Name (Last First MI)",
        "Employee Name (Last Suffix, First MI)",
        "Nachname Vorname",
        "Name, Vorname",
        "Nom Prénom",
        "Nom et prénom",
        "Cognome Nome",
        "Apellidos y Nombre",
    ] {
        let roster = roster(&[
            &format!("{header} ; E-Mail").replace(';', "|"),
            "Weber Anna | anna@example.org",
            "Roth, Karl | karl@example.org",
            "Roth Jr., John A | john@example.org",
            "García López José | jose@example.org",
        ]);
        let plan = roster.plan();
        assert_eq!(source(&plan, Target::FullName), [header], "{:?}", plan.questions());
        let drafts = roster.drafts(&plan);
        let names: Vec<_> =
            drafts.iter().take(3).map(|d| (text(d, Field::FirstName), text(d, Field::LastName))).collect();
        assert_eq!(names, [("Anna", "Weber"), ("Karl", "Roth"), ("John", "Roth")], "{header}");
        let problem = drafts[3].get(Field::LastName).and_then(|value| value.problem.as_ref()).expect("a problem");
        assert!(problem.message.contains("which of its words are the last name"), "{}", problem.message);
        assert!(plan.origin_notes().iter().any(|note| note.contains("because the header says so")), "{header}");
        let proposal = propose(&plan, &RosterTexts::default());
        assert!(proposal.contains("order = \"last-first\""), "{proposal}");
        reads_back(&proposal, "m.toml", &plan, &roster.rows).expect("the same plan");
        // A mapping file has the last word.
        let file = format!("[columns]\nfull_name = {{ column = \"{header}\", order = \"first-last\" }}\n");
        let otherwise = roster.plan_with(&file, &[]);
        assert_eq!(text(&roster.drafts(&otherwise)[0], Field::FirstName), "Weber", "{header}");
    }
    let roster = roster(&["First, Last | E-Mail", "Ana, Ruiz | ana@example.org", "Ken Ito | ken@example.org"]);
    let drafts = roster.drafts(&roster.plan());
    assert!(drafts[0].get(Field::LastName).is_some_and(|value| value.problem.is_some()));
    assert_eq!(text(&drafts[1], Field::FirstName), "Ken");
}

#[test]
fn names_in_columns_of_their_own_are_cleaned_as_combined_ones_are() {
    let roster = roster(&[
        "First Name | Last Name | E-Mail",
        "Paul (Pauly) | Roth | a@example.org",
        "Paul \"Pauly\" | Roth | b@example.org",
        "Schwester Ana | Ruiz | c@example.org",
        "FNU | Ruiz | d@example.org",
        "Ana | Lnu | e@example.org",
        "Fnuk | Pfleger | f@example.org",
    ]);
    let drafts = roster.drafts(&roster.plan());
    let firsts: Vec<&str> = drafts.iter().map(|draft| text(draft, Field::FirstName)).collect();
    assert_eq!(firsts, ["Paul", "Paul", "Ana", "FNU", "Ana", "Fnuk"]);
    assert_eq!(drafts[0].cleanings, ["(Pauly) left off \"First Name\""]);
    let asked = |row: usize, field| drafts[row].get(field).is_some_and(|value| value.problem.is_some());
    assert!(asked(3, Field::FirstName) && asked(4, Field::LastName));
    assert!(!asked(4, Field::FirstName) && !asked(5, Field::FirstName) && !asked(5, Field::LastName));
}

#[test]
fn a_generation_comes_before_a_credential() {
    let suffixes = |lines: &[&str]| -> Vec<(String, String)> {
        let roster = roster(lines);
        let plan = roster.plan();
        let again = reads_back(&propose(&plan, &RosterTexts::default()), "m.toml", &plan, &roster.rows);
        let again = again.expect("the same plan");
        let both = |draft: &Draft| (text(draft, Field::Suffix1).to_owned(), text(draft, Field::Suffix2).to_owned());
        assert_eq!(
            roster.drafts(&plan).iter().map(both).collect::<Vec<_>>(),
            roster.drafts(&again).iter().map(both).collect::<Vec<_>>()
        );
        roster.drafts(&plan).iter().map(both).collect()
    };
    let pair = |one: &str, two: &str| (one.to_owned(), two.to_owned());
    assert_eq!(
        suffixes(&["First | Last | Suffix", "Ana | Roe | Jr., MD", "Ken | Ito | MD, PhD", "Cal | Diaz | III"]),
        [pair("Jr.", "MD"), pair("MD, PhD", ""), pair("III", "")]
    );
    assert_eq!(
        suffixes(&["First | Last | Degree", "Ana | Roe Jr. | MD", "Ken | Ito | MD"]),
        [pair("Jr.", "MD"), pair("MD", "")]
    );
    assert_eq!(
        suffixes(&["First | Last | Generation", "Ana | Roe | Jr", "Ken | Ito | II"]),
        [pair("Jr", ""), pair("II", "")]
    );
    assert_eq!(
        suffixes(&["First | Last | Generation", "Ana | Roe | Gen X", "Ken | Ito | Gen Z"]),
        [pair("", ""), pair("", "")]
    );
    assert_eq!(
        suffixes(&["First | Last | Suffix | Suffix 2", "Ana | Roe | MD | Jr", "Ken | Ito | DO | III"]),
        [pair("Jr", "MD"), pair("III", "DO")]
    );
}

#[test]
fn a_last_name_in_several_columns_is_put_together() {
    let spanish = roster(&[
        "Nombre | Primer Apellido | Segundo Apellido | Correo",
        "José | García | López | jose@example.org",
        "Ana | Ruiz | | ana@example.org",
    ]);
    let plan = spanish.plan();
    assert_eq!(source(&plan, Target::Field(Field::LastName)), ["Primer Apellido", "Segundo Apellido"]);
    assert!(plan.ignored().is_empty());
    let lasts = |roster: &Roster, plan: &ColumnPlan| -> Vec<String> {
        roster.drafts(plan).iter().map(|draft| text(draft, Field::LastName).to_owned()).collect()
    };
    assert_eq!(lasts(&spanish, &plan), ["García López", "Ruiz"]);
    assert!(
        plan.origin_notes().iter().any(|note| note.contains("\"Segundo Apellido\" is read as a part of the last name"))
    );
    let proposal = propose(&plan, &RosterTexts::default());
    assert!(proposal.contains("# \"Segundo Apellido\" is put together with it"), "{proposal}");
    let again = reads_back(&proposal, "m.toml", &plan, &spanish.rows).expect("the same plan");
    assert_eq!(lasts(&spanish, &again), ["García López", "Ruiz"]);
    let without = spanish.plan_with("ignore = [\"Segundo Apellido\"]", &[]);
    assert_eq!(lasts(&spanish, &without), ["García", "Ruiz"]);
    assert_eq!(source(&without, Target::Field(Field::LastName)), ["Primer Apellido"]);
    assert!(!without.origin_notes().iter().any(|note| note.contains("Segundo Apellido")));

    for header in ["Tussenvoegsel", "Namenszusatz"] {
        let particles = roster(&[
            &format!("Voornaam ; {header} ; Achternaam ; E-mail").replace(';', "|"),
            "Jan | van der | Berg | jan@example.org",
            "Eva | von | Stein | eva@example.org",
            "Ana | | Ruiz | ana@example.org",
        ]);
        let plan = particles.plan();
        assert_eq!(lasts(&particles, &plan), ["van der Berg", "von Stein", "Ruiz"], "{header}");
        assert_eq!(source(&plan, Target::Field(Field::LastName)), ["Achternaam", header]);
    }
    let mixed = roster(&[
        "Vorname | Nachname | Namenszusatz | E-Mail",
        "Eva | Stein | von | eva@example.org",
        "Ana | Ruiz | Jr. | ana@example.org",
    ]);
    let plan = mixed.plan();
    assert_eq!(lasts(&mixed, &plan), ["von Stein", "Ruiz"]);
    assert_eq!(text(&mixed.drafts(&plan)[1], Field::Suffix1), "Jr.");
    let combined = roster(&["Naam | Tussenvoegsel | E-mail", "Jan Berg | van der | jan@example.org"]).plan();
    assert!(combined.origin_notes().iter().any(|note| note.contains("\"Tussenvoegsel\" may hold a part")));
}
