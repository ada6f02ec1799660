"""One shard of staged users -> profiles and embeddings, by the engines of this machine.

A history that cannot be read is a row with its reason, and the run goes on. A bug, a full disk stay loud.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from blue.datatypes import Message, SamplingSettings, TextEncoder
from blue.errors import GenerationError, HistoryError, ProfileError
from blue.hub import open_profiler
from blue.models import (
    DEFAULT_PRESET,
    LoadedGenerator,
    LoadedProfiler,
    Preset,
    describe_generator,
    get_preset,
    load_generator,
)
from blue.profile import liked, most_recent, one_pass, parse_generated
from blue.profiler import WHOLE_PROFILE
from blue.retrieval import LoadedEncoder, load_encoder
from training.evaluate import ADAPTER_FILE, BATCH, ProfileStore, weights_digest
from training.scale.cluster.plan import BulkError, Embeddings
from training.scale.cluster.records import StagedUser, interactions_and_items
from training.scale.cluster.results import ProfiledUser


@dataclass(frozen=True)
class Models:
    """Which models write and embed; plain text and paths, so that it travels to other machines."""

    model: str = DEFAULT_PRESET
    adapter: Path | None = None
    published: str | None = None  # a published profiler; takes the place of the other two

    @cached_property
    def _chosen(self) -> tuple[Preset, Path | None, SamplingSettings]:
        if self.published is None:
            return get_preset(self.model), self.adapter, WHOLE_PROFILE
        opened = open_profiler(self.published)
        return opened.preset, opened.adapter, opened.settings

    @property
    def preset(self) -> Preset:
        """The preset, or what was published, as one."""
        return self._chosen[0]

    @property
    def adapter_folder(self) -> Path | None:
        """The adapter that is attached: the given one, or what the project ships for this model."""
        bundled = self.preset.profiler.bundled_adapter
        shipped = bundled if bundled and (bundled / ADAPTER_FILE).is_file() else None
        return self._chosen[1] or shipped

    @property
    def settings(self) -> SamplingSettings:
        """How profiles are decoded."""
        return self._chosen[2]

    def describe(self) -> LoadedProfiler:
        """The profiler's names and hashes, without an engine; BulkError if it was not trained."""
        preset, adapter, _ = self._chosen
        about = describe_generator(preset, adapter)
        if not about.trained:
            raise BulkError(
                f"{about.name} was not trained to write profiles, and no adapter is attached. Give --adapter "
                "DIR (a run's adapter) or --profiler owner/name."
            )
        return about

    def generator(self) -> LoadedGenerator:
        """The profiler, ready to write."""
        preset, adapter, _ = self._chosen
        return load_generator(preset, adapter=adapter)

    def encoder(self) -> LoadedEncoder:
        """The embedder that belongs to it."""
        return load_encoder(self.preset.embedder)


def profiler_identity(about: LoadedProfiler, engine: str | None = None) -> str:
    """Name, hash of the base, hash of the adapter, and the engine: what decides a greedy text."""
    base = about.digest or weights_digest(about.base)
    return f"{about.name} {base} {about.adapter_digest or 'merged'} {engine or about.engine}"


def embedder_identity(loaded: LoadedEncoder) -> str:
    """Name and SHA-256 of the weights."""
    return f"{loaded.name} {loaded.weights_sha256}"


@dataclass(frozen=True)
class Prompt:
    """What the profiler is asked for one user."""

    messages: tuple[Message, ...]
    titles: int


def prompt_of(user: StagedUser, count_tokens: Callable[[str], int]) -> Prompt:
    """The one-pass prompt over the most recent titles; raises HistoryError if not even one fits."""
    interactions, items = interactions_and_items(user.titles)
    recent = most_recent(liked(interactions), items, count_tokens)
    return Prompt(one_pass(recent, items).messages, len(recent))


def asked(user: StagedUser, count_tokens: Callable[[str], int]) -> Prompt | HistoryError:
    """What the profiler is asked for a user, or why nothing can be."""
    if user.error is not None:
        return HistoryError(user.error)
    try:
        return prompt_of(user, count_tokens)
    except HistoryError as error:
        return error


def prompts_of(users: Sequence[StagedUser], count_tokens: Callable[[str], int]) -> dict[int, Prompt]:
    """Place among the users -> prompt, of those who have one."""
    found = enumerate(asked(user, count_tokens) for user in users)
    return {place: one for place, one in found if isinstance(one, Prompt)}


class ShardWriter:
    """The profiles of many users: `write` may be called shard after shard."""

    def __init__(
        self,
        generator: LoadedGenerator,
        encoder: TextEncoder,
        settings: SamplingSettings,
        embeddings: Embeddings,
    ) -> None:
        self._generator, self._settings = generator, settings
        self._embedder = ProfileEmbedder(encoder, embeddings)

    def write(
        self,
        users: Sequence[StagedUser],
        journal: Path | None = None,
        advanced: Callable[[int], None] = lambda users: None,
    ) -> list[ProfiledUser]:
        """One row a user, in their order.

        Texts go into the file `journal` batch by batch, so that a killed shard goes on where it was;
        `advanced` is told how many more users are written.
        """
        questions = [asked(user, self._generator.count_tokens) for user in users]
        prompts = {n: one for n, one in enumerate(questions) if isinstance(one, Prompt)}
        errors = {n: str(one) for n, one in enumerate(questions) if isinstance(one, HistoryError)}
        advanced(len(errors))
        texts = _Texts(self._generator, self._settings, ProfileStore(journal) if journal else None)
        by_length = sorted(prompts, key=lambda n: len(prompts[n].messages[-1]["content"]))
        written: dict[int, str] = {}
        for start in range(0, len(by_length), BATCH):
            batch = by_length[start : start + BATCH]
            for number, text in zip(batch, texts.of([prompts[n].messages for n in batch]), strict=True):
                if isinstance(text, GenerationError):
                    errors[number] = str(text)
                else:
                    written[number] = text
            advanced(len(batch))
        rows = [
            profiled(user, written.get(n), prompts[n].titles if n in prompts else 0, errors.get(n))
            for n, user in enumerate(users)
        ]
        return self._embedder.embed(rows)


def profiled(user: StagedUser, text: str | None, titles: int, error: str | None) -> ProfiledUser:
    """A generated text as a user's row, not embedded yet."""
    if error is not None:
        return ProfiledUser(user.user_id, error=error)
    try:
        sentences = tuple(sentence.text for sentence in parse_generated(text or "").sentences)
    except ProfileError:
        return ProfiledUser(user.user_id, titles_read=titles, error="The profiler wrote nothing.")
    return ProfiledUser(user.user_id, sentences, titles)


class ProfileEmbedder:
    """Rows -> the same rows with their embeddings."""

    def __init__(self, encoder: TextEncoder, embeddings: Embeddings) -> None:
        self._encoder, self._wanted = encoder, embeddings

    def embed(self, rows: Sequence[ProfiledUser]) -> list[ProfiledUser]:
        """Every text of all rows is embedded once, however many users it was written for."""
        if self._wanted == "none":
            return list(rows)
        texts = [text for row in rows for text in self._texts(row)]
        distinct = list(dict.fromkeys(texts))
        place = {text: position for position, text in enumerate(distinct)}
        vectors = self._encoder.encode_queries(distinct)
        return [self._with_vectors(row, vectors, place) for row in rows]

    def _texts(self, row: ProfiledUser) -> tuple[str, ...]:
        if row.profile is None:
            return ()
        return (row.profile, *(row.sentences if self._wanted == "both" else ()))

    def _with_vectors(self, row: ProfiledUser, vectors: np.ndarray, place: dict[str, int]) -> ProfiledUser:
        if row.profile is None:
            return row
        each = vectors[[place[one] for one in row.sentences]] if self._wanted == "both" else None
        return ProfiledUser(row.user_id, row.sentences, row.titles_read, vectors[place[row.profile]], each)


class _Texts:
    """Greedy texts for conversations, kept in a journal where there is one."""

    def __init__(
        self, generator: LoadedGenerator, settings: SamplingSettings, journal: ProfileStore | None
    ) -> None:
        self._generator, self._settings, self._journal = generator, settings, journal

    def of(self, conversations: Sequence[Sequence[Message]]) -> list[str | GenerationError]:
        """A text for each, or why the engine refuses that one."""
        keys = [self._key(messages) for messages in conversations]
        known: dict[str, str | GenerationError] = dict(self._journal.get(keys)) if self._journal else {}
        missing = {k: m for k, m in zip(keys, conversations, strict=True) if k not in known}
        written = dict(zip(missing, self._generate(list(missing.values())), strict=True))
        if self._journal:
            self._journal.put({key: text for key, text in written.items() if isinstance(text, str)})
        return [(known | written)[key] for key in keys]

    def _generate(self, conversations: list[Sequence[Message]]) -> list[str | GenerationError]:
        try:
            return list(self._generator.generate(conversations, self._settings))
        except GenerationError as error:
            if len(conversations) == 1:
                return [error]
        return [self._generate([messages])[0] for messages in conversations]  # one of them spoils the batch

    def _key(self, messages: Sequence[Message]) -> str:
        content = json.dumps([asdict(self._settings), list(messages)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()
