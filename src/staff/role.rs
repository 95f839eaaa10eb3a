//! The 61 clinic roles.

use std::fmt;

macro_rules! clinic_roles {
    ($($name:ident = $text:literal,)*) => {
        /// A user's clinical or organizational role, one of the 61 of the invite page, spelled exactly so on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each is the invite page's role of the same name")]
        pub enum ClinicRole {
            $($name,)*
        }

        impl ClinicRole {
            /// Every role, in the invite page's order.
            pub const ALL: [ClinicRole; 61] = [$(ClinicRole::$name,)*];

            /// The role as the API spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(ClinicRole::$name => $text,)*
                }
            }
        }
    };
}

clinic_roles! {
    Doctor = "Doctor",
    Physician = "Physician",
    Surgeon = "Surgeon",
    Radiologist = "Radiologist",
    Cardiologist = "Cardiologist",
    Neurologist = "Neurologist",
    Urologist = "Urologist",
    Gynecologist = "Gynecologist",
    Endocrinologist = "Endocrinologist",
    Oncologist = "Oncologist",
    RadiationOncologist = "Radiation Oncologist",
    Hematologist = "Hematologist",
    Gastroenterologist = "Gastroenterologist",
    Pulmonologist = "Pulmonologist",
    Nephrologist = "Nephrologist",
    Rheumatologist = "Rheumatologist",
    Dermatologist = "Dermatologist",
    Ophthalmologist = "Ophthalmologist",
    Otolaryngologist = "Otolaryngologist",
    Pediatrician = "Pediatrician",
    Obstetrician = "Obstetrician",
    Psychiatrist = "Psychiatrist",
    Anesthesiologist = "Anesthesiologist",
    EmergencyMedicinePhysician = "Emergency Medicine Physician",
    FamilyMedicinePhysician = "Family Medicine Physician",
    InternalMedicinePhysician = "Internal Medicine Physician",
    Pathologist = "Pathologist",
    NuclearMedicinePhysician = "Nuclear Medicine Physician",
    PainManagementSpecialist = "Pain Management Specialist",
    InfectiousDiseaseSpecialist = "Infectious Disease Specialist",
    Immunologist = "Immunologist",
    PhysicianAssistant = "Physician Assistant",
    NursePractitioner = "Nurse Practitioner",
    CertifiedRegisteredNurseAnesthetist = "Certified Registered Nurse Anesthetist",
    Psychologist = "Psychologist",
    MedicalAssistant = "Medical Assistant",
    Scribe = "Scribe",
    RegisteredNurse = "Registered Nurse",
    NurseManager = "Nurse Manager",
    PatientCareCoordinator = "Patient Care Coordinator",
    ImagingTechnologist = "Imaging Technologist",
    LaboratoryTechnician = "Laboratory Technician",
    MedicalLaboratoryScientist = "Medical Laboratory Scientist",
    PathologistsAssistant = "Pathologists' Assistant",
    Phlebotomist = "Phlebotomist",
    Pharmacist = "Pharmacist",
    PharmacyTechnician = "Pharmacy Technician",
    PhysicalTherapist = "Physical Therapist",
    OccupationalTherapist = "Occupational Therapist",
    SpeechLanguagePathologist = "Speech-Language Pathologist",
    RespiratoryTherapist = "Respiratory Therapist",
    Nutritionist = "Nutritionist",
    FrontDeskOperator = "Front Desk Operator",
    RevenueCycleManager = "Revenue Cycle Manager",
    AdministrativeDirector = "Administrative Director",
    AdministrativeAssistant = "Administrative Assistant",
    LegalAdministrator = "Legal Administrator",
    ITAdministrator = "IT Administrator",
    ITSupport = "IT Support",
    SoftwareEngineer = "Software Engineer",
    Other = "Other",
}

impl ClinicRole {
    /// Reads a role by its own name; case, spaces and the form of the apostrophe do not matter. Titles and specialties
    /// are [`crate::mapping`]'s business.
    ///
    /// # Errors
    /// [`UnknownClinicRole`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownClinicRole> {
        let wanted = comparable(text);
        ClinicRole::ALL.into_iter().find(|role| comparable(role.as_str()) == wanted).ok_or(UnknownClinicRole)
    }

    /// Up to `count` roles whose names are most like a text, the most alike first: to be suggested, never to be taken.
    pub fn nearest(text: &str, count: usize) -> Vec<ClinicRole> {
        let wanted = comparable(text);
        let mut by_likeness: Vec<_> = ClinicRole::ALL
            .into_iter()
            .map(|role| (strsim::jaro_winkler(&comparable(role.as_str()), &wanted), role))
            .filter(|(likeness, _)| *likeness > 0.8)
            .collect();
        by_likeness.sort_by(|a, b| b.0.total_cmp(&a.0));
        by_likeness.into_iter().take(count).map(|(_, role)| role).collect()
    }
}

fn comparable(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2019}', "'").to_lowercase()
}

impl fmt::Display for ClinicRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is none of the 61 roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is none of AutoScribe's 61 clinic roles")]
pub struct UnknownClinicRole;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_name() {
        for role in ClinicRole::ALL {
            assert_eq!(ClinicRole::parse(role.as_str()), Ok(role));
            assert_eq!(ClinicRole::parse(&format!("  {} ", role.as_str().to_uppercase())), Ok(role));
        }
        assert_eq!(ClinicRole::parse("pathologists\u{2019}  assistant"), Ok(ClinicRole::PathologistsAssistant));
    }

    #[test]
    fn a_title_is_no_role_but_has_near_ones() {
        assert_eq!(ClinicRole::parse("Radiology"), Err(UnknownClinicRole));
        assert_eq!(ClinicRole::nearest("Radiologst", 3)[0], ClinicRole::Radiologist);
        assert!(ClinicRole::nearest("", 3).is_empty());
    }
}
