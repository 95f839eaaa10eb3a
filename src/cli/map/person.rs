//! The person who is asked: at the terminal, or in a test.

use crate::cli::failure::Failure;
use crate::cli::terminal;

/// The longest sample value that is shown whole.
const SHOWN: usize = 40;

/// Somebody who is told things and asked things.
pub(super) trait Person {
    /// Tells something.
    fn tell(&mut self, text: &str);
    /// Asks; none at the end of input.
    fn ask(&mut self, question: &str) -> Option<String>;
}

/// The person at the terminal.
pub(super) struct AtTerminal;

impl Person for AtTerminal {
    fn tell(&mut self, text: &str) {
        terminal::tell(text);
    }

    fn ask(&mut self, question: &str) -> Option<String> {
        terminal::answer(question)
    }
}

/// Asks, and ends the session where the input ends.
pub(super) fn answer(person: &mut dyn Person, question: &str) -> Result<String, Failure> {
    person
        .ask(question)
        .ok_or_else(|| Failure::usage("the input ended before everything was answered; nothing was written"))
}

/// Asks for a yes or a no; Enter is a yes.
pub(super) fn yes(person: &mut dyn Person, question: &str) -> Result<bool, Failure> {
    loop {
        match answer(person, question)?.to_lowercase().as_str() {
            "" | "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => person.tell("Answer y or n."),
        }
    }
}

/// A roster's text as it can be shown on one line of a terminal: no control characters, not too long.
pub(super) fn shown(text: &str) -> String {
    let clean =
        text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    match clean.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}\u{2026}", &clean[..end]),
        None => clean,
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::Person;

    /// A person who gives prepared answers, and whatever was said to them.
    #[derive(Default)]
    pub(in crate::cli::map) struct Scripted {
        pub(in crate::cli::map) answers: Vec<&'static str>,
        pub(in crate::cli::map) heard: String,
    }

    impl Scripted {
        pub(in crate::cli::map) fn new(answers: &[&'static str]) -> Self {
            Scripted { answers: answers.iter().rev().copied().collect(), heard: String::new() }
        }
    }

    impl Person for Scripted {
        fn tell(&mut self, text: &str) {
            self.heard.push_str(text);
            self.heard.push('\n');
        }

        fn ask(&mut self, question: &str) -> Option<String> {
            self.tell(question);
            self.answers.pop().map(str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Scripted;
    use super::*;

    #[test]
    fn enter_is_a_yes_and_the_end_of_input_an_end() {
        assert!(yes(&mut Scripted::new(&["perhaps", ""]), "?").unwrap());
        assert!(!yes(&mut Scripted::new(&["No"]), "?").unwrap());
        assert_eq!(yes(&mut Scripted::new(&[]), "?").unwrap_err().code, 2);
    }

    #[test]
    fn what_is_shown_cannot_steer_the_terminal() {
        assert_eq!(shown(" a\u{1b}[2Jb\nc "), "a [2Jb c");
        assert_eq!(shown(&"x".repeat(50)).chars().count(), SHOWN + 1);
    }
}
