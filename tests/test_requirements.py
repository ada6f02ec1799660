"""What the app needs is pinned, and the lock file pins the same with the hash of every file."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==([^\s;\\]+)")


def pins(name: str) -> dict[str, str]:
    """Package -> version, by the lines of a requirements file."""
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    found = [PIN.match(line) for line in lines]
    return {one[1].lower().replace("_", "-"): one[2] for one in found if one}


def test_every_requirement_of_the_app_is_pinned():
    lines = [line.split("#")[0].strip() for line in (PROJECT / "requirements.txt").read_text().splitlines()]
    assert all(PIN.match(line) for line in lines if line)


def test_the_lock_file_pins_the_same_versions_and_every_package_has_hashes():
    locked = pins("requirements.lock")
    assert {name: locked.get(name) for name in pins("requirements.txt")} == pins("requirements.txt")
    entries = re.split(r"\n(?=[a-z0-9])", (PROJECT / "requirements.lock").read_text(encoding="utf-8"))[1:]
    assert {PIN.match(entry)[1].lower() for entry in entries} == set(locked)
    assert len(locked) > 100
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
