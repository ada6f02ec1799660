"""The example's readers: put together from training users alone, the same for every run."""

from datetime import UTC, datetime

from blue.datatypes import Interaction
from training.data import Dataset, users_of
from training.scale.assemble_people import LONGEST, readers, write_users


def dataset() -> Dataset:
    histories = {
        f"ml:{user}": tuple(
            Interaction(f"Film {user}-{n}", 4.0, datetime(2001, 1, 1 + n, tzinfo=UTC), item_id=f"{user}-{n}")
            for n in range(28)
        )
        for user in range(40)
    }
    return Dataset("movies", {}, histories)


def test_readers_are_two_runs_of_training_users(tmp_path):
    train = {user.removeprefix("ml:") for user in users_of(dataset(), "train")}
    assert 0 < len(train) < 40
    made = dict(readers(dataset(), 30))
    assert made == dict(readers(dataset(), 30))
    for history in made.values():
        owners = {line.item_id.split("-")[0] for line in history}
        assert len(owners) == 2
        assert owners <= train
        assert 8 <= len(history) <= 2 * LONGEST
        assert [line.time for line in history] == sorted(line.time for line in history)
    write_users(dataset(), 3, tmp_path / "a" / "users.jsonl")
    assert len((tmp_path / "a" / "users.jsonl").read_text().splitlines()) == 3
