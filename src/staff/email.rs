//! The e-mail address.

use std::fmt;

use email_address::{EmailAddress, Options};

/// An e-mail address that an invitation can be sent to, as it was written.
///
/// Stricter than RFC 5321 where a roster's typing errors hide: no quoted local part, no address literal, a top-level
/// domain of letters (or `xn--…`), no underscore in the domain.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// An address in the one spelling by which people are told apart: lower case.
///
/// RFC 5321 lets a server tell `Ana@` from `ana@`; none that hospitals use does, and AutoScribe logs people in by it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailKey(String);

impl Email {
    /// Reads an address; spaces around it are taken off, nothing else is mended here.
    ///
    /// # Errors
    /// See [`EmailError`].
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Blank);
        }
        if text.split([',', ';', ' ', '/']).filter(|part| part.contains('@')).count() > 1 {
            return Err(EmailError::Several);
        }
        if text.contains(char::is_whitespace) {
            return Err(EmailError::Space);
        }
        let Some((local, domain)) = text.rsplit_once('@') else {
            return Err(EmailError::NoAt);
        };
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        if local.starts_with('"') || EmailAddress::parse_with_options(text, options).is_err() || !is_mail_domain(domain)
        {
            return Err(EmailError::Malformed);
        }
        Ok(Email(text.to_owned()))
    }

    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`, in lower case.
    pub fn domain(&self) -> String {
        self.0.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default()
    }

    /// What the address is compared by.
    pub fn key(&self) -> EmailKey {
        EmailKey::of(&self.0)
    }

    /// The address with its local part hidden but for its first letter, for logs.
    pub fn masked(&self) -> String {
        self.key().masked()
    }
}

/// Labels of letters, digits and hyphens, and a last one that a registry could have given out.
fn is_mail_domain(domain: &str) -> bool {
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(label_ok)
        && last.chars().count() >= 2
        && (last.to_lowercase().starts_with("xn--") || last.chars().all(char::is_alphabetic))
}

impl EmailKey {
    /// The key of any text that came as somebody's address, from the API for instance.
    pub fn of(text: &str) -> Self {
        EmailKey(text.trim().to_lowercase())
    }

    /// The lower-case address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with its local part hidden but for its first letter, for logs.
    pub fn masked(&self) -> String {
        match self.0.split_once('@') {
            Some((local, domain)) => {
                format!("{}…@{domain}", local.chars().next().map(String::from).unwrap_or_default())
            }
            None => "…".to_owned(),
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Masked: a log must not get a whole address by accident.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

/// Masked: a log must not get a whole address by accident.
impl fmt::Debug for EmailKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailKey({})", self.masked())
    }
}

/// Why a text is no address to invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing there.
    #[error("it is blank; everybody invited needs an address of their own")]
    Blank,
    /// No `@`.
    #[error("there is no @ in it; write the whole address")]
    NoAt,
    /// More than one address.
    #[error("there are several addresses in it; keep the one that this person logs in with")]
    Several,
    /// A space inside.
    #[error("there is a space in it; take it out")]
    Space,
    /// Some other fault.
    #[error("this is no valid e-mail address; correct it")]
    Malformed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_pass_as_written() {
        for text in
            ["ana.ruiz@example.org", "O'Neil@Example.org", "a+b@mail.example.org", "m@klinik-süd.test", "x@a.xn--p1ai"]
        {
            assert_eq!(Email::parse(text).map(|email| email.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Email::parse(" Ana@Example.org ").unwrap().key(), EmailKey::of("ana@example.org"));
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (text, why) in [
            ("", EmailError::Blank),
            ("ana.example.org", EmailError::NoAt),
            ("a@example.org; b@example.org", EmailError::Several),
            ("ana ruiz@example.org", EmailError::Space),
            ("ana@example", EmailError::Malformed),
            ("ana@exa_mple.org", EmailError::Malformed),
            ("ana@example.123", EmailError::Malformed),
            ("ana@[127.0.0.1]", EmailError::Malformed),
            ("\"ana\"@example.org", EmailError::Malformed),
            ("ana@@example.org", EmailError::Malformed),
            ("ana@example..org", EmailError::Malformed),
            ("ana.@example.org", EmailError::Malformed),
            ("ana@example.org.", EmailError::Malformed),
            ("ana@example.o", EmailError::Malformed),
        ] {
            assert_eq!(Email::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_log_sees_no_whole_address() {
        assert_eq!(format!("{:?}", Email::parse("ana.ruiz@example.org").unwrap()), "Email(a…@example.org)");
    }
}
