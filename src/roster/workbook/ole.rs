//! An OLE container (MS-CFB), as far as a workbook in it needs to be read and calamine needs to be kept from harm.
//!
//! Written here because the programs that write `.xls` files keep few of the format's rules: entries out of order, tables filled
//! up with the wrong mark. All that matters is that every chain of sectors ends, and that no sector is in two of them:
//! calamine follows chains for as long as they go on.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
const HEADER: u64 = 512;
/// The sectors of the FAT that the header itself lists.
const LISTED_IN_HEADER: usize = 109;
const ENTRY: usize = 128;
const MINI_SECTOR: u64 = 64;
/// A stream of fewer bytes lies in mini sectors.
const MINI_CUTOFF: u64 = 4096;
/// From here on, a number is a mark and no sector.
const FIRST_MARK: u32 = 0xFFFF_FFFA;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const NONE: u32 = 0xFFFF_FFFF;

/// The streams that hold a workbook, of Excel 97 and later and of Excel 95.
const WORKBOOKS: [&str; 2] = ["Workbook", "Book"];

const STORAGE: u8 = 1;
const STREAM: u8 = 2;

/// Why a container cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum OleError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("its header is not one")]
    Header,
    #[error("its table of sectors is larger than the file")]
    Table,
    #[error("a part of it points beyond its end")]
    Beyond,
    #[error("a part of it goes round in circles, or runs into another")]
    Entangled,
    #[error("it has no table of contents")]
    NoContents,
}

/// A container in which every chain that calamine may follow has been followed to its end.
pub(super) struct Container {
    sectors: Sectors,
    /// The sectors that the mini sectors lie in.
    mini_stream: Vec<u32>,
    entries: Vec<Entry>,
    /// The entries of the top level, by their places in the list.
    top: Vec<usize>,
    /// The entries that calamine would take for the workbook, with their chains: the first `Workbook`, then the first `Book`.
    workbooks: Vec<(usize, Vec<u32>)>,
}

struct Entry {
    name: String,
    kind: u8,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    length: u64,
}

impl Container {
    /// Reads the tables and follows the chains.
    pub(super) fn open(mut file: File, size: u64) -> Result<Self, OleError> {
        let mut header = Vec::new();
        file.by_ref().take(HEADER).read_to_end(&mut header)?;
        if header.len() as u64 != HEADER || header[..8] != SIGNATURE || !matches!(header[30], 9 | 12) {
            return Err(OleError::Header);
        }
        let sector_size = 1_u64 << header[30];
        let count = size.div_ceil(sector_size).saturating_sub(1);
        let mut sectors = Sectors { file, sector_size, count };
        let fat = sectors.fat(&header)?;
        let mut walk = Walk::new(&fat, sector_size, count)?;
        let contents = walk.chain(long(&header, 48), None)?;
        let entries = entries(&sectors.bytes(&contents)?, header[30] == 9);
        let root = entries.first().ok_or(OleError::NoContents)?;
        let (mut mini_fat, mut mini_stream) = (Vec::new(), Vec::new());
        let mini_fat_sectors = u64::from(long(&header, 64));
        if mini_fat_sectors > 0 {
            mini_stream = walk.chain(root.start, Some(root.length))?;
            let chain = walk.chain(long(&header, 60), Some(mini_fat_sectors * sector_size))?;
            mini_fat = numbers(&sectors.bytes(&chain)?);
        }
        let mini_count = mini_stream.len() as u64 * sector_size / MINI_SECTOR;
        let mut mini_walk = Walk::new(&mini_fat, MINI_SECTOR, mini_count)?;
        let mut workbooks = Vec::new();
        for name in WORKBOOKS {
            if let Some(at) = entries.iter().position(|entry| entry.is_called(name)) {
                let walk = if entries[at].length < MINI_CUTOFF { &mut mini_walk } else { &mut walk };
                workbooks.push((at, walk.chain(entries[at].start, Some(entries[at].length))?));
            }
        }
        let top = top_level(&entries);
        Ok(Container { sectors, mini_stream, entries, top, workbooks })
    }

    /// Whether the top level has an entry of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.top.iter().any(|at| self.entries[*at].is_called(name))
    }

    /// The bytes of the workbook; nothing if there is none, or only one that is embedded in something else.
    pub(super) fn workbook(&mut self) -> Result<Option<Vec<u8>>, OleError> {
        let Some((at, chain)) = self.workbooks.first() else { return Ok(None) };
        let entry = &self.entries[*at];
        let at_home = self.top.contains(at) || self.top.is_empty();
        if entry.kind != STREAM || !at_home {
            return Ok(None);
        }
        let mut bytes = if entry.length < MINI_CUTOFF {
            self.sectors.mini_bytes(chain, &self.mini_stream)?
        } else {
            self.sectors.bytes(chain)?
        };
        bytes.truncate(usize::try_from(entry.length).unwrap_or(usize::MAX));
        Ok(Some(bytes))
    }
}

impl Entry {
    fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The file in sectors, which are counted from behind the header.
struct Sectors {
    file: File,
    sector_size: u64,
    count: u64,
}

impl Sectors {
    /// Reads a sector, or what the file has of it.
    fn read(&mut self, sector: u32, to: &mut Vec<u8>) -> Result<(), OleError> {
        if u64::from(sector) >= self.count {
            return Err(OleError::Beyond);
        }
        self.read_at((u64::from(sector) + 1) * self.sector_size, self.sector_size, to)
    }

    fn read_at(&mut self, at: u64, count: u64, to: &mut Vec<u8>) -> Result<(), OleError> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.by_ref().take(count).read_to_end(to)?;
        Ok(())
    }

    fn bytes(&mut self, chain: &[u32]) -> Result<Vec<u8>, OleError> {
        let mut bytes = Vec::new();
        for sector in chain {
            self.read(*sector, &mut bytes)?;
        }
        Ok(bytes)
    }

    fn mini_bytes(&mut self, chain: &[u32], mini_stream: &[u32]) -> Result<Vec<u8>, OleError> {
        let per_sector = self.sector_size / MINI_SECTOR;
        let mut bytes = Vec::new();
        for mini in chain.iter().map(|mini| u64::from(*mini)) {
            let place = usize::try_from(mini / per_sector).map_err(|_| OleError::Beyond)?;
            let sector = *mini_stream.get(place).ok_or(OleError::Beyond)?;
            let at = (u64::from(sector) + 1) * self.sector_size + mini % per_sector * MINI_SECTOR;
            self.read_at(at, MINI_SECTOR, &mut bytes)?;
        }
        Ok(bytes)
    }

    /// The table of sectors: for each the one that follows it.
    fn fat(&mut self, header: &[u8]) -> Result<Vec<u32>, OleError> {
        let per_sector = self.sector_size / 4;
        // What the file's sectors need; the header's own list may be longer than that, and is short.
        let most = usize::try_from(self.count / per_sector + 1).map_err(|_| OleError::Table)?.max(LISTED_IN_HEADER);
        let mut listed = numbers(&header[76..]);
        let mut next = long(header, 68);
        while next < FIRST_MARK {
            let mut more = Vec::new();
            self.read(next, &mut more)?;
            let mut more = numbers(&more);
            next = more.pop().ok_or(OleError::Table)?;
            listed.extend(more);
            if listed.iter().filter(|sector| **sector < FIRST_MARK).count() > most || listed.len() > 2 * most + 1024 {
                return Err(OleError::Table);
            }
        }
        let mut fat = Vec::new();
        for sector in listed.into_iter().filter(|sector| *sector < FIRST_MARK) {
            let mut bytes = Vec::new();
            self.read(sector, &mut bytes)?;
            fat.extend(numbers(&bytes));
        }
        Ok(fat)
    }
}

/// Follows chains, no sector twice.
struct Walk<'a> {
    fat: &'a [u32],
    sector_size: u64,
    seen: Vec<bool>,
}

impl<'a> Walk<'a> {
    fn new(fat: &'a [u32], sector_size: u64, count: u64) -> Result<Self, OleError> {
        let seen = vec![false; usize::try_from(count).map_err(|_| OleError::Table)?];
        Ok(Walk { fat, sector_size, seen })
    }

    /// The sectors of a chain: as many as hold `length` bytes, or all; fewer where it ends before.
    fn chain(&mut self, start: u32, length: Option<u64>) -> Result<Vec<u32>, OleError> {
        let mut chain = Vec::new();
        if length == Some(0) {
            return Ok(chain);
        }
        let mut next = start;
        while next != END_OF_CHAIN {
            let at = usize::try_from(next).map_err(|_| OleError::Beyond)?;
            match self.seen.get_mut(at) {
                None => return Err(OleError::Beyond),
                Some(true) => return Err(OleError::Entangled),
                Some(seen) => *seen = true,
            }
            chain.push(next);
            if length.is_some_and(|length| chain.len() as u64 * self.sector_size >= length) {
                break;
            }
            next = *self.fat.get(at).ok_or(OleError::Beyond)?;
        }
        Ok(chain)
    }
}

fn long(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(NONE, u32::from_le_bytes)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|bytes| long(bytes, 0)).collect()
}

/// The table of contents; in version 3 only half of a length counts.
fn entries(bytes: &[u8], version_3: bool) -> Vec<Entry> {
    let entry = |bytes: &[u8]| {
        let units = bytes[..64].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let high = if version_3 { 0 } else { u64::from(long(bytes, 124)) << 32 };
        Entry {
            name: char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{fffd}')).collect(),
            kind: bytes[66],
            left: long(bytes, 68),
            right: long(bytes, 72),
            child: long(bytes, 76),
            start: long(bytes, 116),
            length: high | u64::from(long(bytes, 120)),
        }
    };
    bytes.chunks_exact(ENTRY).map(entry).collect()
}

/// What stands directly in the root, in whatever order its tree has it.
fn top_level(entries: &[Entry]) -> Vec<usize> {
    let mut seen = vec![false; entries.len()];
    let mut open = vec![entries.first().map_or(NONE, |root| root.child)];
    let mut top = Vec::new();
    while let Some(next) = open.pop() {
        let Some(at) = usize::try_from(next).ok().filter(|at| seen.get(*at) == Some(&false)) else { continue };
        seen[at] = true;
        if matches!(entries[at].kind, STORAGE | STREAM) {
            top.push(at);
        }
        open.extend([entries[at].left, entries[at].right]);
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const FREE: u32 = NONE;

    /// A container of sectors of 512 bytes: a FAT of these entries in sector 0, the contents in sector 1.
    fn container(fat: &[u32], entries: &[(&str, u8, [u32; 3], u32, u32)], sectors: usize) -> Vec<u8> {
        let mut bytes = vec![0; 512];
        bytes[..8].copy_from_slice(&SIGNATURE);
        bytes[30] = 9;
        let mut put = |at: usize, number: u32| bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        put(44, 1);
        put(48, 1);
        put(60, END_OF_CHAIN);
        put(68, END_OF_CHAIN);
        (0..LISTED_IN_HEADER).for_each(|listed| put(76 + 4 * listed, if listed == 0 { 0 } else { FREE }));
        let mut table = fat.to_vec();
        table.resize(128, END_OF_CHAIN);
        bytes.extend(table.iter().flat_map(|entry| entry.to_le_bytes()));
        for (name, kind, links, start, length) in entries {
            let mut entry = vec![0; ENTRY];
            for (at, unit) in name.encode_utf16().enumerate() {
                entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes());
            }
            entry[66] = *kind;
            for (at, number) in [(68, links[0]), (72, links[1]), (76, links[2]), (116, *start), (120, *length)] {
                entry[at..at + 4].copy_from_slice(&number.to_le_bytes());
            }
            bytes.extend(entry);
        }
        bytes.resize(512 * (sectors + 1), 7);
        bytes
    }

    fn open(bytes: &[u8]) -> Result<Container, OleError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        Container::open(file, bytes.len() as u64)
    }

    const ROOT: (&str, u8, [u32; 3], u32, u32) = ("Root Entry", 5, [NONE, NONE, 1], END_OF_CHAIN, 0);

    fn workbook(start: u32) -> (&'static str, u8, [u32; 3], u32, u32) {
        ("Workbook", STREAM, [2, NONE, NONE], start, 4096)
    }

    fn chain_of_eight(last: u32) -> Vec<u32> {
        [&[0xFFFF_FFFD, END_OF_CHAIN][..], &(3..=9).collect::<Vec<_>>(), &[last]].concat()
    }

    #[test]
    fn entries_out_of_order_and_a_table_filled_up_wrongly_do_no_harm() {
        // The entry to the left of "Workbook" sorts behind it, as JExcelAPI has it.
        let summary = ("\u{5}SummaryInformation", STREAM, [NONE, NONE, NONE], 0, 0);
        let bytes = container(&chain_of_eight(END_OF_CHAIN), &[ROOT, workbook(2), summary], 10);
        let mut opened = open(&bytes).unwrap();
        assert!(opened.has("workbook") && opened.has("\u{5}SummaryInformation") && !opened.has("Book"));
        assert_eq!(opened.workbook().unwrap().unwrap(), [7; 4096]);
    }

    #[test]
    fn chains_that_do_not_end_are_refused() {
        let refused = |fat: &[u32], start: u32| {
            open(&container(fat, &[ROOT, workbook(start)], 10)).err().map(|error| error.to_string())
        };
        let circle = [&chain_of_eight(END_OF_CHAIN)[..5], &[2]].concat();
        assert_eq!(refused(&circle, 2), Some(OleError::Entangled.to_string()));
        assert_eq!(refused(&chain_of_eight(END_OF_CHAIN), 1), Some(OleError::Entangled.to_string()));
        assert_eq!(refused(&[0, END_OF_CHAIN, 400], 2), Some(OleError::Beyond.to_string()));
        assert_eq!(refused(&[0, 1], 2), Some(OleError::Entangled.to_string()), "the contents in a circle");
        // Nothing of the chain is read beyond its length.
        assert_eq!(refused(&chain_of_eight(2), 2), None);
    }

    #[test]
    fn an_embedded_workbook_is_not_the_containers() {
        let document = ("WordDocument", STREAM, [NONE, NONE, NONE], END_OF_CHAIN, 0);
        let inner = ("Workbook", STREAM, [NONE, NONE, NONE], 2, 4096);
        let mut opened = open(&container(&chain_of_eight(END_OF_CHAIN), &[ROOT, document, inner], 10)).unwrap();
        assert!(opened.has("WordDocument") && !opened.has("Workbook"));
        assert!(opened.workbook().unwrap().is_none());
    }

    #[test]
    fn a_table_larger_than_the_file_is_refused() {
        let mut bytes = container(&chain_of_eight(END_OF_CHAIN), &[ROOT, workbook(2)], 10);
        // The list of the table goes on in sector 9, and there again and again.
        bytes[68..72].copy_from_slice(&9_u32.to_le_bytes());
        let at = 512 * 10;
        (0..127).for_each(|entry| bytes[at + 4 * entry..at + 4 * entry + 4].copy_from_slice(&[0; 4]));
        bytes[at + 508..at + 512].copy_from_slice(&9_u32.to_le_bytes());
        assert_eq!(open(&bytes).err().map(|error| error.to_string()), Some(OleError::Table.to_string()));
    }
}
