"""Many people's profiles: who they are, found by text and by exact filters, a page at a time.

store = PeopleStore.open(Path("profiles"))
page = store.search(encoder, "gentle skin care", Filters(least_titles=10))
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from blue.datatypes import Interaction, Profile, Sentence, TextEncoder
from blue.errors import PeopleError
from blue.models import Progress, silent
from blue.people.sentences import Near, Sentences, open_sentences
from blue.people.shards import Folder, open_folder

PAGE = 20  # people
MOST_PAGES = 50  # of a search by text; who wants more narrows it
LONGEST_QUERY = 400  # characters, about what the embedder reads
SAME_EMBEDDER = 0.99  # cosine of one sentence embedded there and here
AT_ONCE = 5_000  # people that are read together
_SETTINGS = {"memory_limit": "256MB", "threads": 2, "autoinstall_known_extensions": False}


@dataclass(frozen=True)
class Filters:
    """Whom to look at: all of it must hold. What is empty or None lets everybody through."""

    least_titles: int = 0
    most_titles: int | None = None
    user: str = ""  # the whole id
    model: str = ""  # the beginning of the profiler's name
    kind: str = ""  # of which the history has a title
    failed: bool | None = None  # only who has no profile, or only who has one
    rows: np.ndarray | None = field(default=None, repr=False, compare=False)  # of a segment or a figure

    def sql(self) -> tuple[str, list]:
        """A condition over people.parquet, and its parameters."""
        said = [
            ("titles_read >= ?", self.least_titles, self.least_titles > 0),
            ("titles_read <= ?", self.most_titles, self.most_titles is not None),
            ("user_id = ?", self.user, self.user),
            ("starts_with(profiler, ?)", self.model, self.model),
            ("list_contains(kinds, ?)", self.kind, self.kind),
            ("(error IS NOT NULL) = ?", self.failed, self.failed is not None),
        ]
        held = [(clause, value) for clause, value, given in said if given]
        return " AND ".join(clause for clause, _ in held) or "true", [value for _, value in held]


@dataclass(frozen=True)
class Person:
    """One row of a shard; `history` is None where the shard keeps none."""

    row: int
    user_id: str
    sentences: tuple[str, ...]
    titles_read: int
    error: str | None
    profiler: str
    history: tuple[Interaction, ...] | None = None

    @property
    def profile(self) -> Profile:
        """To rank with."""
        return Profile(tuple(map(Sentence, self.sentences)))


@dataclass(frozen=True)
class Hit:
    """A person of a page, with the sentence that a text found."""

    person: Person
    near: Near | None = None


@dataclass(frozen=True)
class Page:
    """Some of the people whom the filters let through; `number` is 1-based."""

    hits: tuple[Hit, ...]
    number: int
    total: int  # of whom the filters let through
    pages: int


class PeopleStore:
    """The people of one folder as it was when it was opened; safe to share between threads."""

    def __init__(self, folder: Folder, sentences: Sentences) -> None:
        self.folder = folder
        self.sentences = sentences
        self._database = duckdb.connect(config=_SETTINGS)
        self._checked: set[str] = set()  # names of embedders that are the folder's

    @classmethod
    def open(cls, path: Path, progress: Progress = silent) -> "PeopleStore":
        """Check a folder and open its index, which is built if there is none.

        Raises:
            PeopleError: something in the folder cannot be used; it is named.
        """
        folder = open_folder(path)
        return cls(folder, open_sentences(folder, progress))

    def __len__(self) -> int:
        return self.sentences.people

    def query(self, sql: str, parameters: Sequence = ()) -> list[tuple]:
        """Rows of an SQL query, in which `people` is the table of all people."""
        return self._ask(sql, parameters, duckdb.DuckDBPyConnection.fetchall)

    def columns(self, sql: str, parameters: Sequence = ()) -> dict[str, np.ndarray]:
        """The same as arrays by name, for long answers."""
        return self._ask(sql, parameters, duckdb.DuckDBPyConnection.fetchnumpy)

    def _ask(self, sql: str, parameters: Sequence, fetch: Callable) -> Any:
        people = str(self.sentences.people_file).replace("'", "''")
        try:
            with self._database.cursor() as cursor:
                return fetch(
                    cursor.execute(f"WITH people AS (FROM read_parquet('{people}')) {sql}", parameters)
                )
        except duckdb.IOException as error:  # somebody was removed meanwhile, and the index with them
            raise PeopleError(f"{self.folder.path} has changed. Search again.") from error

    def rows(self, filters: Filters) -> np.ndarray:
        """(P,) the people whom filters let through, in order.

        Raises:
            PeopleError: a kind is asked for, and no history is kept.
        """
        if filters.kind and not any(shard.has_histories for shard in self.folder.shards):
            raise PeopleError("These files keep no histories, so no kinds are known. Leave the kind away.")
        condition, parameters = filters.sql()
        rows = np.arange(len(self))
        if parameters:
            rows = self.columns(f"SELECT row FROM people WHERE {condition} ORDER BY row", parameters)["row"]
        return rows if filters.rows is None else np.intersect1d(rows, filters.rows)

    def search(
        self, encoder: TextEncoder, text: str = "", filters: Filters = Filters(), number: int = 1
    ) -> Page:
        """A page of people: with a text the nearest first, else in the order of the shards.

        Raises:
            PeopleError: the text is too long, the page is none, or the embedder is not that of the folder.
        """
        if number < 1:
            raise PeopleError("Pages are counted from 1.")
        return (
            self._nearest(encoder, text.strip(), filters, number)
            if text.strip()
            else self._listed(filters, number)
        )

    def _listed(self, filters: Filters, number: int) -> Page:
        rows = self.rows(filters)
        hits = tuple(map(Hit, self.people(rows[(number - 1) * PAGE : number * PAGE])))
        return Page(hits, number, len(rows), -(-len(rows) // PAGE))

    def _nearest(self, encoder: TextEncoder, text: str, filters: Filters, number: int) -> Page:
        if number > MOST_PAGES:
            raise PeopleError(f"A search shows {MOST_PAGES} pages. Narrow it by a filter, or say more.")
        near, total = self._near(encoder, text, filters, number * PAGE)
        near = near[(number - 1) * PAGE :]
        hits = tuple(map(Hit, self.people([hit.row for hit in near]), near))
        return Page(hits, number, total, min(MOST_PAGES, -(-total // PAGE)))

    def _near(self, encoder: TextEncoder, text: str, filters: Filters, wanted: int) -> tuple[list[Near], int]:
        """The nearest people whom filters let through, and how many of those have a profile."""
        if len(text) > LONGEST_QUERY:
            raise PeopleError(f"The text has {len(text)} characters. Shorten it to {LONGEST_QUERY}.")
        self.require_same(encoder)
        allowed = np.zeros(len(self), dtype=bool)
        allowed[self.rows(filters)] = True
        total = int(np.count_nonzero(allowed & (np.diff(self.sentences.starts) > 0)))
        (query,) = encoder.encode_queries([text])
        return self.sentences.nearest(query, wanted, None if allowed.all() else allowed), total

    def matching(self, encoder: TextEncoder, text: str, filters: Filters) -> list[int]:
        """Rows of everybody whom a search answers, in its order; with a text, of its pages."""
        if not text.strip():
            return self.rows(filters).tolist()
        return [hit.row for hit in self._near(encoder, text.strip(), filters, MOST_PAGES * PAGE)[0]]

    def require_same(self, encoder: TextEncoder) -> None:
        """Raise PeopleError unless an embedder gives the folder's vectors: by one sentence that it has."""
        if encoder.name in self._checked or not len(self.sentences):
            return
        (person,) = self.people([int(self.sentences.owners[0])])
        (here,), there = encoder.encode_queries([person.sentences[0]]), self.sentences.vectors[0]
        if here.shape != there.shape or here @ there < SAME_EMBEDDER:
            raise PeopleError(
                f"These profiles were embedded by {self.folder.shards[0].embedder}, and {encoder.name} is "
                "loaded. Load the profiler that wrote them (--profiler)."
            )
        self._checked.add(encoder.name)

    def find(self, user_id: str) -> Person:
        """The person of an id; PeopleError if there is none."""
        rows = self.rows(Filters(user=user_id))
        if not len(rows):
            raise PeopleError("Nobody here has this id. Write the whole id, as the table has it.")
        return self.people(rows)[0]

    def people(self, rows: Sequence[int]) -> list[Person]:
        """The people of these rows, in their order, read from their shards."""
        where = self.query(
            "SELECT shard, place, row, user_id FROM people WHERE row IN (SELECT unnest(?::BIGINT[]))",
            [list(map(int, rows))],
        )
        by_place = {(shard, place): (row, user_id) for shard, place, row, user_id in where}
        places: dict[int, list[int]] = {}
        for shard, place in by_place:
            places.setdefault(shard, []).append(place)
        found = {}
        for shard, wanted in places.items():
            for place, *values in self._read(shard, wanted):
                row, user_id = by_place[shard, place]
                if values[0] != user_id:  # somebody was removed meanwhile
                    raise PeopleError(f"{self.folder.shards[shard].path} has changed. Search again.")
                found[row] = self._person(row, values)
        return [found[int(row)] for row in rows]

    def batches(self, rows: Sequence[int] | None = None) -> Iterator[list[Person]]:
        """Everybody, or these people, some thousands at a time."""
        rows = np.arange(len(self)) if rows is None else np.asarray(rows)
        for start in range(0, len(rows), AT_ONCE):
            yield self.people(rows[start : start + AT_ONCE])

    def _read(self, shard: int, places: Sequence[int]) -> list[tuple]:
        of = self.folder.shards[shard]
        history = "history" if of.has_histories else "NULL"
        sql = (
            f"SELECT file_row_number, user_id, sentences, titles_read, error, profiler, {history} "
            "FROM read_parquet(?, file_row_number = true) "
            "WHERE file_row_number IN (SELECT unnest(?::BIGINT[]))"
        )
        try:
            with self._database.cursor() as cursor:
                return cursor.execute(sql, [str(of.path), list(places)]).fetchall()
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise PeopleError(f"{of.path} has changed or is gone. Search again.") from error

    @staticmethod
    def _person(row: int, values: Sequence) -> Person:
        user_id, sentences, titles_read, error, profiler, history = values
        lines = None if history is None else tuple(Interaction(**line) for line in history)
        return Person(row, user_id, tuple(sentences or ()), titles_read, error, profiler, lines)
