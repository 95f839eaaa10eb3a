//! Which of a workbook's cell styles strike a text through: how people take somebody off a list by hand.

use std::collections::HashSet;

use quick_xml::events::BytesStart;

use super::xlsx::attribute;

/// Gathers the styles, element by element.
#[derive(Default)]
pub(super) struct StruckStyles {
    section: Section,
    fonts: u32,
    /// Fonts that strike through.
    struck_fonts: HashSet<u32>,
    styles: u32,
    /// Cell styles with such a font, by the number that a cell names.
    styles_struck: HashSet<u32>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    Fonts,
    CellStyles,
    #[default]
    Other,
}

impl StruckStyles {
    /// Looks at an element of `styles.xml`; they come in order.
    pub(super) fn see(&mut self, element: &BytesStart) {
        match (self.section, element.local_name().as_ref()) {
            (_, "fonts") => self.section = Section::Fonts,
            (_, "cellXfs") => self.section = Section::CellStyles,
            (_, "fills" | "borders" | "cellStyleXfs" | "cellStyles" | "dxfs") => self.section = Section::Other,
            (Section::Fonts, "font") => self.fonts += 1,
            (Section::Fonts, "strike" | "dstrike") => {
                let off = attribute(element, "val").is_some_and(|value| matches!(value.as_str(), "0" | "false"));
                if let (false, Some(font)) = (off, self.fonts.checked_sub(1)) {
                    self.struck_fonts.insert(font);
                }
            }
            (Section::CellStyles, "xf") => {
                let font = attribute(element, "fontId").and_then(|font| font.parse::<u32>().ok());
                if font.is_some_and(|font| self.struck_fonts.contains(&font)) {
                    self.styles_struck.insert(self.styles);
                }
                self.styles += 1;
            }
            _ => {}
        }
    }

    /// Whether a cell that names this style is struck through.
    pub(super) fn strikes(&self, style: &str) -> bool {
        !self.styles_struck.is_empty() && style.parse().is_ok_and(|style: u32| self.styles_struck.contains(&style))
    }
}
