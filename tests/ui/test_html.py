from blue.datatypes import (
    Interaction,
    Item,
    Movement,
    ParsedHistory,
    Profile,
    RankedItem,
    Ranking,
    Sentence,
    SkippedRow,
)
from blue.ui import html, ranking_html

SCRIPT = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;"
FILM = Item("ml:1", SCRIPT, "movie", 1999)
PROFILE = Profile((Sentence(f"Films about {SCRIPT}."), Sentence("Heists.")))


def test_ranking_escapes_titles_and_sentences_and_names_the_mark() -> None:
    shown = ranking_html.ranking(Ranking((RankedItem(1, FILM, 0.5, 1),), "facets"), PROFILE, None, (), 20)
    assert SCRIPT not in shown
    assert ESCAPED in shown
    assert 'aria-label="taste 2"' in shown


def test_movements_say_up_down_new_and_still() -> None:
    ranked = tuple(RankedItem(n, Item(f"ml:{n}", f"Film {n}", "movie"), 0.5, 0) for n in range(1, 5))
    old_ranks = (3, 1, None, 4)
    arrived = [Movement(entry.item, old, entry.rank) for entry, old in zip(ranked, old_ranks, strict=True)]
    gone = [Movement(FILM, 2, 57)]
    shown = ranking_html.ranking(Ranking(ranked, "facets"), PROFILE, arrived, gone, 20)
    assert "▲2" in shown
    assert "▼1" in shown
    assert ">new<" in shown
    assert 'aria-label="not moved"' in shown
    assert "(was 2, is 57)" in shown


def test_single_scoring_shows_no_mark() -> None:
    shown = ranking_html.ranking(Ranking((RankedItem(1, FILM, 0.5),), "single"), PROFILE, None, (), 20)
    assert "<svg" not in shown


def test_report_counts_and_lists_what_was_skipped() -> None:
    parsed = ParsedHistory(
        "letterboxd", (), (SkippedRow(14, SCRIPT, "no title"), SkippedRow(90, "", "no title"))
    )
    shown = html.report(parsed)
    assert "Letterboxd" in shown
    assert "<b>2</b> skipped" in shown
    assert "Line 14" in shown
    assert SCRIPT not in shown


def test_a_report_says_what_is_known_and_what_the_catalogue_covers() -> None:
    parsed = ParsedHistory("csv", (Interaction("Alien", item_id="ml:1"), Interaction("Zodiac <3")))
    shown = html.report(parsed, "books and movies to 2025")
    assert "<b>2</b> read; 1 of them in the catalogue, not Zodiac &lt;3" in shown
    assert "The catalogue covers books and movies to 2025." in shown
    assert "covers" not in html.report(ParsedHistory("csv", parsed.interactions[:1]), "books to 2025")


def test_report_stops_listing_after_eight_rows() -> None:
    skipped = tuple(SkippedRow(line, "x", "no title") for line in range(1, 11))
    assert "and 2 more" in html.report(ParsedHistory("csv", (), skipped))


def test_errors_are_announced_at_once() -> None:
    assert 'role="alert"' in html.message("No.", "error")
    assert html.message("") == ""


def test_a_rejection_says_that_it_pushes_away() -> None:
    assert html.sentence_label(Sentence("Can't stand musicals.")) == "Can't stand musicals. (pushes away)"
    assert html.sentence_label(Sentence("Musicals.")) == "Musicals."
