"""The wheel is the whole program: installed anywhere, it names what it needs, and carries what it ships."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
BUILT_FROM = (
    "blue",
    "training",
    "assets",
    "pyproject.toml",
    "setup.py",
    "README.md",
    "LICENSE",
    "requirements.txt",
)
HISTORY = "title,rating\nAlien (1979),5\nBlade Runner (1982),4.5\nArrival (2016),4.5\nGrease (1978),1\n"


def lines(name: str) -> list[str]:
    """What a requirements file asks for, without its comments."""
    found = (
        re.sub(r"\s*#.*", "", line) for line in (PROJECT / name).read_text(encoding="utf-8").splitlines()
    )
    return [line for line in found if line]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy: a build leaves folders behind, and an older one would leak into it."""
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(PROJECT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(out), str(source)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, capture_output=True, text=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The bin/ of an environment with the wheel.

    Its requirements are those installed for the tests, seen through a path file: pip, which may download
    nothing, refuses the wheel if one of them is missing or has another version.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder / "bin" / "python"),
        "install",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True, text=True, env=elsewhere())
    return folder / "bin"


def elsewhere() -> dict[str, str]:
    """The environment variables without those that would let Python find the checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def metadata(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_bytes(archive.read(name))


def test_the_wheel_requires_what_the_requirements_name(wheel):
    asked = [line.replace("'", '"') for line in metadata(wheel).get_all("Requires-Dist")]
    assert [line for line in asked if "extra ==" not in line] == lines("requirements.txt")
    training = [line.partition(";")[0] for line in asked if 'extra == "training"' in line]
    assert training == lines("training/requirements.txt")


def test_the_wheel_carries_the_assets_and_configurations_and_no_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {path.split("/")[0] for path in names if ".dist-info/" not in path} == {"blue", "training"}
    asked = ["git", "ls-files", "assets", "training/configs", "*.py"]
    tracked = subprocess.run(asked, cwd=PROJECT, check=True, capture_output=True, text=True).stdout.split()
    shipped = [f"blue/{name}" if name.startswith("assets/") else name for name in tracked]
    inside = ("blue/", "training/")
    assert {name for name in shipped if name.startswith(inside)} <= names
    assert not [name for name in names if "test" in Path(name).name]


def test_the_installed_command_ranks_from_any_folder(installed, tmp_path):
    (tmp_path / "my.csv").write_text(HISTORY)
    ranked = subprocess.run(
        [installed / "blue", "rank", "my.csv", "--top", "5", "--json"],
        cwd=tmp_path, env=elsewhere(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(ranked.stdout)
    assert len(found["items"]) == 5


def test_the_package_loads_from_any_folder_and_is_the_installed_one(installed, tmp_path):
    program = (
        "import blue, sys; from blue import load_profiler; from blue.shipped import ASSETS; "
        "p = load_profiler(); print(blue.__file__); print(ASSETS); print(len(p.retriever.catalog.items))"
    )
    told = subprocess.run(
        [installed / "python", "-c", program],
        cwd=tmp_path, env=elsewhere(), check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    package = next(installed.parent.glob("lib/python*/site-packages/blue"))
    assert told[:2] == [str(package / "__init__.py"), str(package / "assets")]
    assert int(told[2]) > 10_000
