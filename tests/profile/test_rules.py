"""The rule-written profile on the shipped catalogue and on small catalogues whose answer is plain to see."""

import subprocess
import sys

import pytest
from blue.profile.interests import inverse_frequencies
from blue.profile.product_phrases import product_sentence
from blue.profile.work_phrases import work_subject

from blue.datatypes import Interaction, Item
from blue.items import load_catalog
from blue.profile.phrases import genres_noun, is_name, join
from blue.profile.polarity import stance
from blue.profile.rules import REJECTIONS, rule_profile, taste_subjects
from blue.profile.title_overlap import copies_title

TITLES = ("Alien", "Blade Runner", "The Thing", "Aliens", "The Matrix", "Heat", "The Godfather", "Casino")


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture(scope="module")
def information(catalog):
    return inverse_frequencies(catalog.items)


@pytest.fixture(scope="module")
def watched(catalog):
    by_title = {item.title: item for item in reversed(catalog.items) if item.kind == "movie"}
    items = [by_title[title] for title in TITLES]
    return tuple(Interaction(item.title, 4.5, item_id=item.item_id) for item in items)


def product(number: int, title: str, kind: str, brand: str | None = None, *words: str) -> Item:
    return Item(str(number), title, "product", makers=(brand,) if brand else (), genres=(kind,), themes=words)


def test_a_history_of_films_becomes_at_most_five_ended_sentences(watched, catalog, information):
    sentences = [sentence.text for sentence in rule_profile(watched, catalog.by_id, information).sentences]
    assert 3 <= len(sentences) <= 5
    assert len(set(sentences)) == len(sentences)
    assert all(text[0].isupper() and text.endswith(".") for text in sentences)
    text = " ".join(sentences).lower()
    assert "science fiction" in text
    assert "crime" in text


def test_no_title_is_named(watched, catalog, information):
    words = rule_profile(watched, catalog.by_id, information).text.lower()
    assert not any(title.lower() in words for title in TITLES)


def test_the_same_history_is_told_alike_in_every_process(watched, catalog, information):
    told = rule_profile(watched, catalog.by_id, information).text
    ids = [one.item_id for one in watched]
    script = (
        "from blue.items import load_catalog; from blue.datatypes import Interaction;"
        "from blue.profile.rules import rule_profile; from blue.profile.interests import inverse_frequencies;"
        "c = load_catalog();"
        f"h = [Interaction(c.by_id[i].title, 4.5, item_id=i) for i in {ids!r}];"
        "print(rule_profile(h, c.by_id, inverse_frequencies(c.items)).text)"
    )
    again = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert again.stdout.strip() == told


def test_what_the_user_rated_badly_is_rejected_last_in_words_that_are_understood():
    items = {str(n): Item(str(n), f"Song {n}", "movie", genres=("musical",)) for n in range(3)}
    items |= {str(n): Item(str(n), f"Crook {n}", "movie", genres=("crime",)) for n in range(3, 8)}
    items["8"] = Item("8", "A Fog", "movie", genres=("horror",))
    history = [Interaction(items[str(n)].title, 1.0 if n < 3 else 5.0, item_id=str(n)) for n in range(8)]
    last = rule_profile(history, items, inverse_frequencies(items.values())).sentences[-1].text
    assert stance(last).liked is None
    assert "musical" in stance(last).disliked


@pytest.mark.parametrize("frame", REJECTIONS)
def test_every_rejection_is_understood_as_one(frame):
    assert stance(frame.format("loud musicals")).liked is None


def test_films_are_told_by_genre_year_and_theme():
    items = [
        Item("1", "A", "movie", 1994, genres=("crime", "drama"), themes=("Mafia", "dark")),
        Item("2", "B", "movie", 1995, genres=("crime", "drama"), themes=("Mafia",)),
    ]
    assert work_subject(items, {"Mafia", "dark"}) == (
        "dark crime and drama movies from 1994 and 1995, about the Mafia"
    )
    assert work_subject(items[:1], set()) == "crime and drama movies from 1994"


def test_no_two_sentences_about_films_name_the_same_genres_or_open_alike(watched, catalog, information):
    texts = [sentence.text for sentence in rule_profile(watched, catalog.by_id, information).sentences]
    genres = [text.partition(" movies")[0].casefold().split(" ", 1)[-1] for text in texts]
    assert len(set(genres)) == len(genres)
    assert [text.partition(" ")[0] for text in texts[1:3]] == ["Drawn", "Often"]


def test_books_are_told_by_authors_and_early_century():
    items = [
        Item("1", "A", "book", 1813, makers=("Jane Austen",)),
        Item("2", "B", "book", 1871, makers=("George Eliot",)),
    ]
    assert work_subject(items, set()) == "books by Jane Austen and George Eliot from the 19th century"


def test_a_title_is_told_in_parts_that_do_not_copy_it():
    title = "Suave Naturals Deep Daily Clarifying Conditioner, Tropical Coconut, 22.5 Ounce"
    item = Item("1", title, "product", makers=("Suave",), genres=("conditioners",))
    told = product_sentence([item])
    assert not copies_title(told, [title])
    assert all(word in told for word in ("Suave", "Conditioner", "Clarifying", "Coconut"))
    assert "Ounce" not in told


def test_a_short_title_is_told_as_it_is_and_the_next_of_its_brand_with_it():
    items = [
        Item("1", "Curel Rough Skin Rescue, 20 Ounce", "product", makers=("Curel",)),
        Item("2", "Curel Daily Lotion", "product", makers=("Curel",)),
    ]
    assert product_sentence(items, place=1) == "Often picks Curel Rough Skin Rescue, and Daily Lotion."
    other = Item("3", "Thayers - Rose Petal Witch Hazel with Aloe Vera Toner", "product", makers=("Thayers",))
    assert product_sentence([items[0], other]) == "Curel Rough Skin Rescue."
    assert product_sentence([other]) == "Thayers Rose Petal Witch Hazel and Aloe Vera Toner."


def test_products_are_told_by_brand_and_the_words_of_their_titles():
    items = [product(n, f"OPI Lacquer {n}", "nail polish", "OPI", "glitter") for n in range(3)]
    items += [product(n, f"Shampoo {n}", "shampoos", None, "argan oil") for n in range(3, 5)]
    items += [product(n, f"Comb {n}", "combs") for n in range(5, 9)]
    items.append(product(9, "Kite", "kites"))
    catalog = {item.item_id: item for item in items}
    history = [Interaction(item.title, item_id=item.item_id) for item in items[:5]]
    told = rule_profile(history, catalog, inverse_frequencies(items)).text
    assert "OPI Lacquer" in told
    assert "shampoo" in told.lower()
    assert "comb" not in told.lower()


def test_books_are_told_by_author_and_series():
    items = [
        Item(str(n), f"Volume {n}", "book", makers=("Ann Author",), series="Long Winter", genres=("fantasy",))
        for n in range(3)
    ]
    items += [
        Item(str(n), f"Other {n}", "book", makers=(f"Writer {n}",), genres=("crime",)) for n in range(3, 9)
    ]
    history = [Interaction(item.title, 5.0, item_id=item.item_id) for item in items[:3]]
    told = rule_profile(history, {item.item_id: item for item in items}, inverse_frequencies(items)).text
    assert "Ann Author" in told
    assert "Long Winter" in told


def test_a_series_that_is_itself_a_title_of_the_history_is_not_named():
    items = [
        Item(str(n), title, "book", series="Dune") for n, title in enumerate(("Dune", "Dune Messiah", "Emma"))
    ]
    history = [Interaction(item.title, 5.0, item_id=item.item_id) for item in items[:2]]
    told = rule_profile(history, {item.item_id: item for item in items}, inverse_frequencies(items)).text
    assert "Dune" not in told


def test_titles_that_the_catalogue_lacks_have_no_profile(catalog, information):
    assert rule_profile([Interaction("Home Video 3", 5.0)], catalog.by_id, information).sentences == ()


def test_genres_join_into_a_noun_phrase():
    assert genres_noun(("crime", "comedy"), "films") == "crime comedies"
    assert genres_noun(("children's", "animation"), "films") == "family animation"
    assert genres_noun(("magic realism",), "novels") == "magic realism"


def test_people_are_told_from_places_and_themes():
    assert is_name("Coen Brothers")
    assert not is_name("World War II")
    assert not is_name("time travel")


def test_enumeration():
    assert (join(["a"]), join(["a", "b"]), join(["a", "b", "c"])) == ("a", "a and b", "a, b and c")


def test_subjects_name_the_liked_tastes_only():
    items = {
        f"ml:{n}": Item(f"ml:{n}", f"Film {n}", "movie", genres=(genre,))
        for n, genre in enumerate(["western"] * 3 + ["musical"] * 3 + ["drama"] * 30 + ["opera"])
    }
    history = [Interaction(f"Film {n}", 5.0 if n < 3 else 1.0, item_id=f"ml:{n}") for n in range(6)]
    subjects = taste_subjects(history, items, inverse_frequencies(items.values()))
    assert [(taste.attributes, subject) for taste, subject in subjects] == [(("western",), "Westerns")]
