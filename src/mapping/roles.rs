//! Role words: titles, specialties, credentials and taxonomy codes to the 61 clinic roles.
//!
//! In this order: the mapping file's words, the roles' own names, the vocabulary (`data/roles.csv`), taxonomy codes in the
//! text, the rules (`data/role_rules.csv`). What could be two roles is never decided.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::staff::ClinicRole;

use super::fold::{fold, is_invisible};
use super::role_codes;
use super::role_jobs;
use super::role_rules;

/// What a role text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoleReading {
    /// This role.
    Is(ClinicRole),
    /// A person has to decide; these are likely.
    Ambiguous(Vec<ClinicRole>),
    /// Nothing known.
    Unknown,
}

/// Role texts are compared by this: folded, punctuation to spaces, `D.O.` and `DO` alike.
pub(crate) fn role_key(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_invisible(*c) && !matches!(c, '\'' | '\u{2019}')).collect();
    let folded = fold(&visible);
    let mut key = String::with_capacity(folded.len());
    // Letters go on being one word up to a comma: `R.N., B.S.N.` is two.
    for part in folded.split([',', ';', '/', '|']) {
        let mut letters_alone = false;
        for word in part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
            let goes_on = letter && letters_alone;
            if !key.is_empty() && !goes_on {
                key.push(' ');
            }
            key.push_str(word);
            letters_alone = letter;
        }
    }
    key
}

static VOCABULARY: LazyLock<HashMap<String, RoleReading>> = LazyLock::new(|| {
    // A table that does not parse cannot be released: a test reads it.
    parse_vocabulary(include_str!("data/roles.csv")).expect("data/roles.csv is well formed")
});

fn parse_vocabulary(text: &str) -> Result<HashMap<String, RoleReading>, String> {
    let mut vocabulary: HashMap<String, RoleReading> = HashMap::new();
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let column = |at: usize| record.get(at).unwrap_or_default();
        let role = ClinicRole::parse(column(2)).map_err(|_| format!("no role {}", column(2)))?;
        let reading = match column(3) {
            "exact" => RoleReading::Is(role),
            "ambiguous" => RoleReading::Ambiguous(vec![role]),
            other => return Err(format!("confidence {other}")),
        };
        let entry = vocabulary.entry(role_key(column(0))).or_insert_with(|| reading.clone());
        *entry = merged(entry, &reading).ok_or_else(|| format!("\"{}\" is two roles", column(0)))?;
    }
    for role in ClinicRole::ALL {
        vocabulary.insert(role_key(role.as_str()), RoleReading::Is(role));
    }
    Ok(vocabulary)
}

/// Two entries that are one text to [`role_key`]: doubt wins, and two different certainties are a fault of the table.
fn merged(one: &RoleReading, other: &RoleReading) -> Option<RoleReading> {
    match (one, other) {
        (RoleReading::Is(a), RoleReading::Is(b)) => (a == b).then(|| one.clone()),
        (RoleReading::Unknown, other) | (other, RoleReading::Unknown) => Some(other.clone()),
        _ => Some(RoleReading::ambiguous([one.roles(), other.roles()].concat())),
    }
}

impl RoleReading {
    /// In doubt between these; unknown if there are none.
    pub(crate) fn ambiguous(roles: Vec<ClinicRole>) -> RoleReading {
        let mut distinct: Vec<ClinicRole> = Vec::with_capacity(roles.len());
        for role in roles {
            if !distinct.contains(&role) {
                distinct.push(role);
            }
        }
        if distinct.is_empty() { RoleReading::Unknown } else { RoleReading::Ambiguous(distinct) }
    }

    /// The roles it names.
    pub(crate) fn roles(&self) -> Vec<ClinicRole> {
        match self {
            RoleReading::Is(role) => vec![*role],
            RoleReading::Ambiguous(roles) => roles.clone(),
            RoleReading::Unknown => Vec::new(),
        }
    }

    /// The role, where there is no doubt.
    pub(crate) fn certain(&self) -> Option<ClinicRole> {
        match self {
            RoleReading::Is(role) => Some(*role),
            _ => None,
        }
    }
}

/// What a role text means without a mapping file.
pub(crate) fn read_role(text: &str) -> RoleReading {
    let key = role_key(text);
    if let Some(reading) = VOCABULARY.get(&key) {
        return reading.clone();
    }
    if let Some(reading) = role_codes::read(&key, &VOCABULARY, read_role) {
        return reading;
    }
    let several = role_jobs::several(text, &VOCABULARY);
    if several.len() > 1 { RoleReading::Ambiguous(several) } else { role_rules::read(&key, &VOCABULARY) }
}

/// Whether a whole text is a word for one role in the vocabulary, and longer than an abbreviation: `Radiologist`.
pub(crate) fn is_role_word(text: &str) -> bool {
    text.chars().count() > 4 && VOCABULARY.get(&role_key(text)).is_some_and(|reading| reading.certain().is_some())
}

/// Whether a text stands in the vocabulary, for one role or for several.
pub(crate) fn is_job(text: &str) -> bool {
    text.chars().count() > 4 && VOCABULARY.contains_key(&role_key(text))
}

/// The roles of physicians come first in the invite page's list, up to the immunologist.
pub(crate) fn is_physicians(role: ClinicRole) -> bool {
    role <= ClinicRole::Immunologist
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_parses_and_contradicts_itself_nowhere() {
        parse_vocabulary(include_str!("data/roles.csv")).unwrap();
    }

    #[test]
    fn punctuation_and_case_do_not_matter() {
        assert_eq!(role_key("D.O."), role_key("do"));
        assert_eq!(role_key("R.R.A."), "rra");
        assert_eq!(role_key("R.N., B.S.N."), "rn bsn");
        assert_eq!(role_key("RT(R)(CT)"), "rt r ct");
        assert_eq!(role_key("Pathologists\u{2019} Assistant"), "pathologists assistant");
        assert_eq!(role_key("  MRI-Tech "), "mri tech");
    }

    #[test]
    fn the_61_roles_are_themselves() {
        for role in ClinicRole::ALL {
            assert_eq!(read_role(role.as_str()), RoleReading::Is(role));
            assert_eq!(read_role(&role.as_str().to_uppercase()), RoleReading::Is(role));
        }
    }

    #[test]
    fn look_alikes_are_kept_apart() {
        use ClinicRole::*;
        for (text, role) in [
            ("Radiologic Technologist III", Some(ImagingTechnologist)),
            ("Staff Radiologist - Nights", Some(Radiologist)),
            ("Radiology", Some(Radiologist)),
            ("Radiologist Assistant II", None),
            ("Radiologietechnologe", Some(ImagingTechnologist)),
            ("Radiology Coordinator", None),
            ("Radiology Specialist", None),
            ("Radiology Student", None),
            ("Chief of Neuroradiology", None),
            ("Nurse Anesthetist - Nights", Some(CertifiedRegisteredNurseAnesthetist)),
            ("Cardiac Anesthesiologist", Some(Anesthesiologist)),
            ("Anesthesia Tech II", None),
            ("Surgical Pathologist", Some(Pathologist)),
            ("Lead Speech-Language Pathologist", Some(SpeechLanguagePathologist)),
            ("Pathologists' Assistant II", Some(PathologistsAssistant)),
            ("Pathology PA", None),
            ("Physician Assistant - Surgery", Some(PhysicianAssistant)),
            ("Assistant to the Physician", None),
            ("Medical Assistant - Float Pool", Some(MedicalAssistant)),
            ("Medical Administrative Assistant", Some(AdministrativeAssistant)),
            ("Medical Laboratory Scientist II", Some(MedicalLaboratoryScientist)),
            ("Medical Laboratory Technician II", Some(LaboratoryTechnician)),
            ("Nurse Practitioner - ICU", Some(NursePractitioner)),
            ("Nurse Manager - ICU", Some(NurseManager)),
            ("Registered Nurse - ICU", Some(RegisteredNurse)),
            ("Nurse Practitioner Supervisor", None),
            ("Pharmacist - Nights", Some(Pharmacist)),
            ("Pharmacy Technician - Nights", Some(PharmacyTechnician)),
            ("PT - Outpatient", Some(PhysicalTherapist)),
            ("PTA - Outpatient", None),
            ("OT - Outpatient", Some(OccupationalTherapist)),
            ("COTA - Outpatient", None),
            ("Linux Systems Administrator", Some(ITAdministrator)),
            ("IT Support Specialist II", Some(ITSupport)),
            ("Senior Software Engineer", Some(SoftwareEngineer)),
            ("Radiation Oncologist - Locum", Some(RadiationOncologist)),
            ("Radiation Therapist II", None),
            ("Clinical Oncologist", None),
            ("RT(R)(M)(CT)", Some(ImagingTechnologist)),
            ("RT (Respiratory)", None),
            ("RRT-NPS", Some(RespiratoryTherapist)),
        ] {
            assert_eq!(read_role(text).certain(), role, "{text}");
        }
    }
}
