"""The table of questions with their right answers, asked and counted: python -m tests.answering.table

A row of `questions.tsv` names a question, its intent and what must hold of the answer, joined by "; ":

    n=3               so many items           kind=, genre=, maker=   every item has one of these
    year=1980-1989    every item's year       genre!=, maker!=, title!=, year!=   no item has one of these
    theme~, theme!~   every, no item has a theme with these words
    first=            title of the first item
    rows=2, rows>=2   so many titles of the history
    says=a|b, not=    the text holds one of these, none of these (case does not count)

The history is the first that ships with the project, and one film that no catalogue has.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from blue.answering import Answer, Answerer
from blue.catalog.examples import list_examples
from blue.datatypes import Interaction, Item, Profile
from blue.errors import BlueError
from blue.profile import parse_profile
from blue.profiler import Profiler

TABLE = Path(__file__).with_name("questions.tsv")
PROFILE = parse_profile(
    "Science fiction about aliens and space.\nSatires that laugh at the end of the world.\n"
    "Can't stand musicals."
)
UNKNOWN_FILM = "My Uncle's Spaceship | 5 | 1998-08-03"


@dataclass(frozen=True)
class Row:
    """A question, its intent ("error" for a refusal) and what must hold of the answer."""

    question: str
    intent: str
    right: tuple[str, ...]


def rows() -> tuple[Row, ...]:
    """The table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Row(row["question"], row["intent"], tuple(row["right"].split("; ")))
            for row in csv.DictReader(file, delimiter="\t")
        )


def history_of(profiler: Profiler) -> tuple[Interaction, ...]:
    """The history that is asked about."""
    example = list_examples()[0]
    return profiler.read(f"{example.read().decode().rstrip()}\n{UNKNOWN_FILM}").interactions


def faults(
    row: Row, answerer: Answerer, history: Sequence[Interaction], profile: Profile = PROFILE
) -> list[str]:
    """What is wrong with the answer to a question; [] where it is right."""
    try:
        answer = answerer.ask(row.question, profile, history)
    except BlueError as error:
        said = f"{type(error).__name__}: {error}"
        wrong = [] if row.intent == "error" else [said]
        return wrong + [one for one in row.right if not _says(one.partition("=")[2], said)]
    if answer.question.intent != row.intent:
        return [f"understood as {answer.question.intent}: {answer.text}"]
    known = {one.item_id for one in history}
    new = [] if row.intent != "recommend" else [item.title for item in answer.items if item.item_id in known]
    told = [f"recommends the known {title}" for title in new]
    return told + [f"{one} is not so: {answer.text}" for one in row.right if not holds(one, answer)]


def holds(condition: str, answer: Answer) -> bool:
    """Whether a condition of the table holds of an answer."""
    name, how, wanted = re.fullmatch(r"(\w+)(>=|!=|!~|=|~)(.+)", condition).groups()
    match name:
        case "n":
            return len(answer.items) == int(wanted)
        case "rows":
            count = len(answer.rows)
            return count >= int(wanted) if how == ">=" else count == int(wanted)
        case "says":
            return _says(wanted, answer.text)
        case "not":
            return not _says(wanted, answer.text)
        case "first":
            return bool(answer.items) and answer.items[0].title == wanted
    has = _HAS[name]
    met = [has(item, wanted) for item in answer.items]
    return bool(met) and (all(met) if how in ("=", "~") else not any(met))


def _says(wanted: str, text: str) -> bool:
    return any(one.lower() in text.lower() for one in wanted.split("|"))


def _in_years(item: Item, wanted: str) -> bool:
    first, _, last = wanted.partition("-")
    return item.year is not None and int(first) <= item.year <= int(last or first)


_HAS: dict[str, Callable[[Item, str], bool]] = {
    "kind": lambda item, wanted: item.kind in wanted.split(","),
    "genre": lambda item, wanted: bool(set(item.genres) & set(wanted.split(","))),
    "maker": lambda item, wanted: wanted in item.makers,
    "title": lambda item, wanted: item.title.startswith(wanted),
    "theme": lambda item, wanted: any(wanted in theme.lower() for theme in item.themes),
    "year": _in_years,
}


def main() -> None:
    """Ask all and print what is right and what is not."""
    from blue.inspection import Inspector
    from blue.profiler import load_profiler

    profiler = load_profiler()
    answerer, history = Answerer(Inspector(profiler)), history_of(profiler)
    right = 0
    for row in rows():
        wrong = faults(row, answerer, history)
        right += not wrong
        print(f"{'wrong' if wrong else 'right'}  {row.question}")
        for one in wrong:
            print(f"       {one}")
    print(f"{right} of {len(rows())} right")


if __name__ == "__main__":
    main()
