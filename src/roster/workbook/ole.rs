//! An OLE container as the cfb crate reads it.
//!
//! The last sector of its table of sectors (the FAT) has to be filled up with "free" (MS-CFB 2.3). A widespread library fills
//! it with "end of chain", which every spreadsheet program reads and the crate refuses; so it is shown what should be there.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

const END_OF_CHAIN: [u8; 4] = [0xFE, 0xFF, 0xFF, 0xFF];
const FREE: u8 = 0xFF;

/// The sectors of the FAT that the header itself lists.
const LISTED_IN_HEADER: usize = 109;

/// A container's file, the unused end of its FAT set right.
pub(super) struct Container {
    file: BufReader<File>,
    at: u64,
    /// The bytes that are read as "free".
    free: Range<u64>,
}

impl Container {
    /// Reads the header to find the end of the FAT.
    pub(super) fn new(file: File, size: u64) -> io::Result<Self> {
        let mut file = BufReader::new(file);
        let free = filled_wrongly(&mut file, size)?.unwrap_or(0..0);
        file.rewind()?;
        Ok(Container { file, at: 0, free })
    }
}

impl Read for Container {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        for (at, byte) in (self.at..).zip(&mut buffer[..count]) {
            if self.free.contains(&at) {
                *byte = FREE;
            }
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Container {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

/// The bytes of the FAT behind the entry of the file's last sector, if all of them say "end of chain".
fn filled_wrongly(file: &mut (impl Read + Seek), size: u64) -> io::Result<Option<Range<u64>>> {
    let mut header = Vec::with_capacity(512);
    file.by_ref().take(512).read_to_end(&mut header)?;
    let long = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes).map(u64::from);
    let shift = header.get(30).copied().filter(|shift| matches!(shift, 9 | 12));
    let (Some(shift), Some(fat_sectors)) = (shift, long(44)) else { return Ok(None) };
    let sector = 1_u64 << shift;
    let entries = sector / 4;
    let sectors = size.div_ceil(sector).saturating_sub(1);
    let Some(last) = usize::try_from(fat_sectors).ok().and_then(|sectors| sectors.checked_sub(1)) else {
        return Ok(None);
    };
    if last >= LISTED_IN_HEADER {
        return Ok(None);
    }
    let Some(used) = sectors.checked_sub(last as u64 * entries).filter(|used| *used < entries) else { return Ok(None) };
    let Some(place) = long(76 + 4 * last).filter(|place| *place < sectors) else { return Ok(None) };
    let from = (place + 1) * sector + used * 4;
    let bytes = from..(place + 2) * sector;
    file.seek(SeekFrom::Start(bytes.start))?;
    let mut unused = Vec::new();
    file.take(bytes.end - bytes.start).read_to_end(&mut unused)?;
    let filled = unused.len() as u64 == bytes.end - bytes.start && unused.chunks(4).all(|entry| entry == END_OF_CHAIN);
    Ok(filled.then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A header, and a FAT for the file's `sectors` sectors filled up with `filling`.
    fn container(sectors: u32, filling: [u8; 4]) -> Vec<u8> {
        let mut bytes = vec![0; 512];
        bytes[30] = 9;
        bytes[44] = 1;
        bytes.extend((0..128).flat_map(|entry| if entry < sectors { [entry as u8, 0, 0, 0] } else { filling }));
        bytes.resize(512 * (sectors as usize + 1), 7);
        bytes
    }

    fn found(bytes: &[u8]) -> Option<Range<u64>> {
        filled_wrongly(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn an_end_of_the_table_that_is_filled_wrongly_is_found() {
        assert_eq!(found(&container(8, END_OF_CHAIN)), Some(512 + 32..1024));
        for bytes in [container(8, [0xFF; 4]), container(8, [3, 0, 0, 0]), container(128, END_OF_CHAIN), vec![0; 40]] {
            assert_eq!(found(&bytes), None);
        }
    }
}
