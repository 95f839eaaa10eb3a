//! Text on its way to a log or a screen, with the addresses in it hidden.

use crate::staff::EmailKey;

/// What may stand around an address in a message.
const AROUND: [char; 14] = ['"', '\'', '<', '>', '(', ')', '[', ']', '{', '}', ',', ';', ':', '.'];

/// The text with every e-mail address in it masked (`a…@example.org`): a server's message may name one.
pub(super) fn mask_addresses(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(mask_word).collect()
}

fn mask_word(word: &str) -> String {
    if !word.contains('@') {
        return word.to_owned();
    }
    // `email=ana@example.org` and `{"email":"ana@example.org"}` are single words: the address is looked for inside.
    let is_part = |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '<' | '>' | '=' | ',' | ';' | '(' | ')');
    let mut masked = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (part, after) = from.split_at(end);
        masked.push_str(before);
        match part.contains('@') {
            true => {
                let bare = part.trim_matches(AROUND);
                let tail = &part[part.trim_end_matches(AROUND).len()..];
                masked.push_str(&EmailKey::of(bare).masked());
                masked.push_str(tail);
            }
            false => masked.push_str(part),
        }
        rest = after;
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_masked_wherever_they_stand() {
        for (text, masked) in [
            ("ana.ruiz@example.org exists", "a…@example.org exists"),
            ("user <ana.ruiz@example.org>, again", "user <a…@example.org>, again"),
            ("{\"email\":\"ana.ruiz@example.org\"}", "{\"email\":\"a…@example.org\"}"),
            ("email=ana.ruiz@example.org.", "email=a…@example.org."),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(mask_addresses(text), masked);
        }
    }

    proptest! {
        #[test]
        fn no_address_survives(before in "[ a-z:=<\"]{0,6}", local in "[a-z]{2,8}", after in "[ ,.;>\"]{0,4}") {
            let text = format!("{before} {local}@example.org{after}");
            let address = format!("{local}@");
            prop_assert!(!mask_addresses(&text).contains(&address));
        }
    }
}
