"""Sentence by sentence: which of several sentences teaches the next round, and what a trial counts."""

import json

import pytest

from blue.datatypes import Interaction, Item
from blue.shipped import ASSETS
from training.data import TEACHING, Dataset, Taught, TeachingProfile, read_teaching, split_of
from training.warm_start import candidates
from training.warm_start.candidates import Candidate, choose, next_items, sample, sampled, tastes
from training.warm_start.pairs import pairs_of
from training.warm_start.trial import Written, best_supported, judged, table

HEIST = Item(
    "ml:1", "Heat", "movie", 1995, ("Michael Mann",), genres=("crime",), themes=("heist", "Los Angeles")
)
CASINO = Item("ml:2", "Casino", "movie", 1995, genres=("crime",), themes=("casino", "gangsters", "heist"))
LATER = [Item(f"ml:{number}", f"Film {number}", "movie") for number in range(3, 8)]
ITEMS = {item.item_id: item for item in (HEIST, CASINO, *LATER)}
HISTORY = tuple(Interaction(one.title, 5.0, kind="movie", item_id=one.item_id) for one in (HEIST, CASINO))
PROFILE = TeachingProfile("p", "movies", "ml:1", HISTORY, ITEMS, (Taught("Loves a clever heist.", (0, 1)),))
(PAIR,) = pairs_of([PROFILE])


class Seeded:
    """Writes its seed, and one sentence that does not end."""

    def __init__(self) -> None:
        self.seeds = []

    def generate(self, conversations, settings):
        self.seeds.append(settings.seed)
        return [f"Loves heist {settings.seed % 3}." for _ in conversations[1:]] + ["Loves an endless"]


def test_every_sample_has_a_seed_of_its_own_and_what_does_not_end_is_left_out():
    generator = Seeded()
    first, last = sample(generator, [PAIR, PAIR], 4, seed=2)
    assert generator.seeds == [8, 9, 10, 11]
    assert first == ("Loves heist 2.", "Loves heist 0.", "Loves heist 1.")
    assert last == ()


def test_what_breaks_a_guard_or_is_there_already_is_not_chosen():
    some = [
        Candidate("a", 9.0, ("year",), 0.9), Candidate("b", 1.0, (), 0.1), Candidate("c", 2.0, (), 0.3),
    ]  # fmt: skip
    assert choose(some, []).text == "c"
    assert choose(some, ["c"]).text == "b"
    assert choose(some[:1], []) is None


def test_where_nothing_came_next_the_best_supported_is_chosen():
    assert choose([Candidate("b", 1.0, (), None), Candidate("c", 2.0, (), None)], []).text == "c"


def test_the_next_items_are_what_followed_the_history():
    taken = tuple(Interaction(one.title, item_id=one.item_id) for one in (HEIST, CASINO, *LATER))
    shop = Dataset("movies", ITEMS, {"ml:1": taken})
    assert [item.item_id for item in next_items(PROFILE, {"movies": shop})] == ["ml:3", "ml:4", "ml:5"]
    assert next_items(PROFILE, {}) == []
    assert next_items(PROFILE, {"movies": Dataset("movies", ITEMS, {"ml:1": taken[:2]})}) == []


def test_a_run_that_was_killed_goes_on_after_its_last_whole_row(tmp_path):
    path = tmp_path / "sampled.jsonl"
    path.write_text('{"profile": "p", "sentence": 0, "candidates": []}\n{"profile": "q", "sent')
    assert [row["profile"] for row in sampled(path)] == ["p"]
    assert list(sampled(tmp_path / "none.jsonl")) == []


def test_the_same_tastes_are_asked_for_again():
    assert tastes([PROFILE] * 5, 3, seed=1) == tastes([PROFILE] * 5, 3, seed=1)
    assert len(tastes([PROFILE], 9, seed=1)) == 1


def test_what_is_chosen_can_be_learned_from(tmp_path, capsys):
    good, bad = (
        Candidate("Loves a heist in the city.", 3.0, (), None),
        Candidate("Of 1995.", 5.0, ("year",), None),
    )
    row = {"profile": "p", "sentence": 0, "candidates": [vars(bad), vars(good)]}
    candidates.write_chosen(tmp_path, [row], {"p": PROFILE})
    (found,) = read_teaching([tmp_path / "chosen.jsonl"], {"movies": ITEMS}, split_of("ml:1"))
    assert found.sentences == (Taught("Loves a heist in the city.", (0, 1)),)
    assert found.history == HISTORY
    assert "1 tastes, 2 different sentences, 1 break no guard; 1 tastes have one" in capsys.readouterr().out


def test_the_lines_decide_which_sentence_is_the_best():
    invented = "Loves a dying child who sails a pirate ship through a haunted jungle."
    true = "Loves crime stories of a heist."
    assert best_supported(PAIR, (invented, true)) == true
    assert "unsupported" in judged("", PAIR, invented).breaks
    assert "year" in judged("", PAIR, "Loves crime of 1995.").breaks


def test_the_table_has_a_line_for_each_writer_with_its_interval():
    rows = [Written("a", "movies", "", "Loves crime.", ("unsupported",) * (n < 5)) for n in range(50)]
    header, _, line = table(rows).splitlines()
    assert header.split(" | ")[4] == "unsupported"
    assert line.split(" | ")[1:5] == ["50", "2.0", "0.02", "0.10 (0.04-0.21)"]


@pytest.mark.slow
def test_several_sentences_of_the_shipped_model_are_kept_and_the_run_can_go_on(tmp_path, capsys):
    arguments = ["--out", str(tmp_path), "--tastes", "2", "--samples", "2", "--kinds", "books"]
    asked = candidates.parser().parse_args([*arguments, "--adapter", "assets/profiler"])
    candidates.run(asked)
    rows = [json.loads(line) for line in (tmp_path / "sampled.jsonl").read_text().splitlines()]
    assert len(rows) == 2
    assert all(one["text"].endswith(".") for row in rows for one in row["candidates"])
    before = (tmp_path / "sampled.jsonl").read_bytes()
    candidates.run(asked)
    assert (tmp_path / "sampled.jsonl").read_bytes() == before
    assert capsys.readouterr().out.count("2 tastes") == 2


@pytest.mark.timeout(300)
def test_a_round_samples_judges_and_chooses_with_the_shipped_models(tmp_path):
    """One taste of an assembled visitor from end to end; the same command again samples nothing anew."""
    teaching = tmp_path / "teaching.jsonl"
    lines = (TEACHING / "grouped.jsonl").read_text("utf-8").splitlines()
    (record,) = [line for line in lines if json.loads(line)["kind"] == "visitors"][:1]
    teaching.write_text(record + "\n", "utf-8")
    asked = candidates.parser().parse_args([
        "--adapter", str(ASSETS / "profiler"), "--out", str(tmp_path), "--kinds", "visitors",
        "--teaching", str(teaching), "--tastes", "1", "--samples", "2",
    ])  # fmt: skip
    candidates.run(asked)
    before = (tmp_path / "sampled.jsonl").read_text("utf-8")
    (row,) = map(json.loads, before.splitlines())
    assert 1 <= len(row["candidates"]) <= 2
    candidates.run(asked)
    assert (tmp_path / "sampled.jsonl").read_text("utf-8") == before
