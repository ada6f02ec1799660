"""The audit of dependencies, against a service of advisories on the loopback interface."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[1]
AUDIT = PROJECT / ".ci" / "audit"
ADVISORY = "PYSEC-2026-1"


@contextmanager
def advisories(about: str | None) -> Iterator[tuple[str, set[str]]]:
    """(address, packages that were asked for) of a service in the form of OSV; it knows one advisory."""
    asked: set[str] = set()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = query["package"]["name"]
            asked.add(name)
            body = json.dumps({"vulns": [advisory(name)]} if name == about else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
    finally:
        server.shutdown()
        server.server_close()


def advisory(name: str) -> dict:
    """One that concerns every version."""
    affected = {
        "package": {"name": name, "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9999"}]}],
    }
    return {
        "id": ADVISORY,
        "summary": "for a test",
        "affected": [affected],
        "modified": "2026-01-01T00:00:00Z",
    }


def audit(address: str, allowed: Path | None = None) -> subprocess.CompletedProcess:
    """What `.ci/audit` says with this service, in the environment of the tests."""
    variables = {"AUDIT_WITH": f"-s osv --osv-url {address} --progress-spinner off"}
    variables["PIP_AUDIT"] = str(Path(sys.executable).parent / "pip-audit")
    if allowed:
        variables["AUDIT_ALLOWED"] = str(allowed)
    return subprocess.run(
        [str(AUDIT)], capture_output=True, text=True, env=os.environ | variables, timeout=240, check=False
    )


def locked_here() -> set[str]:
    """Packages that the lock file asks for on this system; others are skipped, as an installation does."""
    lines = (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.rstrip("\\ ")) for line in lines if "==" in line and line[0].isalnum()]
    return {one.name.lower() for one in found if one.marker is None or one.marker.evaluate()}


def test_without_advisories_every_pinned_package_is_looked_up_and_the_audit_passes():
    with advisories(None) as (address, asked):
        done = audit(address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No known vulnerabilities found" in done.stdout
    assert {name.lower() for name in asked} == locked_here()


def test_an_advisory_on_a_pinned_package_fails_the_audit_and_names_it():
    with advisories("gradio") as (address, _):
        done = audit(address)
    assert done.returncode == 1
    assert "Found 1 known vulnerability" in done.stdout
    assert ADVISORY in done.stdout


def test_an_advisory_on_the_list_of_allowed_ones_passes(tmp_path: Path):
    allowed = tmp_path / "allowed.txt"
    allowed.write_text(f"# comment\n{ADVISORY}  # gradio: a test; until it ends.\n", encoding="utf-8")
    with advisories("gradio") as (address, _):
        done = audit(address, allowed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 ignored" in done.stdout


def test_advisories_that_cannot_be_reached_are_told_apart_from_none_known():
    with advisories(None) as (address, _):
        pass  # it is closed again: nobody answers there
    done = audit(address)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "WARNING: advisories cannot be looked up" in done.stdout
