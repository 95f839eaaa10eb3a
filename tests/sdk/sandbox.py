"""Starts the sandbox for a script, and stops it."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from avara import Avara

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("AVARA_ONBOARD", ROOT / "target" / "debug" / "avara-onboard"))
KEY = "sandbox_sdk"


@contextmanager
def sandbox(*options):
    """A sandbox with these options; gives its base URL."""
    command = [str(BINARY), "sandbox", "--port", "0", "--key", KEY, *map(str, options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        url = None
        for line in process.stdout:
            if "AVARA_BASE_URL=" in line:
                url = line.split("AVARA_BASE_URL=", 1)[1].strip()
                break
        if url is None:
            raise SystemExit(f"the sandbox did not start: {' '.join(command)}")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def sdk(url):
    """The official client. Without retries: a sandbox that fails must be seen to fail."""
    return Avara(base_url=url, api_key=KEY, max_retries=0)
