//! The access level.

use std::fmt;

/// The access level that the API can assign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Can manage users and settings; must have dashboard access.
    Admin,
    /// Standard access.
    Member,
}

impl Level {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Admin => "admin",
            Level::Member => "member",
        }
    }

    /// Reads `admin` or `member`, in any case.
    ///
    /// # Errors
    /// `owner` exists but is given on the dashboard only (the invite page); any other word is unknown. Words of other
    /// systems (`administrator`, `super user`) are not taken: admin rights are never inferred.
    pub fn parse(text: &str) -> Result<Self, LevelError> {
        match text.trim().to_lowercase().as_str() {
            "admin" => Ok(Level::Admin),
            "member" => Ok(Level::Member),
            "owner" => Err(LevelError::Owner),
            _ => Err(LevelError::Unknown),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no level that can be assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// `owner`.
    #[error("an owner is made on the AutoScribe dashboard, not by invitation; write admin or member")]
    Owner,
    /// Some other word.
    #[error("write admin or member")]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_words_are_levels() {
        assert_eq!(Level::parse(" Admin "), Ok(Level::Admin));
        assert_eq!(Level::parse("MEMBER"), Ok(Level::Member));
        assert_eq!(Level::parse("Owner"), Err(LevelError::Owner));
        for other in ["", "administrator", "user", "yes", "1"] {
            assert_eq!(Level::parse(other), Err(LevelError::Unknown));
        }
    }
}
