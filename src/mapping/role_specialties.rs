//! Which of two specialties in one role text says more.

use crate::staff::ClinicRole;

/// A surgeon of the heart is a surgeon; a children's surgeon, radiologist or dermatologist is one too, where a children's
/// cardiologist is trained as a pediatrician; a specialty of internal medicine says more than internal medicine.
pub(crate) fn without_the_broader(mut roles: Vec<ClinicRole>, words: &[&str]) -> Vec<ClinicRole> {
    let surgery = words.iter().any(|word| word.contains("surg") || word.contains("chirurg"));
    if surgery && roles.contains(&ClinicRole::Surgeon) && !roles.contains(&ClinicRole::Oncologist) {
        roles.retain(|role| *role == ClinicRole::Surgeon || !is_organ_specialty(*role));
    }
    if let [one, other] = *roles.as_slice() {
        let beside = |broad: ClinicRole| [one, other].contains(&broad).then(|| if one == broad { other } else { one });
        let narrower = beside(ClinicRole::Pediatrician)
            .filter(|role| is_one_whatever_the_age(*role))
            .or_else(|| beside(ClinicRole::InternalMedicinePhysician).filter(|role| is_of_internal_medicine(*role)));
        roles = narrower.map_or(roles, |role| vec![role]);
    }
    roles
}

/// Specialties whose word before "surgery" names the organ only.
fn is_organ_specialty(role: ClinicRole) -> bool {
    use ClinicRole::*;
    matches!(role, Cardiologist | Endocrinologist | Gastroenterologist | Neurologist)
}

/// Specialties that are learnt first, and for children afterwards.
fn is_one_whatever_the_age(role: ClinicRole) -> bool {
    use ClinicRole::*;
    matches!(
        role,
        Surgeon
            | Radiologist
            | Dermatologist
            | Otolaryngologist
            | Anesthesiologist
            | Ophthalmologist
            | Urologist
            | Pathologist
            | Psychiatrist
    )
}

/// `Internal Medicine, Cardiovascular Disease` is how the taxonomy writes a cardiologist.
fn is_of_internal_medicine(role: ClinicRole) -> bool {
    use ClinicRole::*;
    matches!(
        role,
        Cardiologist
            | Endocrinologist
            | Gastroenterologist
            | Hematologist
            | Oncologist
            | Pulmonologist
            | Nephrologist
            | Rheumatologist
            | InfectiousDiseaseSpecialist
            | Immunologist
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_specialty_is_left() {
        use ClinicRole::*;
        for (roles, words, left) in [
            (vec![Cardiologist, Surgeon], "cardiac surgery", vec![Surgeon]),
            (vec![Radiologist, Pediatrician], "pediatric radiology", vec![Radiologist]),
            (vec![Pediatrician, Cardiologist], "pediatric cardiology", vec![Pediatrician, Cardiologist]),
            (vec![InternalMedicinePhysician, Nephrologist], "internal medicine nephrology", vec![Nephrologist]),
            (
                vec![InternalMedicinePhysician, Pediatrician],
                "internal medicine pediatrics",
                vec![InternalMedicinePhysician, Pediatrician],
            ),
            (vec![Surgeon, Oncologist], "surgical oncology", vec![Surgeon, Oncologist]),
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            assert_eq!(without_the_broader(roles, &words), left, "{words:?}");
        }
    }
}
