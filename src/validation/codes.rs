//! The stable words for what can be wrong with a row.

/// Every code that validation can give, with one line of meaning. The README lists them; a test keeps that true.
pub const CODES: &[(&str, &str)] = &[
    ("row_ragged", "the row has more or fewer cells than the header, so cells may stand in a wrong column"),
    ("cell_error", "the cell holds a formula's error, such as #N/A"),
    ("formula_without_value", "the cell holds a formula, or its text, but not its result"),
    ("date_not_text", "the cell holds a date where text is wanted"),
    ("email_blank", "there is no e-mail address"),
    ("email_no_at", "the e-mail address has no @"),
    ("email_several", "the cell holds several e-mail addresses"),
    ("email_space", "the e-mail address has a space in it"),
    ("email_malformed", "the text is no valid e-mail address"),
    ("email_shared", "other rows have the same e-mail address with other details; none of them is sent"),
    ("first_name_blank", "there is no first name"),
    ("last_name_blank", "there is no last name"),
    ("name_is_address", "a name's cell holds an e-mail address"),
    ("name_unreadable", "a name has characters that were damaged before the file came here"),
    ("name_no_letter", "a name has no letter in it"),
    ("name_too_long", "a name has more than 200 characters"),
    ("name_unclear", "a combined name cannot be taken apart for certain"),
    ("npi_required", "who creates reports needs an NPI, and there is none"),
    ("npi_not_digits", "the NPI has characters that are no digits"),
    ("npi_length", "the NPI has not ten digits"),
    ("npi_first_digit", "the NPI begins with neither 1 nor 2"),
    ("npi_check_digit", "the NPI's check digit is wrong, so a digit was mistyped"),
    ("npi_digits_lost", "a spreadsheet has cut the NPI's digits off"),
    ("npi_shared", "other rows have the same NPI with another e-mail address; none of them is sent"),
    ("phone_extension", "the phone number has an extension"),
    ("phone_no_area_code", "the phone number has seven digits, so no area code"),
    ("phone_length", "the phone number has fewer than 10 or more than 15 digits"),
    ("phone_not_a_number", "the phone number has characters that stand in no phone number"),
    ("phone_digits_lost", "a spreadsheet has cut the phone number's digits off"),
    ("clinic_role_blank", "there is no role"),
    ("role_unknown", "the role is not known"),
    ("role_ambiguous", "the role could be several of AutoScribe's"),
    ("level_blank", "there is no access level"),
    ("level_unknown", "the access level is neither admin nor member"),
    ("level_owner", "an owner cannot be made by invitation"),
    ("admin_needs_dashboard", "an admin must have dashboard access"),
    ("can_create_reports_blank", "it is not said whether reports may be created"),
    ("can_manage_studies_blank", "it is not said whether studies may be managed"),
    ("has_dashboard_access_blank", "it is not said whether the dashboard may be used"),
    ("boolean_unknown", "the cell says neither yes nor no in a known spelling"),
    ("status_unknown", "it is not known whether the person's status means that they have left"),
    ("leaving_date_unclear", "it cannot be read for certain whether the person has left by a date"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_snake_case_word_and_listed_once() {
        for (index, (code, meaning)) in CODES.iter().enumerate() {
            assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
            assert!(!meaning.is_empty());
            assert!(CODES[index + 1..].iter().all(|(other, _)| other != code), "{code} is listed twice");
        }
    }
}
