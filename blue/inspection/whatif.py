"""What would bring an item up: edits of the profile, each with the rank that it would give.

Nothing is guessed: every edit is a whole profile, and every rank comes from scoring all candidates with it. A
suggested sentence is made of the item's own genres, tags and maker, by rules, and never names its title.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from blue.datatypes import DEFAULT_PRIOR, Interaction, Item, Profile, Scoring, Sentence
from blue.inspection.full_ranking import FullRanking, rank_if
from blue.inspection.reports import Edit, EditKind, SentenceEffect, WhatIf
from blue.inspection.scoring import without_sentence
from blue.inspection.suggestions import suggested_sentences
from blue.profile import MAX_SENTENCES, Rarity
from blue.retrieval import Retriever, enabled_sentences

HEAVIEST, LIGHTEST = 2.0, 0.5  # weights that an edit gives a sentence
STEP = 0.5

_Tried = tuple[EditKind, int, str, Profile]  # kind, sentence, words, the whole profile


def what_if(
    retriever: Retriever,
    rarity: Rarity,
    item: Item,
    profile: Profile,
    history: Sequence[Interaction],
    scoring: Scoring,
    kinds: Collection[str],
    prior: float = DEFAULT_PRIOR,
    within: Collection[str] = (),
) -> WhatIf:
    """What would bring an item up among all items of `kinds`, without those of the history but itself.

    Args:
        rarity: of traits over the catalogue; the rarer ones tell more.

    Raises:
        ProfileError: no sentence is enabled, or under facets none says what is liked.
        CatalogError: the item is none of those kinds, or not `within` the list.
    """
    rest = tuple(interaction for interaction in history if interaction.item_id != item.item_id)
    ranking = FullRanking(retriever, rest, kinds, prior, within)
    column = ranking.column(item)
    tried = _candidates(rarity, item, profile, scoring)
    ranking.foresee([profile, *(changed for *_, changed in tried)], scoring)
    rank = ranking.rank(profile, scoring, item)
    effects = [
        SentenceEffect(number, after, after - rank)
        for number, _ in enabled_sentences(profile)
        if (after := rank_if(ranking, without_sentence(profile, number), scoring, item)) is not None
    ]
    return WhatIf(
        item=item,
        rank=rank,
        similarity=float(ranking.scores(profile, scoring).total[column]),
        candidates=len(ranking),
        in_history=len(rest) < len(history),
        helps=max(
            (effect for effect in effects if effect.places > 0),
            key=lambda effect: effect.places,
            default=None,
        ),
        hurts=min(
            (effect for effect in effects if effect.places < 0),
            key=lambda effect: effect.places,
            default=None,
        ),
        edits=_edits(ranking, tried, item, scoring, rank),
    )


def _edits(
    ranking: FullRanking, tried: Sequence[_Tried], item: Item, scoring: Scoring, rank: int
) -> tuple[Edit, ...]:
    """Every edit that brings the item up, the best rank first; of equal ones the smaller change first."""
    edits = []
    for kind, sentence, words, changed in tried:
        after = rank_if(ranking, changed, scoring, item)
        if after is not None and after < rank:
            edits.append(Edit(kind, sentence, words, changed, after))
    return tuple(sorted(edits, key=lambda edit: edit.rank))


def _candidates(rarity: Rarity, item: Item, profile: Profile, scoring: Scoring) -> list[_Tried]:
    """Every edit that is tried."""
    enabled = enabled_sentences(profile)
    tried: list[_Tried] = []
    if len(enabled) > 1:
        tried += [("drop", n, f"Drop sentence {n + 1}", without_sentence(profile, n)) for n, _ in enabled]
    if scoring == "facets":  # as one text a profile has no weights
        for n, sentence in enabled:
            if sentence.weight < HEAVIEST:
                for weight in sorted({min(HEAVIEST, sentence.weight + STEP), HEAVIEST}):
                    words = f"Strengthen sentence {n + 1} to {weight:g}"
                    tried.append(("strengthen", n, words, _weighted(profile, n, weight)))
            if sentence.weight > LIGHTEST:
                words = f"Weaken sentence {n + 1} to {LIGHTEST:g}"
                tried.append(("weaken", n, words, _weighted(profile, n, LIGHTEST)))
    if len(profile.sentences) < MAX_SENTENCES:
        said = {sentence.text for sentence in profile.sentences}
        for text in suggested_sentences(item, rarity):
            if text not in said:
                added = Profile((*profile.sentences, Sentence(text)))
                tried.append(("add", len(profile.sentences), f"Add “{text}”", added))
    return tried


def _weighted(profile: Profile, number: int, weight: float) -> Profile:
    sentences = list(profile.sentences)
    sentences[number] = replace(sentences[number], weight=weight)
    return Profile(tuple(sentences))
