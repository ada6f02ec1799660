"""Items -> sentences: which sentence brings an item, and what the item's score would lose without it.

Under facets a profile is a mixture of its sentences: each brought a share of an item's taste, and the one
with the largest share brought the item. Under single, where the profile is one vector, a sentence's worth is
measured by leaving it out.
"""

from collections.abc import Sequence

import numpy as np

from blue.datatypes import DEFAULT_PRIOR, Item, Profile, Scoring
from blue.inspection.full_ranking import FullRanking
from blue.inspection.reports import Attribution
from blue.inspection.scoring import without_sentence
from blue.retrieval import Retriever, enabled_sentences
from blue.rewards import TEMPERATURE


def attribute(
    retriever: Retriever,
    profile: Profile,
    items: Sequence[Item],
    scoring: Scoring,
    prior: float = DEFAULT_PRIOR,
) -> Attribution:
    """Attribution of some items, in their order; scores are those among the items of all kinds.

    Raises:
        ProfileError: no sentence is enabled, or under facets none says what is liked.
        CatalogError: an item is not of the catalogue.
    """
    ranking = FullRanking(retriever, prior=prior)
    columns = [ranking.column(item) for item in items]
    if scoring == "single":
        return _leave_one_out(ranking, profile, tuple(items), columns)
    return _by_sentence(ranking, profile, tuple(items), columns)


def _by_sentence(
    ranking: FullRanking, profile: Profile, items: tuple[Item, ...], columns: Sequence[int]
) -> Attribution:
    found = ranking.scores(profile, "facets")
    query, taken = found.query, found.taken[:, columns]
    closeness = np.full((len(profile.sentences), len(items)), np.nan, dtype=np.float32)
    effects = np.zeros_like(closeness)
    closeness[query.liked_sentences] = found.near[:, columns]
    if len(query.liked) > 1:
        effects[query.liked_sentences] = lost_without(found.logits[:, columns])
    else:
        effects[query.liked_sentences[0]] = np.nan  # without it nothing would be ranked
    for row, sentence in enumerate(query.disliked_sentences):
        rest = np.delete(taken, row, axis=0)
        others = rest.max(axis=0) if len(rest) else np.zeros(len(items), dtype=np.float32)
        effects[sentence] -= np.maximum(taken[row] - others, 0)
    brought_by = tuple(found.sentences[columns].tolist())
    return Attribution(items, "facets", closeness, effects, brought_by, tuple(found.prior[columns].tolist()))


def lost_without(logits: np.ndarray) -> np.ndarray:
    """What an item's taste loses without each sentence: (S, I) logs of the summands -> (S, I) cosines, >= 0.

    What all items lose or win alike, the mean over fewer sentences, is left out: it moves none of them.
    """
    everything = np.logaddexp.reduce(logits, axis=0)
    rest = [np.logaddexp.reduce(np.delete(logits, row, axis=0), axis=0) for row in range(len(logits))]
    return TEMPERATURE * (everything - np.stack(rest))


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
    found = ranking.scores(profile, "single")
    whole = found.total[columns]
    for number, sentence in enabled:
        closeness[number] = ranking.similarities(sentence.text)[columns]
        if len(enabled) > 1:
            rest = ranking.scores(without_sentence(profile, number), "single").total[columns]
            effects[number] = whole - rest
        else:
            effects[number] = np.nan  # without it nothing would be ranked
    numbers = np.array([number for number, _ in enabled])
    best = numbers[np.nan_to_num(effects[numbers], nan=0.0).argmax(axis=0)]
    brought_by = tuple(int(number) for number in best)
    return Attribution(items, "single", closeness, effects, brought_by, tuple(found.prior[columns].tolist()))
