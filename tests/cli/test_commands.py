"""The command line as people run it: a process of its own, its streams and its status."""

import json
import os
import signal
import subprocess
import sys

import pytest

from blue.catalog.examples import EXAMPLES_FOLDER
from blue.items import load_catalog

LINES = "Alien (1979) | 5\nHome movie 77\n# a comment\nGrease (1978) | 1\n"
HEAVY = ("torch", "transformers", "sentence_transformers", "openvino_genai", "faiss", "gradio")


def blue(
    *arguments: str,
    stdin: str | bytes = "",
    python: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
) -> subprocess.CompletedProcess:
    given = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, *python, "-m", "blue", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, timeout=600, env=env)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def imported(importtime: str) -> set[str]:
    return {line.rpartition("|")[2].strip() for line in importtime.splitlines()}


def test_parse_prints_what_it_understood_as_json():
    done = blue("parse", "-", "--json", stdin=LINES)
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert set(printed) == {"format", "interactions", "skipped", "notes", "wish_list"}
    first, second, third = printed["interactions"]
    assert first["title"] == "Alien"
    assert (first["rating"], first["year"], first["time"], first["item_id"]) == (5.0, 1979, None, "ml:1214")
    assert (second["title"], second["rating"], second["item_id"]) == ("Home movie 77", None, None)
    assert third["rating"] == 1.0


def test_parse_reads_an_export_file_and_dates_are_iso():
    done = blue("parse", str(EXAMPLES_FOLDER / "letterboxd_ratings.csv"), "--json")
    printed = json.loads(done.stdout)
    assert printed["format"] == "letterboxd"
    assert all(len(one["time"]) >= len("2007-06-16") for one in printed["interactions"])


def test_parse_as_json_carries_remarks_wishes_watches_and_matches_and_the_text_the_same_remarks():
    table = (
        "Title,Year,Status,Rating,Times Watched,Watched Date\nAlien,1979,watched,5,3,some day\n"
        "Heat,1995,dropped,,,2021-03-04\nMoon,2009,plan to watch,,,\n"
    )
    printed = json.loads(blue("parse", "-", "--json", stdin=table).stdout)
    alien, heat = printed["interactions"]
    assert (alien["watches"], heat["watches"]) == (3, None)
    assert (alien["match"]["item_id"], alien["match"]["certain"]) == ("ml:1214", True)
    assert [(one["title"], one["item_id"]) for one in printed["wish_list"]] == [("Moon", "ml:68237")]
    assert printed["notes"] == [
        "1 date could not be read (line 2: 'some day'): the row was kept without it.",
        "1 title was given up without a mark: taken as a weak dislike, 2 of 5.",
    ]
    text = blue("parse", "-", stdin=table).stdout
    assert all(note in text for note in (*printed["notes"], "1 on a wish list: no part of the history."))


def test_parse_as_json_names_other_peoples_profiles_in_the_file():
    rows = "".join(
        f"{name},2021-03-0{day} 10:00:00,01:30:00,,{title},,TV,,Not latest view,US (United States)\n"
        for day, (name, title) in enumerate((("Ada", "Alien"), ("Bo", "Heat")), start=1)
    )
    head = (
        "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,"
        "Latest Bookmark,Country\n"
    )
    (note,) = json.loads(blue("parse", "-", "--json", stdin=head + rows).stdout)["notes"]
    assert note.startswith("The file holds 2 profiles ('Ada', 'Bo'), read as one.")


def test_parse_tells_each_skipped_row_with_its_line_and_reason():
    done = blue("parse", "-", "--json", stdin="title,rating\nAlien,5\n,4\n")
    (skipped,) = json.loads(done.stdout)["skipped"]
    assert skipped["line"] == 3
    assert "title" in skipped["reason"]


def test_parse_as_text_aligns_its_columns_also_for_wide_characters():
    done = blue("parse", "-", stdin="映画館 (1999) | 4\nAlien (1979) | 5\n")
    head, _, columns, wide, narrow = done.stdout.splitlines()
    assert head == "plain lines: 2 read, 1 of them in the catalogue, 0 skipped"
    assert columns.split() == ["stars", "title", "year", "kind", "item"]
    assert (wide.index("1999") + len("映画館"), narrow.index("1979")) == (columns.index("year"),) * 2


def test_a_title_cannot_command_the_terminal():
    done = blue("parse", "-", stdin="Alien\x1b[31m\x07 | 5\n")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_parse_waits_for_no_model_library():
    done = blue("parse", "-", stdin=LINES, python=("-X", "importtime"))
    assert done.returncode == 0
    assert not imported(done.stderr) & set(HEAVY)


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        ((), "", "arguments are required"),
        (("dance",), "", "invalid choice: 'dance'"),
        (("parse",), "", "arguments are required: FILE"),
        (("parse", "no/such/file.csv"), "", "Cannot read no/such/file.csv: No such file"),
        (("parse", "."), "", "Cannot read .: Is a directory"),
        (("parse", "-"), "", "empty"),
        (("parse", "-"), b"\x89PNG\r\n\x1a\n\x00", "an image"),
        (("parse", "-"), b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
        (("parse", "-", "--loud"), "", "--loud"),
        (("profile", "-", "--model", "gpt-9"), "Alien | 5", "There is no model 'gpt-9'"),
        (("rank",), "", "nothing to rank for"),
        (("rank", "-", "--top", "0"), "", "'0' is not a number of items"),
        (("rank", "-", "--top", "many"), "", "'many' is not a number of items"),
        (("rank", "-", "--domain", "songs"), "", "choose movie, book or all"),
        (("rank", "-", "--within", "no/such/list.csv"), "Alien | 5", "Cannot read no/such/list.csv"),
        (("rank", "-", "--scoring", "best"), "", "invalid choice: 'best'"),
        (("rank", "--profile", " "), "", "profile is empty"),
        (("rank", "-", "--decades", "80s"), "Alien | 5", "'80s' is not a decade"),
        (("rank", "--profile", "x" * 50_000), "", "50,000 characters"),
    ],
)
def test_bad_input_ends_with_status_2_and_one_line(arguments, stdin, said):
    done = blue(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert said in line


@pytest.mark.parametrize("command", ["parse", "profile", "rank"])
def test_every_command_explains_itself_with_an_example(command):
    done = blue(command, "--help")
    assert done.returncode == 0
    assert f"Example: python -m blue {command}" in done.stdout


@pytest.mark.usefixtures("profiler")  # its index is then built
class TestWithModels:
    def test_rank_prints_a_given_profiles_items_without_a_language_model(self):
        done = blue(
            "rank", "-", "--json", "--top", "5", "--profile", "Space horror. Can't stand musicals.",
            stdin=LINES, python=("-X", "importtime"),
        )  # fmt: skip
        assert done.returncode == 0
        assert not imported(done.stderr) & {"openvino_genai", "gradio"}
        printed = json.loads(done.stdout)
        assert printed["profile"] == "Space horror.\nCan't stand musicals."
        assert [item["rank"] for item in printed["items"]] == [1, 2, 3, 4, 5]
        assert {item["sentence"] for item in printed["items"]} == {"Space horror."}
        assert all(-1 <= item["similarity"] <= 1 for item in printed["items"])
        assert "ml:1214" not in {item["item_id"] for item in printed["items"]}  # it is in the history

    def test_rank_keeps_to_a_wish_list_but_not_to_what_was_seen_of_it(self, tmp_path):
        wishes = tmp_path / "watchlist.csv"
        wishes.write_text("title,year\nAlien,1979\nMoon,2009\nClueless,1995\nNever heard of it,2001\n")
        done = blue("rank", "-", "--json", "--profile", "Space horror.", "--within", str(wishes), stdin=LINES)
        assert done.returncode == 0
        assert [item["title"] for item in json.loads(done.stdout)["items"]] == ["Moon", "Clueless"]

    def test_rank_keeps_to_decades_and_genres(self):
        only = ("--decades", "1980s,1990s", "--genres", "Comedy, musical", "--domain", "movie", "--top", "9")
        done = blue("rank", "--json", "--profile", "Space horror.", *only)
        assert (done.returncode, done.stderr) == (0, "")
        items = load_catalog().by_id
        found = [items[one["item_id"]] for one in json.loads(done.stdout)["items"]]
        assert len(found) == 9
        assert {item.year // 10 for item in found} <= {198, 199}
        assert all({"comedy", "musical"} & set(item.genres) for item in found)

    def test_a_wish_list_of_which_the_catalogue_has_nothing_is_an_error(self, tmp_path):
        wishes = tmp_path / "watchlist.csv"
        wishes.write_text("title\nNever heard of it\n")
        done = blue("rank", "--profile", "Space horror.", "--within", str(wishes))
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            done.stderr == "error: The catalogue has no title of this list, so nothing of it can be ranked.\n"
        )

    def test_rank_reads_a_file_writes_the_profile_and_keeps_to_the_domain(self):
        file = EXAMPLES_FOLDER / "crime.txt"
        done = blue("rank", str(file), "--json", "--domain", "books", "--top", "3", "--scoring", "single")
        assert (done.returncode, done.stderr) == (0, "")
        printed = json.loads(done.stdout)
        assert 1 <= len(printed["profile"].splitlines()) <= 5
        assert [(item["kind"], item["sentence"]) for item in printed["items"]] == [("book", None)] * 3

    def test_rank_as_text_lists_sentences_and_aligned_items(self):
        done = blue("rank", "--profile", "Space horror.\nQuiet westerns.", "--top", "12")
        assert (done.returncode, done.stderr) == (0, "")
        first, second, blank, columns, *items = done.stdout.splitlines()
        assert (first, second, blank) == ("1. Space horror.", "2. Quiet westerns.", "")
        assert columns.split() == ["rank", "title", "year", "kind", "close", "taste"]
        assert [line[:4].strip() for line in items] == [str(rank) for rank in range(1, 13)]
        assert {line.split()[-1] for line in items} <= {"1", "2"}

    def test_profile_prints_one_sentence_a_line_and_the_same_as_json(self):
        text = blue("profile", "-", stdin=LINES)
        assert (text.returncode, text.stderr) == (0, "")
        printed = json.loads(blue("profile", "-", "--json", stdin=LINES).stdout)
        assert text.stdout.splitlines() == printed["sentences"] == printed["profile"].splitlines()

    def test_progress_is_said_on_request_and_never_on_standard_output(self):
        done = blue("rank", "--profile", "Space horror.", "--json", "-v")
        assert "loading" in done.stderr
        json.loads(done.stdout)

    def test_an_interrupt_ends_without_a_traceback(self):
        command = [sys.executable, "-m", "blue", "rank", "--profile", "Space horror.", "-v"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            process.stderr.readline()  # it is at work
            process.send_signal(signal.SIGINT)
            printed, said = process.communicate(timeout=60)
        assert (process.returncode, printed) == (130, "")
        assert "Traceback" not in said


def test_a_reader_who_leaves_ends_it_quietly(tmp_path):
    long = tmp_path / "long.txt"
    long.write_text("".join(f"Film number {n} | 4\n" for n in range(5000)))
    command = [sys.executable, "-m", "blue", "parse", str(long), "--json"]
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, timeout=600)
    assert (done.returncode, done.stderr) == (141, b"")
