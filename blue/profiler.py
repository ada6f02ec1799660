"""The whole path, in one class that reads as the method:

    history text -> interactions -> messages -> profile -> sentences -> embeddings -> ranking

`Profiler.run` is that line. The app, the command line and the evaluation call its steps one by one.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue import prompts
from blue.catalog import Catalog, load_catalog
from blue.datatypes import (
    Interaction,
    ParsedHistory,
    Profile,
    RankedItem,
    Ranking,
    SamplingSettings,
    Scoring,
    TextEncoder,
    TextGenerator,
)
from blue.encoder import SentenceEncoder
from blue.errors import HistoryError, ProfileError
from blue.generator import load_generator
from blue.history import parse_history
from blue.history.matching import TitleMatcher, match_history
from blue.index import ItemIndex, load_or_build_index
from blue.presets import DEFAULT_PRESET, ModelSource, get_preset
from blue.ranking import facet_scores, rejection
from blue.sentences import parse_generated, stance
from blue.tastes import group_tastes, inverse_frequencies
from blue.weights import Progress, cache_folder, resolve, silent

GUIDED_INTERACTIONS = 100  # how far back the guided prompt looks for tastes
WHOLE_PROFILE = SamplingSettings(max_new_tokens=160)
ONE_SENTENCE = SamplingSettings(max_new_tokens=28, repetition_penalty=1.1, stop=("\n",))
_SENTENCE_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class Profiler:
    """A profiler language model, an embedder and an indexed catalogue, ready to read histories.

    `trained` tells whether the language model was trained to write profiles; it decides the prompt.
    """

    catalog: Catalog
    matcher: TitleMatcher
    generator: TextGenerator
    encoder: TextEncoder
    index: ItemIndex
    information: dict[str, float]  # attribute -> nats; see blue.tastes
    trained: bool

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
        return parse_generated("".join(self.stream(interactions)))

    def stream(self, interactions: Sequence[Interaction]) -> Iterator[str]:
        """Interactions -> pieces of the profile's text; closing the iterator stops the language model.

        Raises:
            HistoryError: the history is empty.
        """
        if not interactions:
            raise HistoryError("The history is empty. Add at least one title, e.g. 'Dune | 5'.")
        if self.trained:
            yield from self._answer(self._one_pass(interactions), WHOLE_PROFILE)
            return
        for position, conversation in enumerate(self._guided(interactions)):
            if position:
                yield "\n"
            yield from self._finish_sentence(conversation)

    def rank(
        self,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        top: int = 20,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
    ) -> Ranking:
        """Profile -> the `top` items nearest to it, without those of the history; no `kinds` means all.

        Raises:
            ProfileError: no sentence is enabled, or, under facets, none says what is liked.
            CatalogError: the catalogue has no such kind.
        """
        allowed = self.catalog.positions(kinds or self.catalog.kinds)
        allowed[[self.catalog.position_of[one.item_id] for one in history if one.item_id]] = False
        if scoring == "single":
            return self._rank_single(profile, allowed, top)
        return self._rank_facets(profile, allowed, top)

    def _one_pass(self, interactions: Sequence[Interaction]) -> prompts.Conversation:
        items = self.catalog.by_id
        return prompts.one_pass(prompts.most_recent(interactions, items, self.generator.count_tokens), items)

    def _guided(self, interactions: Sequence[Interaction]) -> tuple[prompts.Conversation, ...]:
        recent = interactions[-GUIDED_INTERACTIONS:]
        tastes = group_tastes(recent, self.catalog.by_id, self.information)
        return prompts.guided(tastes) or prompts.guided_by_titles(recent)

    def _answer(self, conversation: prompts.Conversation, settings: SamplingSettings) -> Iterator[str]:
        if conversation.opening:
            yield conversation.opening
        pieces = self.generator.stream(conversation.messages, settings, prefill=conversation.opening)
        with closing(pieces):
            yield from pieces

    def _finish_sentence(self, conversation: prompts.Conversation) -> Iterator[str]:
        """Stream one sentence and stop at its end; one that the token limit cut is closed with a full stop."""
        written = ""
        with closing(self._answer(conversation, ONE_SENTENCE)) as pieces:
            for piece in pieces:
                piece = piece.replace("\n", " ")
                end = min((at for mark in _SENTENCE_ENDS if (at := piece.find(mark)) >= 0), default=None)
                if end is not None:
                    yield piece[: end + 1]
                    return
                written += piece
                yield piece
        yield "" if written.rstrip().endswith(_SENTENCE_ENDS) else "."

    def _rank_single(self, profile: Profile, allowed: np.ndarray, top: int) -> Ranking:
        text = "\n".join(sentence.text for sentence in _enabled(profile))
        similarities, positions = self.index.search(self.encoder.encode_queries([text]), top, allowed)
        return Ranking(self._ranked(positions[0], similarities[0]), "single")

    def _rank_facets(self, profile: Profile, allowed: np.ndarray, top: int) -> Ranking:
        """Exact top items under facets, also behind an index that only answers nearest-item searches.

        Each liked part fetches its nearest `depth` items; an item that none fetched scores at most the
        largest of their last similarities. Rejections may push fetched items below that bound: then the
        search goes deeper, until the bound holds or every allowed item was fetched.
        """
        facets = _Facets.of(profile)
        vectors = self.encoder.encode_queries(facets.liked + facets.disliked)
        liked, disliked = vectors[: len(facets.liked)], vectors[len(facets.liked) :]
        depth = top if not facets.disliked else 10 * top
        total = int(allowed.sum())
        while True:
            similarities, found = self.index.search(liked, depth, allowed)
            pool = np.unique(found)
            scores, rows = facet_scores(self.index.similarities(liked, pool), facets.liked_weights)
            scores = scores - rejection(self.index.similarities(disliked, pool), facets.disliked_weights)
            order = np.lexsort((pool, -scores))[:top]
            if len(pool) == total or not len(order):
                break
            if scores[order[-1]] >= (similarities[:, -1] * facets.liked_weights).max():
                break
            depth = min(4 * depth, total)
        brought_by = facets.liked_sentences[rows[order]]
        return Ranking(self._ranked(pool[order], scores[order], brought_by), "facets")

    def _ranked(
        self, positions: np.ndarray, scores: np.ndarray, sentences: np.ndarray | None = None
    ) -> tuple[RankedItem, ...]:
        return tuple(
            RankedItem(
                rank,
                self.catalog.items[position],
                float(score),
                None if sentences is None else int(sentences[rank - 1]),
            )
            for rank, (position, score) in enumerate(zip(positions, scores, strict=True), start=1)
        )


@dataclass(frozen=True)
class _Facets:
    """The liked and disliked parts of the enabled sentences, with their weights and sentence numbers."""

    liked: list[str]
    liked_weights: np.ndarray  # (S,)
    liked_sentences: np.ndarray  # (S,) 0-based sentence of each liked part
    disliked: list[str]
    disliked_weights: np.ndarray

    @staticmethod
    def of(profile: Profile) -> "_Facets":
        enabled = {sentence.text for sentence in _enabled(profile)}
        parts = [
            (number, sentence.weight, stance(sentence.text))
            for number, sentence in enumerate(profile.sentences)
            if sentence.text in enabled and sentence.weight > 0
        ]
        likes = [(number, weight, part.liked) for number, weight, part in parts if part.liked]
        dislikes = [(weight, part.disliked) for _, weight, part in parts if part.disliked]
        if not likes:
            raise ProfileError(
                "Nothing in this profile says what you like. Switch on, or write, one sentence such as "
                "'Slow-burning space films.'"
            )
        return _Facets(
            [text for _, _, text in likes],
            np.array([weight for _, weight, _ in likes], dtype=np.float32),
            np.array([number for number, _, _ in likes]),
            [text for _, text in dislikes],
            np.array([weight for weight, _ in dislikes], dtype=np.float32),
        )


def _enabled(profile: Profile) -> list:
    enabled = [sentence for sentence in profile.sentences if sentence.enabled]
    if not enabled:
        raise ProfileError("Every sentence is switched off. Switch on at least one.")
    return enabled


def load_profiler(
    model: str = DEFAULT_PRESET,
    *,
    adapter: Path | None = None,
    catalog_path: Path | None = None,
    progress: Progress = silent,
) -> Profiler:
    """Load a preset's models and the catalogue with its index; long steps report to `progress`.

    Raises:
        WeightsError: the preset is unknown or its models cannot be had.
        CatalogError: the catalogue cannot be read.
    """
    catalog = load_catalog(catalog_path)
    encoder = _load_encoder(get_preset(model).embedder, progress)
    index = load_or_build_index(catalog, encoder, cache_folder() / "index", progress)
    generator = load_generator(model, adapter=adapter, progress=progress)
    return Profiler(
        catalog=catalog,
        matcher=TitleMatcher(catalog.items),
        generator=generator,
        encoder=encoder,
        index=index,
        information=inverse_frequencies(catalog.items),
        trained=generator.about.trained,
    )


def _load_encoder(source: ModelSource, progress: Progress) -> SentenceEncoder:
    found = resolve(source, progress)
    progress(f"loading {source.name}", None)
    return SentenceEncoder(found.path, name=source.name, query_prompt=source.query_prompt or None)
