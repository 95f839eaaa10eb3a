//! What a run learns of its account before the first send: who is there already, and what surely is.

use crate::autoscribe::directory::Directory;
use crate::delivery::engine::Delivery;
use crate::delivery::job::KnownThere;
use crate::delivery::lookup::{Lookup, LookupError};
use crate::delivery::stop::StopCause;
use crate::event::Event;
use crate::ledger::{AccountId, Ledger, LedgerError};

/// How many invitations of earlier runs serve as controls.
const CONTROLS: u32 = 32;

/// What to do where the key may not list the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutLists {
    /// Stop, unless the ledger knows the account: without lists a lost ledger would mail everybody again.
    Stop,
    /// Go on all the same (`--allow no-lists`).
    GoOn,
}

/// Reads both lists, so that whoever is there already is found whatever the ledger knows. A list that cannot be read
/// stops the run before its first send.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn read_lists(
    lookup: &Lookup<'_>,
    ledger: &Ledger,
    account: AccountId,
    without: WithoutLists,
) -> Result<Directory, LedgerError> {
    let mut directory = Directory::default();
    match both(lookup, &mut directory).await {
        Ok(()) => directory.complete(),
        Err(LookupError::Stopped) => {}
        Err(LookupError::Failed(cause)) => lookup.gate.stop(cause),
        Err(LookupError::Forbidden { message }) => {
            if without == WithoutLists::GoOn || ledger.account_is_known(account).await? {
                let text = format!(
                    "this key may not list the account's users and invitations ({message}); whoever was invited elsewhere is \
                     not seen, and rows whose outcome is unknown cannot be looked up"
                );
                lookup.events.event(&Event::Notice { text });
            } else {
                lookup.gate.stop(StopCause::ListsForbidden { message });
            }
        }
    }
    Ok(directory)
}

async fn both(lookup: &Lookup<'_>, directory: &mut Directory) -> Result<(), LookupError> {
    lookup.invitations(None, directory).await?;
    lookup.users(None, directory).await
}

/// Lends a delivery the invitations of earlier runs as controls, with how long each took to show: those that no listing
/// has shown before may show in this one.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn lend_controls(
    ledger: &Ledger,
    account: AccountId,
    directory: &Directory,
    delivery: &Delivery,
) -> Result<(), LedgerError> {
    // The newest come first, and a delivery forgets the first that it was told.
    for control in ledger.last_confirmed(account, CONTROLS).await?.into_iter().rev() {
        // One from the future tells that the clock went back, and nothing of how long anything took.
        if let Some(email) = control.email.filter(|_| control.sent_at <= delivery.now()) {
            let (sent, confirmed) = (delivery.moment_of(control.sent_at), delivery.moment_of(control.confirmed_at));
            let (intent, showed_after) = (control.intent, control.showed_after);
            delivery.there(KnownThere { intent, email, sent, confirmed, showed_after });
        }
    }
    delivery.learn_lag(directory).await;
    Ok(())
}
