//! The first look at a whole roster: opened, mapped, every row judged, nothing sent.
//!
//! Two passes: one sees every row, so that rows can be held against each other; one counts. Sending reads it once more,
//! and the roster refuses if it has changed in between.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::mapping::{Assignments, ColumnPlan, Draft, IdleSkips, KnownHeaders, MappingError, MappingFile};
use crate::report::places::Places;
use crate::report::preview::{Counts, Warnings};
use crate::report::summary::Tally;
use crate::roster::{LeftOut, Location, Roster, RosterError, RosterItem, RosterOptions, Row};
use crate::staff::{ClinicRole, Field, Level};
use crate::validation::{People, Problem, Rules, Ruling, judge};

/// How many rows are looked at to decide what a column is.
pub(crate) const SAMPLE: usize = 200;
/// How many problems a preview shows.
const FIRST_PROBLEMS: usize = 10;
/// How many different remarks of a kind are kept word for word; the memory is not to grow with the roster.
const MOST_REMARKS: usize = 100;
/// How many different role texts are kept; a column with more holds no roles.
const MOST_ROLES: usize = 5_000;

/// A roster that cannot be read, or a mapping that does not fit it: nothing is sent.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The file.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The mapping.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A results file that this program wrote.
    #[error("{0} is a results file of an earlier run, not a roster")]
    Results(String),
}

impl SurveyError {
    /// A stable word for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            SurveyError::Roster(error) => error.code(),
            SurveyError::Mapping(_) => "mapping_unusable",
            SurveyError::Results(_) => "results_not_a_roster",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            SurveyError::Roster(error) => error.hint(),
            SurveyError::Mapping(error) => Some(error.hint()),
            SurveyError::Results(_) => {
                Some("pass the roster, or the rejects file of that run once it is mended".to_owned())
            }
        }
    }
}

/// A roster, opened, with the plan for its columns.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub roster: Roster,
    /// What its columns mean.
    pub plan: ColumnPlan,
    /// What holds for every row.
    pub rules: Rules,
}

/// Opens a roster and decides what its columns mean; on `today` it depends who has left.
///
/// # Errors
/// See [`SurveyError`].
pub fn open(
    path: &std::path::Path,
    options: &RosterOptions,
    file: &MappingFile,
    set: &Assignments,
    today: Date,
) -> Result<Opened, SurveyError> {
    let roster = crate::roster::open(path, options, &KnownHeaders)?;
    if roster.source().headers == crate::report::results::HEADER {
        return Err(SurveyError::Results(path.display().to_string()));
    }
    let sample = roster.sample(SAMPLE)?;
    let plan = ColumnPlan::new(&roster.source().headers, &sample, file, set)?.as_of(today);
    let mut rules = Rules { unfed: plan.unfed(), ..Rules::default() };
    for (target, headers) in plan.sources() {
        if let crate::mapping::Target::Field(field) = target {
            rules.columns[field.index()] = headers.into_iter().next();
        }
    }
    Ok(Opened { roster, plan, rules })
}

/// A data row that has been mapped and sorted.
#[derive(Clone, Debug)]
pub struct SortedRow {
    /// Its place among the data rows, from 0.
    pub seq: u64,
    /// Where a person finds it.
    pub at: Location,
    /// What it says.
    pub draft: Draft,
    /// What it is, by itself and among the others.
    pub ruling: Ruling,
}

/// Everything that one look at a roster found.
#[derive(Debug)]
pub struct Survey {
    /// The roster and its mapping.
    pub opened: Opened,
    /// Every row, as fingerprints.
    pub people: People,
    /// Data rows.
    pub rows: u64,
    /// How they are judged. Ready are also those that only lack a field that nobody feeds.
    pub counts: Counts,
    /// Lines that are no data rows, by why.
    pub left_out: BTreeMap<LeftOut, Places>,
    /// Rows that repeat an earlier one.
    pub duplicates: Places,
    /// Each distinct role text, and the role it stands for.
    pub roles: BTreeMap<String, Option<ClinicRole>>,
    /// The first problems, in roster order.
    pub first_problems: Vec<Problem>,
    /// The invalid rows, their problems grouped.
    pub invalid: Tally,
    /// How many problems there are in all.
    pub problems: u64,
    /// What looks odd.
    pub warnings: Warnings,
    /// Why rows are left out by the mapping, and which.
    pub skips: BTreeMap<String, Places>,
    /// What was cleaned, and how often.
    pub cleanings: BTreeMap<String, u64>,
    /// Words of the mapping file's `[skip]` that no row has had.
    pub idle_skips: IdleSkips,
}

impl Survey {
    /// Looks at every row.
    ///
    /// # Errors
    /// When the file cannot be read to its end, or changes meanwhile.
    pub fn take(opened: Opened) -> Result<Self, RosterError> {
        let mut survey = Survey {
            opened,
            people: People::new(),
            rows: 0,
            counts: Counts::default(),
            left_out: BTreeMap::new(),
            duplicates: Places::default(),
            roles: BTreeMap::new(),
            first_problems: Vec::new(),
            invalid: Tally::new(),
            problems: 0,
            warnings: Warnings::new(),
            skips: BTreeMap::new(),
            cleanings: BTreeMap::new(),
            idle_skips: IdleSkips::default(),
        };
        survey.idle_skips = survey.opened.plan.idle_skips();
        survey.observe()?;
        survey.count()?;
        Ok(survey)
    }

    /// The rows, mapped and sorted, once more.
    ///
    /// # Errors
    /// When the file has changed.
    pub fn rows(&self) -> Result<impl Iterator<Item = Result<(Row, SortedRow), RosterError>> + '_, RosterError> {
        let rows = self.opened.roster.rows()?;
        let mut seq = 0;
        Ok(rows.filter_map(move |item| match item {
            Ok(RosterItem::Row(row)) => {
                let sorted = self.sort(seq, &row);
                seq += 1;
                Some(Ok((row, sorted)))
            }
            Ok(RosterItem::LeftOut { .. }) => None,
            Err(error) => Some(Err(error)),
        }))
    }

    fn observe(&mut self) -> Result<(), RosterError> {
        let mut seq = 0;
        for item in self.opened.roster.rows()? {
            match item? {
                RosterItem::LeftOut { why, at } => self.left_out.entry(why).or_default().note(&at),
                RosterItem::Row(row) => {
                    if let Some(text) = self.opened.plan.heading_of_leavers(&row) {
                        return Err(RosterError::HeadingOfLeavers {
                            file: self.opened.roster.source().path.display().to_string(),
                            at: row.at.clone(),
                            text: text.to_owned(),
                        });
                    }
                    self.idle_skips.see(&row);
                    let draft = self.opened.plan.draft(&row);
                    self.people.observe(seq, &row.at, &draft);
                    self.note_role(&row);
                    for cleaning in draft.cleanings {
                        *remark(&mut self.cleanings, cleaning) += 1;
                    }
                    seq += 1;
                }
            }
        }
        Ok(())
    }

    fn note_role(&mut self, row: &Row) {
        let Some(text) = self.opened.plan.role_texts(row).filter(|text| !text.is_empty()) else { return };
        if self.roles.len() < MOST_ROLES && !self.roles.contains_key(&text) {
            let role = self.opened.plan.role_of(&text);
            self.roles.insert(text, role);
        }
    }

    fn count(&mut self) -> Result<(), RosterError> {
        let mut seq = 0;
        for item in self.opened.roster.rows()? {
            let RosterItem::Row(row) = item? else { continue };
            let row = self.sort(seq, &row);
            self.warnings.observe(&row.draft);
            self.add(row);
            seq += 1;
        }
        self.rows = seq;
        Ok(())
    }

    fn add(&mut self, row: SortedRow) {
        match row.ruling {
            Ruling::Ready(person) => {
                self.counts.ready += 1;
                self.counts.admins += u64::from(person.level == Level::Admin);
                self.counts.report_creators += u64::from(person.permissions.can_create_reports);
            }
            Ruling::Incomplete => {
                self.counts.ready += 1;
                let says = |field, is: fn(&str) -> bool| row.draft.get(field).is_some_and(|value| is(&value.text));
                self.counts.admins += u64::from(says(Field::Level, |text| Level::parse(text) == Ok(Level::Admin)));
                let creates = says(Field::CanCreateReports, |text| crate::staff::parse_boolean(text) == Some(true));
                self.counts.report_creators += u64::from(creates);
            }
            Ruling::Invalid(problems) => {
                self.counts.invalid += 1;
                self.problems += problems.len() as u64;
                self.invalid.add_problems(&row.at.to_string(), &problems);
                let wanted = FIRST_PROBLEMS - self.first_problems.len();
                self.first_problems.extend(problems.into_iter().take(wanted));
            }
            Ruling::Skipped(why) => {
                self.counts.skipped += 1;
                remark(&mut self.skips, why).note(&row.at);
            }
            Ruling::Duplicate { .. } => {
                self.counts.duplicate += 1;
                self.duplicates.note(&row.at);
            }
        }
    }

    fn sort(&self, seq: u64, row: &Row) -> SortedRow {
        let draft = self.opened.plan.draft(row);
        let ruling = judge(&self.opened.rules, &draft).with(self.people.standing(seq, &draft));
        SortedRow { seq, at: row.at.clone(), draft, ruling }
    }
}

/// What is kept of a remark; those beyond the first hundred different ones are kept together.
fn remark<T: Default>(remarks: &mut BTreeMap<String, T>, remark: String) -> &mut T {
    let room = remarks.len() < MOST_REMARKS || remarks.contains_key(&remark);
    let key = if room { remark } else { "others like these".to_owned() };
    remarks.entry(key).or_default()
}
