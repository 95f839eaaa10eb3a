//! The rows of a sheet, read on a thread of their own.
//!
//! calamine's reader borrows from its workbook, so the two cannot travel together; a thread holds both and hands rows over through
//! a channel that makes it wait when nobody takes them. Dropping the stream ends the thread.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::super::Cell;
use super::super::error::RosterError;
use super::super::records::RawRow;
use super::WorkbookFormat;
use super::book::Book;

/// How many rows travel together, at most.
const BATCH: usize = 128;

/// At about how many bytes a batch is full: rows may be very wide.
const BATCH_BYTES: usize = 1 << 20;

/// How many batches wait.
const WAITING: usize = 4;

type Batch = Result<Vec<RawRow>, RosterError>;

/// The rows of a sheet.
pub(in super::super) struct SheetRows {
    batches: Receiver<Batch>,
    batch: std::vec::IntoIter<RawRow>,
}

impl Iterator for SheetRows {
    type Item = Result<RawRow, RosterError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.batch.next() {
                return Some(Ok(row));
            }
            match self.batches.recv().ok()? {
                Ok(batch) => self.batch = batch.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// A pass over all rows of the sheet, from its first.
pub(in super::super) fn raw_rows(path: &Path, format: &WorkbookFormat) -> Result<SheetRows, RosterError> {
    let (sender, batches) = sync_channel(WAITING);
    let (owned_path, format) = (path.to_owned(), format.clone());
    thread::Builder::new()
        .name("roster".to_owned())
        .spawn(move || {
            if let Err(error) = send_rows(&owned_path, &format, &sender) {
                // Nobody waits for the error of a pass that has been dropped.
                let _ = sender.send(Err(error));
            }
        })
        .map_err(|error| RosterError::io(&path.display().to_string(), error))?;
    Ok(SheetRows { batches, batch: Vec::new().into_iter() })
}

fn send_rows(path: &Path, format: &WorkbookFormat, sender: &SyncSender<Batch>) -> Result<(), RosterError> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut bytes = 0;
    let mut send = |row: RawRow| {
        bytes += row.cells.iter().map(|cell| size_of::<Cell>() + cell.text.len()).sum::<usize>();
        batch.push(row);
        if batch.len() < BATCH && bytes < BATCH_BYTES {
            return ControlFlow::Continue(());
        }
        bytes = 0;
        let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
        if sender.send(Ok(full)).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let read = Book::open(path, format.kind, format.dialect)
        .and_then(|mut book| book.rows(&format.sheet, &format.facts, &mut send));
    if !batch.is_empty() {
        let _ = sender.send(Ok(batch));
    }
    read
}
