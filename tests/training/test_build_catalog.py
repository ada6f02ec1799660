"""From the sources' raw files to natural titles, plain labels and one Parquet file."""

import hashlib
from pathlib import Path

import pytest

from blue.items import load_catalog
from training.assets.build_catalog import (
    build,
    copy_terms,
    read_books,
    read_movies,
    read_tones,
    write_catalog,
)
from training.assets.labels import book_genres, most_used_tags, movie_genres
from training.assets.natural_titles import article_first, book_title, movie_title, series_name


@pytest.mark.parametrize(
    ("filed", "title", "year", "aliases"),
    [
        ("Toy Story (1995)", "Toy Story", 1995, ()),
        (
            "Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)",
            "The Good, the Bad and the Ugly",
            1966,
            ("Il Buono, il brutto, il cattivo",),
        ),
        ("Misérables, Les (1995)", "Les Misérables", 1995, ()),
        ("Dolce Vita, La (1960)", "La Dolce Vita", 1960, ()),
        ("Boot, Das (Boat, The) (1981)", "Das Boot", 1981, ("The Boat",)),
        ("Avventura, L' (Adventure, The) (1960)", "L'Avventura", 1960, ("The Adventure",)),
        ("Seven (a.k.a. Se7en) (1995)", "Seven", 1995, ("Se7en",)),
        (
            "Léon: The Professional (a.k.a. The Professional) (Léon) (1994)",
            "Léon: The Professional",
            1994,
            ("The Professional", "Léon"),
        ),
        ("Bride of Frankenstein, The (Bride of Frankenstein) (1935)", "The Bride of Frankenstein", 1935,
         ("Bride of Frankenstein",)),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009, ()),
        ("Frontière(s) (2007)", "Frontière(s)", 2007, ()),
        ("Birdman: Or (The Unexpected Virtue of Ignorance) (2014)",
         "Birdman: Or (The Unexpected Virtue of Ignorance)", 2014, ()),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006, ()),
        ("Runaway Brain (1995) ", "Runaway Brain", 1995, ()),
        ("Babylon 5", "Babylon 5", None, ()),
        ("I Love You, Man (2009)", "I Love You, Man", 2009, ()),
        ("1984 (Nineteen Eighty-Four) (1984)", "1984", 1984, ("Nineteen Eighty-Four",)),
    ],
)  # fmt: skip
def test_movie_titles_are_written_as_people_write_them(filed, title, year, aliases):
    natural = movie_title(filed)
    assert (natural.title, natural.year, natural.aliases) == (title, year, aliases)


@pytest.mark.parametrize(
    ("filed", "original", "title", "series"),
    [
        ("Twilight (Twilight, #1)", "Twilight", "Twilight", "Twilight"),
        ("Mort (Death, #1; Discworld, #4)", "Mort", "Mort", "Death"),
        ("Angels & Demons  (Robert Langdon, #1)", "Angels & Demons ", "Angels & Demons", "Robert Langdon"),
        ("I, Robot (Robot #0.1)", "I, Robot", "I, Robot", "Robot"),
        ("Ranma ½, Vol. 1 (Ranma ½ (US 2nd), #1)", "", "Ranma ½, Vol. 1", "Ranma ½ (US 2nd)"),
        ("Judy Moody (Judy Moody, # 1)", "Judy Moody", "Judy Moody", "Judy Moody"),
        ("Just a Mess (Little Critter)", "Just a Mess", "Just a Mess", "Little Critter"),
        ("Peter Pan (A Little Golden Book)", "Peter Pan", "Peter Pan", None),
        ("Grace (Eventually)", "Grace (Eventually)", "Grace (Eventually)", None),
        (" ", "Untitled at home", "Untitled at home", None),
    ],
)  # fmt: skip
def test_book_titles_lose_their_series_but_not_their_words(filed, original, title, series):
    natural = book_title(filed, original)
    assert (natural.title, natural.series) == (title, series)


def test_the_first_title_of_a_book_is_an_alias_unless_it_is_the_same():
    stone = book_title("Harry Potter and the Sorcerer's Stone (Harry Potter, #1)",
                       "Harry Potter and the Philosopher's Stone")  # fmt: skip
    assert stone.aliases == ("Harry Potter and the Philosopher's Stone",)
    assert book_title("Chomp", "CHOMP").aliases == ()


def test_an_article_moves_only_from_the_end():
    assert article_first("Hip Hop Witch, Da") == "Da Hip Hop Witch"
    assert article_first("Tinker, Tailor, Soldier, Spy") == "Tinker, Tailor, Soldier, Spy"


def test_a_series_of_dbpedia_loses_its_number():
    assert series_name("Discworld, #36; Moist Von Lipwig") == "Discworld"
    assert series_name("") is None


def test_movies_and_books_share_one_vocabulary():
    assert movie_genres("Sci-Fi|Film-Noir|IMAX") == ("science fiction", "film noir")
    assert movie_genres("(no genres listed)") == ()
    assert book_genres("Science fiction,Science Fiction novel") == ("science fiction",)
    assert book_genres("Crime novel,Thriller (genre),Novel") == ("crime", "thriller")
    assert book_genres("Children's literature,Young-adult novel") == ("children's", "young adult")
    assert book_genres("Historical novel,Historical fiction") == ("historical fiction",)
    assert book_genres("") == ()


def test_tags_go_by_count_then_alphabet_and_at_most_five():
    raw = {1: ["b", "B", "b", "a", "c", "d", "e", "f", "A"], 2: ["a", "A", "A"]}
    # b x3 beats a x2; the rest have one each. "A" is the more used spelling over both items.
    assert most_used_tags(raw) == {1: ("b", "A", "c", "d", "e"), 2: ("A",)}


@pytest.mark.parametrize(
    "noise", ["In Netflix queue", "r:strong language", "Bad story", "HORRIBLE ACTING", "Oscar (Best Actress)",
              "seen more than once", "It was melodramatic and kind of dumb", "GIVE ME BACK MY SON!"],
)  # fmt: skip
def test_remarks_and_verdicts_are_not_tags(noise):
    assert most_used_tags({1: [noise, "heist"]}) == {1: ("heist",)}


@pytest.fixture
def movielens(tmp_path: Path) -> Path:
    folder = tmp_path / "movielens"
    folder.mkdir()
    (folder / "movies.csv").write_text(
        'movieId,title,genres\n7,"Matrix, The (1999)",Action|Sci-Fi\n2,Babylon 5,(no genres listed)\n'
    )
    (folder / "tags.csv").write_text("userId,movieId,tag,timestamp\n1,7,sci-fi,1\n1,7,heist,2\n")
    (folder / "links.csv").write_text("movieId,imdbId,tmdbId\n7,0133093,603\n")
    (folder / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,7,4.0,1\n2,7,3.0,2\n")
    (folder / "README.txt").write_text("the terms")
    return folder


@pytest.fixture
def goodbooks(tmp_path: Path) -> Path:
    folder = tmp_path / "goodbooks"
    folder.mkdir()
    header = (
        "book_id,goodreads_book_id,authors,original_publication_year,original_title,title,"
        "ratings_count,genres,book_series\n"
    )
    rows = (
        '1,386372,"Terry  Pratchett, Paul Kidby",1987,Mort,"Mort (Discworld, #4)",90,'
        '"Comic fantasy",Discworld\n'
        "2,1381,Homer,-720,Ὀδύσσεια,The Odyssey,80,,\n"
        "3,9,Nobody,,,Undated,1,,Lost Series #3\n"
    )
    (folder / "books_enriched.csv").write_text(header + rows, encoding="utf-8")
    (folder / "LICENSE").write_text("other terms")
    return folder


def test_raw_files_become_items(movielens, goodbooks, tmp_path):
    path = tmp_path / "catalog.parquet"
    write_catalog(read_movies(movielens) + read_books(goodbooks), path)
    catalog = load_catalog(path)
    assert [item.item_id for item in catalog.items] == ["ml:2", "ml:7", "gb:1", "gb:2", "gb:3"]

    matrix = catalog.by_id["ml:7"]
    assert (matrix.title, matrix.year, matrix.ratings) == ("The Matrix", 1999, 2)
    assert matrix.genres == ("action", "science fiction")
    assert matrix.themes == ("heist",)  # "sci-fi" already is a genre
    assert matrix.link == "imdb:tt0133093"
    assert catalog.by_id["ml:2"].link is None
    assert catalog.by_id["gb:1"].link == "goodreads:386372"

    mort = catalog.by_id["gb:1"]
    assert mort.makers == ("Terry Pratchett", "Paul Kidby")
    assert mort.series == "Discworld"
    assert catalog.by_id["gb:2"].year == -720
    assert catalog.by_id["gb:2"].aliases == ("Ὀδύσσεια",)
    assert catalog.by_id["gb:3"].year is None
    assert catalog.by_id["gb:3"].series == "Lost Series"


@pytest.fixture
def works(tmp_path: Path) -> Path:
    folder = tmp_path / "works"
    folder.mkdir()
    (folder / "themes.tsv").write_text(
        "item_id\tthemes\tmakers\tgenres\tsure\n"
        "ml:7\tsimulated reality; heist\tLana Wachowski\tscience fiction; thriller\t1\n"
        "gb:1\tdeath; apprentice\t\tfantasy; comedy\t1\n"
        "gb:3\tguessed\tInvented\tguessed genre\t0\n"
    )
    (folder / "new_works.tsv").write_text(
        "kind\ttitle\tyear\tmakers\tgenres\tthemes\tfame\tseries\tother_titles\n"
        "movie\tThe Matrix\t1999\tLana Wachowski\taction\tkung fu\t5\tThe Matrix\tMatrix 1\n"
        "movie\tThe Matrix\t1973\tSomebody Else\tdrama\tfathers\t1\t\t\n"
        "series\tDark & Deep\t2020\tA. Maker\tdrama\tGrief; sea\t3\t\tDunkel\n"
    )
    return folder


def test_the_older_source_wins_and_the_tables_fill_what_it_lacks(movielens, goodbooks, works):
    items = {item.item_id: item for item in build(movielens, goodbooks, works)}
    matrix = items["ml:7"]
    assert matrix.genres == ("action", "science fiction", "thriller")
    assert matrix.themes == ("simulated reality", "heist")
    assert (matrix.makers, matrix.series) == (("Lana Wachowski",), "The Matrix")
    assert matrix.aliases == ("Matrix 1",)
    assert items["gb:1"].makers == ("Terry Pratchett", "Paul Kidby")
    unsure = items["gb:3"]
    assert (unsure.makers, unsure.genres, unsure.themes) == (("Nobody",), ("guessed genre",), ("guessed",))


def test_a_work_that_both_have_is_one_item_and_a_namesake_another(movielens, goodbooks, works):
    items = build(movielens, goodbooks, works)
    assert [item.item_id for item in items][5:] == ["bs:the-matrix-1973-movie", "bs:dark-deep-2020-series"]
    (series,) = (item for item in items if item.kind == "series")
    assert (series.title, series.year, series.aliases, series.popularity) == (
        "Dark & Deep",
        2020,
        ("Dunkel",),
        1,
    )


def test_popularity_comes_from_ratings_and_where_there_are_none_from_fame(movielens, goodbooks, works):
    items = {item.item_id: item for item in build(movielens, goodbooks, works)}
    # Of three films: the rated one, which is famous too, the one of fame 1, and one that nobody rated.
    assert [items[one].popularity for one in ("ml:7", "bs:the-matrix-1973-movie", "ml:2")] == [
        1,
        0.6667,
        0.3333,
    ]
    assert items["bs:the-matrix-1973-movie"].ratings == 0


def test_the_same_input_gives_the_same_bytes(movielens, goodbooks, tmp_path):
    def built(name: str) -> str:
        write_catalog(read_movies(movielens) + read_books(goodbooks), tmp_path / name)
        return hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()

    assert built("first.parquet") == built("second.parquet")


def test_the_terms_travel_with_the_data(movielens, goodbooks, tmp_path):
    copy_terms(movielens, goodbooks, tmp_path / "licences")
    assert (tmp_path / "licences" / "movielens-README.txt").read_text() == "the terms"
    assert (tmp_path / "licences" / "goodbooks-LICENSE.txt").read_text() == "other terms"


def test_every_work_that_ships_has_the_tones_of_the_table(tmp_path):
    tones = read_tones()
    assert all(item.tones == tones[item.item_id] for item in load_catalog().items)
    assert {len(words) for words in tones.values()} <= {1, 2, 3, 4}
    table = tmp_path / "tones.tsv"
    table.write_text("item_id\ttones\nml:1\tfor the whole family; witty\n", "utf-8")
    assert read_tones(table) == {"ml:1": ("for the whole family", "witty")}
