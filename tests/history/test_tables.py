import codecs
from datetime import datetime

import pytest

from blue.errors import HistoryError
from blue.history import parse_history


def rows(source, **options):
    return [(i.title, i.rating) for i in parse_history(source, **options).interactions]


@pytest.mark.parametrize(
    "header",
    [
        "title,rating",
        "Title,My Rating",
        "NAME,SCORE",
        "titre,note",
        "Titel,Bewertung",
        "Título,Calificación",
        "título,nota",
        "titolo,voto",
        "Titel,Beoordeling",
        "Название,Оценка",
        "タイトル,評価",
        "片名,评分",
        "제목,평점",
    ],
)
def test_headers_in_many_languages(header):
    parsed = parse_history(f"{header}\nDune,4\nHeat,5\n")
    assert parsed.format == "csv"
    assert [(i.title, i.rating) for i in parsed.interactions] == [("Dune", 4.0), ("Heat", 5.0)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    source = "title,rating,year\nDune,4,1984\n".replace(",", delimiter)
    (interaction,) = parse_history(source).interactions
    assert (interaction.title, interaction.rating, interaction.year) == ("Dune", 4.0, 1984)


def test_semicolons_with_decimal_commas_and_days_first():
    parsed = parse_history("Titel;Wertung;Datum\nDas Boot;4,5;13.02.2021\nM;3;01.03.2021\n")
    assert [(i.title, i.rating, i.time) for i in parsed.interactions] == [
        ("Das Boot", 4.5, datetime(2021, 2, 13)),
        ("M", 3.0, datetime(2021, 3, 1)),
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings(encoding):
    assert rows("title,rating\r\nAmélie,5\r\nLa Haine,4\r\n".encode(encoding)) == [
        ("Amélie", 5.0),
        ("La Haine", 4.0),
    ]


def test_utf_32_with_its_mark():
    assert rows(codecs.BOM_UTF32_LE + "title,rating\nAmélie,5\n".encode("utf-32-le")) == [("Amélie", 5.0)]


def test_quotes_and_newlines_in_cells_keep_the_physical_lines():
    source = 'title,rating,review\n"The ""Burbs",4,"one\n\ntwo"\n\n"The Good, the Bad and the Ugly",5,\n'
    parsed = parse_history(source)
    assert [(i.title, i.line) for i in parsed.interactions] == [
        ('The "Burbs', 2),
        ("The Good, the Bad and the Ugly", 6),
    ]


def test_a_quote_that_never_closes_costs_one_line_only():
    parsed = parse_history('title,rating\nDune,4\n"Heat,5\nRan,3\n')
    assert [i.title for i in parsed.interactions] == ["Dune", "Ran"]
    assert [(row.line, row.text) for row in parsed.skipped] == [(3, '"Heat,5')]
    assert "never closed" in parsed.skipped[0].reason


def test_a_comma_outside_quotes_is_reported_not_guessed():
    parsed = parse_history("title,rating\nDune,4\nThe Good, the Bad and the Ugly,5\n")
    assert [i.title for i in parsed.interactions] == ["Dune"]
    assert (parsed.skipped[0].line, parsed.skipped[0].reason[:33]) == (3, "It has 3 cells, the header has 2.")


def test_excels_separator_line_and_comments_above_the_header():
    assert rows("sep=;\ntitle;rating\nDune;4") == [("Dune", 4.0)]
    assert rows("# my films\ntitle,rating\nDune,4") == [("Dune", 4.0)]


def test_a_column_of_titles_alone():
    assert rows("Title\nDune\nHeat\n") == [("Dune", None), ("Heat", None)]


def test_other_columns():
    parsed = parse_history(
        "type,title,author,year,stars,watched at\nbook,Dune,Frank Herbert,1965,5,2021-01-02T03:04:05+02:00\n"
        "film,Heat,Michael Mann,1995,4,2020-01-01\nTV Series,Dark,,2017,4,2019-01-01\n"
    )
    assert [(i.title, i.kind, i.creator, i.year) for i in parsed.interactions] == [
        ("Dark", "series", None, 2017),
        ("Heat", "movie", "Michael Mann", 1995),
        ("Dune", "book", "Frank Herbert", 1965),
    ]
    assert parsed.interactions[-1].time == datetime(2021, 1, 2, 1, 4, 5)  # in UTC


def test_the_year_may_be_in_the_title():
    (interaction,) = parse_history("movie,score\nToy Story (1995),9").interactions
    assert (interaction.title, interaction.year, interaction.rating) == ("Toy Story", 1995, 4.5)


def test_a_note_in_words_is_not_a_rating():
    assert rows("title,note\nDune,loved the sand\nHeat,\n") == [("Dune", None), ("Heat", None)]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["3/4/21", "13/4/21"], datetime(2021, 4, 3)),  # a 13 in front: days first
        (["3/4/21", "3/13/21"], datetime(2021, 3, 4)),
        (["3.4.21", "5.4.21"], datetime(2021, 4, 3)),  # dots: days first
        (["3/4/21", "1/5/21", "2/6/21"], datetime(2021, 4, 3)),  # in order only as days first
        (["20210304", "20210305"], datetime(2021, 3, 4)),
        (["1614816000", "1614902400"], datetime(2021, 3, 4)),
        (["2021年3月4日", "2021年3月5日"], datetime(2021, 3, 4)),
        (["4 mars 2021", "5 mars 2021"], datetime(2021, 3, 4)),
        (["4 de marzo de 2021", "5 de marzo de 2021"], datetime(2021, 3, 4)),
    ],
)
def test_day_or_month_first_is_decided_by_the_column(dates, expected):
    source = "title,date,rating\n" + "\n".join(f"Film {i},{date},4" for i, date in enumerate(dates))
    times = {i.title: i.time for i in parse_history(source).interactions}
    assert times["Film 0"] == expected


def test_ambiguous_dates_say_how_they_were_read():
    parsed = parse_history("title,date,rating\nDune,3/4/21,4")
    assert parsed.interactions[0].time == datetime(2021, 3, 4)
    assert parsed.notes == ("Dates such as 3/4/21 were read as month/day/year.",)


def test_unreadable_dates_are_noted_once():
    parsed = parse_history("title,date,rating\nDune,last summer,4\nHeat,soon,5\nRan,2020-01-01,3")
    assert [i.time for i in parsed.interactions] == [None, None, datetime(2020, 1, 1)]
    assert parsed.notes == (
        "2 dates could not be read (the first in line 2: 'last summer'): the rows were kept without them.",
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            'Dune,1984,3\n"The Good, the Bad and the Ugly",1966,4\n',
            [("Dune", 3.0), ("The Good, the Bad and the Ugly", 4.0)],
        ),
        ('"Dune";"5";"2020-01-01"\n"Heat";"4";"2020-02-01"\n', [("Dune", 5.0), ("Heat", 4.0)]),
        ("1,Dune,5\n2,Heat,3\n", [("Dune", 5.0), ("Heat", 3.0)]),
    ],
)
def test_without_a_header_the_cells_tell_the_columns(source, expected):
    assert parse_history(source).format == "csv"
    assert rows(source) == expected


def test_two_columns_of_words_without_a_header_are_lines():
    assert rows("Paris, Texas (1984)\nHello, Dolly! (1969)") == [
        ("Paris, Texas", None),
        ("Hello, Dolly!", None),
    ]


def test_a_header_may_name_the_scale():
    assert rows("Movie;My rating (1-10)\nDune;4") == [("Dune", 2.0)]
    assert rows("title,Rating10\nDune,4") == [("Dune", 2.0)]
    assert rows("title,rating (out of 5)\nDune,4") == [("Dune", 4.0)]


def test_an_unknown_column_of_ratings_is_noted():
    parsed = parse_history("title,how I liked it\nDune,4")
    assert parsed.interactions[0].rating is None
    assert parsed.notes == (
        "No column of ratings was found. Not used: 'how i liked it'. Call a column 'rating' to have it read.",
    )


def test_a_markdown_table():
    assert rows("| Title | Rating |\n|:---|---:|\n| Dune | 5 |\n| Heat | 4 |") == [
        ("Dune", 5.0),
        ("Heat", 4.0),
    ]


def test_a_header_and_nothing_else():
    with pytest.raises(HistoryError, match="no title"):
        parse_history("title,rating\n")
