"""Items -> sentences: which sentence brings an item, and what the item's score would lose without it.

Under facets an item's taste score is that of its best sentence: that one brought it, and without it the
item goes down to its second best. What a sentence is worth to the item as a part of the whole text is
measured by leaving it out; so is everything under single, where the profile is one vector.
"""

from collections.abc import Sequence

import numpy as np

from blue.datatypes import Item, Profile, Scoring
from blue.inspection.full_ranking import FacetParts, FullRanking
from blue.inspection.reports import Attribution
from blue.inspection.scoring import without_sentence
from blue.retrieval import Facets, Retriever, enabled_sentences, in_the_light_of


def attribute(retriever: Retriever, profile: Profile, items: Sequence[Item], scoring: Scoring) -> Attribution:
    """Attribution of some items, in their order; scores are those among the items of all kinds.

    Raises:
        ProfileError: no sentence is enabled, or under facets none says what is liked.
        CatalogError: an item is not of the catalogue.
    """
    ranking = FullRanking(retriever)
    columns = [ranking.column(item) for item in items]
    if scoring == "single":
        return _leave_one_out(ranking, profile, tuple(items), columns)
    return _by_sentence(ranking, profile, tuple(items), columns)


def _by_sentence(
    ranking: FullRanking, profile: Profile, items: tuple[Item, ...], columns: Sequence[int]
) -> Attribution:
    parts = ranking.facet_parts(profile)
    sentences, everything = len(profile.sentences), np.arange(len(items))
    liked, taken = parts.liked[:, columns], parts.taken[:, columns]
    closeness = np.full((sentences, len(items)), np.nan, dtype=np.float32)
    effects = np.zeros((sentences, len(items)), dtype=np.float32)
    closeness[parts.liked_sentences] = liked
    best = liked.argmax(axis=0)
    if len(liked) > 1:
        ranked = np.sort(liked, axis=0)
        effects[parts.liked_sentences[best], everything] = ranked[-1] - ranked[-2]
    else:
        effects[parts.liked_sentences[0]] = np.nan  # without it nothing would be ranked
    for row, sentence in enumerate(parts.disliked_sentences):
        rest = np.delete(taken, row, axis=0)
        others = rest.max(axis=0) if len(rest) else np.zeros(len(items), dtype=np.float32)
        effects[sentence] -= np.maximum(taken[row] - others, 0)
    effects = in_the_light_of(_lost_of_whole(ranking, profile, parts, columns), effects)
    brought_by = tuple(int(sentence) for sentence in parts.liked_sentences[best])
    return Attribution(items, "facets", closeness, effects, brought_by)


def _lost_of_whole(
    ranking: FullRanking, profile: Profile, parts: FacetParts, columns: Sequence[int]
) -> np.ndarray:
    """(S, I): how much of the whole text's cosine goes with each liked sentence; NaN for the only one."""
    lost = np.zeros((len(profile.sentences), len(columns)), dtype=np.float32)
    liked = sorted(set(parts.liked_sentences.tolist()))
    if len(liked) == 1:
        lost[liked] = np.nan
        return lost
    shorter = {number: Facets.of(without_sentence(profile, number)).whole for number in liked}
    ranking.foresee([], "facets", list(shorter.values()))
    for number, text in shorter.items():
        lost[number] = (parts.whole - ranking.similarities(text))[columns]
    return lost


def _leave_one_out(
    ranking: FullRanking, profile: Profile, items: tuple[Item, ...], columns: Sequence[int]
) -> Attribution:
    closeness = np.full((len(profile.sentences), len(items)), np.nan, dtype=np.float32)
    effects = np.zeros_like(closeness)
    enabled = enabled_sentences(profile)
    ranking.foresee(
        [profile, *(without_sentence(profile, number) for number, _ in enabled)], "single",
        [sentence.text for _, sentence in enabled],
    )  # fmt: skip
    whole = ranking.scores(profile, "single").scores[columns]
    for number, sentence in enabled:
        closeness[number] = ranking.similarities(sentence.text)[columns]
        if len(enabled) > 1:
            rest = ranking.scores(without_sentence(profile, number), "single").scores[columns]
            effects[number] = whole - rest
        else:
            effects[number] = np.nan  # without it nothing would be ranked
    numbers = np.array([number for number, _ in enabled])
    best = numbers[np.nan_to_num(effects[numbers], nan=0.0).argmax(axis=0)]
    return Attribution(items, "single", closeness, effects, tuple(int(number) for number in best))
