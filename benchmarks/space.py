"""The Space as its builder makes it and its visitors find it, without the Hub: built, started, walked.

python -m benchmarks.space              # make space-check; a few minutes, most of them for the installation
python -m benchmarks.space --keep DIR   # keep the environment in DIR; a second check there installs nothing

1. what a Space holds (README.md, app.py, requirements.txt, blue/, assets/) is copied to an empty folder
2. the front-matter of README.md is compared with it: SDK and version, file to run, Python
3. requirements.txt alone is installed in a clean virtual environment
4. app.py is started in it with a Space's environment variables and an empty home folder
5. the main path is walked as a visitor's program would: the page, then parse, profile, rank

Prints a row a step, and ends with status 1 at the first that is not as it should be.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
HELD = ("README.md", "app.py", "requirements.txt", "blue", "assets")
MOST_SECONDS_TO_PAGE = 120
GIVE_UP_SECONDS = 900  # until the models are ready; a first start embeds the catalogue
MOST_MEGABYTES = 16 * 1024  # of memory in the free hardware
HISTORY = "Alien (1979) | 5\\nHeat (1995) | 4\\nGrease (1978) | 1"
WALK = f"""
import json, sys
from gradio_client import Client
client = Client(sys.argv[1], verbose=False)
history = "{HISTORY}"
parsed = client.predict(history, api_name="/parse")
written = client.predict(history, api_name="/profile")
ranked = client.predict(written["profile"], history, api_name="/rank")
titles = [one["title"] for one in ranked["items"]]
print(json.dumps([len(parsed["interactions"]), written["sentences"], titles]))
"""


def main() -> None:
    """Read the command line and check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the environment is kept")
    kept = parser.parse_args().keep
    print("| step | found |\n|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="space-") as folder:
        check(Path(folder), kept or Path(folder) / "environment")


def check(folder: Path, environment: Path) -> None:
    """Every step, in its order; what is not as it should be ends the program."""
    space = folder / "app"
    copy_held(space)
    front = front_matter(space / "README.md")
    require_agreement(front, space, f"{sys.version_info.major}.{sys.version_info.minor}")
    row("front-matter", f"gradio {front['sdk_version']}, Python {front['python_version']}")
    seconds = install(space, environment)
    row("requirements.txt in a clean environment", f"{seconds:.0f} s, {size_of(environment) / 1e9:.1f} GB")
    with served(space, environment, folder / "home") as (url, process, log, began):
        page = until(lambda: answers(url), process, log, began, MOST_SECONDS_TO_PAGE)
        row("page served", f"{page:.1f} s (at most {MOST_SECONDS_TO_PAGE})")
        ready = until(lambda: "\nready" in log.read_text(), process, log, began, GIVE_UP_SECONDS)
        row("models ready, nothing cached", f"{ready:.1f} s")
        walk(url, environment)
        row("peak memory", f"{peak_megabytes(process.pid):,.0f} MB (at most {MOST_MEGABYTES:,})")
        if peak_megabytes(process.pid) > MOST_MEGABYTES:
            sys.exit("error: that is more than the free hardware has")


def copy_held(space: Path) -> None:
    """What the Space's repository holds."""
    space.mkdir()
    for name in HELD:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, space / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, space / name)


def front_matter(readme: Path) -> dict[str, str]:
    """The flat `name: value` lines between the first two rulers."""
    parts = readme.read_text(encoding="utf-8").split("---\n")
    if len(parts) < 3 or parts[0]:
        sys.exit("error: README.md does not begin with front-matter")
    lines = (line.partition(":") for line in parts[1].splitlines() if line)
    return {name.strip(): value.strip().strip('"') for name, _, value in lines}


def require_agreement(front: dict[str, str], space: Path, python: str) -> None:
    """The front-matter says what is in the folder and this Python; the requirements pin everything."""
    requirements = (space / "requirements.txt").read_text(encoding="utf-8")
    pinned = re.search(r"^gradio(?:\[\w+\])?==(\S+)$", requirements, re.M)
    wrong = {
        "sdk is not gradio": front.get("sdk") != "gradio",
        "sdk_version is not the gradio of requirements.txt": not pinned
        or front.get("sdk_version") != pinned[1],
        "app_file is not there": not (space / front.get("app_file", "?")).is_file(),
        "python_version is not the Python that checks": front.get("python_version") != python,
        "short_description is longer than 60 characters": len(front.get("short_description", "")) > 60,
        "a requirement is not pinned": bool(re.search(r"^[\w\[\]-]+(?!.*==)", requirements, re.M)),
    }
    if found := [what for what, is_so in wrong.items() if is_so]:
        sys.exit(f"error: {'; '.join(found)}")


def install(space: Path, environment: Path) -> float:
    """requirements.txt, alone, in a virtual environment; returns the seconds it took."""
    began = time.monotonic()
    if not (environment / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "-r", str(space / "requirements.txt")], check=True)
    subprocess.run([*pip, "check"], check=True)
    return time.monotonic() - began


@contextmanager
def served(space: Path, environment: Path, home: Path) -> Iterator[tuple[str, subprocess.Popen, Path, float]]:
    """The running app: its address, process, log, and when it was started."""
    home.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log, began = home / "log", time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(
            [str(environment / "bin" / "python"), "app.py"],
            cwd=space,
            env=space_variables(home) | {"PORT": str(port)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield f"http://127.0.0.1:{port}", process, log, began
    finally:
        process.terminate()
        process.wait(60)


def space_variables(home: Path) -> dict[str, str]:
    """What a Space on the free hardware sets, and what this machine needs to reach its package index."""
    reaching = ("PIP_", "SSL_", "http", "HTTP", "no_proxy", "NO_PROXY")
    return {name: value for name, value in os.environ.items() if name.startswith(reaching)} | {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "SYSTEM": "spaces",
        "SPACE_ID": "you/blue-studio",
        "SPACE_HOST": "you-blue-studio.hf.space",
        "SPACE_AUTHOR_NAME": "you",
        "SPACE_REPO_NAME": "blue-studio",
        "SPACE_TITLE": "BLUE Studio",
        "CPU_CORES": "2",
        "MEMORY": "16Gi",
        "ACCELERATOR": "none",
        "PYTHONUNBUFFERED": "1",
    }


def until(happens, process: subprocess.Popen, log: Path, began: float, most: float) -> float:
    """Seconds since the start at which something happens; ends the program if it does not in time."""
    while not happens():
        if process.poll() is not None:
            sys.exit(f"error: the app has stopped\n{log.read_text()}")
        if time.monotonic() - began > most:
            sys.exit(f"error: not within {most} s\n{log.read_text()}")
        time.sleep(0.2)
    return time.monotonic() - began


def answers(url: str) -> bool:
    """Whether the page is served."""
    try:
        with urllib.request.urlopen(url, timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def walk(url: str, environment: Path) -> None:
    """parse, profile and rank, by the client that the environment has."""
    began = time.monotonic()
    python = str(environment / "bin" / "python")
    done = subprocess.run([python, "-c", WALK, url], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"error: the main path breaks off\n{done.stderr}")
    read, sentences, titles = json.loads(done.stdout)
    if read != 3 or not 1 <= len(sentences) <= 5 or len(titles) != 20:
        sys.exit(f"error: parse, profile and rank answer {done.stdout}")
    row("parse, profile, rank", f"{time.monotonic() - began:.1f} s; {sentences[0]!r} finds {titles[0]!r}")


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def peak_megabytes(process: int) -> float:
    """The most memory that a process has had, as Linux counts it."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def row(step: str, found: str) -> None:
    """One row of the table."""
    print(f"| {step} | {found} |", flush=True)


if __name__ == "__main__":
    main()
