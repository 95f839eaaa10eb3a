//! Accounts that no person sits behind: rooms, devices, shared mailboxes, organisations.
//!
//! What can be nobody's (`noreply@`, a meeting room) is left out; what is nobody's in most clinics (`info@`) is said.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::fold::fold;

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
const NOBODY: [&str; 23] = [
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
const ROOMS: [&str; 13] = [
    "meeting room",
    "conference room",
    "conf room",
    "board room",
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
    let last = name.rsplit(' ').next().unwrap_or_default().replace('.', "");
    let is_company = name.contains(' ') && COMPANIES.contains(&last.as_str());
    (SHARED.contains(letters.as_str()) || is_company).then_some(Unlikely::Perhaps)
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

    #[test]
    fn devices_and_rooms_are_nobody() {
        for (address, name) in [
            ("noreply@example.org", "No Reply"),
            ("No-Reply2@example.org", ""),
            ("scanner-2@example.org", "Scanner"),
            ("svc-backup@example.org", "Backup"),
            ("room4@example.org", "Meeting Room 4"),
            ("x@example.org", "Salle de Réunion A"),
        ] {
            assert!(matches!(look(Some(address), name), Some(Unlikely::Surely(_))), "{address}");
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
        ] {
            assert_eq!(look(Some(address), name), None, "{address}");
        }
        assert_eq!(look(None, "Bo Lee"), None);
    }
}
