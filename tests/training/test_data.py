"""Loaders, splits and training examples on small generated sources."""

import gzip
import json

import polars as pl
import pytest
from rich.console import Console

from blue.catalog.product_kinds import kind_of_product
from blue.datatypes import Interaction, Item
from blue.items import load_catalog
from blue.profile import about_taste
from training.data.books import mixed_histories, synthetic_readers
from training.data.folders import data_folder
from training.data.loaders import grouper_of, load
from training.data.prepare import prepare
from training.data.product_words import TitleWords
from training.data.schema import (
    Dataset,
    cut,
    nearly_same_title,
    split_of,
    users_of,
    without_duplicate_titles,
)
from training.data.windows import WindowSettings, examples, names_target


def words(text: str) -> int:
    return len(text.split())


@pytest.fixture(scope="module")
def movies(tmp_path_factory) -> Dataset:
    """200 users who rated 30 of the catalogue's films each, newest last in time but not in the file."""
    folder = tmp_path_factory.mktemp("movielens")
    films = [id_.removeprefix("ml:") for id_ in load_catalog().by_id if id_.startswith("ml:")]
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(1, 201):
        for step in reversed(range(30)):
            film = films[(user * 131 + step * 37) % len(films)]
            lines.append(f"{user},{film},{1 + (user + step) % 5},{1_000_000 + 1000 * step}")
    (folder / "ratings.csv").write_text("\n".join(lines))
    return load(data_folder(f"movies={folder}"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Dataset:
    folder = tmp_path_factory.mktemp("shop")
    items = [
        {
            "item_id": str(n),
            "title": f"Acme {shade} &amp; Shine Polish",
            "category": "Beauty > Nails > Nail Polish",
        }
        for n, shade in enumerate("Rose Plum Mint Sand Coal Snow Lime Rust".split())  # noqa: SIM905
    ] + [{"item_id": str(n), "title": f"Soap with argan oil {n}", "brand": "Zest"} for n in range(8, 16)]
    items += [{"item_id": str(n), "title": f"Thing {n}"} for n in range(16, 500)]
    users = [
        {"user_id": str(n), "history": [str((n + k) % 16) for k in range(6)] + ["gone"]} for n in range(40)
    ]
    for name, records in (("items", items), ("users", users)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
    return load(data_folder(f"shop={folder}"))


def test_movielens_histories_are_chronological_and_rated(movies):
    history = movies.histories["ml:7"]
    assert [one.time for one in history] == sorted(one.time for one in history)
    assert {one.rating for one in history} == {1.0, 2.0, 3.0, 4.0, 5.0}
    assert all(one.item_id in movies.items for one in history)


def test_benchmark_items_get_kind_brand_and_shared_words(shop):
    polish, soap = shop.items["0"], shop.items["8"]
    assert polish.title == "Acme Rose & Shine Polish"
    assert (polish.makers, polish.genres) == (("Acme",), ("nail polish",))
    assert soap.makers == ("Zest",)
    assert "argan oil" in " ".join(soap.genres + soap.themes).lower()


def test_items_that_the_source_lacks_leave_the_history(shop):
    assert [one.item_id for one in shop.histories["shop:3"]] == ["3", "4", "5", "6", "7", "8"]


def test_splits_are_disjoint_complete_and_about_as_large_as_said():
    users = [f"user:{n}" for n in range(4000)]
    sizes = {
        split: sum(split_of(user) == split for user in users) for split in ("train", "validation", "test")
    }
    assert sum(sizes.values()) == 4000
    assert sizes["test"] == pytest.approx(800, abs=100)
    assert sizes["validation"] == pytest.approx(200, abs=60)


def test_a_target_that_is_in_the_history_makes_no_case():
    items = {"a": Item("a", "Alien", "movie"), "b": Item("b", "Big", "movie")}
    watched = tuple(Interaction(items[k].title, item_id=k) for k in ("a", "b", "a"))
    data = Dataset("films", items, {"u": watched})
    assert cut(data, "u", 2) is None
    assert cut(data, "u", 1).target.title == "Big"


def test_near_duplicates_of_the_target_leave_the_history():
    titles = {"a": "Acme Red Polish, 3 oz", "b": "Soap", "c": "ACME red polish 3 oz."}
    items = {key: Item(key, title, "product") for key, title in titles.items()}
    data = Dataset("shop", items, {"u": tuple(Interaction(items[k].title, item_id=k) for k in "abc")})
    assert [one.item_id for one in cut(data, "u", 2).history] == ["b"]


def test_a_sequel_is_no_duplicate():
    assert not nearly_same_title("Toy Story 2", "Toy Story 3")
    assert not nearly_same_title("Heat", "The Heat Is On")


def test_duplicate_titles_are_drawn_once():
    items = [Item("1", "Soap", "product"), Item("2", "SOAP", "product"), Item("3", "Comb", "product")]
    assert [item.item_id for item in without_duplicate_titles(items)] == ["1", "3"]


@pytest.fixture(scope="module")
def made(movies):
    grouper = grouper_of(movies)
    return list(examples(movies, grouper, "train", 150, WindowSettings()))


def test_no_prompt_contains_its_target(made, movies):
    assert len(made) == 150
    for example in made:
        target = movies.items[example.target_id]
        lines = "\n".join(prompt[-1]["content"] for prompt in example.prompts).split("\n")
        assert not any(line.partition(", ")[0].partition(": ")[0] == f"- {target.title}" for line in lines)


def test_a_target_among_the_interactions_would_be_noticed(movies):
    target = movies.items[movies.histories["ml:7"][0].item_id]
    assert names_target(movies.histories["ml:7"], target)


def test_no_test_user_is_in_training(made, movies):
    trained = {example.user_id for example in made}
    assert trained
    assert not trained & set(users_of(movies, "test"))
    assert not trained & set(users_of(movies, "validation"))


def test_mixed_histories_borrow_only_from_training_users(movies):
    books = synthetic_readers(load_catalog(), 60)
    mixed = mixed_histories(movies, books, 50)
    hidden = {one.item_id for user in users_of(movies, "test") for one in movies.histories[user]}
    seen = {one.item_id for user in users_of(movies, "train") for one in movies.histories[user]}
    borrowed = {one.item_id for history in mixed.histories.values() for one in history if one.kind == "movie"}
    assert borrowed <= seen
    assert not borrowed & (hidden - seen)
    assert mixed.synthetic


def test_prompts_are_the_apps_own(made):
    for example in made[:20]:
        for taste, prompt in zip(example.tastes, example.prompts, strict=True):
            assert prompt == about_taste(taste, example.history, example.shown).messages


def test_windows_vary_and_every_one_has_a_taste(made):
    lengths = {len(example.history) for example in made}
    assert min(lengths) <= 5
    assert max(lengths) >= 20
    assert {1 <= len(example.tastes) <= 5 for example in made} == {True}


def test_some_windows_show_titles_only_and_some_no_ratings(made):
    assert 0 < sum(not example.shown for example in made) < len(made)
    assert 0 < sum(all(one.rating is None for one in example.history) for example in made) < len(made)


def test_examples_are_the_same_for_the_same_seed(movies, made):
    grouper = grouper_of(movies)
    again = list(examples(movies, grouper, "train", 10, WindowSettings()))
    assert again == made[:10]
    assert list(examples(movies, grouper, "train", 10, WindowSettings(), seed=1)) != again


def test_synthetic_readers_have_interests():
    books = synthetic_readers(load_catalog(), 40)
    assert books.synthetic
    assert all(one.item_id in books.items for history in books.histories.values() for one in history)
    assert len({len(history) for history in books.histories.values()}) > 5


def test_a_brand_is_what_many_titles_begin_with():
    titles = [f"Melissa & Doug Puzzle {n}" for n in range(6)] + ["Wooden Puzzle", "Red Wooden Melissa Cart"]
    found = TitleWords(titles)
    assert found.brand("Melissa & Doug Blocks") == "Melissa & Doug"
    assert found.brand("Wooden Blocks") is None


def test_a_kind_is_what_several_titles_call_their_product():
    found = TitleWords([f"{colour} Garden Gnome" for colour in ("Red", "Old", "Tin")] + ["Lone Zebra"])
    assert found.kind("Another Garden Gnome, 5 inches") == ("garden gnome",)
    assert found.kind("Lone Zebra") == ()


def test_a_generic_leaf_is_read_with_the_part_above_it():
    assert kind_of_product("Beauty > Skin Care > Face > Creams & Moisturizers") == (
        "face creams and moisturizers",
    )
    assert kind_of_product("Toys & Games > Games > Board Games") == ("board games",)
    assert kind_of_product("") == ()


def test_what_prepare_wrote_is_read_as_histories(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    titles = ["Green tea", "Black pen", "Red scarf"]
    (raw / "items.csv").write_text("item_id,title\n" + "\n".join(f"{n},{t}" for n, t in enumerate(titles)))
    lines = [f"u{user},{n},4,{1_600_000_000 + n}" for user in range(3) for n in range(3)]
    (raw / "interactions.csv").write_text("user_id,item_id,rating,timestamp\n" + "\n".join(lines))
    prepare("csv", raw, out, 2, Console(quiet=True))
    dataset = load(data_folder(f"mine={out}"))
    assert {user: [one.title for one in ones] for user, ones in dataset.histories.items()} == {
        f"u{user}": titles for user in range(3)
    }
    split = dict(pl.read_parquet(out / "users.parquet").select("user_id", "split").iter_rows())
    assert split == {user: split_of(user) for user in dataset.histories}
