"""Profiles written once: kept under a hash of everything that decides their text, safe against a kill.

The key is a SHA-256 over model, adapter, engine, prompt version, decoding settings and messages. Every
batch is committed to an SQLite file before the next one starts: a run that is killed goes on where it was.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from blue.datatypes import Message, SamplingSettings
from blue.models import LoadedGenerator
from blue.profile import PROMPT_VERSION
from training.runs import Progress

BATCH = 16  # prompts of similar length that are decoded together


@dataclass(frozen=True)
class WritingCost:
    """What writing took: only profiles that were not in the store."""

    profiles: int
    seconds: float
    prompt_tokens: int
    written_tokens: int


class ProfileStore:
    """Generated texts on disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with closing(self._connect()) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS texts (key TEXT PRIMARY KEY, text TEXT NOT NULL)")

    def get(self, keys: Sequence[str]) -> dict[str, str]:
        """The texts that are there already, by key."""
        with closing(self._connect()) as database:
            found = (
                database.execute("SELECT key, text FROM texts WHERE key = ?", (key,)).fetchone()
                for key in keys
            )
            return {row[0]: row[1] for row in found if row}

    def put(self, texts: dict[str, str]) -> None:
        """Keep texts; they are on disk when this returns."""
        with closing(self._connect()) as database, database:
            database.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?)", texts.items())

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=60)  # another evaluation may be writing


class StoredWriter:
    """A profiler whose texts are kept; `identity` names the exact weights, see `identity_of`."""

    def __init__(
        self,
        name: str,
        generator: LoadedGenerator,
        identity: str,
        store: ProfileStore,
        *,
        silent: bool = False,
    ) -> None:
        self.name, self.generator, self._silent = name, generator, silent
        self.identity, self._store = identity, store
        self.cost = WritingCost(0, 0.0, 0, 0)

    def write(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> list[str]:
        """One text a conversation; what the store lacks is generated, a batch at a time."""
        keys = [self._key(messages, settings) for messages in conversations]
        texts = self._store.get(keys)
        missing = {
            key: messages for key, messages in zip(keys, conversations, strict=True) if key not in texts
        }
        order = sorted(missing, key=lambda key: len(missing[key][-1]["content"]))
        progress = Progress(f"profiles by {self.name}", len(order))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            written = self._generate([missing[key] for key in batch], settings)
            self._store.put(dict(zip(batch, written, strict=True)))
            texts |= dict(zip(batch, written, strict=True))
            if not self._silent:
                progress.advance(len(batch))
        return [texts[key] for key in keys]

    def generate(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> list[str]:
        """`write`, by the name that a `TextGenerator` has for it."""
        return self.write(conversations, settings)

    def samples(self, messages: Sequence[Message], settings: SamplingSettings, count: int) -> list[str]:
        """`count` different texts of one conversation, kept like all others."""
        keys = [self._key([*messages, {"sample": f"{n} of {count}"}], settings) for n in range(count)]
        found = self._store.get(keys)
        if len(found) < count:
            found = dict(zip(keys, self.generator.samples(messages, settings, count), strict=True))
            self._store.put(found)
        return [found[key] for key in keys]

    def _generate(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> list[str]:
        began = time.perf_counter()
        written = self.generator.generate(conversations, settings)
        seconds = time.perf_counter() - began
        count = self.generator.count_tokens
        read = sum(count(message["content"]) for messages in conversations for message in messages)
        before = self.cost
        self.cost = WritingCost(
            before.profiles + len(written),
            before.seconds + seconds,
            before.prompt_tokens + read,
            before.written_tokens + sum(count(text) for text in written),
        )
        return written

    def _key(self, messages: Sequence[Message], settings: SamplingSettings) -> str:
        content = [self.identity, PROMPT_VERSION, asdict(settings), list(messages)]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def identity_of(generator: LoadedGenerator, digest: str) -> str:
    """The exact model: the base's SHA-256 or revision, the adapter's, and the engine that runs them."""
    about = generator.about
    return f"{about.digest or digest} {about.adapter_digest or 'no adapter'} {about.engine}"
