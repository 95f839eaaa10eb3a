//! Where a test works: a folder of its own, an account of its own, and nothing else of this machine.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use avara_onboard::sandbox::{Account, Sandbox, SandboxOptions};
use serde::Deserialize;

/// How long a test waits for something that is bound to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// The header of [`Office::people`], which has every field that is required.
pub const HEADER: &str =
    "email,first_name,last_name,clinic_role,level,can_create_reports,can_manage_studies,has_dashboard_access";

/// A folder and an account.
pub struct Office {
    folder: tempfile::TempDir,
    account: Arc<Account>,
    url: String,
    key: String,
    // Dropped in this order: the sandbox ends inside its runtime.
    _sandbox: Sandbox,
    _runtime: tokio::runtime::Runtime,
}

impl Office {
    /// With an account that behaves.
    pub fn new() -> Self {
        Office::with(SandboxOptions::default())
    }

    /// With an account as these options say.
    pub fn with(options: SandboxOptions) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(options, ([127, 0, 0, 1], 0).into())).unwrap();
        Office {
            folder: tempfile::tempdir().unwrap(),
            account: sandbox.account(),
            url: sandbox.base_url(),
            key: sandbox.key().to_owned(),
            _sandbox: sandbox,
            _runtime: runtime,
        }
    }

    /// The account, to prepare and to judge by.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Where the account answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A file's place in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// A file's text.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Copies a sample in.
    pub fn sample(&self, name: &str) {
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name), self.path(name)).unwrap();
    }

    /// Writes `roster.csv` with so many members; person 0 is in line 2.
    pub fn people(&self, number: usize) {
        let rows: String = (0..number).map(|n| format!("{}\n", person(n))).collect();
        self.write("roster.csv", &format!("{HEADER}\n{rows}"));
    }

    /// The names of the files in the folder, in order.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The program, in the folder, in an environment that says nothing.
    pub fn command(&self, name: &str) -> Call {
        let mut command = Command::new(env!("CARGO_BIN_EXE_avara-onboard"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("TZ", "UTC").current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).arg(name);
        Call { command }
    }

    /// `invite roster.csv` to the account, as fast as it goes, with results in `results.csv`.
    pub fn invite(&self, roster: &str) -> Call {
        self.invite_into(roster, "results.csv")
    }

    /// The same with results elsewhere.
    pub fn invite_into(&self, roster: &str, results: &str) -> Call {
        self.command("invite")
            .args([roster, "--base-url", &self.url, "--state-dir", "state"])
            .args(["--results", results, "--rejects", "rejects.csv", "--rate", "unlimited"])
            .env("AVARA_API_KEY", &self.key)
    }

    /// The lines of `results.csv`.
    pub fn results(&self) -> Vec<Line> {
        lines(&self.path("results.csv"))
    }

    /// The bodies of the invitations that the account has got, in order of arrival.
    pub fn bodies(&self) -> Vec<serde_json::Value> {
        let requests = self.account.requests();
        let posts = requests.iter().filter(|request| request.method == "POST");
        posts.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
    }

    /// How many invitations have arrived.
    pub fn posts(&self) -> usize {
        self.account.requests().iter().filter(|request| request.method == "POST").count()
    }

    /// Every line of the results that has a user's id has the one that the account knows this e-mail by.
    pub fn judge_ids(&self) {
        let users = self.account.users();
        for line in self.results().iter().filter(|line| !line.user_id.is_empty()) {
            let user = users.iter().find(|user| user.person.email.eq_ignore_ascii_case(&line.email));
            assert_eq!(user.map(|user| user.user_id.as_str()), Some(line.user_id.as_str()), "{line:?}");
        }
    }
}

/// A row for [`HEADER`].
pub fn person(n: usize) -> String {
    format!("p{n}@example.org,Pia{},Perl,Scribe,member,no,no,yes", letters(n))
}

/// A number in letters: names have no digits.
fn letters(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// Waits until something is so; it is looked at again as soon as the other threads have had their turn.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for: {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// The program about to be run.
pub struct Call {
    command: Command,
}

impl Call {
    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The same call by a shell that does something first, as in `umask 000`.
    pub fn after(self, first: &str) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\"")]).arg(self.command.get_program());
        shell.args(self.command.get_args()).env_clear();
        shell.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.current_dir(self.command.get_current_dir().unwrap());
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Call { command: shell }
    }

    /// Runs it to its end, which is this exit code.
    pub fn ends(mut self, code: i32) -> Ran {
        let output = self.command.output().unwrap();
        let ran = Ran {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert_eq!(output.status.code(), Some(code), "stdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
        ran
    }

    /// Starts it.
    pub fn starts(mut self) -> Running {
        Running { child: self.command.spawn().unwrap(), stderr: String::new() }
    }
}

/// What the program said.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The one JSON document on stdout.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// The program at work.
pub struct Running {
    child: Child,
    stderr: String,
}

impl Running {
    /// Sends it a signal, by the shell's own `kill`.
    pub fn signal(&self, name: &str) {
        heeded(name);
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Gives its stdout away.
    pub fn take_stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().unwrap()
    }

    /// Reads its stderr until a line says this.
    pub fn says(&mut self, wanted: &str) {
        let mut reader = BufReader::new(self.child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(wanted) {
            line.clear();
            assert_ne!(reader.read_line(&mut line).unwrap(), 0, "never said {wanted:?}, but:\n{}", self.stderr);
            self.stderr.push_str(&line);
        }
        // The rest is read on, so that the program never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    }

    /// Waits for its end by a signal that cannot be caught.
    pub fn dies(mut self) {
        assert_eq!(self.child.wait().unwrap().code(), None);
    }

    /// Waits for its end, which is this exit code.
    pub fn ends(self, code: i32) {
        let output = self.child.wait_with_output().unwrap();
        let stderr = self.stderr + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "stderr:\n{stderr}");
    }
}

/// A line of a results file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Line {
    pub row: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub status: String,
    pub user_id: String,
    pub error_code: String,
    pub error: String,
    pub attempts: u32,
    pub http_status: Option<u16>,
    pub sent_at: String,
}

/// The lines of a results file.
pub fn lines(path: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// How many lines have this status.
pub fn count(lines: &[Line], status: &str) -> usize {
    lines.iter().filter(|line| line.status == status).count()
}

/// A script's background job is started with INT ignored, and under `nohup` HUP is; the program keeps to that, and a test of
/// the signal would wait for ever.
fn heeded(name: &str) {
    let bit = match name {
        "HUP" => 1,
        "INT" => 2,
        _ => return,
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let is_ignored = ignored.is_some_and(|ignored| ignored & bit != 0);
    assert!(
        !is_ignored,
        "the tests were started with {name} ignored, as a script's background job is; start them otherwise"
    );
}
