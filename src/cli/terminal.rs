//! The person at the terminal: what is said to them, and what they are asked.

use std::io::{BufRead, IsTerminal, Write};

/// Writes to stdout what a person asked for. A closed pipe drops it: the run goes on.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever closed the pipe does not want to hear that it is closed.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes to stderr.
pub fn tell(text: &str) {
    let mut err = std::io::stderr().lock();
    // There is nowhere else to say it.
    let _ = writeln!(err, "{text}").and_then(|()| err.flush());
}

/// Somebody can be asked: stdin and stderr are a terminal.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks, and gives back the answer without the spaces around it; blank at the end of input.
pub fn ask(question: &str) -> String {
    answer(question).unwrap_or_default()
}

/// Asks, and gives back the answer without the spaces around it; none at the end of input.
pub fn answer(question: &str) -> Option<String> {
    let mut err = std::io::stderr().lock();
    // A terminal that cannot be written to shows nothing; the answer is waited for all the same.
    let _ = write!(err, "{question} ").and_then(|()| err.flush());
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(answer.trim().to_owned()),
    }
}

/// A closed pipe is no error: whoever closed it has seen enough.
///
/// # Errors
/// Any other fault of writing.
pub fn unless_closed(written: std::io::Result<()>) -> std::io::Result<()> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
