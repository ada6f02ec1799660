def test_marks_from_1_to_10_become_stars(read_fixture):
    parsed = read_fixture("imdb_ratings.csv")
    assert parsed.format == "imdb"
    assert [(i.title, i.rating, i.kind, i.year, i.creator) for i in parsed.interactions] == [
        ("Star Wars", 3.5, "movie", 1977, "George Lucas"),
        ("The Shawshank Redemption", 4.5, "movie", 1994, "Frank Darabont"),
        ("Breaking Bad", 5.0, "series", 2008, None),
    ]


def test_episodes_are_skipped(read_fixture):
    (row,) = read_fixture("imdb_ratings.csv").skipped
    assert (row.line, row.reason) == (4, "'TV Episode' is neither a film nor a series.")


def test_the_older_spelling_of_types(read_fixture):
    kinds = {i.title: i.kind for i in read_fixture("imdb_ratings_2019.csv").interactions}
    assert kinds == {"Blade Runner": "movie", "Band of Brothers": "series"}
