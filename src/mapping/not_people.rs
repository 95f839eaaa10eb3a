//! Accounts that no person sits behind: rooms, devices, shared mailboxes, organisations.
//!
//! What can be nobody's (`noreply@`, a meeting room) is left out; what is nobody's in most clinics (`info@`) is said.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::fold::fold;
use super::names::{NameOrder, NameUnclear, is_all_caps, take_apart};
use crate::roster::Row;

/// How little a row looks like a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unlikely {
    /// It is none, and why.
    Surely(String),
    /// It may be none.
    Perhaps,
}

/// The part before the @, digits and signs left off, of what is never a person. Origin: mail servers', scanners' and
/// calendar systems' own accounts.
const NOBODY: [&str; 30] = [
    "noreply",
    "noreplies",
    "donotreply",
    "donotrespond",
    "mailerdaemon",
    "postmaster",
    "scanner",
    "scans",
    "scantoemail",
    "scantomail",
    "printer",
    "copier",
    "mfp",
    "fax",
    "faxes",
    "meetingroom",
    "conferenceroom",
    "confroom",
    "boardroom",
    "room",
    "readingroom",
    "examroom",
    "breakroom",
    "trainingroom",
    "huddleroom",
    "controlroom",
    "serviceaccount",
    "svcaccount",
    "nepasrepondre",
    "noresponder",
];

/// What a service account's address begins with.
const SERVICES: [&str; 4] = ["svc-", "svc_", "svc.", "sa-svc"];

/// The same of what is a shared mailbox nearly everywhere, in six languages.
static SHARED: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "info scan contact office frontdesk frontoffice reception receptionist appointments scheduling schedule referrals records \
     medicalrecords billing accounts accounting payroll helpdesk support servicedesk admin administrator webmaster \
     it itsupport hr humanresources sales marketing pharmacy lab laboratory radiology xray imaging mri ultrasound nursing \
     nurses staff allstaff everyone team clinic hospital mail inbox security noc test demo guest kiosk training temp \
     empfang praxis kontakt buero anmeldung labor accueil secretariat cabinet recepcion secretaria citas segreteria \
     accettazione prenotazioni recepcao contato contacto contatto"
        .split_whitespace()
        .collect()
});

/// Names of rooms and accounts, folded.
const ROOMS: [&str; 23] = [
    "meeting room",
    "conference room",
    "conf room",
    "board room",
    "reading room",
    "exam room",
    "break room",
    "training room",
    "huddle room",
    "control room",
    "procedure room",
    "operating room",
    "waiting room",
    "conference rm",
    "besprechungsraum",
    "sitzungszimmer",
    "salle de reunion",
    "sala de reunion",
    "sala de juntas",
    "sala riunioni",
    "sala de reuniao",
    "service account",
    "shared mailbox",
];

/// Whole names, folded, of posts that nobody has yet. Origin: establishment lists and rotas.
const VACANCIES: [&str; 38] = [
    "vacant",
    "vacancy",
    "vacant position",
    "vacant post",
    "position vacant",
    "open",
    "open position",
    "position open",
    "open req",
    "open requisition",
    "unfilled",
    "unassigned",
    "not assigned",
    "new hire",
    "to be hired",
    "to be determined",
    "to be announced",
    "to be confirmed",
    "float pool",
    "per diem pool",
    "agency staff",
    "tbd",
    "temp pool",
    "tba",
    "tbh",
    "tbc",
    "vakant",
    "vakanz",
    "offene stelle",
    "unbesetzt",
    "nn",
    "n n",
    "poste vacant",
    "a pourvoir",
    "vacante",
    "puesto vacante",
    "posto vacante",
    "vaga",
];

/// Whole names, folded, of nobody. Origin: directories that were tried out.
const TESTS: [&str; 17] = [
    "test",
    "test user",
    "user test",
    "test account",
    "test person",
    "dummy",
    "dummy account",
    "dummy user",
    "unknown",
    "unknown unknown",
    "do not use",
    "do not invite",
    "xxx",
    "xx",
    "n",
    "sample user",
    "no name",
];

/// What an organisation's name ends with, folded, points left off.
const COMPANIES: [&str; 12] =
    ["inc", "llc", "llp", "pllc", "ltd", "corp", "gmbh", "srl", "sarl", "ltda", "incorporated", "corporation"];

/// Looks at an address and a name.
pub(crate) fn look(address: Option<&str>, name: &str) -> Option<Unlikely> {
    let local = fold(address.and_then(|address| address.split('@').next()).unwrap_or_default());
    let letters: String = local.chars().filter(char::is_ascii_alphabetic).collect();
    let name = fold(name);
    if NOBODY.contains(&letters.as_str()) || SERVICES.iter().any(|begins| local.starts_with(begins)) {
        return Some(Unlikely::Surely(format!("an address that begins with \"{local}@\" is no person's")));
    }
    if let Some(room) = ROOMS.iter().find(|room| holds_words(&name, room)) {
        return Some(Unlikely::Surely(format!("\"{room}\" is no person's name")));
    }
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    if words.len() == 2 && words[0] == words[1] {
        words.pop();
    }
    if TESTS.contains(&words.join(" ").as_str()) {
        return Some(Unlikely::Surely(format!("\"{}\" is nobody's name", words.join(" "))));
    }
    if VACANCIES.contains(&words.join(" ").as_str()) || words.first().is_some_and(|word| *word == "vacant") {
        return Some(Unlikely::Surely(format!("\"{}\" is a post that nobody has yet", words.join(" "))));
    }
    let last = name.rsplit(' ').next().unwrap_or_default().replace('.', "");
    let is_company = name.contains(' ') && COMPANIES.contains(&last.as_str());
    (SHARED.contains(letters.as_str()) || is_company).then_some(Unlikely::Perhaps)
}

/// The place and the text of the one cell of a row that holds anything.
pub(crate) fn only_cell(row: &Row) -> Option<(usize, &str)> {
    let texts = row.cells.iter().map(|cell| cell.text.trim()).enumerate();
    let mut filled = texts.filter(|(_, text)| !text.is_empty());
    filled.next().filter(|_| filled.next().is_none())
}

/// The one cell of a row that holds anything, where it is no person's name: the heading of a part of the list (`FRONT
/// OFFICE`).
pub(crate) fn heading(row: &Row) -> Option<&str> {
    let (_, only) = only_cell(row)?;
    let heads = match take_apart(only, NameOrder::Auto) {
        Err(NameUnclear::NotAPerson | NameUnclear::NoName) => true,
        Err(NameUnclear::OneName) => only.ends_with(':') || is_all_caps(only),
        _ => false,
    };
    heads.then_some(only)
}

/// The words stand in the name, not as parts of others.
fn holds_words(name: &str, words: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic());
    name.match_indices(words)
        .any(|(at, found)| edge(name[..at].chars().next_back()) && edge(name[at + found.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Cell, Location};

    #[test]
    fn devices_and_rooms_are_nobody() {
        for (address, name) in [
            ("noreply@example.org", "No Reply"),
            ("No-Reply2@example.org", ""),
            ("scanner-2@example.org", "Scanner"),
            ("svc-backup@example.org", "Backup"),
            ("room4@example.org", "Meeting Room 4"),
            ("x@example.org", "Salle de Réunion A"),
            ("room101@example.org", ""),
            ("x@example.org", "Reading Room 2"),
            ("x@example.org", "VACANT"),
            ("x@example.org", "Vacant - CT Tech"),
            ("tbd@example.org", "TBD"),
            ("nn@example.org", "N.N."),
        ] {
            assert!(matches!(look(Some(address), name), Some(Unlikely::Surely(_))), "{address}");
        }
    }

    #[test]
    fn a_row_with_nothing_but_a_heading_is_nobodys() {
        let row = |texts: &[&str]| Row {
            at: Location { sheet: None, row: 3 },
            cells: texts.iter().map(|text| Cell::text(*text)).collect(),
            ragged: false,
        };
        for heading_text in ["FRONT OFFICE", "IMAGING", "Mammography:", "Floor 2"] {
            assert_eq!(heading(&row(&[heading_text, "", " "])), Some(heading_text));
        }
        for texts in [["Ana Ruiz", "", ""], ["Ruiz, Ana", "", ""], ["Ana", "", ""], ["IMAGING", "a@example.org", ""]] {
            assert_eq!(heading(&row(&texts)), None, "{texts:?}");
        }
    }

    #[test]
    fn shared_mailboxes_and_firms_are_perhaps_nobody() {
        for (address, name) in [
            ("info@example.org", "Example"),
            ("front.desk@example.org", "Front Desk"),
            ("a@example.org", "Acme Payroll, Inc."),
        ] {
            assert_eq!(look(Some(address), name), Some(Unlikely::Perhaps), "{address}");
        }
    }

    #[test]
    fn people_are_people() {
        for (address, name) in [
            ("faxon@example.org", "Jo Faxon"),
            ("scanlon@example.org", "Ann Scanlon"),
            ("ana.ruiz@example.org", "Ana Ruiz"),
            ("r.room@example.org", "Rita Meeting"),
            ("inc@example.org", "Inc"),
            ("k.open@example.org", "Kim Open"),
            ("bedroom@example.org", "Bed Room"),
        ] {
            assert_eq!(look(Some(address), name), None, "{address}");
        }
        assert_eq!(look(None, "Bo Lee"), None);
    }
}
