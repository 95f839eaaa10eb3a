"""Invites the fifty people of fifty.csv twice, with the official SDK and with our client, each into a sandbox of its own
that records every body. The bodies must be equal, field by field and type by type."""

import csv
import json
import os
import subprocess
import tempfile
from pathlib import Path

from sandbox import BINARY, KEY, sandbox, sdk

FIFTY = Path(__file__).with_name("fifty.csv")
BOOLEANS = {"can_create_reports", "can_manage_studies", "has_dashboard_access"}


def people() -> list[dict]:
    """The arguments of users.invite for each row: what is blank is left out."""
    with FIFTY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        {name: text == "true" if name in BOOLEANS else text for name, text in row.items() if text} for row in rows
    ]


def bodies(record: Path) -> dict:
    """The recorded bodies by e-mail; each exactly once."""
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    by_email = {body["email"]: body for body in lines}
    assert len(by_email) == len(lines), "somebody was sent twice"
    return by_email


def sent_by_the_sdk(folder: Path) -> dict:
    record = folder / "sdk.jsonl"
    with sandbox("--record", record) as url:
        users = sdk(url).auto_scribe.users
        for person in people():
            users.invite(**person)
    return bodies(record)


def sent_by_us(folder: Path) -> dict:
    record, results = folder / "ours.jsonl", folder / "results.csv"
    with sandbox("--record", record) as url:
        command = [
            BINARY, "invite", FIFTY, "--base-url", url, "--results", results, "--state-dir", folder / "state", "--yes",
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AVARA_")}
        run = subprocess.run(
            [str(part) for part in command],
            env=environment | {"AVARA_API_KEY": KEY},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=120,
        )
        if run.returncode != 0:
            raise SystemExit(f"invite ended with {run.returncode}\n{run.stdout}\n{run.stderr}")
        ids = {user.email: user.user_id for user in sdk(url).auto_scribe.users.list(invited_source="api")}
    with results.open(encoding="utf-8-sig", newline="") as file:
        told = {row["email"]: row["user_id"] for row in csv.DictReader(file)}
    assert told == ids, "the results file has other user ids than the account"
    return bodies(record)


def differences(theirs: dict, ours: dict) -> list[str]:
    """What differs. Values are compared as JSON, where 1 is not true."""
    found = []
    for email in sorted(theirs.keys() | ours.keys()):
        one, other = theirs.get(email, {}), ours.get(email, {})
        for field in sorted(one.keys() | other.keys()):
            left, right = (json.dumps(body[field]) if field in body else "absent" for body in (one, other))
            if left != right:
                found.append(f"{email}: {field}: the SDK sends {left}, we send {right}")
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = sent_by_the_sdk(Path(folder)), sent_by_us(Path(folder))
    found = differences(theirs, ours)
    if found:
        raise SystemExit("\n".join(found))
    assert len(theirs) == len(ours) == 50
    print("same bodies: ok, 50 people")


if __name__ == "__main__":
    main()
