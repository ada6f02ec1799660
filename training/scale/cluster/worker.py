"""One shard of staged users -> profiles and embeddings, taste by taste, by the engines of this machine.

A history that cannot be read is a row with its reason, and the run goes on. A bug, a full disk stay loud.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from blue.datatypes import Interaction, Item, Profile, SamplingSettings, TextEncoder, TextGenerator
from blue.errors import GenerationError
from blue.hub import open_profiler
from blue.items import item_text
from blue.models import (
    DEFAULT_PRESET,
    LoadedGenerator,
    LoadedProfiler,
    Preset,
    describe_generator,
    get_preset,
    load_generator,
)
from blue.profile import ONE_SENTENCE, Grouper, Taste, TasteWriter, shipped_support
from blue.retrieval import LoadedEncoder, load_encoder
from training.evaluate import ADAPTER_FILE, ProfileStore, StoredWriter, weights_digest
from training.scale.cluster.plan import BulkError, Embeddings, Plan
from training.scale.cluster.records import StagedUser, interactions_and_items
from training.scale.cluster.results import ProfiledUser

USERS_TOGETHER = 4  # their first drafts are decoded side by side: about sixteen sentences
REMEMBERED = 50_000  # lines whose embeddings are kept


@dataclass(frozen=True)
class Models:
    """Which models write and embed; plain text and paths, so that it travels to other machines."""

    model: str = DEFAULT_PRESET
    adapter: Path | None = None
    published: str | None = None  # a published profiler; takes the place of the other two

    @cached_property
    def _chosen(self) -> tuple[Preset, Path | None, SamplingSettings]:
        if self.published is None:
            return get_preset(self.model), self.adapter, ONE_SENTENCE
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
class Person:
    """One user's history with its tastes, as the app finds them."""

    tastes: tuple[Taste, ...]
    history: tuple[Interaction, ...]
    items: dict[str, Item]


class Reader:
    """Staged users -> people. Each line's embedding is made once, as an item's or as a mere title's."""

    def __init__(self, encoder: TextEncoder, grouper: Grouper) -> None:
        self._encoder, self._grouper = encoder, grouper
        self._known: dict[str, np.ndarray] = {}

    def __call__(self, user: StagedUser) -> Person:
        """A user who has no `error`."""
        history, items = interactions_and_items(user.titles)
        texts = [item_text(title.item) if title.item else title.title for title in user.titles]
        return Person(self._grouper(history, items, self._vectors(texts)), history, items)

    def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(H, D)."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        if new := [text for text in dict.fromkeys(texts) if text not in self._known]:
            self._known |= zip(new, self._encoder.encode_items(new), strict=True)
        return np.stack([self._known[text] for text in texts])


def grouper_over(items: Sequence[Item], encoder: TextEncoder) -> Grouper:
    """The grouping over the items of a data set or a catalogue."""
    return Grouper.over(
        items, lambda places: encoder.encode_items([item_text(items[place]) for place in places])
    )


class ShardWriter:
    """The profiles of many users: `write` may be called shard after shard."""

    def __init__(
        self,
        generator: LoadedGenerator,
        encoder: TextEncoder,
        grouper: Grouper,
        settings: SamplingSettings,
        embeddings: Embeddings,
    ) -> None:
        self._generator, self._settings = generator, settings
        self._reader = Reader(encoder, grouper)
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
        generator: TextGenerator = self._generator
        if journal:
            generator = StoredWriter("profiler", generator, "of this run", ProfileStore(journal), silent=True)
        rows: list[ProfiledUser] = []
        for start in range(0, len(users), USERS_TOGETHER):
            some = users[start : start + USERS_TOGETHER]
            rows += rows_of(some, self._reader, generator, self._settings)
            advanced(len(some))
        return self._embedder.embed(rows)


@dataclass(frozen=True)
class Shards:
    """Everything that a worker needs, wherever it is; it travels by pickle."""

    out: Path
    plan: Plan
    models: Models
    grouper: Grouper

    def writer(self, encoder: TextEncoder | None = None) -> ShardWriter:
        """The models of this machine, loaded, but for an embedder that is there already."""
        encoder, models = encoder or self.models.encoder().encoder, self.models
        return ShardWriter(
            models.generator(), encoder, self.grouper, models.settings, self.plan.making.embeddings
        )


def rows_of(
    users: Sequence[StagedUser], reader: Reader, generator: TextGenerator, settings: SamplingSettings
) -> list[ProfiledUser]:
    """Users -> their rows, not embedded yet; one whom the engine refuses does not cost the others theirs."""
    people = {place: reader(user) for place, user in enumerate(users) if user.error is None}
    items = {name: item for person in people.values() for name, item in person.items.items()}
    writer = TasteWriter(generator, shipped_support(), settings)
    try:
        written = writer.write_many([(person.tastes, person.history) for person in people.values()], items)
    except GenerationError as error:
        if len(users) == 1:
            return [ProfiledUser(users[0].user_id, error=str(error))]
        return [row for user in users for row in rows_of([user], reader, generator, settings)]
    profiles = dict(zip(people, written, strict=True))
    return [profiled(user, profiles.get(place)) for place, user in enumerate(users)]


def profiled(user: StagedUser, profile: Profile | None) -> ProfiledUser:
    """A user's row, not embedded yet."""
    if profile is None:
        return ProfiledUser(user.user_id, error=user.error)
    sentences = tuple(sentence.text for sentence in profile.sentences)
    error = None if sentences else "The profiler wrote nothing."
    history = tuple(
        replace(title.interaction, kind=title.kind or (title.item.kind if title.item else None))
        for title in user.titles
    )
    return ProfiledUser(user.user_id, sentences, len(user.titles), error=error, history=history)


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
        each = vectors[[place[sentence] for sentence in row.sentences]] if self._wanted == "both" else None
        return replace(row, embedding=vectors[place[row.profile]], sentence_embeddings=each)
