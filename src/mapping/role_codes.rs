//! Taxonomy codes of the NUCC in role texts: `2085R0202X`, alone or in `2085R0202X - Diagnostic Radiology`.

use std::collections::HashMap;

use crate::staff::ClinicRole;

use super::role_rules;
use super::roles::RoleReading;

/// Words around a code that only say that it is one.
const LABELS: [&str; 5] = ["nucc", "taxonomy", "code", "primary", "specialty"];

/// What a text with codes in it means; `None` where there is none in it. The code decides, unless the words beside it, read
/// by `read_words`, are those of another role.
pub(crate) fn read(
    key: &str,
    vocabulary: &HashMap<String, RoleReading>,
    read_words: impl Fn(&str) -> RoleReading,
) -> Option<RoleReading> {
    let (codes, words): (Vec<&str>, Vec<&str>) = key.split(' ').partition(|word| is_code(word));
    let coded = codes.iter().map(|code| read_code(code, vocabulary)).reduce(both)?;
    let words: Vec<&str> = words.into_iter().filter(|word| !LABELS.contains(word)).collect();
    Some(beside(coded, read_words(&words.join(" "))))
}

/// Two codes of one person: one role only if both are the same. A code that means nobody (a hospital's) spoils the other.
fn both(one: RoleReading, other: RoleReading) -> RoleReading {
    if one == other { one } else { RoleReading::ambiguous([one.roles(), other.roles()].concat()) }
}

/// What a code means beside words: a description may be broader than its code, but may not be of somebody else.
fn beside(coded: RoleReading, described: RoleReading) -> RoleReading {
    match (coded.certain(), described.roles()) {
        (Some(role), described) if !described.is_empty() && !described.contains(&role) => {
            RoleReading::ambiguous([vec![role], described].concat())
        }
        _ => coded,
    }
}

/// `207RC0000X`, folded: three digits, six of either, an X.
fn is_code(word: &str) -> bool {
    word.len() == 10
        && word.ends_with('x')
        && word.bytes().take(3).all(|byte| byte.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A code that the vocabulary does not have is what all of its group are, or what they may be.
fn read_code(code: &str, vocabulary: &HashMap<String, RoleReading>) -> RoleReading {
    if let Some(known) = vocabulary.get(code) {
        return known.clone();
    }
    if let Some(role) = role_rules::role_of_codes_like(code) {
        return RoleReading::Is(role);
    }
    let relatives = vocabulary.iter().filter(|(other, _)| is_code(other) && other[..4] == code[..4]);
    let mut roles: Vec<ClinicRole> = relatives.flat_map(|(_, reading)| reading.roles()).collect();
    roles.sort_unstable();
    RoleReading::ambiguous(roles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::roles::read_role;

    #[test]
    fn codes_of_a_group_with_one_role_are_that_role() {
        assert_eq!(read_role("163WE0900X"), RoleReading::Is(ClinicRole::RegisteredNurse));
        assert_eq!(read_role("207RZ9999X"), read_role("207rz9999x"));
        assert!(
            matches!(read_role("207RZ9999X"), RoleReading::Ambiguous(roles) if roles.contains(&ClinicRole::Cardiologist))
        );
        assert_eq!(read_role("999ZZ9999X"), RoleReading::Unknown);
    }

    #[test]
    fn codes_that_the_vocabulary_lacks_are_what_their_group_is_or_asked_about() {
        use ClinicRole::*;
        for (role, codes) in [
            (
                RegisteredNurse,
                "163WA0400X 163WC1500X 163WF0300X 163WH1000X 163WN0002X 163WP0218X 163WX0800X 163WX1500X",
            ),
            (Psychologist, "103TA0700X 103TB0200X 103TE1100X 103TH0100X 103TP2701X 103GC0700X"),
            (Nutritionist, "133NN1002X 133VN1006X 133VN1101X 133VN1501X"),
            (Pharmacist, "1835G0303X 1835N1003X 1835P0200X 1835P1200X 1835P1300X"),
            (PhysicalTherapist, "2251C2600X 2251E1200X 2251G0304X 2251H1200X"),
            (OccupationalTherapist, "225XE0001X 225XG0600X 225XL0004X 225XR0403X"),
            (RespiratoryTherapist, "2278C0205X 2278P3900X 2279G1100X 2279S1500X"),
            (Neurologist, "2084E0001X"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(read_role(code), RoleReading::Is(role), "{code}");
                assert_eq!(read_role(&code.to_lowercase()), RoleReading::Is(role), "{code}");
            }
        }
        let nobody_for_certain = "207SC0300X 207SM0001X 207VB0002X 2080B0002X 2080S0012X 2081N0008X 2083A0100X 2084H0002X \
            209800000X 211D00000X 213ES0131X 221700000X 224ZL0004X 2255R0406X 225CX0006X 235500000X 242T00000X 243U00000X \
            246QI0000X 246QL0901X 246ZB0500X 2470A2800X 2472R0900X 101YA0400X 102L00000X 106S00000X 111NR0200X 1223X0008X \
            132700000X 152WP0200X 156FX1800X 163WC1600X 163WM1400X 170300000X 172V00000X 174400000X 176B00000X 202D00000X \
            364SX0200X 374J00000X 405300000X 193200000X 251E00000X 261QR0208X 282N00000X 291U00000X 3336C0003X 341600000X";
        for code in nobody_for_certain.split_whitespace() {
            assert_eq!(read_role(code).certain(), None, "{code}");
        }
    }

    #[test]
    fn a_code_decides_beside_its_description() {
        for (text, role) in [
            ("2085R0202X - Diagnostic Radiology", ClinicRole::Radiologist),
            ("Radiology, Diagnostic Radiology [2085r0202x]", ClinicRole::Radiologist),
            ("Taxonomy code: 2085R0204X", ClinicRole::Radiologist),
            ("207RC0000X Internal Medicine, Cardiovascular Disease", ClinicRole::Cardiologist),
            ("Physician Assistants & Advanced Practice Nursing Providers / 363LF0000X", ClinicRole::NursePractitioner),
            ("2085R0202X; 2085N0700X", ClinicRole::Radiologist),
        ] {
            assert_eq!(read_role(text), RoleReading::Is(role), "{text}");
        }
    }

    #[test]
    fn a_code_does_not_decide_against_its_description_nor_against_another_code() {
        for text in [
            "2085R0202X - Radiology Resident",
            "163W00000X Nurse Manager",
            "363LA2100X, 163W00000X",
            "2085R0202X, 261QR0200X",
            "261QR0200X Radiology Clinic",
            "282N00000X - Radiologist",
            "208D00000X General Practice",
        ] {
            assert_eq!(read_role(text).certain(), None, "{text}");
        }
    }
}
