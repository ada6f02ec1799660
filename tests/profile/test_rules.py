"""The rule-written profile on the shipped catalogue and on a small catalogue whose answer is plain to see."""

import subprocess
import sys

import pytest

from blue.datatypes import Interaction, Item
from blue.items import load_catalog
from blue.profile import Background, Grouper, Rarity, rule_profile, shipped_weights, stance, taste_in_words
from blue.profile.phrases import genres_noun, join

TITLES = ("Alien", "Blade Runner", "The Thing", "Aliens", "The Matrix", "Heat", "The Godfather", "Casino")
SOAP = Item("1", "Lavender Soap Bar, 4 oz", "product", makers=("Dove",), genres=("soap bars",))
BAR = Item("2", "Oatmeal Soap Bar, 3 pack", "product", makers=("Dove",), genres=("soap bars",))


def grouper_over(items) -> Grouper:
    return Grouper(Rarity(items), Background(0.0, 1.0), shipped_weights())


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture(scope="module")
def grouper(catalog):
    return grouper_over(catalog.items)


@pytest.fixture(scope="module")
def watched(catalog):
    by_title = {item.title: item for item in reversed(catalog.items) if item.kind == "movie"}
    items = [by_title[title] for title in TITLES]
    return tuple(Interaction(item.title, 4.5, item_id=item.item_id) for item in items)


def test_a_history_of_films_becomes_at_most_five_ended_sentences(watched, catalog, grouper):
    sentences = [sentence.text for sentence in rule_profile(watched, catalog.by_id, grouper).sentences]
    assert 2 <= len(sentences) <= 5
    assert len(set(sentences)) == len(sentences)
    assert all(text[0].isupper() and text.endswith(".") for text in sentences)
    text = " ".join(sentences).lower()
    assert "science fiction" in text
    assert "crime" in text


def test_each_sentence_knows_its_lines(watched, catalog, grouper):
    keys = {one.key for one in watched}
    for sentence in rule_profile(watched, catalog.by_id, grouper).sentences:
        assert sentence.written_from
        assert set(sentence.written_from) <= keys


def test_the_same_history_is_told_alike_in_every_process(watched, catalog, grouper):
    told = rule_profile(watched, catalog.by_id, grouper).text
    script = (
        "import sys; from blue.items import load_catalog; from blue.datatypes import Interaction;"
        "from blue.profile import *; from blue.profile.affinity import Background; c = load_catalog();"
        "g = Grouper(Rarity(c.items), Background(0.0, 1.0), shipped_weights());"
        "h = [Interaction(c.by_id[i].title, 4.5, item_id=i) for i in sys.argv[1:]];"
        "print(rule_profile(h, c.by_id, g).text)"
    )
    again = subprocess.run(
        [sys.executable, "-c", script, *(one.item_id for one in watched)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert again.stdout.strip() == told


def test_the_dislike_is_last_and_reads_as_one(catalog, grouper):
    by_title = {item.title: item for item in reversed(catalog.items) if item.kind == "movie"}
    stars = {"Alien": 5.0, "Aliens": 5.0, "Saw": 0.5, "Saw II": 0.5}
    history = [Interaction(t, s, item_id=by_title[t].item_id) for t, s in stars.items()]
    sentences = rule_profile(history, catalog.by_id, grouper).sentences
    assert stance(sentences[-1].text).liked is None
    assert set(sentences[-1].written_from) == {by_title["Saw"].item_id, by_title["Saw II"].item_id}
    assert all(stance(one.text).disliked is None for one in sentences[:-1])


def test_products_are_named_by_kind_and_brand():
    assert taste_in_words([SOAP, BAR], grouper_over([SOAP, BAR])) == "soap bars by Dove"


def test_titles_that_the_catalogue_lacks_have_no_profile(catalog, grouper):
    assert rule_profile([Interaction("Home Video 3", 5.0)], catalog.by_id, grouper).sentences == ()
    assert rule_profile([], catalog.by_id, grouper).sentences == ()


@pytest.mark.parametrize(
    ("genres", "noun"),
    [
        (("comedy", "romance"), "romantic comedies"),
        (("crime", "drama"), "crime dramas"),
        (("war",), "war films"),
    ],
)
def test_genres_as_one_noun(genres, noun):
    assert genres_noun(genres, "films") == noun


def test_words_are_joined_as_people_do():
    assert join(["aliens"]) == "aliens"
    assert join(["aliens", "isolation", "memory"]) == "aliens, isolation and memory"
