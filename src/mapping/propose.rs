//! Writes a plan as a mapping file that reads back to the same plan, with what a person has to decide as comments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::roster::Row;
use crate::staff::{ClinicRole, Field};

use super::columns::ColumnPlan;
use super::file::{FOR_ADMINS, MappingFile, PROFILE_FIELDS, Profile, ProfileValue, WITH_NPI};
use super::names::NameOrder;
use super::profiles::Profiles;
use super::resolve::name_in_file;
use super::roles::RoleReading;
use super::set::Assignments;
use super::target::Target;
use super::texts::RosterTexts;

/// A mapping file for a roster: its columns as they are read now, its unknown role words to be filled in, profiles of
/// least privilege for its roles where no column gives level and permissions, and its headers, so that a later roster can
/// be held against them.
pub fn propose(plan: &ColumnPlan, texts: &RosterTexts) -> String {
    let mut text = String::from(
        "# How this roster is read. Read it through, change what is wrong, and pass it with --mapping.\n\
         # A line that begins with # is a note.\n",
    );
    let file = &plan.file;
    write_ignore(file, &mut text);
    write_columns(plan, &mut text);
    write_table(
        "defaults",
        file.defaults.iter().map(|(field, value)| (field.name().to_owned(), quoted(value))),
        &mut text,
    );
    write_roles(plan, texts, &mut text);
    write_values(plan, texts, &mut text);
    write_profiles(plan, texts, &mut text);
    write_skip(plan, &mut text);
    if file.recase {
        text.push_str("\n[names]\nrecase = true\n");
    }
    write_headers(&plan.headers, &mut text);
    if text.contains("\n# To decide") {
        const NOTE: &str = "# is a note.\n";
        let how = "# Where one says \"To decide\", write what is right, and take the # away from it or from the line below it.\n";
        text = text.replacen(NOTE, &format!("{NOTE}{how}"), 1);
    }
    text
}

/// Reads a proposal again for the same roster, and makes sure that it says the same.
///
/// # Errors
/// In words, what it says otherwise: a fault of this program, so nothing that a person could mend.
pub fn reads_back(text: &str, name: &str, plan: &ColumnPlan, sample: &[Row]) -> Result<ColumnPlan, String> {
    let file = MappingFile::parse(text, name).map_err(|error| error.to_string())?;
    let again = ColumnPlan::new(&plan.headers, sample, &file, &Assignments::default());
    let again = again.map_err(|error| error.to_string())?;
    let same = [
        ("the columns", plan.sources() == again.sources()),
        ("the rows to leave out", plan.skip == again.skip),
        ("the role words", plan.file.roles == again.file.roles),
        ("the words for level and permissions", plan.file.values == again.file.values),
        ("the defaults", plan.file.defaults == again.file.defaults),
        ("the names", names_of(plan) == names_of(&again)),
    ];
    match same.into_iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(format!("{what} would be read otherwise")),
        None => Ok(again),
    }
}

/// The order of each combined name, and whether names are written as they usually are.
fn names_of(plan: &ColumnPlan) -> (Vec<NameOrder>, bool) {
    let combined = plan.sources.get(&Target::FullName).into_iter().flatten();
    (combined.map(|column| plan.name_order(*column)).collect(), plan.file.recase)
}

fn write_ignore(file: &MappingFile, text: &mut String) {
    if !file.ignore.is_empty() {
        let _ = writeln!(text, "\nignore = {}", list(&file.ignore));
    }
}

fn write_columns(plan: &ColumnPlan, text: &mut String) {
    text.push_str("\n[columns]\n");
    for target in Target::all() {
        if let Some(columns) = plan.sources.get(&target) {
            let names: Vec<String> = columns.iter().map(|column| name_in_file(&plan.headers, *column)).collect();
            let value = match names.as_slice() {
                [name] => quoted(name),
                names => list(names),
            };
            let order = plan.one_name_order().filter(|_| target == Target::FullName);
            let value = order.map_or(value.clone(), |order| with_order(&value, order));
            let _ = writeln!(text, "{target} = {value}");
            if target == Target::Field(Field::LastName) {
                write_parts(plan, text);
            }
        }
        for question in plan.questions().iter().filter(|question| question.target == target) {
            let _ = writeln!(text, "# To decide: {}", one_line(&question.why));
        }
    }
    for (target, names) in plan.lost() {
        let _ = writeln!(
            text,
            "# To decide: {target} was read from {}, which is gone; write its new header: {target} = \"\"",
            list(names)
        );
    }
    let asked = |field: Field| plan.questions().iter().any(|question| question.target == Target::Field(field));
    let lost = |field: Field| plan.lost().any(|(target, _)| target == Target::Field(field));
    let told = |field: Field| PROFILE_FIELDS.contains(&field) || asked(field) || lost(field);
    for field in plan.unfed().into_iter().filter(|field| !told(*field)) {
        let _ = writeln!(text, "# To decide: {field} = \"\" (no column is recognised for it; write its header)");
    }
    let ignored: Vec<String> = plan.ignored_by_name().iter().map(|name| one_line(name)).collect();
    if !ignored.is_empty() {
        let _ = writeln!(text, "# Not used: {}", ignored.join(", "));
    }
}

/// The columns that the last name is put together from beside its own.
fn write_parts(plan: &ColumnPlan, text: &mut String) {
    for column in plan.last_name.columns() {
        let name = one_line(&quoted(&plan.name_of(column)));
        let _ = writeln!(text, "# {name} is put together with it; ignore = [{name}] leaves that unread.");
    }
}

fn with_order(value: &str, order: NameOrder) -> String {
    format!("{{ column = {value}, order = {} }}", quoted(order.word()))
}

fn write_roles(plan: &ColumnPlan, texts: &RosterTexts, text: &mut String) {
    let open: Vec<(String, RoleReading)> = texts
        .roles
        .keys()
        .map(|text| (text.clone(), plan.reading_of(text)))
        .filter(|(_, reading)| reading.certain().is_none())
        .collect();
    if open.is_empty() && plan.file.role_words.is_empty() {
        return;
    }
    text.push_str("\n[roles]\n");
    // Sorted, as they are read back, so that a file written from itself is the same file.
    let decided: BTreeMap<&String, &ClinicRole> =
        plan.file.role_words.iter().map(|(word, role)| (word, role)).collect();
    for (word, role) in decided {
        let _ = writeln!(text, "{} = {}", quoted(word), quoted(role.as_str()));
    }
    for (word, reading) in open {
        let likely = match reading.roles() {
            roles if roles.is_empty() => ClinicRole::nearest(&word, 1),
            roles => roles,
        };
        let first = likely.first().map_or("Other", |role| role.as_str());
        let others = likely.iter().skip(1).map(|role| format!(", or {role}")).collect::<String>();
        let _ = writeln!(text, "# To decide: {first}{others}?\n# {} = {}", quoted(&word), quoted(first));
    }
}

fn write_values(plan: &ColumnPlan, texts: &RosterTexts, text: &mut String) {
    let fields: BTreeSet<Field> = plan.file.values.fields().chain(texts.values.keys().copied()).collect();
    for field in fields {
        let _ = writeln!(text, "\n[values.{field}]");
        let written = |value: &str| if field == Field::Level { quoted(value) } else { value.to_owned() };
        for (word, value) in plan.file.values.of(field) {
            let _ = writeln!(text, "{} = {}", quoted(word), written(value));
        }
        // Least privilege, where nobody has said.
        let (choice, least) =
            if field == Field::Level { ("admin or member", "member") } else { ("true or false", "false") };
        for word in texts.values.get(&field).into_iter().flat_map(BTreeMap::keys) {
            let _ = writeln!(text, "# To decide: {choice}?\n# {} = {}", quoted(word), written(least));
        }
    }
}

fn write_profiles(plan: &ColumnPlan, texts: &RosterTexts, text: &mut String) {
    let mut file = plan.file.clone();
    let unfed: Vec<Field> = plan.unfed().into_iter().filter(|field| PROFILE_FIELDS.contains(field)).collect();
    if !unfed.is_empty() {
        text.push_str(
            "\n# What the roster does not say: level and permissions. Proposed is the least that a role needs for its work.\n\
             # Confirm each line; nobody is proposed as an admin.\n",
        );
        let roles = texts.roles.keys().filter_map(|text| plan.role_of(text));
        file.add_profiles(&Profiles::least(&unfed, roles));
    }
    for (role, profile) in &file.profiles {
        write_profile(&quoted(role.as_str()), profile, text);
    }
    if !file.default_profile.is_empty() {
        write_profile("default", &file.default_profile, text);
    }
}

fn write_profile(name: &str, profile: &Profile, text: &mut String) {
    let value = |value: &ProfileValue| match value {
        ProfileValue::WithNpi => quoted(WITH_NPI),
        ProfileValue::ForAdmins => quoted(FOR_ADMINS),
        ProfileValue::Always(text) if matches!(text.as_str(), "true" | "false") => text.clone(),
        ProfileValue::Always(text) => quoted(text),
    };
    let lines = profile.iter().map(|(field, given)| (field.name().to_owned(), value(given)));
    write_table(&format!("profiles.{name}"), lines, text);
}

fn write_skip(plan: &ColumnPlan, text: &mut String) {
    let lines = plan.file.skip.iter().map(|(header, words)| (quoted(header), list(words)));
    write_table("skip", lines, text);
    let named = |column: usize| plan.file.skip.iter().any(|(header, _)| *header == name_in_file(&plan.headers, column));
    for rule in plan.skip.iter().filter(|rule| !named(rule.column) && !rule.is_of_remarks()) {
        let _ = writeln!(text, "\n# Rows that are plainly inactive by {} are left out.", quoted(rule.header.trim()));
    }
    for rule in &plan.leaving {
        let _ = writeln!(text, "\n# Rows whose date in {} has passed are left out.", quoted(&rule.header));
    }
}

/// The headers, so that what is new or gone in a later roster can be told.
fn write_headers(headers: &[String], text: &mut String) {
    const WIDTH: usize = 110;
    let named: Vec<String> = headers.iter().filter(|header| !header.trim().is_empty()).map(|h| quoted(h)).collect();
    text.push_str(
        "\n# The roster's headers when this was written; a later roster is held against them.\n[roster]\nheaders = [",
    );
    let mut column = WIDTH;
    for header in named {
        if column + header.len() > WIDTH {
            text.push_str("\n   ");
            column = 3;
        }
        let _ = write!(text, " {header},");
        column += header.len() + 2;
    }
    text.push_str("\n]\n");
}

fn write_table(name: &str, lines: impl Iterator<Item = (String, String)>, text: &mut String) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = writeln!(text, "\n[{name}]");
    }
    for (key, value) in lines {
        let _ = writeln!(text, "{key} = {value}");
    }
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A comment must not run over its line.
fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mapping::Assignments;
    use crate::roster::{Cell, Location};

    fn plan(headers: &[String], sample: &[Row], text: &str) -> ColumnPlan {
        let file = MappingFile::parse(text, "m.toml").unwrap();
        ColumnPlan::new(headers, sample, &file, &Assignments::default()).unwrap()
    }

    fn headers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn row(texts: &[&str]) -> Row {
        let cells = texts.iter().map(|text| Cell::text(*text)).collect();
        Row { at: Location { sheet: None, row: 2 }, cells, ragged: false }
    }

    fn texts(plan: &ColumnPlan, sample: &[Row]) -> RosterTexts {
        let mut texts = RosterTexts::default();
        sample.iter().for_each(|row| texts.add(plan, row));
        texts
    }

    #[test]
    fn a_proposal_decides_what_it_can_and_asks_the_rest() {
        let headers = headers(&["Name", "Job Title", "Contact Email", "NPI", "Status"]);
        let sample = [
            row(&["Ruiz, Ana", "Radiologist", "x@example.org", "1234567893", "Active"]),
            row(&["Ito, Ken", "Tech", "x@example.org", "", "Active"]),
        ];
        let first = plan(&headers, &sample, "");
        let texts = texts(&first, &sample);
        let proposal = propose(&first, &texts);
        for line in [
            "full_name = \"Name\"",
            "clinic_role = \"Job Title\"",
            "# To decide: \"Contact Email\" may hold email",
            "\n# \"Tech\" = \"Imaging Technologist\"\n",
            "[profiles.\"Radiologist\"]\nlevel = \"member\"\ncan_create_reports = \"with-npi\"\ncan_manage_studies = true",
            "[profiles.default]\nlevel = \"member\"\ncan_create_reports = false",
            "# Rows that are plainly inactive by \"Status\" are left out.",
        ] {
            assert!(proposal.contains(line), "{line} is not in\n{proposal}");
        }
        let again = plan(&headers, &sample, &proposal);
        assert_eq!(again.unfed(), [Field::Email]);
        assert_eq!(propose(&again, &texts), proposal.replace(
            "\n# What the roster does not say: level and permissions. Proposed is the least that a role needs for its work.\n\
             # Confirm each line; nobody is proposed as an admin.\n", ""));
    }

    #[test]
    fn words_for_rights_are_written_with_what_they_mean_or_to_be_decided() {
        let headers = headers(&["Email", "Admin?"]);
        let sample = [row(&["a@example.org", "Y"]), row(&["b@example.org", "N"]), row(&["c@example.org", "Member"])];
        let first = plan(&headers, &sample, "[columns]\nlevel = \"Admin?\"\n[values.level]\nN = \"member\"\n");
        let proposal = propose(&first, &texts(&first, &sample));
        let written = "\n[values.level]\n\"N\" = \"member\"\n# To decide: admin or member?\n# \"Y\" = \"member\"\n";
        assert!(proposal.contains(written), "{proposal}");
        let again = reads_back(&proposal, "m.toml", &first, &sample).unwrap();
        assert_eq!(again.draft(&sample[1]).get(Field::Level).unwrap().text, "member");
        assert_eq!(again.draft(&sample[0]).get(Field::Level).unwrap().text, "Y");
    }

    #[test]
    fn a_file_is_written_as_it_was_read() {
        let headers = headers(&["Phone", "Phone", "Who \"is\" it", "Mail", "State"]);
        let text = "ignore = [\"Mail\"]\n[columns]\nphone_number = [\"Phone #2\", \"Phone #1\"]\n\
                    full_name = { column = \"Who \\\"is\\\" it\", order = \"last-first\" }\n[defaults]\nlevel = \"member\"\n\
                    [roles]\n\"Boss\" = \"Other\"\n[skip]\n\"State\" = [\"gone\"]\n[names]\nrecase = true\n";
        let first = plan(&headers, &[], text);
        let second = plan(&headers, &[], &propose(&first, &RosterTexts::default()));
        assert_eq!(first.sources(), second.sources());
        assert_eq!(first.skip, second.skip);
        assert_eq!(first.file.name_order, second.file.name_order);
        assert_eq!(first.file.role_words, second.file.role_words);
        assert_eq!(first.file.recase, second.file.recase);
        assert_eq!(first.questions(), second.questions());
    }

    proptest! {
        #[test]
        fn whatever_the_headers_the_proposal_reads_back_to_the_same_plan(
            names in prop::collection::vec(
                prop_oneof![
                    "[ -~]{0,12}",
                    "\\PC{0,8}",
                    prop::sample::select(vec![
                        "Email", "Work Email", "Manager Email", "Username", "First Name", "Vorname", "Name", "Last Name", "NPI",
                        "Group NPI", "Phone", "Mobile", "Title", "Specialty", "Role", "Suffix", "Degree", "Level", "Status",
                    ]).prop_map(str::to_owned),
                ],
                0..14,
            )
        ) {
            let first = plan(&names, &[], "");
            let second = plan(&names, &[], &propose(&first, &RosterTexts::default()));
            prop_assert_eq!(first.sources(), second.sources());
            prop_assert!(second.changes().is_empty());
            // What the proposed profiles answer is not asked again.
            let open = |plan: &ColumnPlan| {
                let answered = |target| PROFILE_FIELDS.into_iter().any(|field| target == Target::Field(field));
                plan.questions().iter().filter(|question| !answered(question.target)).cloned().collect::<Vec<_>>()
            };
            prop_assert_eq!(open(&first), open(&second));
        }
    }
}
