"""Users into shards: every form of input, each user once, bad ones with a reason, memory flat."""

import gzip
import json
import tracemalloc
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from blue.datatypes import Item
from blue.items import Catalog
from blue.profile import Taste, about_taste
from training.data.loaders import prepared
from training.scale.cluster.records import MOST_TITLES, interactions_and_items
from training.scale.cluster.staging import UsersInputError, find_input, read_shard, stage_users

FILMS = Catalog(
    (
        Item("m1", "Heat", "movie", 1995, genres=("crime", "thriller"), popularity=0.9),
        Item("m2", "Alien", "movie", 1979, ("Ridley Scott",), genres=("horror",), popularity=0.8),
        Item("m3", "Grease", "movie", 1978, genres=("musical",), popularity=0.7),
    )
)


def stage(folder: Path, work: Path, users_a_shard: int = 3, hold_out: int = 0):
    return stage_users(
        find_input(folder), work, users_a_shard=users_a_shard, hold_out=hold_out, catalog=lambda: FILMS
    )


def write_lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{r if isinstance(r, str) else json.dumps(r)}\n" for r in records), "utf-8")
    return path


def users_of(work: Path, shards: int):
    return [user for number in range(shards) for user in read_shard(work, number)]


def test_lines_become_shards_of_equal_size_in_their_order(tmp_path):
    write_lines(tmp_path / "users.jsonl", *({"user_id": f"u{n}", "history": ["Heat | 5"]} for n in range(7)))
    staged = stage(tmp_path, tmp_path / "work")
    assert (staged.users, staged.shards, staged.rejected) == (7, 3, 0)
    assert [len(read_shard(tmp_path / "work", number)) for number in range(3)] == [3, 3, 1]
    assert [user.user_id for user in users_of(tmp_path / "work", 3)] == [f"u{n}" for n in range(7)]


@pytest.mark.parametrize(
    "history",
    [
        ["Heat (1995) | 5", "Alien | 4"],
        "Heat (1995) | 5\nAlien | 4",
        [{"title": "Heat", "year": 1995, "rating": 5}, {"title": "Alien", "rating": 4}],
    ],
)
def test_titles_bring_what_the_catalogue_knows_of_them(tmp_path, history):
    write_lines(tmp_path / "users.jsonl", {"user_id": 7, "history": history})
    stage(tmp_path, tmp_path / "work")
    (user,) = read_shard(tmp_path / "work", 0)
    heat, alien = user.titles
    assert (user.user_id, heat.rating) == ("7", 5)
    assert heat.item == Item("m1", "Heat", "movie", 1995, genres=("crime", "thriller"))
    assert (alien.item.year, alien.item.makers, alien.item.genres) == (1979, ("Ridley Scott",), ("horror",))


def test_bad_lines_and_repeated_users_are_listed_and_bad_histories_keep_their_row(tmp_path):
    write_lines(
        tmp_path / "users.jsonl",
        {"user_id": "a", "history": ["Heat"]},
        "{broken",
        {"history": ["Heat"]},
        {"user_id": "a", "history": ["Alien"]},
        {"user_id": "b", "history": []},
        {"user_id": "c", "history": [{"title": "Heat", "rating": "ten"}]},
        {"user_id": "\ud800", "history": ["Heat"]},
    )
    staged = stage(tmp_path, tmp_path / "work")
    found = {user.user_id: user.error for user in users_of(tmp_path / "work", staged.shards)}
    assert list(found) == ["a", "b", "c"]
    assert found["a"] is None
    assert "0 titles" in found["b"]
    assert "Item 1 of the history: 'ten' is not a rating" in found["c"]
    rejected = pq.read_table(tmp_path / "work" / "rejected.parquet").to_pylist()
    assert [(row["line"], row["user_id"]) for row in rejected] == [(2, None), (3, None), (4, "a"), (7, None)]
    assert "on line 1" in rejected[2]["reason"]


def test_item_ids_are_looked_up_beside_the_users(tmp_path):
    with gzip.open(tmp_path / "items.jsonl.gz", "wt") as file:
        for number in range(3):
            file.write(json.dumps({"item_id": f"i{number}", "title": f"Shampoo {number}"}) + "\n")
    with gzip.open(tmp_path / "users.jsonl.gz", "wt") as file:
        file.write(json.dumps({"user_id": "a", "history": ["i2", "gone", "i0"]}) + "\n")
        file.write(json.dumps({"user_id": "b", "history": ["gone"]}) + "\n")
    stage(tmp_path, tmp_path / "work")
    a, b = read_shard(tmp_path / "work", 0)
    assert [one.title for one in a.titles] == ["Shampoo 2", "Shampoo 0"]
    assert b.error == "None of its 1 items is among the items of the data set."


def test_parquet_of_histories_is_read_like_lines(tmp_path):
    rows = pl.DataFrame({"user_id": ["a", "b"], "history": [["Heat | 5"], ["Alien", "Grease"]]})
    rows.write_parquet(tmp_path / "part-0.parquet")
    stage(tmp_path, tmp_path / "work")
    a, b = read_shard(tmp_path / "work", 0)
    assert (a.titles[0].title, a.titles[0].rating, len(b.titles)) == ("Heat", 5.0, 2)


@pytest.fixture
def prepared_folder(tmp_path) -> Path:
    """Two users in the schema of training.data.prepare."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    titles = [f"Acme Shampoo No {n}" for n in range(6)]
    items = {"item_id": [f"i{n}" for n in range(6)], "title": titles, "brand": ["Acme"] * 6}
    empty = {"category": ["Hair > Shampoo"] * 6, "description": [None] * 6}
    pl.DataFrame(items | empty).write_parquet(folder / "items.parquet")
    rows = [("u1", f"i{n}", 5.0, None, n) for n in range(4)] + [
        ("u2", f"i{n}", None, None, n) for n in (4, 5)
    ]
    columns = {
        "user_id": pl.String,
        "item_id": pl.String,
        "rating": pl.Float32,
        "time": pl.Int64,
        "position": int,
    }
    pl.DataFrame(rows, columns, orient="row").write_parquet(folder / "interactions.parquet")
    return folder


def test_prepared_users_get_the_prompts_of_training(prepared_folder, tmp_path):
    """The staged titles are all that a worker sees: its questions must be those that training asks."""
    stage(prepared_folder, tmp_path / "work")
    dataset = prepared("set", prepared_folder)
    taste = Taste((0, 1))
    for user in read_shard(tmp_path / "work", 0):
        history, items = interactions_and_items(user.titles)
        expected = about_taste(taste, dataset.histories[user.user_id], dataset.items)
        assert about_taste(taste, history, items) == expected
        assert "shampoos, daily hair washing" in expected.messages[1]["content"]


def test_held_out_titles_are_nowhere_in_the_history(tmp_path):
    write_lines(
        tmp_path / "users.jsonl",
        {"user_id": "a", "history": ["Heat", "Alien", "Grease!", "Grease"]},
        {"user_id": "b", "history": ["Heat"]},
    )
    stage(tmp_path, tmp_path / "work", hold_out=1)
    a, b = read_shard(tmp_path / "work", 0)
    assert [one.title for one in a.titles] == ["Heat", "Alien"]
    assert b.error == "The history has 1 title and --hold-out 1 leaves none."


def test_interactions_out_of_order_are_refused(prepared_folder, tmp_path):
    path = prepared_folder / "interactions.parquet"
    pl.read_parquet(path).sort("position", descending=True).write_parquet(path)
    with pytest.raises(UsersInputError, match=r"user 'u2', position 4 comes after 'u2', 5. Sort it by"):
        stage(prepared_folder, tmp_path / "work")


def test_a_history_is_cut_to_what_a_prompt_can_hold(tmp_path):
    write_lines(tmp_path / "users.jsonl", {"user_id": "a", "history": [f"Film {n}" for n in range(5_000)]})
    stage(tmp_path, tmp_path / "work")
    (user,) = read_shard(tmp_path / "work", 0)
    assert len(user.titles) == MOST_TITLES
    assert user.titles[-1].title == "Film 4999"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (None, b"", "holds no users. It needs interactions.parquet"),
        ("users.jsonl", b"", "gives no user"),
        ("users.jsonl.gz", b"\x1f\x8b broken", "damaged gzip"),
        ("interactions.parquet", b"PAR1", "no items.parquet"),
        ("users.parquet", b"PAR1 broken", "not a readable Parquet"),
    ],
)
def test_input_that_cannot_be_used_says_why(tmp_path, name, content, message):
    folder = tmp_path / "in"
    folder.mkdir()
    if name:
        (folder / name).write_bytes(content)
    with pytest.raises(UsersInputError, match=message):
        stage(folder, tmp_path / "work")


def test_memory_does_not_grow_with_the_users(tmp_path):
    def peak(users: int) -> int:
        folder = tmp_path / f"{users}"
        folder.mkdir()
        write_lines(
            folder / "items.jsonl", *({"item_id": f"i{n}", "title": f"Tea No {n}"} for n in range(99))
        )
        lines = ({"user_id": f"user-{n:09}", "history": [f"i{n % 99}"] * 20} for n in range(users))
        write_lines(folder / "users.jsonl", *lines)
        tracemalloc.start()
        staged = stage(folder, folder / "work", users_a_shard=100)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert staged.users == users
        return found

    peak(200)  # what is loaded once
    assert peak(1_600) < 1.5 * peak(400)  # all histories together would take 8 MB more
