//! What holds for every name, whatever the way it is written.

use proptest::prelude::*;

use super::tests::apart_in;
use super::*;

proptest! {
    /// Whatever the way a name is written, its parts come back.
    #[test]
    fn parts_come_back(
        first in "[A-Z][a-z]{4,8}(-[A-Z][a-z]{4,8})?",
        middle in prop::option::of("[A-Z]\\."),
        particle in prop::option::of(prop::sample::select(vec!["de la", "van der", "von", "di"])),
        name in "[A-Z][a-z]{4,8}q(-[A-Z][a-z]{4,8})?",
        generation in prop::option::of(prop::sample::select(vec!["Jr.", "Sr.", "II", "III"])),
        credential in prop::option::of(prop::sample::select(vec!["MD", "M.D.", "RN", "PA-C", "RT(R)(CT)", "FNP-BC"])),
    ) {
        let last = particle.map_or_else(|| name.clone(), |particle| format!("{particle} {name}"));
        let given = middle.as_ref().map_or_else(|| first.clone(), |middle| format!("{first} {middle}"));
        let after = |join: &str| -> String {
            generation.iter().chain(&credential).map(|suffix| format!("{join}{suffix}")).collect()
        };
        let expected = [
            first.clone(),
            middle.clone().unwrap_or_default(),
            last.clone(),
            generation.unwrap_or_default().to_owned(),
            credential.unwrap_or_default().to_owned(),
        ]
        .join("|");
        for written in [
            format!("{last}, {given}{}", after(", ")),
            format!("{last}, {given}{}", after(" ")),
            format!("{last}{}, {given}", after(" ")),
            format!("{given} {last}{}", after(", ")),
            format!("Dr. {given} {last}{}", after(" ")),
        ] {
            prop_assert_eq!(apart_in(&written, NameOrder::Auto), &*expected, "{}", written);
        }
        let capitals = format!("{} {given}", name.to_uppercase());
        let as_capitals = apart_in(&capitals, NameOrder::Auto);
        prop_assert!(as_capitals.contains(&name.to_uppercase()) && as_capitals.starts_with(&first), "{}", capitals);
    }

    /// No text panics, and no part is ever blank.
    #[test]
    fn any_text_is_taken_apart_or_refused(text in "[A-Za-zäéß'.,()\\[\\]\"\u{201c}0-9 -]{0,40}") {
        for order in [NameOrder::Auto, NameOrder::FirstLast, NameOrder::LastFirst] {
            if let Ok(parts) = take_apart(&text, order) {
                prop_assert!(!parts.first.is_empty() && !parts.last.is_empty(), "{}", text);
            }
        }
        let _ = (without_suffixes(&text), without_initial(&text), without_honorific(&text, true));
        let _ = (without_aside(&text), order_of_header(&text));
        let _ = (recased_last(&text), recased(&text), is_all_caps(&text));
    }
}
