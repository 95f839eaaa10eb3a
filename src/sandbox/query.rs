//! The filters and pages of the two lists.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fields::{Problem, Problems};
use super::person::{Invitation, InvitationStatus, Source, User};
use crate::staff::EmailKey;

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Only entries older than the one of this number; from the newest where there is none.
    pub(super) before: Option<usize>,
    /// How many at most.
    pub(super) limit: usize,
}

impl Window {
    /// The numbers of the rows that may be on the page, of `count` in all; the newest first.
    pub(super) fn newest_first(&self, count: usize) -> impl Iterator<Item = usize> + use<> {
        (0..self.before.map_or(count, |before| before.min(count))).rev()
    }
}

/// The filters of `GET users`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UserFilter {
    pub(super) email: Option<EmailKey>,
    first_name: Option<String>,
    last_name: Option<String>,
    level: Option<String>,
    invited_source: Option<Source>,
    can_create_reports: Option<bool>,
}

impl UserFilter {
    pub(super) fn matches(&self, user: &User) -> bool {
        let contains = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| name.to_lowercase().contains(wanted))
        };
        self.email.as_ref().is_none_or(|email| EmailKey::of(&user.person.email) == *email)
            && contains(&self.first_name, &user.person.first_name)
            && contains(&self.last_name, &user.person.last_name)
            && self.level.as_ref().is_none_or(|level| *level == user.person.level)
            && self.invited_source.is_none_or(|source| source == user.invited_source)
            && self.can_create_reports.is_none_or(|reports| reports == user.person.can_create_reports)
    }
}

/// The filters of `GET users/invitations`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InvitationFilter {
    status: Option<Vec<InvitationStatus>>,
    expired: Option<bool>,
    start_date: Option<Date>,
    end_date: Option<Date>,
    user_id: Option<String>,
}

impl InvitationFilter {
    pub(super) fn matches(&self, invitation: &Invitation, now: Timestamp) -> bool {
        let created = TimeZone::UTC.to_datetime(invitation.created_at).date();
        self.status.as_ref().is_none_or(|among| among.contains(&invitation.status))
            && self.expired.is_none_or(|expired| expired == (invitation.expiry <= now))
            && self.start_date.is_none_or(|start| created >= start)
            && self.end_date.is_none_or(|end| created <= end)
            && self.user_id.as_ref().is_none_or(|id| *id == invitation.user_id)
    }
}

/// Reads the query of `GET users`; no page is longer than `page_size`.
pub(super) fn users(query: &str, page_size: usize) -> Result<(UserFilter, Window), Problems> {
    let mut query = Query::of(query);
    let window = query.window("u", page_size);
    let filter = UserFilter {
        email: query.take("email").map(|text| EmailKey::of(&text)),
        first_name: query.take("firstName").map(|text| text.to_lowercase()),
        last_name: query.take("lastName").map(|text| text.to_lowercase()),
        level: query.read("level", "must be owner, admin or member", |text| {
            matches!(text, "owner" | "admin" | "member").then(|| text.to_owned())
        }),
        invited_source: query.read("invitedSource", "must be dashboard or api", |text| match text {
            "dashboard" => Some(Source::Dashboard),
            "api" => Some(Source::Api),
            _ => None,
        }),
        can_create_reports: query.read("canCreateReports", "must be true or false", |text| text.parse().ok()),
    };
    query.close()?;
    Ok((filter, window))
}

/// Reads the query of `GET users/invitations`.
pub(super) fn invitations(query: &str, page_size: usize) -> Result<(InvitationFilter, Window), Problems> {
    const DATE: &str = "must be a date, YYYY-MM-DD";
    let mut query = Query::of(query);
    let window = query.window("i", page_size);
    let expired = query.read("expired", "must be all, expired or not-expired", |text| match text {
        "all" => Some(None),
        "expired" => Some(Some(true)),
        "not-expired" => Some(Some(false)),
        _ => None,
    });
    let filter = InvitationFilter {
        status: query.read("status", "must be sent, accepted, rejected or revoked, commas between them", |text| {
            text.split(',').map(InvitationStatus::parse).collect()
        }),
        expired: expired.flatten(),
        start_date: query.read("startDate", DATE, date),
        end_date: query.read("endDate", DATE, date),
        user_id: query.take("userId"),
    };
    query.close()?;
    Ok((filter, window))
}

/// The cursor of the page after the entry of this number.
pub(super) fn user_cursor(last: usize) -> String {
    cursor("u", last)
}

/// The cursor of the page after the entry of this number.
pub(super) fn invitation_cursor(last: usize) -> String {
    cursor("i", last)
}

/// Opaque to a client: hexadecimal, so that nobody is tempted to count with it.
fn cursor(list: &str, last: usize) -> String {
    format!("{list}:{last}").bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn read_cursor(list: &str, text: &str) -> Option<usize> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let bytes = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok());
    let plain = String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()?;
    plain.strip_prefix(list)?.strip_prefix(':')?.parse().ok()
}

/// `YYYY-MM-DD` and nothing else; the date parser alone would take a time after it.
fn date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// A query that is taken apart: what remains at the end is unknown, and refused.
struct Query {
    given: BTreeMap<String, String>,
    problems: Problems,
}

impl Query {
    fn of(text: &str) -> Self {
        let mut query = Query { given: BTreeMap::new(), problems: Vec::new() };
        for (key, value) in url::form_urlencoded::parse(text.as_bytes()) {
            if query.given.insert(key.to_string(), value.into_owned()).is_some() {
                query.problems.push(Problem::of(&key, "is given twice; several values have commas between them"));
            }
        }
        query
    }

    /// A value that is there and not blank: a blank one filters nothing.
    fn take(&mut self, name: &str) -> Option<String> {
        self.given.remove(name).filter(|text| !text.is_empty())
    }

    fn read<T>(&mut self, name: &str, rule: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.take(name)?;
        let value = read(&text);
        if value.is_none() {
            self.problems.push(Problem::of(name, rule));
        }
        value
    }

    fn window(&mut self, list: &str, page_size: usize) -> Window {
        let before = self.read("cursor", "is no cursor of this list", |text| read_cursor(list, text));
        // The official SDK declares it a float: `100.0` is a hundred.
        let limit = self.read("limit", "must be a whole number from 1 to 100", |text| {
            let limit: f64 = text.parse().ok()?;
            (limit.fract() == 0.0 && (1.0..=100.0).contains(&limit)).then_some(limit as usize)
        });
        Window { before, limit: limit.unwrap_or(100).min(page_size) }
    }

    fn close(mut self) -> Result<(), Problems> {
        for name in self.given.keys() {
            self.problems.push(Problem::of(name, "is no parameter of this call"));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn filters_are_read() {
        let (filter, window) =
            users("email=Ana%40Example.org&firstName=AN&level=owner&canCreateReports=true&limit=25", 100).unwrap();
        assert_eq!(filter.email, Some(EmailKey::of("ana@example.org")));
        assert_eq!(filter.first_name.as_deref(), Some("an"));
        assert_eq!(filter.can_create_reports, Some(true));
        assert_eq!(window, Window { before: None, limit: 25 });

        let (filter, window) = invitations("status=sent,revoked&expired=not-expired&startDate=2026-11-22", 10).unwrap();
        assert_eq!(filter.status, Some(vec![InvitationStatus::Sent, InvitationStatus::Revoked]));
        assert_eq!(filter.expired, Some(false));
        assert_eq!(window.limit, 10);
        assert_eq!(invitations("expired=all&limit=100.0", 100).unwrap().0, InvitationFilter::default());
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        for query in [
            "limit=0",
            "limit=101",
            "limit=1.5",
            "limit=x",
            "cursor=zz",
            "level=boss",
            "invitedSource=x",
            "email=a&email=b",
        ] {
            assert_eq!(users(query, 100).unwrap_err().len(), 1, "{query}");
        }
        for query in [
            "email=a@example.org",
            "status=pending",
            "expired=yes",
            "startDate=22.11.2026",
            "endDate=2026-11-22T10:00:00",
        ] {
            assert_eq!(invitations(query, 100).unwrap_err().len(), 1, "{query}");
        }
        assert!(users(&format!("cursor={}", invitation_cursor(3)), 100).is_err(), "the other list's cursor");
    }

    proptest! {
        #[test]
        fn a_cursor_reads_back(last: usize) {
            let (_, window) = users(&format!("cursor={}", user_cursor(last)), 100).unwrap();
            prop_assert_eq!(window.before, Some(last));
        }

        #[test]
        fn no_query_is_too_strange(query in ".*") {
            let _ = users(&query, 100);
            let _ = invitations(&query, 100);
        }
    }
}
