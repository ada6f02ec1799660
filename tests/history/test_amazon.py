from datetime import datetime

import pytest

from blue.errors import HistoryError


def test_order_history(read_fixture):
    parsed = read_fixture("Retail.OrderHistory.1.csv")
    assert parsed.format == "amazon-orders"
    assert [(i.title, i.kind, i.rating) for i in parsed.interactions] == [
        ("OXO Good Grips Salad Spinner, 6.22 qt", "product", None),
        ("The Silence of the Lambs [Blu-ray]", "movie", None),
        ("Dune", "book", None),  # its ASIN is an ISBN
    ]
    assert parsed.interactions[-1].time == datetime(2023, 11, 24, 18, 2, 11)


def test_cancelled_orders_are_skipped(read_fixture):
    (row,) = read_fixture("Retail.OrderHistory.1.csv").skipped
    assert (row.line, row.reason) == (3, "The order was cancelled.")


def test_the_older_items_report(read_fixture):
    parsed = read_fixture("amazon_items_report.csv")
    assert parsed.format == "amazon-orders"
    assert [(i.title, i.kind, i.time) for i in parsed.interactions] == [
        ("Spirited Away (DVD)", "movie", datetime(2018, 3, 2)),
        ("The Left Hand of Darkness", "book", datetime(2018, 12, 24)),
    ]


def test_reviews_with_joined_titles(read_fixture):
    parsed = read_fixture("amazon_reviews_2023_joined.jsonl")
    assert parsed.format == "amazon-reviews-2023"
    assert [(i.title, i.rating, i.kind, i.creator) for i in parsed.interactions] == [
        ("Steel Water Bottle, 750 ml", 2.0, "product", None),
        ("Dune", 5.0, "book", "Frank Herbert"),
    ]
    assert [row.line for row in parsed.skipped] == [3]


def test_a_reviews_title_is_never_taken_for_the_items(read_fixture):
    with pytest.raises(HistoryError, match="Join the item metadata on parent_asin"):
        read_fixture("amazon_reviews_2023.jsonl")
