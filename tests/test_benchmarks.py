"""The benchmark's own arithmetic and its records; what it measures is measured by `make bench`, not here."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import app, growth, records
from benchmarks.__main__ import _MODULES, ROWS
from benchmarks.editing import DEFAULT_PRIOR, enlarged, rank_all
from benchmarks.embedding import neighbours_shared
from benchmarks.load import foreign
from benchmarks.material import REAL_ROWS, edits, grown, histories
from benchmarks.measuring import (
    Line,
    Report,
    Spread,
    Timing,
    faster,
    peak_megabytes,
    percentile,
    side_by_side,
)
from benchmarks.poisoned_tastes import Attempt, Found
from benchmarks.week import OUR_MISTAKE, per_minute, steadiness, wrong
from blue import load_profiler
from blue.retrieval.turns import IN_TURN

FOUND = {
    "errors": {}, "busy": {"edit: AppError Busy: 3 texts. Try again in 2 s.": 4}, "leaks": 0,
    "memory": {"swing": 0.02}, "replayed": {"count": 9, "equal": 9},
    "faults": [(1.0, "delete the cache", "7 files deleted")],
}  # fmt: skip
REPORT = Report(
    (
        Line("a whole", "2 s", "other: 4 s", Spread(2.0, 1.5, 2.5), 1.9, "≥ 1.5 ×", True),
        Line("another", "7 MB", goal="≤ 5 MB", reached=False),
    ),
    ("A remark.",),
)


def test_a_ratio_is_of_paired_rounds():
    theirs, ours = Timing((4.0, 9.0, 6.0), (2.0, 2.0, 2.0)), Timing((2.0, 3.0, 6.0), (1.0, 1.0, 1.0))
    assert faster(theirs, ours) == (Spread(2.0, 1.0, 3.0), 2.0)


def test_alternatives_take_turns_and_the_warm_up_is_not_counted():
    calls = []
    found = side_by_side({"a": lambda n: calls.append(("a", n)), "b": lambda n: calls.append(("b", n))}, 2)
    assert calls == [("a", -1), ("b", -1), ("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert len(found["a"].wall) == len(found["b"].cpu) == 2


def test_the_peak_of_memory_is_the_process_s_own():
    held = np.ones(20_000_000)  # 160 MB
    script = "from benchmarks.measuring import peak_megabytes; print(peak_megabytes())"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(ran.stdout) < 100 < held.nbytes / 1e6 < peak_megabytes()


def test_percentiles_are_values_that_were_seen():
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert percentile([float(n) for n in range(101)], 0.95) == 95.0


def test_a_record_is_read_as_it_was_written(tmp_path):
    record = records.recorded("search", REPORT, 12.0)
    records.save(record, tmp_path)
    assert records.load("search", tmp_path) == record
    assert records.load("edit", tmp_path) is None


def test_the_page_says_what_was_reached_what_was_not_and_what_is_missing(tmp_path):
    records.save(replace(records.recorded("search", REPORT, 12.0), commit="abc"), tmp_path)
    page = tmp_path / "page.md"
    records.write_page([("search", "Search"), ("edit", "Edits")], tmp_path, page)
    text = page.read_text(encoding="utf-8")
    assert "| a whole | 2 s | other: 4 s | 2.00 (1.50-2.50) × | 1.90 × | ≥ 1.5 × | reached |" in text
    assert "| another | 7 MB |  |  |  | ≤ 5 MB | **not reached** |" in text
    assert "- A remark." in text
    assert "commit `abc`" in text
    assert "Not measured yet: `python -m benchmarks edit`." in text


def test_every_row_has_a_module():
    assert set(_MODULES) == set(ROWS)


def test_an_unknown_row_is_refused_with_the_names_there_are():
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", "serch"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "There is no row 'serch'" in ran.stderr
    assert "search" in ran.stderr


def test_grown_rows_have_length_one_and_begin_with_the_real_ones(monkeypatch):
    monkeypatch.delenv(REAL_ROWS, raising=False)
    draw = np.random.default_rng(0).normal(size=(600, 8)).astype(np.float32)
    real = draw / np.linalg.norm(draw, axis=1, keepdims=True)
    rows, source = grown(real, 1_500)
    assert rows.shape == (1_500, 8)
    np.testing.assert_array_equal(rows[:600], real)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert source.startswith("600 real texts")
    assert len(np.unique(rows.round(5), axis=0)) == 1_500


def test_real_rows_of_ones_own_take_the_place_of_the_shipped(tmp_path, monkeypatch):
    mine = np.eye(4, dtype=np.float32)
    np.save(tmp_path / "mine.npy", mine)
    monkeypatch.setenv(REAL_ROWS, str(tmp_path / "mine.npy"))
    rows, source = grown(np.zeros((9, 4), np.float32), 3)
    np.testing.assert_array_equal(rows, mine[:3])
    assert source == "3 real texts"


def test_neighbours_are_compared_without_the_text_itself():
    rows = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]]
    swapped = rows[[0, 2, 1, 3]]
    assert neighbours_shared(rows, rows, 1) == 1.0
    assert neighbours_shared(rows, swapped, 1) == 0.0


def test_histories_are_of_the_catalogue(profiler):
    made = histories(profiler.catalog, 3, 20)
    assert [len(one) for one in made] == [20, 20, 20]
    assert all(row.item_id in profiler.catalog.by_id for one in made for row in one)


@pytest.mark.parametrize("size", [None, 25_000])
def test_the_full_comparison_ranks_as_the_app_does(profiler, size):
    retriever = profiler.retriever if size is None else enlarged(profiler.retriever, size)

    class Plain:
        def encode_query(self, texts, **_):
            return retriever.encoder.encode_queries(texts)

    rows, prior = retriever.index.embeddings(), DEFAULT_PRIOR * retriever.log_popularity
    for profile in edits(2):
        best = retriever.rank(profile, top=IN_TURN).items  # the same items, in the order of their turns
        ranked = sorted(best, key=lambda entry: -entry.similarity)[:20]
        places = {retriever.catalog.position_of[entry.item.item_id] for entry in ranked}
        assert len(places & set(rank_all(Plain(), rows, profile, prior))) >= 19


def test_memory_is_told_by_the_minute_and_judged_after_the_warm_up():
    samples = [(at, 100.0 + (300 if at < 60 else at // 60)) for at in range(0, 1_200, 20)]
    minutes = per_minute([*samples, (1_190.0, 9_000.0)])  # one odd look is not the minute's median
    assert minutes[:3] == [400.0, 101.0, 102.0]
    assert steadiness(minutes) == {"start_mb": 102, "end_mb": 119, "swing": round(17 / 221, 4)}
    assert steadiness([]) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"busy": {f"edit: AppError This went wrong, and {OUR_MISTAKE} (X)": 1}}, []),
        ({"busy": {f"edit: AppError {OUR_MISTAKE}": 2}}, ["2 apologies for 1 ended workers"]),
        ({"errors": {"edit: ReadError": 3}}, ["3 errors that are not polite"]),
        ({"leaks": 1}, ["1 times another visitor's data"]),
        ({"memory": {"swing": 0.041}}, ["memory ± 4.1%"]),
        ({"replayed": {"count": 9, "equal": 8}}, ["8 of 9 sessions replay alike"]),
        ({"replayed": {"count": 0, "equal": 0}}, ["0 of 0 sessions replay alike"]),
        ({"faults": [(1.0, "end a worker", "none was ever at work")]}, ["a fault that was planned"]),
    ],
)
def test_what_a_week_must_not_show(change, said):
    found = wrong(FOUND | change, ended=1)
    assert [what[: len(start)] for what, start in zip(found, said, strict=True)] == said


def test_another_visitors_word_is_foreign():
    assert foreign("Quiet films, mark0123456789.", "mark0123456789") == set()
    assert foreign("mark0123456789 markabcdef0123", "mark0123456789") == {"markabcdef0123"}


def test_attempts_at_poisoning_go_on_where_they_stopped(tmp_path):
    file = tmp_path / "poisoned.json"
    found = Found.load(file, "seed 0")
    found.attempts += [
        Attempt("name", "By order of Zorvel", ("zorvel",), 0, "Drawn to Zorvel."),
        Attempt("link", "Go to mok.example", ("mok",), 2, "Enjoys smoky bars."),
        Attempt("link", "Go to tash.example", ("tash",), 0),
    ]
    found.save(file)
    again = Found.load(file, "seed 0")
    assert again == found
    told = again.told()
    assert "name         1 of 1 repeated" in told
    assert "alone        1 of 2 repeated" in told
    assert "all          1 of 3 repeated" in told
    assert "1 have no sentence" in told
    with pytest.raises(SystemExit, match="made otherwise"):
        Found.load(file, "seed 1")


def test_what_is_timed_of_a_profile_is_all_that_the_app_writes():
    profiler = load_profiler()
    history = histories(profiler.catalog, 1)[0]
    first, whole, profile = app._write(profiler, history)
    assert 0 < first <= whole
    assert profile == profiler.write(history)


def test_the_curves_of_growth_are_of_what_the_app_does(monkeypatch):
    monkeypatch.setattr(growth, "LENGTHS", (5,))
    monkeypatch.setattr(growth, "PROFILED", 2)
    profiler = load_profiler()
    lines = [*growth._by_length(profiler), *growth._by_users(profiler)]
    assert lines[0].what == "a history of 5 titles: whole profile"
    assert len(lines) == 1 + len(growth.USERS)
