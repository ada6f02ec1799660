"""Synthetic readers: histories assembled from the catalogue's books, because no real ones may be shared.

A reader has a few interests (a genre, an author or a series), reads popular books within them and rates them
well, and picks up something else now and then. Nothing here says what people choose: such histories teach a
profiler to *read* books, not to predict them, and nothing is ever evaluated on them.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

from blue.datatypes import Interaction, Item
from blue.items import Catalog
from training.data.schema import Dataset

MIN_BOOKS = 4  # books that share an attribute before it can be an interest
INTEREST_RATINGS = (3.0, 4.0, 4.0, 4.5, 5.0, 5.0, 5.0)
OTHER_RATINGS = (1.0, 2.0, 2.0, 3.0, 3.0, 4.0)
UNRATED_READERS = 0.25
UNCOUNTED = 20  # ratings of a work that nobody has counted, where works are drawn by them


def synthetic_readers(catalog: Catalog, readers: int, seed: int = 0) -> Dataset:
    """Readers with 6-40 books each, under ids such as "reader:17"."""
    books = [item for item in catalog.items if item.kind == "book" and item.ratings]
    return Dataset("books", _by_id(books), _assembled("reader", books, readers, seed), synthetic=True)


def synthetic_visitors(catalog: Catalog, visitors: int, seed: int = 0) -> Dataset:
    """Visitors of the app with works of every kind, under ids such as "visitor:17"."""
    works = [item for item in catalog.items if item.genres]
    return Dataset("visitors", _by_id(works), _assembled("visitor", works, visitors, seed), synthetic=True)


def _by_id(items: Sequence[Item]) -> dict[str, Item]:
    return {item.item_id: item for item in items}


def _assembled(
    name: str, works: Sequence[Item], people: int, seed: int
) -> dict[str, tuple[Interaction, ...]]:
    draw, shelves = random.Random(seed), _shelves(works)
    return {f"{name}:{number}": _history(shelves, works, draw) for number in range(people)}


def mixed_histories(movies: Dataset, books: Dataset, users: int, seed: int = 0) -> Dataset:
    """Films of a training user and books of a synthetic reader in one history, under ids "mixed:17".

    Only training users lend their films, so that no test user's choices enter training by this door.
    """
    draw = random.Random(seed)
    viewers = sorted(user for user in movies.histories if movies.split(user) == "train")
    readers = sorted(user for user in books.histories if books.split(user) == "train")
    histories = {}
    for number in range(users):
        films = movies.histories[draw.choice(viewers)]
        start = draw.randrange(max(1, len(films) - 15))
        read = books.histories[draw.choice(readers)]
        together = [*films[start : start + draw.randint(4, 15)], *read[: draw.randint(3, 12)]]
        histories[f"mixed:{number}"] = tuple(draw.sample(together, len(together)))
    return Dataset("mixed", {**movies.items, **books.items}, histories, synthetic=True)


def _shelves(books: Sequence[Item]) -> dict[str, list[list[Item]]]:
    """Kind of interest -> the books of each interest of that kind."""
    found: dict[str, dict[str, list[Item]]] = {
        "genre": defaultdict(list),
        "author": defaultdict(list),
        "series": defaultdict(list),
    }
    for book in books:
        for genre in book.genres:
            found["genre"][genre].append(book)
        for author in book.makers[:1]:
            found["author"][author].append(book)
        if book.series:
            found["series"][book.series].append(book)
    return {
        kind: [shelf for shelf in named.values() if len(shelf) >= MIN_BOOKS] for kind, named in found.items()
    }


def _history(shelves, books, draw: random.Random) -> tuple[Interaction, ...]:
    liked: dict[str, Item] = {}
    for _ in range(draw.choice((2, 2, 3, 3, 4))):
        kind = draw.choices(("genre", "author", "series"), (0.65, 0.25, 0.1))[0]
        liked |= {
            book.item_id: book for book in _popular(draw.choice(shelves[kind]), draw.randint(2, 9), draw)
        }
    others = [book for book in _popular(books, draw.randint(0, 5), draw) if not _shares(book, liked.values())]
    rated = draw.random() >= UNRATED_READERS
    ones = [_interaction(book, draw.choice(INTEREST_RATINGS) if rated else None) for book in liked.values()]
    ones += [_interaction(book, draw.choice(OTHER_RATINGS) if rated else None) for book in others]
    return tuple(draw.sample(ones, len(ones)))


def _shares(book: Item, liked) -> bool:
    return any(_attributes(book) & _attributes(other) for other in liked)


def _attributes(book: Item) -> set[str]:
    return {*book.genres, *book.themes, *filter(None, (book.series,)), *book.makers[:1]}


def _popular(books: Sequence[Item], count: int, draw: random.Random) -> list[Item]:
    """Different books, drawn in proportion to the square root of their ratings."""
    weights = [(book.ratings or UNCOUNTED) ** 0.5 for book in books]
    chosen = draw.choices(books, weights, k=count)
    return list({book.item_id: book for book in chosen}.values())


def _interaction(book: Item, rating: float | None) -> Interaction:
    creator = book.makers[0] if book.makers else None
    return Interaction(book.title, rating, None, book.kind, book.year, creator, book.item_id)
