import csv

import pytest

from blue.datatypes import Interaction, Item
from blue.profile import known_item, shipped_kinds, taste_prompt
from blue.profile.product_kinds import KINDS, QUALITIES, ProductKind, ProductKinds

CLIPS = ProductKind("hair clips", "beauty", ("pinning hair",), ("practical",))
CURLS = ProductKind("curl clips", "beauty", ("pin curls", "pinning hair"), ())
DRESSES = ProductKind("dresses", "other", ("summer days",), ())
KINDS_OF_TEST = ProductKinds(
    [(CLIPS, ("barrette",)), (CURLS, ("prong clip",)), (DRESSES, ("dress",))],
    [("wooden", "beauty", ("wooden", "bamboo")), ("counting", "beauty", ("counting",))],
)


@pytest.mark.parametrize(
    ("title", "category", "kind"),
    [
        ("Marianna Single Prong Curl Clip 80 pcs", "", CURLS),
        ("Tortoise Barrette", "", CLIPS),
        ("Tortoise One", "hair clips", CLIPS),  # the category alone
        ("Little Black Dress Hair Clips", "", CLIPS),  # two words of a name say more than one of another
        ("Hair Clips Holder", "", None),  # of hair clips, and none itself
        ("Zebra", "", None),
        ("", "", None),
    ],
)
def test_the_name_that_says_most_of_a_title_is_the_kind(title, category, kind):
    assert KINDS_OF_TEST.find(title, category) == kind


def test_a_shop_is_known_by_what_most_of_its_products_are():
    products = [("Curl Clip", "")] * 95 + [("Dress", "")] * 5
    shops = KINDS_OF_TEST.shops_of(products)
    assert shops == {"beauty"}
    assert KINDS_OF_TEST.find("Black Dress", "", shops) is None
    assert KINDS_OF_TEST.shops_of([]) == frozenset()


def test_a_quality_is_its_words_and_not_others_of_the_same_stem():
    assert KINDS_OF_TEST.qualities("Bamboo Clips, 24 Count") == ("wooden",)


def test_a_product_keeps_its_category_and_what_is_said_of_it():
    clip = Item("1", "Wooden Curl Clip", "product", genres=("clips",), themes=("for salons",))
    described = KINDS_OF_TEST.described(clip)
    assert described.genres == ("clips",)
    assert described.themes == ("curl clips", "wooden", "pin curls", "pinning hair", "for salons")
    assert KINDS_OF_TEST.described(Item("2", "Curl Clip", "product")).genres == ("curl clips",)
    zebra = Item("3", "Zebra", "product")
    assert KINDS_OF_TEST.described(zebra) is zebra


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Yahtzee Classic", "dice games"),
        ("Thermal Laminating Pouches, 100 Count", "laminating pouches"),
        ("Nonstick 9-Inch Loaf Pan", "loaf pans"),
        ("Organic Jasmine Green Tea, 20 Bags", "green teas"),
    ],
)
def test_shipped_kinds(title, kind):
    assert shipped_kinds().find(title).name == kind


def test_the_shipped_tables_are_whole():
    with KINDS.open(encoding="utf-8") as file:
        kinds = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with QUALITIES.open(encoding="utf-8") as file:
        qualities = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(kinds) > 3_000
    assert len({(row["kind"], row["shop"]) for row in kinds}) == len(kinds)
    assert all(row["purposes"] and row["shop"] and None not in row.values() for row in kinds)
    assert all(row["quality"] and row["words"] and None not in row.values() for row in qualities)


def test_an_unknown_product_is_known_by_its_title_and_nothing_else_is():
    line = Interaction("Yahtzee Classic", kind="product")
    assert known_item(line, {}).themes
    assert known_item(Interaction("Yahtzee Classic", kind="movie"), {}) is None
    assert known_item(Interaction("Xqzzt", kind="product"), {}) is None


def test_a_prompt_says_what_a_product_is_and_not_its_title():
    text = taste_prompt([Interaction("Yahtzee Classic", kind="product")], {}).messages[1]["content"]
    assert "Yahtzee" not in text
    assert "dice games" in text
    unknown = taste_prompt([Interaction("Xqzzt", kind="product")], {}).messages[1]["content"]
    assert unknown == "- Xqzzt"
