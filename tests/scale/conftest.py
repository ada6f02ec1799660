"""Few users with short histories: their profiles are really written, and each costs a second or more."""

import json
from pathlib import Path

import pytest

TITLES = ("Heat (1995) | 5", "Alien (1979) | 4", "Grease (1978) | 2", "Toy Story (1995) | 5", "Up (2009) | 3")


def history(number: int) -> list[str]:
    """Two of the titles, another pair for every number below ten."""
    pairs = [(a, b) for i, a in enumerate(TITLES) for b in TITLES[i + 1 :]]
    return list(pairs[number % len(pairs)])


@pytest.fixture
def six_users(tmp_path: Path) -> Path:
    """A folder with six users in users.jsonl."""
    folder = tmp_path / "users"
    folder.mkdir()
    lines = (json.dumps({"user_id": f"u{n}", "history": history(n)}) for n in range(6))
    (folder / "users.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
