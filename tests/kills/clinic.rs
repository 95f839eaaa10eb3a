//! A clinic with a roster, a state folder and an account in a sandbox.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use avara_onboard::report::results::HEADER;
use avara_onboard::sandbox::{Account, Duplicates, Sandbox, SandboxOptions};
use tokio::process::Command;

/// How many people its roster has.
pub const PEOPLE: usize = 60;

pub struct Clinic {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Clinic {
    pub async fn open(duplicates: Duplicates) -> Clinic {
        let folder = tempfile::tempdir().unwrap();
        let mut roster = String::from(
            "email,first name,last name,clinic role,level,can create reports,can manage studies,has dashboard access\n",
        );
        for person in 0..PEOPLE {
            roster += &format!("{},Ana,Ruiz,Other,member,no,no,no\n", email(person));
        }
        std::fs::write(folder.path().join("staff.csv"), roster).unwrap();
        let options = SandboxOptions { duplicates, latency: Duration::from_millis(25), ..SandboxOptions::default() };
        let sandbox = Sandbox::start(options, ([127, 0, 0, 1], 0).into()).await.unwrap();
        Clinic { folder, sandbox }
    }

    pub fn account(&self) -> Arc<Account> {
        self.sandbox.account()
    }

    /// The command, the same each time. A request in doubt is over after a second.
    pub fn invite(&self) -> Command {
        let mut command = self.command(&["invite"]);
        command.arg(self.folder.path().join("staff.csv"));
        command.arg("--results").arg(self.results()).arg("--rejects").arg(self.folder.path().join("rejects.csv"));
        command.args(["--no-bom", "--quiet", "--rate=unlimited", "--concurrency=8"]);
        command
    }

    /// The program in this clinic's folder and account.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_avara-onboard"));
        command.args(args).env_clear().env("AVARA_ONBOARD_STATE_DIR", self.folder.path().join("state"));
        command.env("AVARA_API_KEY", self.sandbox.key()).env("AVARA_BASE_URL", self.sandbox.base_url());
        command.env("AVARA_ONBOARD_TIMEOUT", "1s");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }

    /// The command, with no file allowed to grow beyond so many KiB: writing more fails.
    pub fn invite_within(&self, kibibytes: u32) -> Command {
        let command = self.invite();
        let command = command.as_std();
        let mut limited = Command::new("/bin/bash");
        limited.arg("-c").arg(format!("ulimit -f {kibibytes}; exec \"$@\"")).arg("bash");
        limited.arg(command.get_program()).args(command.get_args());
        limited.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        limited
    }

    /// Runs the command to its end, and once more: then nothing is left to be sent.
    pub async fn finish(&self, story: &str) {
        let ended = self.invite().stderr(Stdio::piped()).output().await.unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(0), "{story}: {said}\n{}", self.read());
        self.assert_all_invited(story, &["invited", "already_invited"]);
        let sent = self.account().mails().len();
        assert_eq!(self.invite().status().await.unwrap().code(), Some(0), "{story}: once more");
        assert_eq!(self.account().mails().len(), sent, "{story}: once more");
        self.assert_all_invited(story, &["already_invited"]);
    }

    fn results(&self) -> PathBuf {
        self.folder.path().join("results.csv")
    }

    fn read(&self) -> String {
        std::fs::read_to_string(self.results()).unwrap_or_default()
    }

    /// How many rows the results have.
    pub fn lines(&self) -> usize {
        csv::Reader::from_reader(self.read().as_bytes()).records().map(Result::unwrap).count()
    }

    /// After a kill: whole lines from the top, if there is a file at all.
    pub fn assert_whole_lines(&self, story: &str) {
        let text = self.read();
        assert!(text.is_empty() || text.ends_with('\n'), "{story}: {text}");
        for (number, line) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
            assert_eq!(line.unwrap().get(0), Some((number + 2).to_string().as_str()), "{story}");
        }
    }

    /// After a kill: `runs results` has a line for each row, unless it came before the first send.
    pub async fn assert_the_ledger_knows_every_row(&self, story: &str) {
        let runs = self.command(&["runs", "--format=json"]).stdout(Stdio::piped()).output().await.unwrap();
        let runs: serde_json::Value = serde_json::from_slice(&runs.stdout).unwrap();
        let Some(run) = runs["runs"][0]["id"].as_str() else { return };
        let path = self.folder.path().join("again.csv");
        let results = ["runs", "results", run, "--no-bom", "--results"];
        let code = self.command(&results).arg(&path).status().await.unwrap().code();
        assert!(matches!(code, Some(0 | 1 | 3)), "{story}: {code:?}");
        let rows = csv::Reader::from_path(&path).unwrap().records().map(Result::unwrap).count();
        assert!(rows == PEOPLE || (rows < PEOPLE && self.account().mails().is_empty()), "{story}: {rows} rows");
    }

    /// The mail log and the results say the same: everybody once, with the id that the account gave.
    pub fn assert_all_invited(&self, story: &str, statuses: &[&str]) {
        let mails = self.account().mails();
        let ids: HashMap<_, _> = mails.iter().map(|mail| (mail.email.as_str(), mail.user_id.as_str())).collect();
        assert_eq!((mails.len(), ids.len()), (PEOPLE, PEOPLE), "{story}: mails, people");
        let text = self.read();
        let mut results = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(results.headers().unwrap(), HEADER.as_slice(), "{story}");
        let lines: Vec<_> = results.records().map(Result::unwrap).collect();
        assert_eq!(lines.len(), PEOPLE, "{story}");
        for (person, line) in lines.iter().enumerate() {
            assert_eq!((&line[0], &line[1]), ((person + 2).to_string().as_str(), email(person).as_str()), "{story}");
            assert!(statuses.contains(&&line[4]), "{story}: {line:?}");
            assert_eq!(Some(&&line[5]), ids.get(&line[1]), "{story}");
        }
    }
}

fn email(person: usize) -> String {
    format!("person{person}@example.org")
}
