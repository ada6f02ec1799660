"""Build the shipped catalogue: MovieLens movies and goodbooks books, one Parquet file of items.

    python -m training.assets.build_catalog --movielens ml-latest-small --goodbooks goodbooks --out assets

Reads  MovieLens' movies.csv, tags.csv, ratings.csv and goodbooks' books_enriched.csv
Writes OUT/catalog.parquet and, under OUT/catalog-licences, each source's own terms as they came
"""

import argparse
import shutil
from collections import defaultdict
from pathlib import Path

import polars as pl

from blue.datatypes import Item
from blue.items import write_catalog
from training.assets.labels import book_genres, most_used_tags, movie_genres
from training.assets.natural_titles import book_title, movie_title, series_name, tidy


def main() -> None:
    """Build the catalogue from the command line."""
    parser = argparse.ArgumentParser(description="Build the catalogue of movies and books.")
    parser.add_argument("--movielens", type=Path, required=True, help="folder of MovieLens ml-latest-small")
    parser.add_argument("--goodbooks", type=Path, required=True, help="folder of books_enriched.csv")
    parser.add_argument("--out", type=Path, default=Path("assets"))
    options = parser.parse_args()
    items = read_movies(options.movielens) + read_books(options.goodbooks)
    options.out.mkdir(parents=True, exist_ok=True)
    write_catalog(items, options.out / "catalog.parquet", compression_level=19)
    copy_terms(options.movielens, options.goodbooks, options.out / "catalog-licences")
    print(f"{len(items)} items written to {options.out / 'catalog.parquet'}")


def read_movies(folder: Path) -> list[Item]:
    """MovieLens movies in the order of their ids, with their most used tags."""
    ratings = pl.read_csv(folder / "ratings.csv")
    popularity = dict(ratings.group_by("movieId").len().iter_rows())
    tags: dict[int, list[str]] = defaultdict(list)
    for movie_id, tag in pl.read_csv(folder / "tags.csv").select("movieId", "tag").iter_rows():
        tags[movie_id].append(str(tag))
    best_tags = most_used_tags(tags)
    movies = pl.read_csv(folder / "movies.csv").sort("movieId")
    return [
        _movie(movie_id, filed, genres, best_tags.get(movie_id, ()), popularity.get(movie_id, 0))
        for movie_id, filed, genres in movies.select("movieId", "title", "genres").iter_rows()
    ]


def _movie(movie_id: int, filed: str, genres: str, tags: tuple[str, ...], popularity: int) -> Item:
    natural = movie_title(filed)
    names = movie_genres(genres)
    return Item(
        item_id=f"ml:{movie_id}",
        title=natural.title,
        kind="movie",
        year=natural.year,
        genres=names,
        tags=tuple(tag for tag in tags if tag.casefold() not in names),
        popularity=popularity,
        aliases=natural.aliases,
    )


def read_books(folder: Path) -> list[Item]:
    """The goodbooks books in the order of their ids, with DBpedia's genres and series."""
    table = pl.read_csv(folder / "books_enriched.csv", infer_schema_length=None).sort("book_id")
    return [_book(row) for row in table.iter_rows(named=True)]


def _book(row: dict) -> Item:
    natural = book_title(row["title"] or "", row["original_title"] or "")
    authors = dict.fromkeys(name for part in row["authors"].split(",") if (name := tidy(part)))
    year = row["original_publication_year"]
    return Item(
        item_id=f"gb:{row['book_id']}",
        title=natural.title,
        kind="book",
        year=None if year is None else int(year),  # negative: before the common era, as for the Iliad
        authors=tuple(authors),
        series=natural.series or series_name(row["book_series"] or ""),
        genres=book_genres(row["genres"] or ""),
        popularity=row["ratings_count"],
        aliases=natural.aliases,
    )


def copy_terms(movielens: Path, goodbooks: Path, folder: Path) -> None:
    """Put each source's terms beside the catalogue, unchanged: both licences ask for it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(movielens / "README.txt", folder / "movielens-README.txt")
    shutil.copyfile(goodbooks / "LICENSE", folder / "goodbooks-LICENSE.txt")


if __name__ == "__main__":
    main()
