"""The whole path, in one class that reads as the method:

    history text -> interactions -> messages -> profile -> sentences -> embeddings -> ranking

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
    TextEncoder,
    TextGenerator,
)
from blue.errors import HistoryError
from blue.history import TitleMatcher, match_history, parse_history
from blue.hub import open_catalog, open_profiler
from blue.items import Catalog
from blue.models import DEFAULT_PRESET, Progress, load_generator, silent
from blue.profile import inverse_frequencies, names_of, parse_generated, prompts, taste_subjects
from blue.retrieval import Retriever

WHOLE_PROFILE = SamplingSettings(max_new_tokens=160)
ONE_SENTENCE = SamplingSettings(max_new_tokens=28, repetition_penalty=1.1, stop=("\n",))
_SENTENCE_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class Profiler:
    """A profiler language model over a retriever, ready to read histories.

    `trained` tells whether the language model was trained to write profiles; it decides the prompt.
    """

    retriever: Retriever
    matcher: TitleMatcher
    generator: TextGenerator
    information: dict[str, float]  # attribute -> nats; see blue.profile.interests
    trained: bool
    settings: SamplingSettings = WHOLE_PROFILE  # how a trained one decodes a profile
    outages: tuple[str, ...] = ()  # what could not be reached at the start, and what stands in for it

    def run(
        self, source: str | bytes, *, top: int = 20, scoring: Scoring = "facets"
    ) -> tuple[ParsedHistory, Profile, Ranking]:
        """The method from end to end: a history in, its profile and the ranked items out."""
        history = self.read(source)
        profile = self.write(history.interactions)
        ranking = self.rank(profile, history.interactions, top=top, scoring=scoring)
        return history, profile, ranking

    def read(self, source: str | bytes, filename: str | None = None) -> ParsedHistory:
        """History text or export file -> interactions, matched to the catalogue where it knows them."""
        return match_history(parse_history(source, filename), self.matcher)

    def write(self, interactions: Sequence[Interaction]) -> Profile:
        """Interactions -> profile."""
        return self.understand("".join(self.stream(interactions)), interactions)

    def understand(self, text: str, interactions: Sequence[Interaction]) -> Profile:
        """What the language model wrote of a history -> profile, without invented authors and copied titles.

        Raises:
            ProfileError: the text holds no sentence.
        """
        return parse_generated(text, names_of(interactions, self.catalog.by_id))

    def stream(self, interactions: Sequence[Interaction]) -> Iterator[str]:
        """Interactions -> pieces of the profile's text; closing the iterator stops the language model.

        Raises:
            HistoryError: the history is empty.
        """
        conversations = self.conversations(interactions)
        if self.trained:
            yield from self._continue(*conversations, self.settings)
            return
        for position, conversation in enumerate(conversations):
            if position:
                yield "\n"
            yield from self._finish_sentence(conversation)

    def conversations(self, interactions: Sequence[Interaction]) -> tuple[prompts.Conversation, ...]:
        """Interactions -> messages: one conversation for a trained profiler, else one a taste.

        Raises:
            HistoryError: the history is empty.
        """
        if not interactions:
            raise HistoryError("The history is empty. Add at least one title, e.g. 'Dune | 5'.")
        items = self.catalog.by_id
        if self.trained:
            return (prompts.whole_history(interactions, items, self.generator.count_tokens),)
        recent = prompts.most_recent(interactions, items, self.generator.count_tokens, prompts.GUIDED_TOKENS)
        subjects = taste_subjects(recent, items, self.information)
        return prompts.guided(subjects) or prompts.guided_by_titles(recent)

    def rank(
        self,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        top: int = 20,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
        prior: float = DEFAULT_PRIOR,
    ) -> Ranking:
        """Profile -> the `top` items nearest to it, without those of the history; see `Retriever.rank`."""
        return self.retriever.rank(profile, history, top=top, scoring=scoring, kinds=kinds, prior=prior)

    @property
    def catalog(self) -> Catalog:
        """What can be recommended."""
        return self.retriever.catalog

    @property
    def encoder(self) -> TextEncoder:
        """The embedder of profiles and items."""
        return self.retriever.encoder

    def _continue(self, conversation: prompts.Conversation, settings: SamplingSettings) -> Iterator[str]:
        pieces = self.generator.stream(conversation.messages, settings, prefill=conversation.opening)
        with closing(pieces):
            yield from pieces

    def _finish_sentence(self, conversation: prompts.Conversation) -> Iterator[str]:
        """Stream one sentence and stop at its end; one that the token limit cut is closed."""
        yield conversation.opening  # it may hold full stops of its own ("Dr. Seuss stories")
        with closing(self._continue(conversation, ONE_SENTENCE)) as pieces:
            for piece in pieces:
                piece = piece.replace("\n", " ")
                end = min((at for mark in _SENTENCE_ENDS if (at := piece.find(mark)) >= 0), default=None)
                if end is not None:
                    yield piece[: end + 1]
                    return
                yield piece
        yield "."


def load_profiler(
    model: str = DEFAULT_PRESET,
    *,
    adapter: Path | None = None,
    published: str | None = None,
    catalog_path: Path | None = None,
    catalog: str | None = None,
    progress: Progress = silent,
) -> Profiler:
    """Load a preset's models and the catalogue with its index; long steps report to `progress`.

    `published` is a profiler by name (`owner/name[@revision]`) or its folder, and takes the place of `model`
    and `adapter`; `catalog` is a catalogue by name or its folder, and takes the place of `catalog_path`.

    Raises:
        WeightsError: the preset is unknown, its models cannot be had, or what was published fails a check.
        CatalogError: the catalogue cannot be read, or belongs to another embedder.
    """
    settings, outages = WHOLE_PROFILE, []
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
        generator = loading.result()
    items = retriever.catalog.items
    return Profiler(
        retriever=retriever,
        matcher=TitleMatcher(items),
        generator=generator,
        information=inverse_frequencies(items),
        trained=generator.about.trained,
        settings=settings,
        outages=tuple(filter(None, outages)),
    )
