"""Build the shipped catalogue: MovieLens, goodbooks and the works that both lack, one Parquet file of items.

    python -m training.assets.build_catalog --movielens ML --goodbooks GOODBOOKS --works WORKS --out assets

Reads  MovieLens' movies.csv, tags.csv, ratings.csv and links.csv, goodbooks' books_enriched.csv, and the
       tables themes.tsv and new_works.tsv of --works (see training.assets.works); each work's tones stand in
       training/assets/tones.tsv
Writes OUT/catalog.parquet and, under OUT/catalog-licences, each source's own terms as they came
"""

import argparse
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from blue.datatypes import Item
from blue.items import quantiles, write_catalog
from training.assets.labels import book_genres, most_used_tags, movie_genres
from training.assets.natural_titles import book_title, movie_title, series_name, tidy
from training.assets.works import joined, read_works

TONES = Path(__file__).with_name("tones.tsv")


def main() -> None:
    """Build the catalogue from the command line."""
    parser = argparse.ArgumentParser(description="Build the catalogue of movies, series and books.")
    parser.add_argument("--movielens", type=Path, required=True, help="folder of MovieLens ml-latest-small")
    parser.add_argument("--goodbooks", type=Path, required=True, help="folder of books_enriched.csv")
    parser.add_argument("--works", type=Path, required=True, help="folder of themes.tsv and new_works.tsv")
    parser.add_argument("--out", type=Path, default=Path("assets"))
    options = parser.parse_args()
    items = build(options.movielens, options.goodbooks, options.works)
    options.out.mkdir(parents=True, exist_ok=True)
    write_catalog(items, options.out / "catalog.parquet", compression_level=19)
    copy_terms(options.movielens, options.goodbooks, options.out / "catalog-licences")
    print(f"{len(items)} items written to {options.out / 'catalog.parquet'}")


def build(movielens: Path, goodbooks: Path, works: Path) -> list[Item]:
    """All items: MovieLens', then goodbooks', then the works that both lack, with their popularity."""
    items, fame = joined([*read_movies(movielens), *read_books(goodbooks)], read_works(works))
    tones = read_tones()
    return [replace(item, tones=tones.get(item.item_id, ())) for item in with_places(items, fame)]


def read_tones(path: Path = TONES) -> dict[str, tuple[str, ...]]:
    """item_id -> its tones, the register first: "arthouse", "slow-burning"."""
    table = pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)
    return {item_id: tuple(tones.split("; ")) for item_id, tones in table.iter_rows()}


def with_places(items: Sequence[Item], fame: Mapping[str, int]) -> list[Item]:
    """The items with their popularity, a quantile in (0, 1] within their kind.

    An item's place in its own source comes first: by its ratings among the rated works of that source, or by
    its fame (1-5) among the works whose fame is stated; of both, the higher one, since what came out last in
    a source has few ratings yet.
    """
    rated = [item for item in items if item.ratings]
    sources = [item.item_id.partition(":")[0] for item in rated]
    place = dict(
        zip([item.item_id for item in rated], quantiles([i.ratings for i in rated], sources), strict=True)
    )
    kind_of = {item.item_id: item.kind for item in items}
    stated = quantiles(list(fame.values()), [kind_of[item_id] for item_id in fame])
    for item_id, share in zip(fame, stated, strict=True):
        place[item_id] = max(share, place.get(item_id, 0.0))
    values = [place.get(item.item_id, 0.0) for item in items]
    shares = quantiles(values, [item.kind for item in items])
    return [
        replace(item, popularity=round(float(share), 4)) for item, share in zip(items, shares, strict=True)
    ]


def read_movies(folder: Path) -> list[Item]:
    """MovieLens movies in the order of their ids, with their most used tags."""
    ratings = pl.read_csv(folder / "ratings.csv")
    counts = dict(ratings.group_by("movieId").len().iter_rows())
    links = dict(
        pl.read_csv(folder / "links.csv", infer_schema=False).select("movieId", "imdbId").iter_rows()
    )
    tags: dict[int, list[str]] = defaultdict(list)
    for movie_id, tag in pl.read_csv(folder / "tags.csv").select("movieId", "tag").iter_rows():
        tags[movie_id].append(str(tag))
    best_tags = most_used_tags(tags)
    movies = pl.read_csv(folder / "movies.csv").sort("movieId")
    return [
        replace(
            _movie(movie_id, filed, genres, best_tags.get(movie_id, ())),
            ratings=counts.get(movie_id, 0),
            link=f"imdb:tt{links[str(movie_id)]}" if str(movie_id) in links else None,
        )
        for movie_id, filed, genres in movies.select("movieId", "title", "genres").iter_rows()
    ]


def _movie(movie_id: int, filed: str, genres: str, tags: tuple[str, ...]) -> Item:
    natural = movie_title(filed)
    names = movie_genres(genres)
    return Item(
        item_id=f"ml:{movie_id}",
        title=natural.title,
        kind="movie",
        year=natural.year,
        genres=names,
        themes=tuple(tag for tag in tags if tag.casefold() not in names),
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
        makers=tuple(authors),
        series=natural.series or series_name(row["book_series"] or ""),
        genres=book_genres(row["genres"] or ""),
        ratings=row["ratings_count"],
        link=f"goodreads:{row['goodreads_book_id']}",
        aliases=natural.aliases,
    )


def copy_terms(movielens: Path, goodbooks: Path, folder: Path) -> None:
    """Put each source's terms beside the catalogue, unchanged: both licences ask for it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(movielens / "README.txt", folder / "movielens-README.txt")
    shutil.copyfile(goodbooks / "LICENSE", folder / "goodbooks-LICENSE.txt")


if __name__ == "__main__":
    main()
