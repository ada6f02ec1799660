"""What the app needs is pinned, and the lock file pins the same with the hash of every file."""

import importlib.machinery
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

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


@pytest.mark.parametrize(
    ("lock", "sources"),
    [
        ("requirements.lock", ["requirements.txt"]),
        (
            "requirements-test.lock",
            ["requirements.txt", "training/requirements.txt", "requirements-test.txt"],
        ),
    ],
)
def test_a_lock_file_pins_the_same_versions_and_every_package_has_hashes(lock, sources):
    locked = pins(lock)
    wanted = {name: version for source in sources for name, version in pins(source).items()}
    assert {name: locked.get(name) for name in wanted} == wanted
    entries = re.split(r"\n(?=[a-z0-9])", (PROJECT / lock).read_text(encoding="utf-8"))[1:]
    assert {PIN.match(entry)[1].lower() for entry in entries} == set(locked)
    assert len(locked) > 100
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_bill_of_materials_names_every_locked_package_with_the_hashes_of_its_files(tmp_path):
    out = tmp_path / "sbom.json"
    command = [
        "-m",
        "cyclonedx_py",
        "requirements",
        str(PROJECT / "requirements.lock"),
        "--of",
        "JSON",
        "-o",
        str(out),
    ]
    subprocess.run([sys.executable, *command], check=True, capture_output=True, timeout=300)
    bill = json.loads(out.read_text())
    assert bill["bomFormat"] == "CycloneDX"
    found = {component["name"].lower().replace("_", "-"): component for component in bill["components"]}
    assert {name: component["version"] for name, component in found.items()} == pins("requirements.lock")
    hashes = [place.get("hashes") for place in found["numpy"]["externalReferences"]]
    assert len(hashes[0]) > 20  # one file for each system and Python


@pytest.fixture
def licences() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("licences", str(PROJECT / ".ci" / "licences"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("licences", loader))
    loader.exec_module(module)
    return module


def test_the_list_of_licences_is_that_of_the_lock_file(licences):
    written = [
        tuple(line.strip("| ").split(" | "))
        for line in licences.OUT.read_text().splitlines()[len(licences.HEAD.splitlines()) :]
    ]
    assert {licences.normal(name): version for name, version, _ in written} == pins("requirements.lock")
    assert {name: licence for name, _, licence in written}["numpy"].startswith("BSD-3-Clause")
    rows = licences.read()
    assert licences.is_current(rows, [list(row) for row in written])
    assert not licences.is_current([*rows[1:], ("numpy", "0", "MIT")], [list(row) for row in written])


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "GNU General Public License v3 (GPLv3)", "AGPL-3.0", "SSPL-1.0"]
)
def test_a_licence_that_binds_the_program_fails_the_check(licences, monkeypatch, licence, capsys):
    stated = lambda names: {licences.normal(name): licence if name == "numpy" else "MIT" for name in names}  # noqa: E731
    monkeypatch.setattr(licences, "installed", stated)
    assert licences.main() == 1
    assert f"numpy: {licence}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "licence", ["LGPL-2.1", "GNU Lesser General Public License", "MPL-2.0", "Apache-2.0 OR MIT"]
)
def test_a_licence_that_does_not_bind_it_passes(licences, licence):
    assert not licences.binds(licence)
