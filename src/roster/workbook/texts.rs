//! How long the texts of an old Excel workbook are.
//!
//! A text is stored once and shown in many cells, and calamine copies it into each; so its length matters as often as it is shown.

/// The lengths of a table of texts, in characters, in order; as many as can be read of it.
pub(super) fn lengths(segments: &[&[u8]]) -> Vec<u32> {
    let mut cursor = Cursor { segments, at: 8 };
    let mut lengths = Vec::new();
    while let Some(length) = cursor.text() {
        lengths.push(length);
    }
    lengths
}

/// A place in a record and those that continue it.
struct Cursor<'a> {
    segments: &'a [&'a [u8]],
    at: usize,
}

impl Cursor<'_> {
    /// Passes over one text and returns its length.
    fn text(&mut self) -> Option<u32> {
        let length = u32::from(self.byte()?) | u32::from(self.byte()?) << 8;
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.byte()?) | usize::from(self.byte()?) << 8 };
        let mut phonetic = 0;
        if flags & 4 != 0 {
            for shift in [0, 8, 16, 24] {
                phonetic |= usize::from(self.byte()?) << shift;
            }
        }
        self.characters(length as usize, flags)?;
        self.skip(runs * 4 + phonetic)?;
        Some(length)
    }

    /// Passes over characters. Where they go on in the next record, that begins with their width anew.
    fn characters(&mut self, mut left: usize, mut flags: u8) -> Option<()> {
        while left > 0 {
            let width = if flags & 1 == 0 { 1 } else { 2 };
            let here = self.segments.first()?.len().saturating_sub(self.at) / width;
            let taken = here.min(left);
            self.at += taken * width;
            left -= taken;
            if left > 0 {
                self.next_segment()?;
                flags = self.byte()?;
            }
        }
        Some(())
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            let here = self.segments.first()?.len().saturating_sub(self.at).min(bytes);
            self.at += here;
            bytes -= here;
            if bytes > 0 {
                self.next_segment()?;
            }
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        loop {
            if let Some(&byte) = self.segments.first()?.get(self.at) {
                self.at += 1;
                return Some(byte);
            }
            self.next_segment()?;
        }
    }

    fn next_segment(&mut self) -> Option<()> {
        self.segments = self.segments.get(1..)?;
        self.at = 0;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_on_in_the_next_record() {
        let first = [&[0; 8][..], &[2, 0, 0, b'a', b'b'], &[4, 0, 0, b'c', b'd']].concat();
        let second = [&[1][..], &[b'e', 0, b'f', 0], &[1, 0, 8, 1, 0, b'g', 9, 9, 9, 9], &[3, 0]].concat();
        let third = [0, b'x', b'y', b'z'];
        assert_eq!(lengths(&[&first, &second, &third]), [2, 4, 1, 3]);
        assert!(lengths(&[&first[..10]]).is_empty());
        assert!(lengths(&[]).is_empty());
    }
}
