"""Raw files of every published form, whole and damaged, into one schema."""

import dataclasses
import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from blue.errors import BlueError
from training.data import by_user
from training.data.loaders import prepared
from training.data.pipeline import Steps, core_with_new_targets, k_core
from training.data.prepare import main, prepare
from training.data.raw import SOURCES, reading, staging
from training.data.raw.reading import FileReport, RawDataError, blocks
from training.data.raw.staging import title_key
from training.data.schema import split_of

HOUR = 3_600_000
START = 1_600_000_000_000  # milliseconds since 1970
TITLES = ["Green tea", "Black pen", "Red wool scarf", "Oak desk", "Tin drum", "Silk tie", "Brass lamp"]


def jsonl(path: Path, records: list[dict | bytes]) -> None:
    """Lines of JSON; bytes go in as they are. Gzipped where the name ends in .gz."""
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    content = b"".join(line + b"\n" for line in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def meta(n: int, **changes) -> dict:
    return {"parent_asin": f"B{n}", "title": TITLES[n], "categories": ["Home"], "store": "Acme"} | changes


def review(user: str, n: int, hour: int, **changes) -> dict:
    fields = {"user_id": user, "parent_asin": f"B{n}", "asin": "x", "rating": 4.0, "text": "fine"}
    return fields | {"timestamp": START + hour * HOUR} | changes


def grid(users: int = 6, items: int = 6) -> list[dict]:
    """Every user reviewed every item, newest first in the file; user n began with item n."""
    return [
        review(f"U{user}", (user + hour) % items, hour)
        for user in range(users)
        for hour in reversed(range(items))
    ]


def amazon(folder: Path, reviews: list[dict | bytes], items: list[dict | bytes] | None = None) -> Path:
    jsonl(folder / "Home.jsonl.gz", reviews)
    jsonl(folder / "meta_Home.jsonl.gz", items or [meta(n) for n in range(6)])
    return folder


def run(source: str, raw: Path, k: int = 5) -> tuple[dict, dict[str, pl.DataFrame]]:
    """The manifest and the three tables."""
    out = raw.parent / f"{raw.name}-out"
    manifest = prepare(source, raw, out, k, Console(quiet=True))
    assert json.loads((out / "manifest.json").read_text()) == manifest
    return manifest, {
        name: pl.read_parquet(out / f"{name}.parquet", glob=False)
        for name in ("items", "interactions", "users")
    }


def histories(tables: dict[str, pl.DataFrame]) -> dict[str, list[str]]:
    grouped = tables["interactions"].sort("user_id", "position").group_by("user_id", maintain_order=True)
    return dict(grouped.agg("item_id").iter_rows())


def dropped(manifest: dict) -> Counter:
    counts = Counter()
    for step in manifest["filters"]["interactions"]:
        counts[step["name"]] += step["dropped"]
    return counts


def file(manifest: dict, name: str) -> dict:
    return next(one for one in manifest["inputs"] if one["name"] == name)


def test_amazon_reviews_become_chronological_histories(tmp_path):
    _, tables = run("amazon-reviews-2023", amazon(tmp_path / "raw", grid()))
    assert histories(tables)["U2"] == ["B2", "B3", "B4", "B5", "B0", "B1"]
    first = tables["interactions"].row(0, named=True)
    assert first == {"user_id": "U0", "item_id": "B0", "rating": 4.0, "time": START, "position": 0}
    assert tables["items"].row(0) == ("B0", "Green tea", "Home", None, "Acme")
    user = tables["users"].row(2, named=True)
    assert user == {
        "user_id": "U2",
        "split": split_of("U2"),
        "length": 6,
        "target_item_id": "B1",
        "target_in_history": False,
        "near_duplicate_title": False,
    }


def test_equal_times_keep_the_order_of_the_file(tmp_path):
    reviews = [review(f"U{user}", n, 0) for user in range(5) for n in (3, 1, 4, 0, 5)]
    _, tables = run("amazon-reviews-2023", amazon(tmp_path / "raw", reviews))
    assert histories(tables)["U4"] == ["B3", "B1", "B4", "B0", "B5"]


def test_malformed_lines_are_counted_with_their_reasons(tmp_path):
    broken = [
        b'{"user_id": "U0", ',
        b'{"user_id": "U\xff"}',
        b"[1, 2]",
        review("U0", 0, 0, user_id=None),
        review("U0", 0, 0, rating="good"),
        review("U0", 0, 0, timestamp=10**30),
        review("U0", 0, 0, parent_asin=" "),
        b"",
    ]
    manifest, tables = run("amazon-reviews-2023", amazon(tmp_path / "raw", broken + grid()))
    report = file(manifest, "Home.jsonl.gz")
    assert report["reasons"] == {
        "broken JSON": 1,
        "no parent_asin": 1,
        "no user_id": 1,
        "not UTF-8": 1,
        "not a JSON object": 1,
        "rating is not a number": 1,
        "timestamp is not a time": 1,
    }
    assert (report["malformed"], report["lines"]) == (7, 44)
    assert report["first"][:2] == [{"line": 1, "reason": "broken JSON"}, {"line": 2, "reason": "not UTF-8"}]
    assert tables["interactions"].height == 36


def test_a_truncated_gzip_keeps_what_was_readable(tmp_path):
    raw = amazon(tmp_path / "raw", grid(40))
    path = raw / "Home.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-200])
    manifest, tables = run("amazon-reviews-2023", raw)
    report = file(manifest, "Home.jsonl.gz")
    assert report["truncated"].startswith(f"damaged after line {report['lines']}:")
    assert 0 < report["lines"] < 240
    assert 0 < tables["interactions"].height <= report["lines"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: (raw / "Home.jsonl.gz").write_bytes(b""), "Home.jsonl.gz: the file is empty"),
        (lambda raw: (raw / "Home.jsonl.gz").write_bytes(b"<html>"), "Not a gzipped file"),
        (lambda raw: (raw / "Home.jsonl.gz").write_bytes(gzip.compress(b"")), "the file is empty"),
        (
            lambda raw: (raw / "meta_Home.jsonl.gz").unlink(),
            "there is no meta_Home.jsonl.gz or meta_Home.jsonl",
        ),
        (lambda raw: [path.unlink() for path in raw.iterdir()], "Put <Category>.jsonl.gz and meta_"),
        (lambda raw: jsonl(raw / "Home.jsonl.gz", [meta(1)]), "no line can be used. Line 1: no user_id."),
        (lambda raw: jsonl(raw / "Home.jsonl", grid()), "are the same. Keep one."),
        (lambda raw: jsonl(raw / "Home.jsonl.gz", grid()[:3]), "No user is left with --k 5"),
    ],
)
def test_unusable_files_end_with_one_line_and_write_nothing(tmp_path, capsys, change, message):
    raw = amazon(tmp_path / "raw", grid())
    change(raw)
    with pytest.raises(SystemExit) as ended:
        main(["amazon-reviews-2023", "--raw", str(raw), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [raw]


def test_a_utf16_file_is_named_as_unusable(tmp_path):
    raw = amazon(tmp_path / "raw", grid())
    (raw / "Home.jsonl.gz").write_bytes(gzip.compress(json.dumps(review("U", 0, 0)).encode("utf-16")))
    with pytest.raises(BlueError, match="Line 1: not UTF-8"):
        run("amazon-reviews-2023", raw)


def test_unknown_items_and_repeats_are_dropped(tmp_path):
    extra = [review("U0", 9, 3), review("U1", 1, 50, rating=1.0)]
    manifest, tables = run("amazon-reviews-2023", amazon(tmp_path / "raw", grid() + extra))
    assert dropped(manifest)["unknown items"] == 1
    assert dropped(manifest)["same user and item again"] == 1
    kept = tables["interactions"].filter(user_id="U1", item_id="B1")
    assert kept["rating"].to_list() == [4.0]  # the first of the two


def test_items_of_one_title_become_the_first_and_repeated_targets_go(tmp_path):
    items = [meta(n) for n in range(6)] + [meta(6, title="GREEN  tea!"), meta(2, title="Another title")]
    late = [review("U0", 6, 99)]  # U0 has had the green tea, as B0
    early = [review("U9", 6, 0), *(review("U9", n, n) for n in range(1, 6))]
    manifest, tables = run("amazon-reviews-2023", amazon(tmp_path / "raw", grid() + late + early, items))
    assert manifest["filters"]["items"] == {"read": 8, "repeated ids": 1, "equal titles": 1}
    assert tables["items"]["item_id"].to_list() == ["B0", "B1", "B2", "B3", "B4", "B5"]
    assert histories(tables)["U9"] == ["B0", "B1", "B2", "B3", "B4", "B5"]
    assert dropped(manifest)["targets the history holds"] == 1
    assert histories(tables)["U0"] == ["B0", "B1", "B2", "B3", "B4", "B5"]


def test_a_nearly_equal_title_in_the_history_is_marked(tmp_path):
    titles = ["Organic green tea leaves 200 g", "Organic green tea leafs 200 g", *TITLES[2:6]]
    items = [meta(n, title=title) for n, title in enumerate(titles)]
    _, tables = run("amazon-reviews-2023", amazon(tmp_path / "raw", grid(), items))
    marked = tables["users"].filter("near_duplicate_title")["user_id"].to_list()
    assert marked == ["U1", "U2"]  # their last items are B0 and B1


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), unique=True), st.integers(1, 4))
def test_k_core_is_that_of_a_plain_reference(pairs, k):
    left = list(pairs)
    while True:
        users, items = Counter(user for user, _ in left), Counter(item for _, item in left)
        enough = [(user, item) for user, item in left if users[user] >= k and items[item] >= k]
        if enough == left:
            break
        left = enough
    frame = pl.DataFrame(pairs, schema={"user": pl.UInt32, "item": pl.UInt32}, orient="row")
    assert k_core(frame, k).rows() == left


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30), st.integers(1, 3))
def test_after_all_filters_users_and_items_have_k_and_targets_are_new(pairs, k):
    frame = pl.DataFrame(sorted(pairs), schema={"user": pl.UInt32, "item": pl.UInt32}, orient="row")
    left = core_with_new_targets(frame, k, Steps()).rows()
    for side in (0, 1):
        assert all(count >= k for count in Counter(row[side] for row in left).values())
    for user in {user for user, _ in left}:
        *history, target = [item for one, item in left if one == user]
        assert target not in history


def test_splits_are_disjoint_and_follow_the_id(tmp_path):
    _, tables = run("amazon-reviews-2023", amazon(tmp_path / "raw", grid(200)))
    users = tables["users"]
    assert users["user_id"].is_unique().all()
    assert set(users["split"]) == {"train", "validation", "test"}
    assert all(split_of(user) == split for user, split in users.select("user_id", "split").iter_rows())


def test_a_second_run_writes_the_same_bytes_and_replaces_the_first(tmp_path):
    raw = amazon(tmp_path / "raw", [*grid(50), b"{"])
    first, tables = run("amazon-reviews-2023", raw)
    second, again = run("amazon-reviews-2023", raw)
    assert first == second
    assert all(tables[name].equals(again[name]) for name in tables)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "raw-out"]


def test_the_size_of_a_batch_changes_nothing(tmp_path, monkeypatch):
    raw = amazon(tmp_path / "raw", grid(20))
    whole, _ = run("amazon-reviews-2023", raw)
    monkeypatch.setattr(staging, "BATCH", 7)
    in_parts, tables = run("amazon-reviews-2023", raw)
    assert in_parts == whole
    assert tables["interactions"].height == 120


def test_the_size_of_a_part_changes_nothing(tmp_path, monkeypatch):
    raw = amazon(tmp_path / "raw", [*grid(20), review("U3", 2, 30), review("U9", 9, 31)])
    whole, _ = run("amazon-reviews-2023", raw)
    monkeypatch.setattr(by_user, "ROWS_A_PART", 7)
    in_parts, tables = run("amazon-reviews-2023", raw)
    assert in_parts == whole
    assert tables["interactions"].height == 120


@given(st.lists(st.integers(0, 5), max_size=40).map(sorted), st.integers(1, 9))
def test_parts_hold_every_row_once_and_no_user_twice(users, size):
    rows = [row for part in by_user.parts_by_user(np.array(users), size) for row in range(*part.indices(99))]
    assert rows == list(range(len(users)))
    whose = [set(users[part]) for part in by_user.parts_by_user(np.array(users), size)]
    assert len(set(users)) == sum(len(one) for one in whose)


def test_a_folder_may_have_any_name(tmp_path):
    raw = amazon(tmp_path / "tea [2023] *" / "raw?", grid())
    run("amazon-reviews-2023", raw)
    dataset = prepared("tea", raw.parent / "raw?-out")
    assert sum(len(history) for history in dataset.histories.values()) == 36


def test_reviews_of_unknown_items_alone_leave_nothing(tmp_path):
    raw = amazon(tmp_path / "raw", [review("U0", 9, 0)])
    with pytest.raises(BlueError, match="No user is left"):
        run("amazon-reviews-2023", raw)


def test_a_folder_of_something_else_is_never_replaced(tmp_path):
    raw = amazon(tmp_path / "raw", grid())
    (tmp_path / "raw-out").mkdir()
    (tmp_path / "raw-out" / "thesis.txt").write_text("mine")
    with pytest.raises(BlueError, match="holds something else"):
        run("amazon-reviews-2023", raw)


def test_a_disk_that_fills_up_is_explained_and_leaves_what_was_there(tmp_path):
    raw, out = amazon(tmp_path / "raw", grid()), tmp_path / "raw-out"
    before, _ = run("amazon-reviews-2023", raw)
    command = ("amazon-reviews-2023", "--raw", str(raw), "--out", str(out))
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900)); main({command!r})"
    tried = subprocess.run(
        [sys.executable, "-c", f"from training.data.prepare import main; {limited}"],
        capture_output=True,
        text=True,
    )
    assert tried.returncode == 2
    assert "the disk is full" in tried.stderr.splitlines()[-1]
    assert json.loads((out / "manifest.json").read_text()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "raw-out"]


def test_google_local_places_are_told_apart_by_address(tmp_path):
    def place(n: int, **changes) -> dict:
        return {
            "gmap_id": f"g{n}",
            "name": "Subway",
            "address": f"Subway, {n} Main St",
            "category": ["Deli"],
        } | changes

    def visit(user: int, n: int) -> dict:
        return {"user_id": str(user), "gmap_id": f"g{n}", "rating": None, "time": START - n, "text": None}

    places = [place(0, address="7 Elm St"), place(1, address=None), *(place(n) for n in range(2, 5))]
    jsonl(tmp_path / "raw" / "meta-Ohio.json.gz", places)
    visits = [visit(user, n) for user in range(5) for n in range(5)]
    jsonl(tmp_path / "raw" / "review-Ohio_10.json.gz", visits)
    _, tables = run("google-local", tmp_path / "raw")
    assert tables["items"]["title"].to_list()[:3] == ["Subway, 7 Elm St", "Subway", "Subway, 2 Main St"]
    assert histories(tables)["0"] == ["g4", "g3", "g2", "g1", "g0"]
    assert tables["interactions"]["rating"].is_null().all()


def test_movielens_ids_and_seconds(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    films = [
        "movieId,title,genres",
        '1,"Dune, Part One (2021)",Drama|Sci-Fi',
        "2,Heat (1995),(no genres listed)",
    ]
    (raw / "movies.csv").write_text(
        "\n".join([*films, "3,Alien (1979)", "4,\udcffAmélie (2001),Drama"]), "utf-8", "surrogateescape"
    )
    ratings = [f"{user},{film},3.5,{1000 - film}" for user in (1, 2) for film in (1, 2)]
    (raw / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *ratings, "1,1,,5"]))
    manifest, tables = run("movielens", raw, k=2)
    assert tables["items"].select("item_id", "title", "category").rows() == [
        ("ml:1", "Dune, Part One (2021)", "Drama, Sci-Fi"),
        ("ml:2", "Heat (1995)", None),
    ]
    assert tables["interactions"].row(0) == ("ml:1", "ml:2", 3.5, 998_000, 0)
    assert file(manifest, "movies.csv")["reasons"] == {"3 fields expected": 1, "not UTF-8": 1}
    assert file(manifest, "ratings.csv")["reasons"] == {"no rating": 1}


def test_own_csv_takes_seconds_milliseconds_and_no_time(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "items.csv").write_text("title,item_id\nTea,a\nPen,b\nOak,c\n", encoding="utf-8-sig")
    lines = ["user_id,item_id,rating,timestamp,review"]
    for user in "uv":
        lines += [f"{user},a,5,1600000001,", f'{user},b,,1600000000000,"so, so\nreally"', f"{user},c,1,,"]
    (raw / "interactions.csv").write_text("\n".join(lines))
    _, tables = run("csv", raw, k=2)
    assert histories(tables)["u"] == ["c", "b", "a"]  # the one without a time is never the target
    assert tables["interactions"]["time"].to_list()[:3] == [None, START, START + 1000]
    assert tables["interactions"]["rating"].to_list()[:3] == [1.0, None, 5.0]


def test_own_csv_without_a_column_says_which(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "items.csv").write_text("item_id,name\na,Tea\n")
    (tmp_path / "raw" / "interactions.csv").write_text("user_id,item_id,rating,timestamp\n")
    with pytest.raises(BlueError, match="the first line has no title"):
        run("csv", tmp_path / "raw")


def test_benchmark_histories_of_ids_and_of_objects(tmp_path):
    items = [{"item_id": n, "title": title, "category": "Home"} for n, title in enumerate(TITLES[:3])]
    jsonl(tmp_path / "raw" / "items.jsonl.gz", items)
    full = [{"item_id": n, "rating": n, "time": START // 1000 + n, "review": "x"} for n in (1, 2, 0)]
    users = [{"user_id": "ids", "history": ["2", 0, "1"]}, {"user_id": "objects", "history": full}]
    jsonl(tmp_path / "raw" / "users.jsonl.gz", [*users, {"user_id": "none"}])
    manifest, tables = run("benchmark", tmp_path / "raw", k=2)
    assert histories(tables) == {"ids": ["2", "0", "1"], "objects": ["0", "1", "2"]}
    assert tables["interactions"].filter(user_id="ids")["time"].is_null().all()
    assert file(manifest, "users.jsonl.gz")["reasons"] == {"no history": 1}


def test_title_keys_differ_where_no_letter_is_left():
    assert title_key("?") != title_key("!")


def test_one_file_of_reviews_takes_dates_and_unix_time(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    header = "user_id,item_id,title,rating,timestamp,brand,text\n"
    rows = [
        'A,1,"Tea, green",5,2024-03-01,Alma,fine',
        "A,2,Cake,4,1709337600,Alma,fine",  # 2024-03-02
        "A,3,Milk,,2024-02-29T23:00:00+01:00,,fine",
        "A,4,Rice,3,soon,,fine",
        "B,2,Another name,4,,Nalu,fine",
        "B,1,Tea,1,2024-01-01,Alma,fine",
    ]
    (raw / "reviews.csv").write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    manifest, tables = run("reviews", raw, k=1)
    titles = dict(tables["items"].select("item_id", "title").iter_rows())
    assert histories(tables) == {"A": ["3", "1", "2"], "B": ["2", "1"]}
    assert (titles["1"], titles["2"]) == ("Tea, green", "Cake")
    reasons = [entry["reasons"] for entry in manifest["inputs"]]
    assert {"timestamp is neither Unix time nor a date such as 2024-03-01": 1} in reasons


def test_plain_reviews_are_read_at_once_and_not_line_by_line(tmp_path):
    def refuse(record):
        raise AssertionError(f"read by itself: {record}")

    source = dataclasses.replace(SOURCES["amazon-reviews-2023"], interactions=refuse)
    jsonl(tmp_path / "Home.jsonl", grid())
    frame = pl.concat(staging._interactions(source, FileReport(tmp_path / "Home.jsonl")))
    assert frame.height == len(grid())
    assert frame.row(0) == ("U0", "B5", 4.0, START + 5 * HOUR)


ODD = st.sampled_from(
    [
        b"",
        b" ",
        b"null",
        b"[1]",
        b"{",
        b'{"user_id": "\xff"}',
        b"\r",
        b'{"user_id": "a"} {"user_id": "b"}',
        b'{"user_id": "U\\ud800", "parent_asin": "B1", "rating": 4, "timestamp": 5}',
    ]
)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**19), st.floats(), st.text(max_size=3), st.just(["x"])
)
REVIEWS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("user_id", "parent_asin", "rating", "timestamp"), VALUES)
)
LINES = st.lists(
    st.one_of(
        st.builds(lambda n: json.dumps(review("U1", n, n)).encode(), st.integers(0, 5)),
        st.builds(
            lambda changes: json.dumps(review("U2", 1, 2) | changes).encode("utf-8", "replace"), REVIEWS
        ),
        ODD,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(lines=LINES, ended=st.booleans(), block=st.sampled_from([1, 200, 8 << 20]))
def test_lines_read_at_once_are_those_read_one_by_one(tmp_path_factory, lines, ended, block):
    path = tmp_path_factory.mktemp("raw") / "Home.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n" * ended)
    source = SOURCES["amazon-reviews-2023"]
    read, reports = [], []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        patch.setattr(reading, "PIECE", min(block, 64))
        for one in (source, dataclasses.replace(source, at_once=None)):
            report = FileReport(path)
            try:
                read.append([row for frame in staging._interactions(one, report) for row in frame.rows()])
            except RawDataError as error:
                read.append(str(error))
            reports.append(report)
    assert read[0] == read[1]
    assert reports[0] == reports[1]


@pytest.mark.parametrize("block", [1, 7, 10_000])
def test_blocks_hold_every_line_once_whatever_their_size(tmp_path, monkeypatch, block):
    monkeypatch.setattr(reading, "BLOCK", block)
    monkeypatch.setattr(reading, "PIECE", 3)
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\xef\xbb\xbfone\n\ntwo\rtwo\nthree")
    report = FileReport(path)
    found = list(blocks(path, report))
    assert b"".join(lines for _, lines in found) == b"one\n\ntwo\rtwo\nthree"
    before = 1
    for first, lines in found:
        assert first == before
        before += lines.count(b"\n")
    assert report.lines == 4
