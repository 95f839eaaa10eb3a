//! Role texts that may name several jobs of one person: asked about, never decided.

use std::collections::HashMap;

use crate::staff::ClinicRole;

use super::role_rules;
use super::roles::{RoleReading, is_physicians, role_key};

/// Physicians of no specialty: beside one they say nothing more.
const GENERAL: [ClinicRole; 2] = [ClinicRole::Physician, ClinicRole::Doctor];

/// The roles of a person who has several jobs: `Medical Assistant / Scribe`, `MA / Front Desk`. None where the parts can
/// all be one job (`CT/MRI Technologist`, `RN/BSN`, `Physician/Cardiology`): then the whole text is read.
pub(crate) fn several(text: &str, vocabulary: &HashMap<String, RoleReading>) -> Vec<ClinicRole> {
    let mut parts = Part::all(text.split(['/', ';', '|', '+']), vocabulary);
    if certain(&parts).iter().any(|role| !is_physicians(*role)) {
        parts.retain(|part| !part.is_field());
    }
    if certain(&parts).iter().any(|role| is_specialists(*role)) {
        parts.retain(|part| part.reading.roles().iter().any(|role| !GENERAL.contains(role)));
    }
    let roles = certain(&parts);
    match roles.as_slice() {
        [] => joined_by_and(text, vocabulary),
        [one] => {
            // What is doubtful by itself is another job only if it cannot be the one that is certain.
            let others = parts.iter().map(|part| part.reading.roles()).filter(|roles| !roles.contains(one)).flatten();
            let all = RoleReading::ambiguous(std::iter::once(*one).chain(others).collect()).roles();
            if all.len() > 1 { all } else { joined_by_and(text, vocabulary) }
        }
        _ => roles,
    }
}

/// `Receptionist & Scribe`. `&` and `and` also stand within one job (`Head & Neck`, `Obstetrics and Gynecology`): both
/// sides must be certain, and one no physician's.
fn joined_by_and(text: &str, vocabulary: &HashMap<String, RoleReading>) -> Vec<ClinicRole> {
    let joined = text.to_lowercase().replace(" and ", "&");
    let mut parts = Part::all(joined.split('&'), vocabulary);
    parts.retain(|part| !part.is_field());
    let roles = certain(&parts);
    if roles.len() > 1 && !roles.iter().copied().all(is_physicians) { roles } else { Vec::new() }
}

/// A piece of a text that may be a job of its own.
struct Part {
    key: String,
    reading: RoleReading,
}

impl Part {
    fn all<'a>(texts: impl Iterator<Item = &'a str>, vocabulary: &HashMap<String, RoleReading>) -> Vec<Part> {
        texts
            .map(role_key)
            .map(|key| {
                let known = vocabulary.get(&key).cloned();
                Part { reading: known.unwrap_or_else(|| role_rules::read(&key, vocabulary)), key }
            })
            .collect()
    }

    /// A field of medicine and nobody who practises it: beside a nurse or a technologist it is where that person works.
    fn is_field(&self) -> bool {
        let names_a_person = |word: &str| {
            ["ist", "ists", "ian", "ians", "eon", "eons"].iter().any(|ending| word.ends_with(ending))
                || ["md", "do", "dr", "doctor", "provider", "fellow", "resident", "intern"].contains(&word)
        };
        let roles = self.reading.roles();
        roles.iter().copied().any(is_physicians)
            && roles.iter().all(|role| is_physicians(*role) || *role == ClinicRole::Other)
            && !self.key.split(' ').any(names_a_person)
    }
}

/// The roles of the parts that leave no doubt, each once.
fn certain(parts: &[Part]) -> Vec<ClinicRole> {
    RoleReading::ambiguous(parts.iter().filter_map(|part| part.reading.certain()).collect()).roles()
}

fn is_specialists(role: ClinicRole) -> bool {
    is_physicians(role) && !GENERAL.contains(&role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::roles::read_role;

    #[test]
    fn two_jobs_are_asked_about_and_one_job_in_two_words_is_not() {
        for text in [
            "MA / Front Desk",
            "Medical Assistant/Scribe",
            "Front Desk + Phlebotomist",
            "NP / Radiologist",
            "Receptionist & Scribe",
        ] {
            assert!(read_role(text).certain().is_none() && read_role(text).roles().len() > 1, "{text}");
        }
        for (text, role) in [
            ("CT/MRI Technologist", ClinicRole::ImagingTechnologist),
            ("X-Ray / CT Tech", ClinicRole::ImagingTechnologist),
            ("RN/BSN", ClinicRole::RegisteredNurse),
            ("Physician/Internal Medicine", ClinicRole::InternalMedicinePhysician),
            ("NP / Cardiology", ClinicRole::NursePractitioner),
            ("RN - Home Care / Hospice", ClinicRole::RegisteredNurse),
            ("RN Med/Surg Pediatric", ClinicRole::RegisteredNurse),
        ] {
            assert_eq!(read_role(text), RoleReading::Is(role), "{text}");
        }
    }
}
