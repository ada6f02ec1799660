"""The warm start's configuration, and the examples that it learns from."""

import json
import random
from pathlib import Path

import pytest
from trl import SFTConfig

from blue.datatypes import Interaction, Item
from training.data import Taught, TeachingProfile, known_items, read_teaching, split_of
from training.data.loaders import load_all
from training.data.teaching import TEACHING
from training.warm_start.config import read_config
from training.warm_start.pairs import pairs_of, spread, varied
from training.warm_start.trainer import last_layers

CONFIGS = Path(__file__).parents[2] / "training" / "configs"
ALIEN = Item(
    "ml:1", "Alien", "movie", 1979, ("Ridley Scott",), genres=("horror",), themes=("crew", "creature")
)
ALIENS = Item(
    "ml:2", "Aliens", "movie", 1986, ("James Cameron",), genres=("action",), themes=("marines", "creature")
)
CATS = Item("ml:3", "Cats", "movie", 2019, genres=("musical",), themes=("cats",))
ITEMS = {item.item_id: item for item in (ALIEN, ALIENS, CATS)}


def profile(*sentences: tuple[str, tuple[int, ...]]) -> TeachingProfile:
    history = tuple(
        Interaction(item.title, stars, kind=item.kind, item_id=item.item_id)
        for item, stars in ((ALIEN, 5.0), (CATS, 1.0), (ALIENS, None))
    )
    return TeachingProfile("one", "movies", "ml:1", history, ITEMS, tuple(Taught(*one) for one in sentences))


TWO = profile(("Loves creatures that hunt a crew.", (0, 2)), ("Left cold by musicals.", (1,)))


@pytest.mark.parametrize("name", ["embedded", "own-data", "paper", "small-gpu"])
def test_every_value_of_a_configuration_is_known(name):
    ours, trl = read_config(CONFIGS / f"{name}.yaml")
    assert ours.most_tokens > 128
    assert set(trl) <= set(SFTConfig.__dataclass_fields__)
    assert "bf16" in trl, "TRL turns it on where a configuration does not name it"


def test_the_last_layers_get_an_adapter():
    ours, _ = read_config(CONFIGS / "embedded.yaml")
    assert list(last_layers(ours, 30)) == list(range(14, 30))
    assert last_layers(read_config(CONFIGS / "paper.yaml")[0], 26) is None


def test_a_shop_that_is_not_given_is_asked_for():
    with pytest.raises(SystemExit, match="--data beauty="):
        known_items(["movies", "beauty"], [])


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("=DIR", "name is empty"),
        ("movies=DIR", "no folder DIR. Write NAME=DIR"),
        (".", "no data that is"),
    ],
)
def test_a_source_that_is_written_differently_is_told(source, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=told):
        load_all([source])


def test_the_teaching_profiles_hold_nobody_of_the_test_split_and_no_shop_title():
    text = "".join(path.read_text(encoding="utf-8") for path in TEACHING.glob("*.jsonl"))
    rows = [json.loads(line) for line in text.splitlines()]
    assert len(rows) == 1190 + 78 + 2104 + 929 + 1130
    real = [row["user"] for row in rows if row["kind"] in ("movies", "beauty", "toys")]
    assert "test" not in {split_of(user) for user in real}
    assert all(
        name.isdigit() for row in rows if row["kind"] in ("beauty", "toys") for name in row["item_ids"]
    )


def test_a_profile_is_read_with_the_lines_of_its_sentences(tmp_path):
    path = tmp_path / "taught.jsonl"
    path.write_text(
        '{"id": "a", "kind": "movies", "user": "ml:1", "item_ids": ["ml:1", "ml:3"], "ratings": [5, null], '
        '"sentences": [{"text": "Loves space.", "rows": [1]}]}\n'
    )
    (found,) = read_teaching([path], {"movies": ITEMS}, split_of("ml:1"))
    assert [(one.title, one.rating) for one in found.history] == [("Alien", 5.0), ("Cats", None)]
    assert found.sentences == (Taught("Loves space.", (0,)),)
    assert not list(read_teaching([path], {"books": ITEMS}, split_of("ml:1")))
    with pytest.raises(SystemExit, match="names 'ml:3'"):
        list(read_teaching([path], {"movies": {"ml:1": ALIEN}}, split_of("ml:1")))


def test_a_sentence_is_asked_for_with_its_own_lines_and_the_stars_decide_the_question():
    liked, disliked = pairs_of([TWO])
    assert [line.title for line in liked.lines] == ["Alien", "Aliens"]
    assert liked.prompt[0]["content"].endswith("likes.")
    assert disliked.prompt[0]["content"].endswith("dislikes.")
    assert "Shared: creature" in liked.prompt[1]["content"]


def test_what_a_sentence_says_is_never_withheld():
    (pair, _) = pairs_of([TWO])
    for seed in range(40):
        other = varied(pair, random.Random(seed))
        assert {line.title for line in other.lines} == {"Alien", "Aliens"}, "two lines stay two"
        shown = other.prompt[1]["content"]
        assert "creature" in shown
        assert "crew" in shown


def test_a_kind_of_weight_two_is_there_twice():
    chosen = spread(pairs_of([TWO]), {"movies": 2}, 1.5, random.Random(0))
    assert sum(not one.disliked for one in chosen) == 2
    assert sum(one.disliked for one in chosen) == 3
