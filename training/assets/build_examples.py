"""Build the example histories of the app from MovieLens' raw files.

    python -m training.assets.build_examples --movielens ml-latest-small --out assets/examples

Writes one plain text file a mood ("Title (1999) | 4.5 | 2015-03-01"), one file shaped like a Letterboxd
export, one shaped like a Goodreads export, and examples.json, which lists them in the order of display.
"""

import argparse
import csv
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from blue.datatypes import Item
from training.assets.build_catalog import read_movies

_MOST_LIKED = 20
_MOST_DISLIKED = 4  # a few low ratings make a taste clearer; many crowd the prompt
_LIKED_FROM = 4.0
_DISLIKED_TO = 2.0


@dataclass(frozen=True)
class Source:
    """A MovieLens user whose taste a reader recognises at once; chosen by reading their lists."""

    user_id: int
    file: str
    name: str
    mood: str


SOURCES = (
    Source(149, "science_fiction.txt", "Science fiction", "wary of the future"),
    Source(538, "family_musicals.txt", "Family musicals", "singing along"),
    Source(297, "crime.txt", "Crime", "up to something"),
    Source(358, "love_stories.txt", "Love stories", "in love again"),
    Source(533, "horror.txt", "Horror", "afraid of the dark"),
)
LETTERBOXD = Source(397, "letterboxd_ratings.csv", "Letterboxd file", "in a small cinema")
GOODREADS = {
    "file": "goodreads_library_export.csv",
    "name": "Goodreads file",
    "mood": "by the fireside",
}

# Made up for this project: there are no public histories under goodbooks-10k's licence to draw from.
_BOOKS = (  # title, author, year, stars (0: none given), date read or None (still to read)
    ("Pride and Prejudice", "Jane Austen", 1813, 5, date(2021, 1, 17)),
    ("Great Expectations", "Charles Dickens", 1860, 4, date(2021, 3, 2)),
    ("Middlemarch", "George Eliot", 1871, 5, date(2021, 6, 20)),
    ("The Da Vinci Code (Robert Langdon, #2)", "Dan Brown", 2003, 2, date(2021, 8, 5)),
    ("Vanity Fair", "William Makepeace Thackeray", 1847, 4, date(2021, 11, 9)),
    ("North and South", "Elizabeth Gaskell", 1854, 5, date(2022, 1, 30)),
    ("The Age of Innocence", "Edith Wharton", 1920, 5, date(2022, 4, 11)),
    ("Far from the Madding Crowd", "Thomas Hardy", 1874, 4, date(2022, 7, 3)),
    ("Twilight (Twilight, #1)", "Stephenie Meyer", 2005, 1, date(2022, 8, 21)),
    ("The Remains of the Day", "Kazuo Ishiguro", 1989, 5, date(2022, 10, 15)),
    ("Jane Eyre", "Charlotte Brontë", 1847, 0, date(2023, 1, 8)),
    ("Howards End", "E.M. Forster", 1910, 4, date(2023, 3, 26)),
    ("Brideshead Revisited", "Evelyn Waugh", 1945, 4, date(2023, 6, 18)),
    ("Atonement", "Ian McEwan", 2001, 4, date(2023, 9, 2)),
    ("Persuasion", "Jane Austen", 1817, 5, date(2023, 12, 27)),
    ("Bleak House", "Charles Dickens", 1853, 0, None),
)


@dataclass(frozen=True)
class Rated:
    """A movie, the user's stars, and the day (UTC) they gave them."""

    movie: Item
    stars: float
    day: date


def main() -> None:
    """Build the examples from the command line."""
    parser = argparse.ArgumentParser(description="Build the example histories of the app.")
    parser.add_argument("--movielens", type=Path, required=True, help="folder of MovieLens ml-latest-small")
    parser.add_argument("--out", type=Path, default=Path("assets/examples"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    movies = {movie.item_id: movie for movie in read_movies(options.movielens)}
    ratings = pl.read_csv(options.movielens / "ratings.csv")
    for source in SOURCES:
        _write_text(options.out / source.file, telling_history(ratings, movies, source.user_id))
    _write_letterboxd(options.out / LETTERBOXD.file, telling_history(ratings, movies, LETTERBOXD.user_id))
    _write_goodreads(options.out / GOODREADS["file"])
    listed = [{"file": s.file, "name": s.name, "mood": s.mood} for s in (*SOURCES, LETTERBOXD)]
    text = json.dumps([*listed, GOODREADS], indent=2, ensure_ascii=False)
    (options.out / "examples.json").write_text(text + "\n", encoding="utf-8")


def telling_history(ratings: pl.DataFrame, movies: dict[str, Item], user_id: int) -> list[Rated]:
    """What the user rated highly or poorly, the latest of each, oldest first."""
    own = ratings.filter(pl.col("userId") == user_id).sort("timestamp", "movieId")
    liked = own.filter(pl.col("rating") >= _LIKED_FROM).tail(_MOST_LIKED)
    disliked = own.filter(pl.col("rating") <= _DISLIKED_TO).tail(_MOST_DISLIKED)
    kept = pl.concat([liked, disliked]).sort("timestamp", "movieId")
    return [
        Rated(movies[f"ml:{movie_id}"], stars, datetime.fromtimestamp(seconds, UTC).date())
        for movie_id, stars, seconds in kept.select("movieId", "rating", "timestamp").iter_rows()
    ]


def _write_text(path: Path, history: list[Rated]) -> None:
    lines = [f"{row.movie.title} ({row.movie.year}) | {row.stars:g} | {row.day}" for row in history]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_letterboxd(path: Path, history: list[Rated]) -> None:
    header = ["Date", "Name", "Year", "Letterboxd URI", "Rating"]
    rows = [[row.day, row.movie.title, row.movie.year, "", f"{row.stars:g}"] for row in history]
    _write_csv(path, header, rows)


def _write_goodreads(path: Path) -> None:
    header = [
        "Book Id", "Title", "Author", "ISBN", "ISBN13", "My Rating", "Original Publication Year",
        "Date Read", "Date Added", "Exclusive Shelf",
    ]  # fmt: skip
    rows = []
    for number, (title, author, year, stars, read) in enumerate(_BOOKS, start=1):
        shelf = "read" if read else "to-read"
        day = f"{read:%Y/%m/%d}" if read else ""
        rows.append([number, title, author, '=""', '=""', stars, year, day, day or "2024/01/02", shelf])
    _write_csv(path, header, rows)


def _write_csv(path: Path, header: list[str], rows: list[list]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
