"""What people bring, in a real browser: a file of each format, and wish lists, which are no history."""

import json
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from blue.errors import HistoryError, WishListError
from blue.history import FORMATS, TitleMatcher, match_history, parse_history
from blue.history.decoding import decode
from blue.history.documents import Document
from blue.history.parsing import read_document
from blue.items import load_catalog
from tests.e2e.conftest import open_drawer
from tests.e2e.test_ask import answer_to
from tests.e2e.test_visit import choose_file, expect_titles, titles, wait_until_written, write_profile

HISTORIES = Path(__file__).resolve().parents[1] / "history"
FOLDERS = ("fixtures", "exports/reported", "exports/made_up")
WANTED = ("The Straight Story", "Moon", "Gattaca", "Clueless", "Sabrina")
WISHES = "Date,Name,Year,Letterboxd URI\n" + "".join(
    f"2024-05-0{day},{name},{year},https://boxd.it/{day}\n"
    for day, (name, year) in enumerate(zip(WANTED, (1999, 2009, 1997, 1995, 1954), strict=True), start=1)
)


def told(path: Path, matcher: TitleMatcher) -> tuple[str, int]:
    """What the page says of a file, and how many rows its history then has; 0 where it is none."""
    try:
        parsed = match_history(parse_history(path.read_bytes(), path.name), matcher)
    except WishListError as error:
        return f"This is a wish list ({len(error.wish_list)} ", 0
    rows = len(parsed.interactions)
    return f"{FORMATS[parsed.format]}: {rows} read", rows


def smallest_of_each_format(matcher: TitleMatcher) -> dict[str, Path]:
    """Format -> a small file of it, with a history if any, of those that the importers are tested with."""
    found: dict[Path, tuple[bool, int, str]] = {}
    for path in (path for folder in FOLDERS for path in (HISTORIES / folder).iterdir()):
        if path.name != "expected.json":
            with suppress(HistoryError):  # some are there to be refused
                name, _ = read_document(Document(decode(path.read_bytes()), path.name))
                found[path] = (told(path, matcher)[1] == 0, path.stat().st_size, name)
    best_last = sorted(found, key=found.get, reverse=True)
    return {found[path][2]: path for path in best_last}


def save_session(page: Page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator("#save").click()
    saved = folder / "session.json"
    download.value.save_as(saved)
    return saved


def test_a_wish_list_is_no_history_but_the_ranking_can_hold_it_alone(visit: Page, tmp_path: Path) -> None:
    history, everything = visit.locator("#history-table tbody").inner_text(), titles(visit)
    wishes = tmp_path / "watchlist.csv"
    wishes.write_text(WISHES)
    choose_file(visit, "#upload", wishes)
    expect(visit.locator("#report")).to_contain_text("This is a wish list (5 titles")
    expect(visit.locator("#report")).to_contain_text("5 of them are in the catalogue")
    assert visit.locator("#history-table tbody").inner_text() == history
    assert titles(visit) == everything

    visit.get_by_role("button", name="Rank only within this list").click()
    expect(visit.locator("#within")).to_have_text("✕ Only within your list of 5 titles")
    expect(visit.locator("#ranking tbody tr")).to_have_count(5)
    ranked = titles(visit)
    assert sorted(ranked) == sorted(WANTED)
    expect(visit.locator("#accept")).to_be_hidden()

    write_profile(visit, "Teenagers in love and high school comedies.")
    assert sorted(titles(visit)) == sorted(WANTED)
    visit.locator("#undo").click()
    expect_titles(visit, ranked)

    open_drawer(visit, "Ask")
    answer = answer_to(visit, "Recommend ten films")
    assert sorted(re.findall(r"^\d\. (.+?) \(\d{4}\)", answer, re.MULTILINE)) == sorted(WANTED)

    open_drawer(visit, "Take it away")
    saved = save_session(visit, tmp_path)
    assert len(json.loads(saved.read_text())["settings"]["within"]) == 5
    visit.locator("#clear").click()
    expect(visit.locator("#within")).to_be_hidden(timeout=60_000)
    choose_file(visit, "#open-session", saved)
    expect_titles(visit, ranked)
    command = [sys.executable, "-m", "blue", "replay", str(saved), "--json"]
    replayed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [item["title"] for item in replayed["items"]] == ranked

    visit.locator("#within").click()
    expect(visit.locator("#within")).to_be_hidden(timeout=60_000)
    expect(visit.locator("#ranking tbody tr")).to_have_count(20)


def test_what_a_history_wishes_for_beside_it_is_offered_too(visit: Page) -> None:
    visit.locator("#history-text textarea").fill(
        "title,status,rating\nAlien,finished,5\nAliens,finished,5\nHeat,finished,3\n"
        "Moon,plan to watch,\nClueless,plan to watch,\nZqxv,planned,"
    )
    visit.locator("#read").click()
    expect(visit.locator("#report")).to_contain_text("3 titles on a wish list, 2 in the catalogue")
    wait_until_written(visit)
    visit.wait_for_timeout(2000)  # the list is looked at once more behind a writing
    visit.locator("#accept").click()
    expect(visit.locator("#ranking tbody tr")).to_have_count(2)
    assert sorted(titles(visit)) == ["Clueless", "Moon"]
    visit.get_by_role("button", name="Horror", exact=True).click()  # somebody else's history: nothing is kept
    expect(visit.locator("#within")).to_be_hidden(timeout=60_000)
    expect(visit.locator("#accept")).to_be_hidden()


@pytest.mark.timeout(1800)  # 45 files, each a few seconds, of which each begins a writing
@pytest.mark.slow
def test_each_format_is_read(visit: Page) -> None:
    matcher = TitleMatcher(load_catalog().items)
    files = smallest_of_each_format(matcher)
    assert set(files) == set(FORMATS)
    (archive,) = HISTORIES.glob("exports/reported/*.zip")
    for path in (*files.values(), archive):
        said, rows = told(path, matcher)
        choose_file(visit, "#upload", path)
        expect(visit.locator("#report")).to_contain_text(said, timeout=60_000)
        if rows:
            expect(visit.locator("#history-table tbody tr")).to_have_count(rows)
        expect(visit.locator("#report .error")).to_have_count(0)
    expect(visit.locator("#report")).to_contain_text("From the archive: ")
