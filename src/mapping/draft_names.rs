//! The names of a row: a combined one taken apart, and what does not belong into a name's own column put where it does.

use crate::roster::{CellKind, Row};
use crate::staff::Field;

use super::affix::{are_particles, is_credential, is_generation, says_not_known};
use super::clean::clean;
use super::columns::ColumnPlan;
use super::draft::note_cleanings;
use super::names::{
    HeaderOrder, NameOrder, NameParts, NameUnclear, generation_and_credential, is_all_caps, recased, recased_last,
    take_apart, without_aside, without_honorific, without_initial, without_suffixes,
};
use super::target::Target;
use super::{Draft, FieldValue, MappingProblem, Origin};

const NAMES: [Field; 3] = [Field::FirstName, Field::MiddleName, Field::LastName];
const SUFFIXES: [Field; 2] = [Field::Suffix1, Field::Suffix2];

impl ColumnPlan {
    /// The last name whole, where its parts stand in several columns.
    pub(super) fn join_last_name(&self, row: &Row, draft: &mut Draft) {
        let Some((_, last)) = own_column(Field::LastName, draft) else { return };
        let (mut whole, left) = self.last_name.whole(&last, row);
        // A `Namenszusatz` that is read for suffixes, with the "von" of a family name in this row.
        if let Some((header, particles)) = own_column(Field::Suffix1, draft).filter(|(_, text)| are_particles(text)) {
            whole = format!("{particles} {whole}");
            draft.fields[Field::Suffix1.index()] = None;
            draft.cleanings.push(format!("{particles} taken from \"{header}\" as a part of the last name"));
        }
        set_text(Field::LastName, whole, draft);
        for (column, _) in left {
            draft.cleanings.push(format!(
                "what stands in \"{}\" may be no part of the last name; it is not read",
                self.headers[column].trim()
            ));
        }
    }

    pub(super) fn read_full_name(&self, row: &Row, draft: &mut Draft) {
        let Some((column, raw)) = self.first_filled(Target::FullName, row) else { return };
        let kind = row.cells.get(column).map(|cell| cell.kind).unwrap_or_default();
        let header = self.headers[column].trim().to_owned();
        let cleaned = clean(raw, None);
        note_cleanings(&cleaned.taken_off, &header, draft);
        let origin = Origin::FullName(header.clone());
        let value = |text: String, problem: Option<MappingProblem>| FieldValue {
            text,
            raw: raw.to_owned(),
            kind,
            origin: origin.clone(),
            problem,
        };
        let apart = take_apart(&cleaned.text, self.name_order(column)).and_then(|parts| {
            let otherwise = |said: &HeaderOrder| said.with_comma && said.order == NameOrder::FirstLast;
            let against_header = parts.by_comma && self.header_orders.get(&column).is_some_and(otherwise);
            if against_header { Err(NameUnclear::CommaAgainstHeader) } else { Ok(parts) }
        });
        match apart {
            Ok(parts) => {
                for left_off in &parts.left_off {
                    draft.cleanings.push(format!("{left_off} left off \"{header}\""));
                }
                for (field, text) in placed(parts, draft) {
                    draft.fields[field.index()].get_or_insert_with(|| value(text, None));
                }
            }
            Err(why) => {
                let remedy = why.remedy(cleaned.text.contains(','));
                let problem = MappingProblem { code: "name_unclear", message: format!("{why}; {remedy}") };
                for field in [Field::FirstName, Field::LastName] {
                    draft.fields[field.index()]
                        .get_or_insert_with(|| value(cleaned.text.clone(), Some(problem.clone())));
                }
            }
        }
    }

    /// Puts what stands in a name's own column and certainly is no part of it where it belongs, and reports it. Capitals
    /// are changed only where the mapping file says so.
    pub(super) fn look_at_names(&self, draft: &mut Draft) {
        for field in NAMES {
            refuse_not_known(field, draft);
            let is_first = field == Field::FirstName;
            let honorific = |name: &str| without_honorific(name, is_first);
            for without in [&without_aside as &dyn Fn(&str) -> Option<(String, String)>, &honorific] {
                if let Some((header, text)) = own_column(field, draft)
                    && let Some((name, left_off)) = without(&text)
                {
                    set_text(field, name, draft);
                    draft.cleanings.push(format!("{left_off} left off \"{header}\""));
                }
            }
        }
        move_suffixes(draft);
        move_initial(draft);
        self.order_suffixes(draft);
        self.look_at_capitals(draft);
    }

    /// The generation is the first suffix and the credential the second, unless two columns say them: which of these is
    /// which has been decided for all rows.
    fn order_suffixes(&self, draft: &mut Draft) {
        let [Some(one), Some(two)] = SUFFIXES.map(|field| draft.get(field)) else { return };
        let of_its_column = |field: Field, value: &FieldValue| {
            let columns = self.sources.get(&Target::Field(field)).into_iter().flatten();
            let headers: Vec<&str> = columns.map(|column| self.headers[*column].trim()).collect();
            matches!(&value.origin, Origin::Column(header) if headers.contains(&header.as_str()))
        };
        let two_columns = of_its_column(Field::Suffix1, one) && of_its_column(Field::Suffix2, two);
        if !two_columns && is_credential(&one.text) && is_generation(&two.text) {
            let [one, two] = SUFFIXES.map(Field::index);
            draft.fields.swap(one, two);
        }
    }

    fn look_at_capitals(&self, draft: &mut Draft) {
        let mut capitals = false;
        for field in NAMES {
            if let Some(value) = draft.fields[field.index()].as_mut().filter(|value| value.problem.is_none())
                && is_all_caps(&value.text)
            {
                capitals = true;
                if self.file.recase {
                    let last = field == Field::LastName;
                    value.text = if last { recased_last(&value.text) } else { recased(&value.text) };
                }
            }
        }
        if capitals {
            draft.cleanings.push(match self.file.recase {
                true => "a name all in capitals was written as names usually are".to_owned(),
                false => "a name is all in capitals; it is kept so ([names] recase = true changes that)".to_owned(),
            });
        }
    }
}

/// `FNU` (first name unknown) is nobody's name.
fn refuse_not_known(field: Field, draft: &mut Draft) {
    let not_known = own_column(field, draft).is_some_and(|(_, text)| says_not_known(&text));
    if let Some(value) = draft.fields[field.index()].as_mut().filter(|_| not_known) {
        let why = NameUnclear::NotKnown;
        value.problem = Some(MappingProblem { code: "name_unclear", message: format!("{why}; {}", why.remedy(false)) });
    }
}

/// `Jr., MD` in one column of suffixes: two of them, if there is room.
pub(super) fn split_suffixes(draft: &mut Draft) {
    let Some((header, text)) = own_column(Field::Suffix1, draft) else { return };
    let Some((generation, credential)) = generation_and_credential(&text) else { return };
    if draft.get(Field::Suffix2).is_none() {
        draft.cleanings.push(format!("\"{header}\" was read as two suffixes, {generation} and {credential}"));
        set_text(Field::Suffix1, generation, draft);
        draft.fields[Field::Suffix2.index()] = Some(taken_from(&header, &text, credential));
    }
}

/// `SMITH, JR` and `Ruiz, MD` in the last name's column: to the suffixes, if there is room for them.
fn move_suffixes(draft: &mut Draft) {
    let Some((header, text)) = own_column(Field::LastName, draft) else { return };
    let Some((last, parts)) = without_suffixes(&text) else { return };
    let suffixes: Vec<String> = [parts.generation, parts.credential].into_iter().flatten().collect();
    let places = suffix_places(suffixes.clone(), draft);
    let unsaid = suffixes.iter().filter(|suffix| !is_said(suffix, draft)).count();
    if places.len() < unsaid {
        draft.cleanings.push("the last name ends in what may be a suffix; it is kept so".to_owned());
        return;
    }
    set_text(Field::LastName, last, draft);
    for (field, suffix) in places {
        draft.fields[field.index()] = Some(taken_from(&header, &text, suffix));
    }
    draft.cleanings.push(format!("{} taken from \"{header}\" as a suffix", suffixes.join(", ")));
}

/// `John M.` in the first name's column: the initial is the middle name, if there is no other.
fn move_initial(draft: &mut Draft) {
    let Some((header, text)) = own_column(Field::FirstName, draft) else { return };
    let Some((first, initial)) = without_initial(&text) else { return };
    if draft.get(Field::MiddleName).is_some() {
        draft.cleanings.push("the first name ends in what may be a middle initial; it is kept so".to_owned());
        return;
    }
    set_text(Field::FirstName, first, draft);
    draft.cleanings.push(format!("{initial} taken from \"{header}\" as the middle name"));
    draft.fields[Field::MiddleName.index()] = Some(taken_from(&header, &text, initial));
}

/// A part of the cell under a header.
fn taken_from(header: &str, cell: &str, part: String) -> FieldValue {
    FieldValue {
        text: part,
        raw: cell.to_owned(),
        kind: CellKind::Text,
        origin: Origin::Column(header.to_owned()),
        problem: None,
    }
}

/// A usable value that a column of its own gives, and the header of that.
fn own_column(field: Field, draft: &Draft) -> Option<(String, String)> {
    let value = draft.get(field).filter(|value| value.problem.is_none())?;
    match &value.origin {
        Origin::Column(header) => Some((header.clone(), value.text.clone())),
        _ => None,
    }
}

fn set_text(field: Field, text: String, draft: &mut Draft) {
    if let Some(value) = draft.fields[field.index()].as_mut() {
        value.text = text;
    }
}

/// The fields that a combined name's parts go to.
fn placed(parts: NameParts, draft: &Draft) -> Vec<(Field, String)> {
    let mut fields = vec![(Field::FirstName, parts.first), (Field::LastName, parts.last)];
    fields.extend(parts.middle.map(|middle| (Field::MiddleName, middle)));
    fields.extend(suffix_places([parts.generation, parts.credential].into_iter().flatten().collect(), draft));
    fields
}

/// Where suffixes go: a generation before a credential, into what is free, and nowhere if a column has said the same.
fn suffix_places(suffixes: Vec<String>, draft: &Draft) -> Vec<(Field, String)> {
    let free = SUFFIXES.into_iter().filter(|field| draft.get(*field).is_none());
    free.zip(suffixes.into_iter().filter(|text| !is_said(text, draft))).collect()
}

fn is_said(suffix: &str, draft: &Draft) -> bool {
    let key = |text: &str| text.to_lowercase().replace(['.', ',', ' '], "");
    SUFFIXES.iter().any(|field| draft.get(*field).is_some_and(|value| key(&value.text) == key(suffix)))
}
