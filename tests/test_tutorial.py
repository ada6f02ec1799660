"""docs/own-data.md, command by command, in its order: generated reviews, small training, a Hub on loopback.

Nothing is changed but what the page leaves to its reader (the name "you") and the size of training
(--smoke). A command fails if one that it builds on has failed.
"""

import csv
import os
import random
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from gradio_client import Client

from blue.catalog.folder import load_catalog_folder
from blue.hub import open_profiler
from tests.hub.conftest import environment
from tests.hub.loopback import READER, WRITER, Hub

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[1]
PAGE = (PROJECT / "docs" / "own-data.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)
    for line in block.splitlines()
    if line
]
NEEDED = ("app.py", "blue", "training", "assets", "requirements.txt", "pyproject.toml", "README.md")
HEADER = ["user_id", "item_id", "title", "rating", "timestamp", "category", "brand", "description"]
SECONDS_A_COMMAND = 850
TRAINING = ("training.warm_start.train",)


@dataclass
class Reader:
    """Somebody who follows the page: the copy of the project they work in, and how far they have come."""

    folder: Path
    hub: Hub
    environment: dict[str, str]
    done: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("tutorial")
    for name in NEEDED:
        source, target = PROJECT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    (folder / "runs").mkdir()
    write_reviews(folder / "runs" / "reviews.csv")
    (folder / "runs" / "secrets.env").write_text(f"HF_TOKEN={READER}\n")
    hub = Hub()
    variables = environment(hub.url, folder.parent / "hf", HF_TOKEN=WRITER)
    variables["PYTHONPATH"] = ""
    variables["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), variables["PATH"]))
    yield Reader(folder, hub, variables)
    hub.close()


def write_reviews(path: Path) -> None:
    """160 customers who mostly keep to one of four departments, and 96 articles: 12 reviews each, dated."""
    dice = random.Random(0)
    departments = {
        "Beauty > Skin Care > Toners": ("Rose", "Floral", "Gentle"),
        "Beauty > Hair Care > Shampoos": ("Argan", "Smooth", "Rich"),
        "Kitchen > Tea > Herbal Teas": ("Mint", "Calming", "Fresh"),
        "Kitchen > Bakeware > Cake Tins": ("Steel", "Deep", "Round"),
    }
    articles = []
    for category, words in departments.items():
        noun = category.rpartition(" > ")[2].removesuffix("s")
        for number in range(24):
            word, brand = words[number % 3], ("Alma", "Nalu", "Orsa", "Veda")[number % 4]
            title = f"{brand} {word} {noun} No. {number + 1}"
            articles.append((category, title, brand, f"{word} {noun.lower()} for every day."))
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for user in range(160):
            own = range(24 * (user % 4), 24 * (user % 4) + 24)
            others = [number for number in range(len(articles)) if number not in own]
            for day, number in enumerate(dice.sample(own, 9) + dice.sample(others, 3)):
                category, title, brand, description = articles[number]
                rating = dice.choice((4, 5)) if number in own else dice.choice((1, 2))
                date = f"2024-{1 + day:02}-{1 + user % 28:02}"
                rows.writerow(
                    (f"u{user}", f"sku-{number}", title, rating, date, category, brand, description)
                )


def test_the_example_on_the_page_has_the_columns_that_are_read():
    (example,) = re.findall(r"^```csv\n(.*?)^```", PAGE, re.M | re.S)
    header, *rows = csv.reader(example.splitlines())
    assert header == HEADER
    assert all(len(row) == len(header) for row in rows)


def test_the_page_goes_from_the_reviews_to_the_space():
    programs = [command.split()[0] for command in COMMANDS]
    assert programs.count("python") == len(COMMANDS) - 2
    assert programs[-2:] == ["hf", "hf"]


@pytest.mark.parametrize(
    "number", range(len(COMMANDS)), ids=lambda number: " ".join(COMMANDS[number].split()[:4])
)
def test_command(reader: Reader, number: int):
    for earlier in COMMANDS[:number]:
        if earlier not in reader.done:
            pytest.fail(f"this builds on a command that has failed: {earlier}", pytrace=False)
    command = COMMANDS[number].replace("you/", "alice/")
    if any(stage in command for stage in TRAINING):
        command += " --smoke"
    if command.startswith("python app.py"):
        reader.said[COMMANDS[number]] = visit(reader, command)
    else:
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=reader.folder,
            env=reader.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS_A_COMMAND,
        )
        assert run.returncode == 0, f"{run.stdout[-2000:]}\n{run.stderr[-4000:]}"
        reader.said[COMMANDS[number]] = run.stdout
    reader.done.append(COMMANDS[number])


def visit(reader: Reader, command: str) -> str:
    """Start the app, ask it as a visitor's program would, and stop it; returns what it ranked and wrote."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = reader.folder / "app.log"
    with log.open("w") as out:
        app = subprocess.Popen(
            shlex.split(command), cwd=reader.folder, stdout=out, stderr=subprocess.STDOUT,
            env=reader.environment | {"PORT": str(port), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + SECONDS_A_COMMAND
        while "\nready" not in log.read_text():
            assert app.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=60) as page:
            assert page.status == 200
        client = Client(f"http://127.0.0.1:{port}", verbose=False)
        history = "Alma Rose Toner No. 1 | 5\nNalu Floral Toner No. 2 | 4\nVeda Round Cake Tin No. 12 | 1"
        parsed = client.predict(history, api_name="/parse")
        assert [one["item_id"] for one in parsed["interactions"]] == ["sku-0", "sku-1", "sku-83"]
        written = client.predict(history, api_name="/profile")["profile"]
        ranked = client.predict(written, history, api_name="/rank")["items"]
        assert len(ranked) == 20
        assert {one["kind"] for one in ranked} == {"product"}
        assert not {"sku-0", "sku-1", "sku-83"} & {one["item_id"] for one in ranked}
        return written
    finally:
        app.terminate()
        app.wait(60)


def said(reader: Reader, beginning: str) -> str:
    """What a command printed; the test is left out where that command failed, which is reported above."""
    found = [text for command, text in reader.said.items() if command.startswith(beginning)]
    if not found:
        pytest.skip(f"{beginning} has failed")
    return found[0]


def test_the_catalogue_is_whole_and_says_whose_it_is(reader: Reader):
    assert "96 items (96 product)" in said(reader, "python -m blue catalog build")
    folder = load_catalog_folder(reader.folder / "runs" / "catalog")
    assert folder.catalog.about == "My shop (All rights reserved)"
    assert folder.manifest.source.columns["creator"] == "brand"
    assert folder.catalog.by_id["sku-0"].genres == ("toners",)


def test_the_query_finds_its_department(reader: Reader):
    assert said(reader, "python -m blue rank").count("Toner") >= 4


def test_no_customer_of_the_test_split_is_in_training(reader: Reader):
    said(reader, "python -m training.data.prepare")
    users = pl.read_parquet(reader.folder / "runs" / "data" / "users.parquet")
    assert set(users["split"].unique()) == {"train", "validation", "test"}
    assert users["user_id"].n_unique() == users.height


def test_what_was_pushed_is_private_and_loads_where_it_may_be_read(reader: Reader, tmp_path):
    said(reader, "python -m training.publish.push_catalog")
    pushed = reader.hub.repositories
    assert pushed["models/alice/my-profiler"].private
    assert pushed["datasets/alice/my-catalog"].private
    assert "catalog.json" in reader.hub.files("datasets/alice/my-catalog")
    published = tmp_path / "published"
    for name, content in reader.hub.files("models/alice/my-profiler").items():
        (published / name).parent.mkdir(parents=True, exist_ok=True)
        (published / name).write_bytes(content)
    assert open_profiler(str(published)).adapter is not None


def test_the_space_has_the_app_and_the_names_of_what_it_serves(reader: Reader):
    said(reader, "hf upload")
    space = reader.hub.repositories["spaces/alice/my-recommender"]
    variables = {one["key"]: one["value"] for one in space.asked["variables"]}
    assert variables == {"BLUE_PROFILER": "alice/my-profiler", "BLUE_CATALOG": "alice/my-catalog"}
    assert space.asked["secrets"] == [{"key": "HF_TOKEN", "value": READER}]
    uploaded = set(reader.hub.files("spaces/alice/my-recommender"))
    assert {"README.md", "app.py", "requirements.txt", "blue/profiler.py", "assets/style.css"} <= uploaded
    assert not [name for name in uploaded if name.startswith(("runs", "training")) or name.endswith(".pyc")]
