"""What a history has in common, counted by hand."""

import math

import pytest

from blue.datatypes import Interaction, Item
from blue.profile.interests import attributes_of, group_tastes, inverse_frequencies, recent_tastes

SHELF = (
    Item("1", "Alien", "movie", genres=("horror",), themes=("space",)),
    Item("2", "Event Horizon", "movie", genres=("horror",), themes=("space",)),
    Item("3", "Heat", "movie", genres=("crime",)),
    Item("4", "Ronin", "movie", genres=("crime",)),
    Item("5", "Grease", "movie", genres=("musical",)),
    Item("6", "Cats", "movie", genres=("musical",)),
    Item("7", "Emma", "book", genres=("romance",), makers=("Jane Austen", "An Editor"), series=None),
    Item("8", "Dune", "book", genres=("science fiction",), series="Dune Chronicles"),
)
ITEMS = {item.item_id: item for item in SHELF}
INFORMATION = inverse_frequencies(SHELF)


def rated(item_id: str, rating: float | None = None) -> Interaction:
    return Interaction(ITEMS[item_id].title if item_id in ITEMS else "?", rating, item_id=item_id)


def tastes_of(*interactions: Interaction, most: int = 5):
    return group_tastes(interactions, ITEMS, INFORMATION, most)


def test_an_item_is_described_by_genres_tags_series_and_its_first_author():
    assert attributes_of(ITEMS["7"]) == ("romance", "Jane Austen")
    assert attributes_of(ITEMS["8"]) == ("science fiction", "Dune Chronicles")
    assert attributes_of(Item("x", "X", "movie", genres=("a",), themes=("a", "b"))) == ("a", "b")


def test_information_is_the_log_of_how_rare_an_attribute_is():
    assert INFORMATION["crime"] == pytest.approx(math.log(8 / 2))
    assert INFORMATION["romance"] == pytest.approx(math.log(8))


def test_an_attribute_everything_has_says_nothing():
    items = (Item("a", "A", "movie", genres=("drama",)), Item("b", "B", "movie", genres=("drama",)))
    assert inverse_frequencies(items) == {"drama": 0.0}
    history = (Interaction("A", 5, item_id="a"), Interaction("B", 5, item_id="b"))
    assert group_tastes(history, {i.item_id: i for i in items}, {"drama": 0.0}) == ()


def test_what_is_shared_becomes_a_taste_and_says_who_supports_it():
    crime, *_ = tastes_of(rated("3", 4.0), rated("7", 4.0), rated("4", 5.0))
    assert crime.attributes == ("crime",)
    assert [one.title for one in crime.interactions] == ["Ronin", "Heat"]  # best rated first
    assert crime.liked


def test_attributes_that_always_come_together_are_one_taste():
    first, *rest = tastes_of(rated("1", 5.0), rated("2", 5.0), rated("3", 5.0), rated("4", 5.0))
    assert set(first.attributes) == {"horror", "space"}
    assert rest[0].attributes == ("crime",)


def test_recent_items_count_more():
    older_first = [rated("3"), rated("4")] * 20 + [rated("7"), rated("8")] * 20
    assert "crime" not in tastes_of(*older_first, most=1)[0].attributes
    assert tastes_of(*reversed(older_first), most=1)[0].attributes == ("crime",)


def test_what_several_items_agree_in_rating_low_is_rejected_last():
    found = tastes_of(rated("5", 1.0), rated("6", 1.5), rated("3", 5.0), rated("4", 5.0))
    assert found[-1].attributes == ("musical",)
    assert not found[-1].liked
    assert [one.title for one in found[-1].interactions] == ["Grease", "Cats"]  # worst first
    assert all(taste.liked for taste in found[:-1])


def test_one_bad_film_is_no_dislike_and_nor_is_a_shade_below_the_mean():
    assert all(taste.liked for taste in tastes_of(rated("5", 1.0), rated("3", 5.0), rated("4", 5.0)))
    shade = tastes_of(rated("5", 3.5), rated("6", 3.5), rated("3", 4.0), rated("4", 4.0))
    assert all(taste.liked for taste in shade)


def test_a_rejected_attribute_is_never_liked_as_well():
    found = tastes_of(rated("5", 0.5), rated("6", 2.0), rated("3", 2.5), rated("4", 5.0))
    assert sum("musical" in taste.attributes for taste in found) <= 1


def test_there_are_never_more_tastes_than_asked_for():
    everything = [rated(item.item_id, 1.0 if "musical" in item.genres else 5.0) for item in SHELF]
    for most in (1, 2, 5):
        assert len(tastes_of(*everything, most=most)) <= most


def test_titles_that_the_catalogue_lacks_support_no_taste():
    assert tastes_of(Interaction("Home movie", 5.0), rated("no such id", 5.0)) == ()
    assert tastes_of() == ()


def test_a_single_item_still_says_something():
    found = tastes_of(rated("1", 5.0))
    assert found
    assert set(found[0].attributes) <= {"horror", "space"}


def test_a_history_without_ratings_has_likes_only():
    found = tastes_of(rated("3"), rated("4"), rated("5"), rated("6"))
    assert {taste.attributes for taste in found} == {("crime",), ("musical",)}
    assert all(taste.liked for taste in found)


def film(number: int, year: int, *genres: str) -> Item:
    return Item(f"ml:{number}", f"Film {number}", "movie", year, genres=genres)


def seen(items, *ratings: float | None) -> list[Interaction]:
    return [
        Interaction(item.title, rating, item_id=item.item_id)
        for item, rating in zip(items, ratings, strict=True)
    ]


def test_recent_films_of_the_same_genres_are_one_taste_whenever_they_were_made():
    items = [film(1, 1995, "crime"), film(2, 1996, "crime"), film(3, 1995, "comedy"), film(4, 1975, "crime")]
    found = recent_tastes(seen(items, 5, 4, 4, 4), {item.item_id: item for item in items})
    assert [[one.title for one in taste.interactions] for taste in found] == [
        ["Film 1", "Film 4", "Film 2"],  # 5 stars count most, then the most recent of those with 4
        ["Film 3"],
    ]
    assert [taste.attributes for taste in found] == [("crime",), ("comedy",)]


def test_recent_books_are_one_taste_by_genre_early_century_and_few_authors():
    writers = "Austen", "Brontë", "Dickens", "Eliot", "Ishiguro", "Woolf"
    years = 1813, 1847, 1860, 1871, 1989, 1925
    items = [
        Item(f"gb:{n}", f"Book {n}", "book", year, makers=(writer,))
        for n, (writer, year) in enumerate(zip(writers, years, strict=True))
    ]
    found = recent_tastes(seen(items, *[None] * 6), {item.item_id: item for item in items})
    assert [{one.title for one in taste.interactions} for taste in found] == [
        {"Book 1", "Book 2", "Book 3"},  # three authors of the 19th century: of four, those read last
        {"Book 4", "Book 5"},
        {"Book 0"},
    ]


def test_an_item_far_below_the_mean_supports_no_recent_taste():
    items = [film(1, 1990, "crime"), film(2, 1990, "comedy"), film(3, 1990, "war")]
    found = recent_tastes(seen(items, 5, 1, 5), {item.item_id: item for item in items})
    assert [taste.attributes for taste in found] == [("war",), ("crime",)]


def test_what_was_rejected_twice_comes_last_and_counts_towards_the_limit():
    items = [film(n, 1900 + 10 * n, "crime") for n in range(4)] + [film(9, 1990, "war"), film(8, 1970, "war")]
    found = recent_tastes(seen(items, 5, 5, 5, 5, 1, 1), {item.item_id: item for item in items}, most=3)
    assert [taste.liked for taste in found] == [True, False]
    assert found[-1].attributes == ("war",)


def test_products_of_one_brand_and_kind_are_one_taste_and_unbranded_ones_are_not():
    polish = [Item(str(n), f"OPI {n}", "product", makers=("OPI",), genres=("polish",)) for n in range(2)]
    combs = [Item(str(n), f"Comb {n}", "product", genres=("combs",)) for n in range(2, 4)]
    items = [*polish, *combs]
    found = recent_tastes(seen(items, *[None] * 4), {item.item_id: item for item in items})
    assert sorted(len(taste.interactions) for taste in found) == [1, 1, 2]
