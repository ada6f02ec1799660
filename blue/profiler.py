"""The whole path, in one class that reads as the method:

    history text -> interactions -> tastes -> one sentence each -> profile -> embeddings -> ranking

`Profiler.run` is that line. The app, the command line and the evaluation call its steps one by one.
"""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from blue.catalog import load_retriever
from blue.datatypes import (
    DEFAULT_PRIOR,
    Interaction,
    ParsedHistory,
    Profile,
    Ranking,
    SamplingSettings,
    Scoring,
    Sentence,
    TextEncoder,
    TextGenerator,
)
from blue.errors import HistoryError, ProfileError
from blue.history import TitleMatcher, match_history, parse_history
from blue.hub import open_catalog, open_profiler
from blue.items import Catalog
from blue.models import DEFAULT_PRESET, Progress, get_preset, load_generator, silent
from blue.profile import (
    ONE_SENTENCE,
    PROMPT_VERSION,
    Conversation,
    Grouper,
    Taste,
    TasteWriter,
    about_taste,
    nothing_written,
    prompts,
    shipped_support,
    writer_version,
    written_in_one_pass,
)
from blue.retrieval import HistoryVectors, Retriever, main_kind

WHOLE_PROFILE = SamplingSettings(max_new_tokens=160)


@dataclass(frozen=True)
class Profiler:
    """A profiler language model over a retriever, ready to read histories.

    It writes taste by taste; with `one_pass`, for big models that nobody trained for it, all in one text.
    """

    retriever: Retriever
    matcher: TitleMatcher
    generator: TextGenerator
    grouper: Grouper
    vectors: HistoryVectors
    trained: bool  # whether the language model was trained to write profiles
    one_pass: bool = False
    settings: SamplingSettings = ONE_SENTENCE  # how a sentence is decoded
    outages: tuple[str, ...] = ()  # what could not be reached at the start, and what stands in for it

    def run(
        self, source: str | bytes, *, top: int = 20, scoring: Scoring = "facets"
    ) -> tuple[ParsedHistory, Profile, Ranking]:
        """The method from end to end: a history in, its profile and the ranked items out.

        A history that is nearly all of one kind asks for that kind.
        """
        history = self.read(source)
        profile = self.write(history.interactions)
        kinds = main_kind(history.interactions, self.catalog.by_id)
        ranking = self.rank(profile, history.interactions, top=top, scoring=scoring, kinds=kinds)
        return history, profile, ranking

    def read(
        self, source: str | bytes, filename: str | None = None, before: Sequence[Interaction] = ()
    ) -> ParsedHistory:
        """History text or export file -> interactions, matched to the catalogue where it knows them.

        What a visitor chose for a line that was read `before` stays chosen.
        """
        return match_history(parse_history(source, filename), self.matcher, before)

    def write(self, interactions: Sequence[Interaction]) -> Profile:
        """Interactions -> profile.

        Raises:
            HistoryError: the history is empty.
            ProfileError: the language model found no words.
        """
        if not (sentences := tuple(self.stream(interactions))):
            raise ProfileError(nothing_written(interactions, self.catalog.by_id))
        return Profile(sentences)

    def stream(self, interactions: Sequence[Interaction]) -> Iterator[Sentence]:
        """Interactions -> the profile's sentences, each as soon as it stands and never changed again.

        Raises:
            HistoryError: the history is empty.
        """
        items = self.catalog.by_id
        if self.one_pass:
            (conversation,) = self.conversations(interactions)
            with closing(self.generator.stream(conversation.messages, WHOLE_PROFILE)) as pieces:
                yield from written_in_one_pass(pieces, interactions, items, shipped_support())
            return
        writer = TasteWriter(self.generator, shipped_support(), self.settings)
        yield from writer.write(self.tastes(interactions), interactions, items)

    def tastes(self, interactions: Sequence[Interaction]) -> tuple[Taste, ...]:
        """Which lines of a history make a taste, the strongest first.

        Raises:
            HistoryError: the history is empty.
        """
        if not interactions:
            raise HistoryError("The history is empty. Add at least one title, e.g. 'Dune | 5'.")
        return self.grouper(interactions, self.catalog.by_id, self.vectors(interactions))

    def conversations(self, interactions: Sequence[Interaction]) -> tuple[Conversation, ...]:
        """What the language model is asked about a history: one question a taste, or one about all of it.

        Raises:
            HistoryError: the history is empty.
        """
        items = self.catalog.by_id
        if self.one_pass:
            return (prompts.whole_history(interactions, items, self.generator.count_tokens),)
        return tuple(about_taste(taste, interactions, items) for taste in self.tastes(interactions))

    @property
    def written_by(self) -> tuple[object, ...]:
        """All that decides a profile besides its history: model, prompt, writer and checks, decoding."""
        return self.generator.about, PROMPT_VERSION, writer_version(), self.settings

    def rank(
        self,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        top: int = 20,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
        within: Collection[str] = (),
        prior: float = DEFAULT_PRIOR,
    ) -> Ranking:
        """Profile -> the `top` items nearest to it, without those of the history; see `Retriever.rank`."""
        return self.retriever.rank(
            profile, history, top=top, scoring=scoring, kinds=kinds, within=within, prior=prior
        )

    @property
    def catalog(self) -> Catalog:
        """What can be recommended."""
        return self.retriever.catalog

    @property
    def encoder(self) -> TextEncoder:
        """The embedder of profiles and items."""
        return self.retriever.encoder


def load_profiler(
    model: str = DEFAULT_PRESET,
    *,
    adapter: Path | None = None,
    published: str | None = None,
    catalog: str | None = None,
    progress: Progress = silent,
) -> Profiler:
    """Load a preset's models and the catalogue with its index; long steps report to `progress`.

    `published` is a profiler by name (`owner/name[@revision]`) or its folder, and takes the place of `model`
    and `adapter`; `catalog` is a catalogue by name or its folder; without one it is what ships.

    Raises:
        WeightsError: the preset is unknown, its models cannot be had, or what was published fails a check.
        CatalogError: the catalogue cannot be read, or belongs to another embedder.
    """
    settings, outages, catalog_path = ONE_SENTENCE, [], None
    if published is not None:
        opened = open_profiler(published, progress)
        model, adapter, settings = opened.preset, opened.adapter, opened.settings
        outages.append(opened.outage)
    if catalog is not None:
        items_of = open_catalog(catalog, progress)
        catalog_path = items_of.folder
        outages.append(items_of.outage)
    with ThreadPoolExecutor(1) as beside:  # two models, two cores: neither waits for the other
        loading = beside.submit(load_generator, model, adapter=adapter, progress=progress, one_at_a_time=True)
        retriever = load_retriever(model, catalog_path=catalog_path, progress=progress)
        grouper = Grouper.over(retriever.catalog.items, retriever.index.embeddings)
        generator = loading.result()
    trained = generator.about.trained
    return Profiler(
        retriever=retriever,
        matcher=TitleMatcher(retriever.catalog.items),
        generator=generator,
        grouper=grouper,
        vectors=HistoryVectors(retriever),
        trained=trained,
        one_pass=get_preset(model).one_pass and not trained,
        settings=settings,
        outages=tuple(filter(None, outages)),
    )
