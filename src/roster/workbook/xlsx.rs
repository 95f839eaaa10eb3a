//! An Excel workbook before calamine sees it: its parts held against limits, and where its sheets are.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::super::error::RosterError;
use super::archive::{Archive, damaged, too_large};
use super::styles::StruckStyles;

const STRINGS_LIMIT: u64 = 48 << 20;
const MOST_STRINGS: u64 = 500_000;
const SMALL_PART_LIMIT: u64 = 24 << 20;
const MOST_ELEMENTS: usize = 500_000;

/// What a workbook says of its sheets.
pub(super) struct SheetParts {
    /// The sheets by name, and the part that holds each.
    pub(super) parts: Vec<(String, String)>,
    /// The styles of cells that are struck through.
    pub(super) struck: StruckStyles,
}

/// Checks everything that calamine reads when it opens the workbook, and tells where the sheets are.
pub(super) fn check_workbook(archive: &mut Archive) -> Result<SheetParts, RosterError> {
    let workbook = office_document(archive)?;
    let (folder, name) = workbook.rsplit_once('/').map_or(("", workbook.as_str()), |(folder, name)| (folder, name));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut targets = Vec::new();
    each_element(archive, &format!("{folder}_rels/{name}.rels"), |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            targets.push((id, target));
        }
    })?;
    let mut sheets = Vec::new();
    each_element(archive, &workbook, |element| {
        if element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
            && let Some((_, target)) = targets.iter().find(|(known, _)| *known == id)
        {
            let part = target.strip_prefix('/').map_or_else(|| format!("{folder}{target}"), str::to_owned);
            sheets.push((name, part));
        }
    })?;
    let mut struck = StruckStyles::default();
    each_element(archive, &format!("{folder}styles.xml"), |element| struck.see(element))?;
    each_element(archive, &format!("{folder}theme/theme1.xml"), |_| ())?;
    check_strings(archive, &format!("{folder}sharedStrings.xml"))?;
    Ok(SheetParts { parts: sheets, struck })
}

/// The part that the package names as its document.
fn office_document(archive: &mut Archive) -> Result<String, RosterError> {
    let mut document = None;
    each_element(archive, "_rels/.rels", |element| {
        let kind = attribute(element, "Type").unwrap_or_default();
        if kind.ends_with("/relationships/officeDocument") {
            document = attribute(element, "Target");
        }
    })?;
    let document = document.ok_or_else(|| damaged(archive.file(), "it does not say where its sheets are"))?;
    Ok(document.strip_prefix('/').unwrap_or(&document).to_owned())
}

/// Calls for each element of a small part; does nothing if there is none.
fn each_element(archive: &mut Archive, part: &str, mut each: impl FnMut(&BytesStart)) -> Result<(), RosterError> {
    let file = archive.file().to_owned();
    let Some(mut xml) = archive.xml(part, SMALL_PART_LIMIT)? else { return Ok(()) };
    let mut elements = 0;
    loop {
        xml.let_go();
        match xml.next()? {
            Event::Start(element) => {
                each(&element);
                elements += 1;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
        if elements > MOST_ELEMENTS {
            return Err(too_large(&file, format!("{part} has more than {MOST_ELEMENTS} elements")));
        }
    }
}

/// The table of texts: what it claims, how many there are, how long each is.
fn check_strings(archive: &mut Archive, part: &str) -> Result<(), RosterError> {
    let file = archive.file().to_owned();
    let Some(mut xml) = archive.xml(part, STRINGS_LIMIT)? else { return Ok(()) };
    let mut claimed = 0;
    let mut strings: u64 = 0;
    let mut inside = false;
    loop {
        if !inside {
            xml.let_go();
        }
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "sst" => {
                claimed = attribute(&element, "uniqueCount").and_then(|count| count.parse().ok()).unwrap_or(0);
            }
            Event::Start(element) if element.local_name().as_ref() == "si" => {
                inside = true;
                strings += 1;
            }
            Event::End(element) if element.local_name().as_ref() == "si" => inside = false,
            Event::Eof => return Ok(()),
            _ => {}
        }
        if claimed.max(strings) > MOST_STRINGS {
            let what =
                format!("its table of texts has {} entries; at most {MOST_STRINGS} are read", claimed.max(strings));
            return Err(too_large(&file, what));
        }
    }
}

/// An attribute's value by its name without a prefix.
pub(super) fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let found = attributes.filter_map(Result::ok).find(|found| found.key.local_name().as_ref() == name)?;
    Some(
        found
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(|_| found.value.to_string(), |value| value.into_owned()),
    )
}
