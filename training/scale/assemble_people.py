"""Many readers for the page "People", assembled from MovieLens training users and profiled by what ships.

    python -m training.scale.assemble_people --movielens ml-latest-small --users 40 --out runs/people

Each reader is made of a run of one training user's films and a run of another's, with their stars: nobody is
anybody. Histories are kept beside the profiles. A few seconds a reader on two cores; an interrupted
command goes on where it was.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from blue.datatypes import Interaction
from training.data import Dataset, movielens, users_of
from training.runs import parser_of
from training.scale.profile_users import main as profile_users

SEED = 0
SHORTEST, LONGEST = 4, 30  # films of each run
USERS_A_SHARD = 100


def readers(dataset: Dataset, count: int) -> Iterator[tuple[str, tuple[Interaction, ...]]]:
    """Ids and histories, oldest first; test users are in none of them."""
    draw, users = np.random.default_rng(SEED), users_of(dataset, "train")
    for number in range(count):
        pair = draw.choice(len(users), 2, replace=False)
        lines: dict[str, Interaction] = {}
        for user in pair:
            history = dataset.histories[users[user]]
            length = int(draw.integers(SHORTEST, LONGEST + 1))
            start = int(draw.integers(0, max(1, len(history) - length)))
            lines |= {line.item_id: line for line in history[start : start + length]}
        yield f"assembled-{number:05}", tuple(sorted(lines.values(), key=lambda line: line.time))


def write_users(dataset: Dataset, count: int, file: Path) -> None:
    """As `training.scale.profile_users` reads them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as out:
        for user_id, history in readers(dataset, count):
            lines = [{"title": line.title, "year": line.year, "rating": line.rating} for line in history]
            out.write(json.dumps({"user_id": user_id, "history": lines}, ensure_ascii=False) + "\n")


def main() -> None:
    """Assemble, then profile."""
    parser = parser_of(__doc__)
    parser.add_argument("--movielens", type=Path, required=True, help="folder of MovieLens ml-latest-small")
    parser.add_argument("--users", type=int, default=40, metavar="N")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="profiles/ is written in it")
    chosen = parser.parse_args()
    users = chosen.out / f"users-{chosen.users}" / "users.jsonl"
    write_users(movielens("movies", chosen.movielens), chosen.users, users)
    profile_users([
        "--input", str(users), "--out", str(chosen.out / "profiles"), "--keep-histories",
        "--users-a-shard", str(USERS_A_SHARD),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
