//! The preview as text for people.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::{Counts, Preview, RosterFacts, Source};
use crate::report::text::{count, listed};
use crate::roster::LeftOut;

impl RosterFacts {
    /// `staff.xlsx, sheet "Staff", header in row 4, 300 rows`.
    fn render(&self) -> String {
        let mut parts = vec![self.file.clone()];
        parts.extend(self.sheet.as_ref().map(|sheet| format!("sheet \"{sheet}\"")));
        parts.extend(self.encoding.map(str::to_owned));
        parts.extend(self.delimiter.map(|delimiter| match delimiter {
            ',' => "commas".to_owned(),
            ';' => "semicolons".to_owned(),
            '\t' => "tabs".to_owned(),
            '|' => "pipes".to_owned(),
            other => format!("separated by {other}"),
        }));
        parts.extend(self.header_row.map(|row| format!("header in row {row}")));
        parts.push(count(self.rows, "data row", "data rows"));
        parts.join(", ")
    }
}

impl Source {
    fn render(&self) -> String {
        match self.names.is_empty() {
            true => "—".to_owned(),
            false => self.names.iter().map(|name| one_line(name)).collect::<Vec<_>>().join(", else "),
        }
    }
}

impl Preview {
    /// The preview for people.
    pub fn render(&self) -> String {
        let mut text = format!("Roster   {}\n", self.roster.render());
        self.render_left_out(&mut text);
        section(&mut text, "Notes", self.notes.iter().cloned());
        self.render_sources(&mut text);
        for (title, may_wait) in [("To decide", false), ("Left unread, to be looked at", true)] {
            let questions = self.questions.iter().filter(|question| question.may_wait == may_wait);
            section(
                &mut text,
                title,
                questions.map(|question| format!("{}: {}", question.field, one_line(&question.why))),
            );
        }
        self.render_roles(&mut text);
        self.render_problems(&mut text);
        section(&mut text, "Warnings", self.warnings.iter().cloned());
        self.render_counts(&mut text);
        text
    }

    fn render_left_out(&self, text: &mut String) {
        let parts: Vec<String> = self
            .left_out
            .iter()
            .map(|(why, places)| {
                let (one, many) = match why {
                    // They hold nothing that somebody could miss.
                    LeftOut::Blank => return count(places.rows(), "blank line", "blank lines"),
                    LeftOut::RepeatedHeader => ("repeated header", "repeated headers"),
                    LeftOut::Total => ("total or footer", "totals and footers"),
                    LeftOut::Example => ("example row", "example rows"),
                    LeftOut::Explanation => ("line that explains the columns", "lines that explain the columns"),
                    LeftOut::Hidden => ("hidden row", "hidden rows"),
                    LeftOut::Struck => ("row that is struck through", "rows that are struck through"),
                };
                format!("{} ({})", count(places.rows(), one, many), places.shown())
            })
            .collect();
        if !parts.is_empty() {
            let _ = writeln!(text, "         left out: {}", parts.join(", "));
        }
    }

    /// The fields and what they are read from, in two columns.
    fn render_sources(&self, text: &mut String) {
        let width = self.sources.iter().map(|source| source.target.width()).max().unwrap_or_default();
        let lines = self.sources.iter().map(|source| {
            let padding = " ".repeat(width - source.target.width());
            format!("{}{padding}  ← {}", source.target, source.render())
        });
        section(text, "Columns", lines);
        if !self.ignored_names.is_empty() {
            let ignored: Vec<String> = self.ignored_names.iter().map(|header| one_line(header)).collect();
            wrapped(text, "  not used: ", &ignored);
        }
    }

    /// Role texts that mean something else than they say, and those that mean nothing.
    fn render_roles(&self, text: &mut String) {
        /// How many are shown: a big clinic has hundreds of titles.
        const SHOWN: usize = 12;
        let unknown: Vec<String> = self
            .roles
            .iter()
            .filter(|(_, role)| role.is_none())
            .map(|(title, _)| format!("\"{}\"", one_line(title)))
            .collect();
        let read: Vec<(String, &str)> = self
            .roles
            .iter()
            .filter_map(|(title, role)| role.map(|role| (one_line(title), role)))
            .filter(|(title, role)| title != role)
            .collect();
        let width = read.iter().take(SHOWN).map(|(title, _)| title.width()).max().unwrap_or_default();
        let mut lines: Vec<String> = read
            .iter()
            .take(SHOWN)
            .map(|(title, role)| format!("{title}{}  → {role}", " ".repeat(width - title.width())))
            .collect();
        if read.len() > SHOWN {
            lines.push(format!("and {} more", read.len() - SHOWN));
        }
        if !unknown.is_empty() {
            let shown = &unknown[..unknown.len().min(SHOWN)];
            lines.push(format!("not known: {}", listed(shown, unknown.len() as u64)));
        }
        section(text, "Roles", lines.into_iter());
    }

    fn render_problems(&self, text: &mut String) {
        let shown = self.first_problems.len() as u64;
        let more = self.problems.saturating_sub(shown);
        let lines = self.first_problems.iter().map(|problem| format!("row {}: {problem}", problem.at));
        section(text, "Problems", lines.chain((more > 0).then(|| format!("and {more} more"))));
    }

    fn render_counts(&self, text: &mut String) {
        let Counts { ready, invalid, duplicate, skipped, admins, report_creators } = self.counts;
        let when = if self.undecided { ", once what is to decide is decided" } else { "" };
        let _ = writeln!(text, "\nReady    {} to invite{when}", count(ready, "person", "people"));
        let _ = writeln!(
            text,
            "         {} and {} among them",
            count(admins, "admin", "admins"),
            count(report_creators, "report creator", "report creators")
        );
        let mended = if invalid == 1 { "it is mended" } else { "they are mended" };
        for (number, what) in [
            (invalid, format!("not to be sent before {mended}")),
            (duplicate, format!("the same as an earlier row ({})", self.duplicates.shown())),
            (skipped, "not for inviting, as the notes above say".to_owned()),
        ] {
            if number > 0 {
                let _ = writeln!(text, "         {}: {what}", count(number, "row", "rows"));
            }
        }
    }
}

/// A heading and its lines, if there are any.
fn section(text: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            let _ = writeln!(text, "\n{heading}");
        }
        let _ = writeln!(text, "  {line}");
    }
}

/// A list with commas, broken into lines that fit a terminal.
fn wrapped(text: &mut String, start: &str, items: &[String]) {
    /// What most terminals show.
    const WIDTH: usize = 100;
    let mut line = start.to_owned();
    for (index, item) in items.iter().enumerate() {
        let comma = if index + 1 < items.len() { "," } else { "" };
        let is_fresh = line.trim().is_empty() || line == start;
        if !is_fresh && line.width() + 1 + item.width() + comma.len() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = " ".repeat(start.width());
        }
        let space = if line.ends_with(' ') { "" } else { " " };
        let _ = write!(line, "{space}{item}{comma}");
    }
    let _ = writeln!(text, "{line}");
}

/// Headers and titles may have line breaks and tabs in them.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
