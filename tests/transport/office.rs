//! A roster, a state folder, and the program with an account at an address.

use std::process::{Output, Stdio};

use tokio::process::Command;

const HEADER: &str =
    "email,first name,last name,clinic role,level,can create reports,can manage studies,has dashboard access\n";

pub struct Office {
    folder: tempfile::TempDir,
    people: usize,
}

impl Office {
    /// So many people, whom the issuer's certificate vouches for servers to.
    pub fn new(people: usize, issuer: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rows = (0..people).map(|person| format!("person{person}@example.org,Ana,Ruiz,Other,member,no,no,no\n"));
        std::fs::write(folder.path().join("staff.csv"), HEADER.to_owned() + &rows.collect::<String>()).unwrap();
        std::fs::write(folder.path().join("issuer.pem"), issuer).unwrap();
        Office { folder, people }
    }

    pub fn invite(&self, base: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_avara-onboard"));
        command.args(["invite", "staff.csv", "--results", "results.csv", "--no-bom", "--yes", "--concurrency=1"]);
        command.args(["--timeout=3s", "--state-dir=state"]).current_dir(self.folder.path()).env_clear();
        command.env("AVARA_API_KEY", "made_up").env("AVARA_BASE_URL", base).env("SSL_CERT_FILE", "issuer.pem");
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Exit code and what was said.
    pub async fn ends(&self, base: &str) -> (Option<i32>, String) {
        said(&self.invite(base).output().await.unwrap())
    }

    /// Status and attempts of each row.
    pub fn results(&self) -> Vec<(String, String)> {
        let mut results = csv::Reader::from_path(self.folder.path().join("results.csv")).unwrap();
        let rows: Vec<_> = results.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), self.people);
        rows.iter().map(|row| (row[4].to_owned(), row[8].to_owned())).collect()
    }
}

pub fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
