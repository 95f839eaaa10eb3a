//! Headers to a [`ColumnPlan`]: which column feeds what, and what a person has to decide.
//!
//! The mapping file decides what it names; the rest goes by the claims of [`super::aliases`] and by what the sample's
//! values say against them. What is doubtful becomes a [`Question`] and is not read.

use std::collections::{BTreeMap, HashMap};
use std::sync::RwLock;

use jiff::civil::Date;

use crate::roster::Row;
use crate::staff::{ClinicRole, Field};

use super::changes::HeaderChanges;
use super::clean::says_nothing;
use super::error::MappingError;
use super::file::MappingFile;
use super::header_table::HeaderTable;
use super::last_names::LastNameColumns;
use super::leaving::{self, LeavingRule};
use super::names::{HeaderOrder, NameOrder, order_of_header};
use super::not_people::only_cell;
use super::resolve::{Decided, name_in_file, resolve};
use super::roles::{RoleReading, read_role, role_key};
use super::set::Assignments;
use super::skip::{IdleSkips, SkipRule, heads_leavers, says_left};
use super::target::Target;

/// Something that only a person can decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the answer feeds.
    pub target: Target,
    /// The columns in question, by header.
    pub headers: Vec<String>,
    /// The same, by their place from the left, from 0.
    pub columns: Vec<usize>,
    /// Why it is not decided.
    pub reason: String,
    /// Why it is not decided, and what to write in the mapping file.
    pub why: String,
    /// Nothing can be sent before it is answered; otherwise the columns are left unread and the person is told.
    pub blocking: bool,
}

/// Which column feeds what, for one roster.
#[derive(Debug)]
pub struct ColumnPlan {
    pub(super) headers: Vec<String>,
    pub(super) sources: BTreeMap<Target, Vec<usize>>,
    pub(super) questions: Vec<Question>,
    pub(super) skip: Vec<SkipRule>,
    pub(super) leaving: Vec<LeavingRule>,
    /// The column with the day on which somebody came back.
    pub(super) rehired: Option<usize>,
    /// The columns with other parts of the last name than its own.
    pub(super) last_name: LastNameColumns,
    /// What the headers of combined names say of their order, by column.
    pub(super) header_orders: BTreeMap<usize, HeaderOrder>,
    /// A column with a name to be shown by that nothing is read from.
    pub(super) spare_name: Option<usize>,
    /// Headers that nothing is read from, with a word in one of their cells that says that somebody has left.
    pub(super) unread_leavers: Vec<(String, String)>,
    /// The day on which the roster is read; without one nobody has left by a date.
    pub(super) today: Option<Date>,
    pub(super) file: MappingFile,
    pub(super) set: Assignments,
    roles: RwLock<HashMap<String, RoleReading>>,
}

/// A roster has a few hundred role texts at most; a column of other things must not fill the memory.
const MAX_ROLES_REMEMBERED: usize = 10_000;

impl ColumnPlan {
    /// Plans a roster from its headers, a few of its rows, and what a person has decided.
    ///
    /// # Errors
    /// The mapping file names a header that the roster does not have, or has several times.
    pub fn new(
        headers: &[String],
        sample: &[Row],
        file: &MappingFile,
        set: &Assignments,
    ) -> Result<ColumnPlan, MappingError> {
        if let Some(error) = file.misfit(headers) {
            return Err(error);
        }
        let table = HeaderTable { headers };
        let mut decided = Decided::default();
        for (target, names) in &file.columns {
            let place = format!("columns.{target}");
            let columns = names.iter().map(|name| table.find(name, &place)).collect::<Result<Vec<_>, _>>()?;
            decided.columns.insert(*target, columns);
        }
        decided.ignored = table.find_all(&file.ignore)?;
        let mut skip = Vec::new();
        for (name, words) in &file.skip {
            let column = table.find(name, "[skip]")?;
            skip.extend(SkipRule::of_words(column, &headers[column], words).looked_at(sample));
        }
        let given = |field: Field| is_given(field, file, set);
        let resolved = resolve(headers, sample, &decided, &given);
        let mut leaving = Vec::new();
        for (column, header) in headers.iter().enumerate() {
            let spoken_for = skip.iter().any(|rule| rule.column == column) || decided.ignored.contains(&column);
            let by_itself = SkipRule::of_header(column, header).filter(|_| !spoken_for);
            skip.extend(by_itself.and_then(|rule| rule.looked_at(sample)));
            leaving.extend(LeavingRule::of_header(column, header).filter(|_| !spoken_for));
        }
        let is_free = |column: usize| {
            !resolved.sources.values().any(|columns| columns.contains(&column))
                && !resolved.questions.iter().any(|question| question.columns.contains(&column))
                && !skip.iter().any(|rule: &SkipRule| rule.column == column)
                && !decided.ignored.contains(&column)
        };
        let has_last_name =
            resolved.sources.get(&Target::Field(Field::LastName)).is_some_and(|columns| !columns.is_empty());
        let last_name = LastNameColumns::of_headers(headers, |column| has_last_name && is_free(column));
        let is_read = |column: &usize| {
            last_name.columns().any(|part| part == *column)
                || resolved.sources.values().any(|columns| columns.contains(column))
                || resolved.questions.iter().any(|question| question.columns.contains(column))
                || skip.iter().any(|rule| rule.column == *column)
                || leaving.iter().any(|rule| rule.column == *column)
                || leaving::says_who_came_back(&headers[*column])
                || decided.ignored.contains(column)
        };
        let unread = (0..headers.len()).filter(|column| !is_read(column));
        let unread_leavers = unread.filter_map(|column| {
            let said = sample.iter().map(|row| row.cell_text(column)).find(|text| says_left(text))?;
            Some((headers[column].trim().to_owned(), said.trim().to_owned()))
        });
        let combined = resolved.sources.get(&Target::FullName).into_iter().flatten();
        let header_orders =
            combined.filter_map(|column| Some((*column, order_of_header(&headers[*column])?))).collect();
        Ok(ColumnPlan {
            last_name,
            header_orders,
            unread_leavers: unread_leavers.collect(),
            headers: headers.to_vec(),
            rehired: headers.iter().position(|header| leaving::says_who_came_back(header)),
            spare_name: resolved.spare_name,
            sources: resolved.sources,
            questions: resolved.questions,
            skip,
            leaving,
            today: None,
            file: file.clone(),
            set: set.clone(),
            roles: RwLock::default(),
        })
    }

    /// The plan on a day: whoever has left by then, as a column with the day says, is left out.
    #[must_use]
    pub fn as_of(self, today: Date) -> Self {
        ColumnPlan { today: Some(today), ..self }
    }

    /// What each target is read from, by header: the fields in their order, the combined name last. A target that no
    /// column feeds is not listed.
    pub fn sources(&self) -> Vec<(Target, Vec<String>)> {
        let named = |(target, columns): (Target, &Vec<usize>)| {
            let columns = columns.iter().copied().chain(self.other_parts(target));
            (target, columns.map(|column| self.headers[column].clone()).collect())
        };
        Target::all()
            .filter_map(|target| Some((target, self.sources.get(&target).filter(|columns| !columns.is_empty())?)))
            .map(named)
            .collect()
    }

    /// The columns that are read together with those of a target.
    fn other_parts(&self, target: Target) -> impl Iterator<Item = usize> {
        self.last_name.columns().filter(move |_| target == Target::Field(Field::LastName))
    }

    /// The same, each column as a mapping file names it; one that is read together with others is named with them.
    pub(crate) fn sources_by_name(&self) -> impl Iterator<Item = (Target, Vec<String>)> {
        let fed = Target::all().filter_map(|target| Some((target, self.sources.get(&target)?)));
        let named = |target: Target, columns: &Vec<usize>| {
            let with_others = |column: &usize| {
                let columns = std::iter::once(*column).chain(self.other_parts(target));
                columns.map(|column| self.name_of(column)).collect::<Vec<_>>().join(" with ")
            };
            columns.iter().map(with_others).collect()
        };
        fed.filter(|(_, columns)| !columns.is_empty()).map(move |(target, columns)| (target, named(target, columns)))
    }

    /// What a person must decide.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The headers of columns that are not used at all.
    pub fn ignored(&self) -> Vec<&str> {
        self.unused().map(|column| self.headers[column].as_str()).collect()
    }

    /// The same as a mapping file names them.
    pub(crate) fn ignored_by_name(&self) -> Vec<String> {
        self.unused().map(|column| self.name_of(column)).collect()
    }

    pub(super) fn unused(&self) -> impl Iterator<Item = usize> {
        let read = |column: usize| self.reader_of(column).is_some();
        let asked = |column: usize| self.questions.iter().any(|question| question.columns.contains(&column));
        let named = |column: &usize| !self.headers[*column].trim().is_empty();
        let unused = move |column: &usize| !read(*column) && !asked(*column) && !self.tells_who_left(*column);
        (0..self.headers.len()).filter(named).filter(unused)
    }

    /// The roster's headers.
    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// How a mapping file names a column.
    pub(crate) fn name_of(&self, column: usize) -> String {
        name_in_file(&self.headers, column)
    }

    /// What a column is read for.
    pub(crate) fn reader_of(&self, column: usize) -> Option<Target> {
        let own = self.sources.iter().find(|(_, columns)| columns.contains(&column)).map(|(target, _)| *target);
        let part = self.last_name.columns().any(|part| part == column);
        own.or_else(|| part.then_some(Target::Field(Field::LastName)))
    }

    /// Columns with a header that nothing is read from.
    pub(crate) fn unread(&self) -> Vec<usize> {
        let read = |column: &usize| self.reader_of(*column).is_some();
        (0..self.headers.len()).filter(|column| !self.headers[*column].trim().is_empty() && !read(column)).collect()
    }

    /// What the mapping file read from columns that are gone, where no other column has taken their place.
    pub(crate) fn lost(&self) -> impl Iterator<Item = (Target, &Vec<String>)> {
        self.file.lost.iter().map(|(target, names)| (*target, names)).filter(|(target, _)| {
            let taken = match target {
                Target::Field(field) => self.is_fed(*field),
                Target::FullName => self.is_fed(Field::FirstName) && self.is_fed(Field::LastName),
            };
            !taken && !self.questions.iter().any(|question| question.target == *target)
        })
    }

    /// The column says by itself who has left.
    pub(crate) fn tells_who_left(&self, column: usize) -> bool {
        self.skip.iter().any(|rule| rule.column == column && !rule.is_of_remarks())
            || self.leaving.iter().any(|rule| rule.column == column)
    }

    /// The mapping file's words that leave a row out, before any row has been seen.
    pub(crate) fn idle_skips(&self) -> IdleSkips {
        IdleSkips::of(self.file.skip.iter().filter_map(|(header, words)| {
            Some((HeaderTable { headers: &self.headers }.find(header, "").ok()?, header, words))
        }))
    }

    /// A heading over people who have left: nothing but that stands in the row, and in no column that tells it of a person.
    pub(crate) fn heading_of_leavers<'r>(&self, row: &'r Row) -> Option<&'r str> {
        let (column, text) = only_cell(row)?;
        (!self.tells_who_left(column) && heads_leavers(text)).then_some(text)
    }

    /// How the combined names of a column are written: as the mapping file says, for want of that as the header does.
    pub(super) fn name_order(&self, column: usize) -> NameOrder {
        let said = self.header_orders.get(&column).map(|said| said.order);
        self.file.name_order.or(said).unwrap_or_default()
    }

    /// The order of all combined names that are read, where it is the same and somebody or something has said it.
    pub(super) fn one_name_order(&self) -> Option<NameOrder> {
        let columns = self.sources.get(&Target::FullName)?;
        let first = self.name_order(*columns.first()?);
        let said = self.file.name_order.is_some() || !self.header_orders.is_empty();
        (said && columns.iter().all(|column| self.name_order(*column) == first)).then_some(first)
    }

    /// What has changed in the roster since the mapping file was written.
    pub fn changes(&self) -> HeaderChanges {
        self.file.changes(&self.headers)
    }

    /// Required fields that no column, default, profile or `--set` feeds.
    pub fn unfed(&self) -> Vec<Field> {
        Field::ALL
            .into_iter()
            .filter(|field| field.is_required() && !self.is_fed(*field) && !is_given(*field, &self.file, &self.set))
            .collect()
    }

    fn is_fed(&self, field: Field) -> bool {
        let reads = |target| self.sources.get(&target).is_some_and(|columns| !columns.is_empty());
        reads(Target::Field(field)) || (matches!(field, Field::FirstName | Field::LastName) && reads(Target::FullName))
    }

    /// The trimmed role text of a row, where a column is read for the role and says something.
    pub fn role_texts(&self, row: &Row) -> Option<String> {
        let (_, text) = self.first_filled(Target::Field(Field::ClinicRole), row)?;
        Some(text.trim().to_owned())
    }

    /// The clinic role that a text means; none where it is unknown or could be several.
    pub fn role_of(&self, text: &str) -> Option<ClinicRole> {
        self.reading_of(text).certain()
    }

    /// The first column of a target that says something in a row, and its text; for want of one, the first that has a
    /// word for none.
    pub(super) fn first_filled<'r>(&self, target: Target, row: &'r Row) -> Option<(usize, &'r str)> {
        let columns = self.sources.get(&target)?;
        let filled = || {
            columns.iter().map(|column| (*column, row.cell_text(*column))).filter(|(_, text)| !text.trim().is_empty())
        };
        filled().find(|(_, text)| !says_nothing(text)).or_else(|| filled().next())
    }

    /// What a role text means, for a person to decide where it is not certain.
    pub(crate) fn reading_of(&self, text: &str) -> RoleReading {
        let text = text.trim();
        if let Ok(known) = self.roles.read()
            && let Some(reading) = known.get(text)
        {
            return reading.clone();
        }
        let reading = match self.file.roles.get(&role_key(text)) {
            Some(role) => RoleReading::Is(*role),
            None => read_role(text),
        };
        if let Ok(mut known) = self.roles.write()
            && known.len() < MAX_ROLES_REMEMBERED
        {
            known.insert(text.to_owned(), reading.clone());
        }
        reading
    }
}

/// A default, a profile or `--set` can give the field.
fn is_given(field: Field, file: &MappingFile, set: &Assignments) -> bool {
    file.defaults.contains_key(&field)
        || set.get(field).is_some()
        || file.default_profile.get(field).is_some()
        || file.profiles.values().any(|profile| profile.get(field).is_some())
}
