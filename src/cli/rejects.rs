//! Writes the rows that need attention, with all their original columns, once the run is over.

use std::path::{Path, PathBuf};

use crate::ledger::{Ledger, RunId};
use crate::outcome::{Outcome, Standing};
use crate::report::rejects::Rejects;
use crate::report::results::Bom;
use crate::survey::Survey;
use crate::validation::Ruling;

/// How many outcomes are asked of the ledger at once.
const BATCH: usize = 512;

/// Reads the roster once more beside the run's outcomes, and writes the rows that need attention. `None`: there are none.
///
/// # Errors
/// In words, when the roster, the ledger or the file fails; the results are whole all the same.
pub async fn write(
    survey: &Survey,
    ledger: &Ledger,
    run: &RunId,
    path: &Path,
    bom: Bom,
) -> Result<Option<PathBuf>, String> {
    let source = survey.opened.roster.source();
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let mut rejects = Rejects::create(path, &source.headers).map_err(|error| words(&error))?.bom(bom);
    if let Some(delimiter) = source.delimiter {
        rejects = rejects.delimiter(delimiter);
    }
    if let Some(sheet) = &source.sheet {
        rejects = rejects.sheet(sheet);
    }
    let mut outcomes: std::vec::IntoIter<Outcome> = Vec::new().into_iter();
    for row in survey.rows().map_err(|error| words(&error))? {
        let (row, sorted) = row.map_err(|error| words(&error))?;
        let outcome = match outcomes.next() {
            Some(outcome) => outcome,
            None => {
                let next = ledger.outcomes(run, sorted.seq, BATCH).await.map_err(|error| words(&error))?;
                outcomes = next.into_iter();
                // Rows without an outcome are counted as missing where the sum is drawn.
                let Some(outcome) = outcomes.next() else { break };
                outcome
            }
        };
        if outcome.status.standing() != Standing::Attention {
            continue;
        }
        let problems = match &sorted.ruling {
            Ruling::Invalid(problems) => problems.as_slice(),
            _ => &[],
        };
        let message = if problems.is_empty() { outcome.error.as_str() } else { "" };
        rejects.row(&row, problems, message).map_err(|error| words(&error))?;
    }
    rejects.finish().map_err(|error| words(&error))
}
