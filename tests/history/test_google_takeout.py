from datetime import datetime


def test_newer_property_names(read_fixture):
    parsed = read_fixture("google_reviews.json")
    assert parsed.format == "google-takeout-reviews"
    (place,) = parsed.interactions
    assert (place.title, place.rating, place.kind, place.line) == ("Prater Garten", 4.0, "place", 4)
    assert place.time == datetime(2023, 8, 14, 10, 21, 33, 123456)
    assert [(row.line, row.reason) for row in parsed.skipped] == [(15, "It has no title.")]


def test_older_property_names(read_fixture):
    (place,) = read_fixture("google_reviews_2018.json").interactions
    assert (place.title, place.rating, place.time) == (
        "Musée du Louvre",
        5.0,
        datetime(2018, 2, 11, 15, 4, 5),
    )
