"""How readable, faithful and distinct profiles are: one value a user, from texts and embeddings alone."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import textstat

from blue.datatypes import Profile, TextEncoder
from blue.profile import stance
from blue.rewards import GROUNDED, uncopied, unrepeated, well_formed
from training.data import Case
from training.evaluate.context import EvaluationContext
from training.evaluate.protocol import HISTORY

Values = dict[str, np.ndarray]  # metric -> (U,) values, NaN where a user has none
COPIED_AS_WRITTEN = "title-copy-rate-as-written"
_NAME = re.compile(r"(?<![.!?…:]\s)(?<!^)\b[A-Z][\w'’&-]+")


def readability(
    evaluation: EvaluationContext, cases: Sequence[Case], texts: Sequence[str], profiles: Sequence[Profile]
) -> Values:
    """Metrics of the profiles of one system; `texts` are as written, `profiles` as the app reads them."""
    rows = [
        _of_one(evaluation, case, profile) | {"well-formed": well_formed(text)}
        for case, text, profile in zip(cases, texts, profiles, strict=True)
    ]
    values = {metric: np.array([row[metric] for row in rows]) for metric in rows[0]}
    return values | distinctness(evaluation.encoder, profiles)


def _of_one(evaluation: EvaluationContext, case: Case, profile: Profile) -> Mapping[str, float]:
    titles = [line.title for line in case.history[-HISTORY:]]
    words = len(profile.text.split())
    empty = not profile.sentences
    support = supported(evaluation, case, profile)
    grounded, unsupported = (np.nan, np.nan) if empty else support
    return {
        "words": words,
        "sentences": len(profile.sentences),
        "compression": np.nan if empty else len(" ".join(titles).split()) / words,
        "flesch-reading-ease": np.nan if empty else reading_ease(profile),
        COPIED_AS_WRITTEN: copied(profile, titles),
        "repetition-rate": np.nan if empty else 1.0 - unrepeated(profile),
        "grounding-rate": grounded,
        "unsupported-claim-rate": unsupported,
    }


def reading_ease(profile: Profile) -> float:
    """Mean Flesch reading ease of the sentences, each by itself: textstat takes no line for a sentence, and
    leaves sentences of two words out of its count."""
    return float(np.mean([textstat.flesch_reading_ease(sentence.text) for sentence in profile.sentences]))


def copied(profile: Profile, titles: Sequence[str]) -> float:
    """Share of the sentences that copy a title; NaN without a sentence."""
    return 1.0 - uncopied(profile, titles) if profile.sentences else float("nan")


def supported(evaluation: EvaluationContext, case: Case, profile: Profile) -> tuple[float, float]:
    """(share of sentences near an item of the history, share that claim what the history does not hold).

    A claim is unsupported (our rule) when nothing in the history is near the sentence, or when the sentence
    names somebody or something, by a capital inside it, that no title, brand or attribute there does.
    """
    history = case.history[-HISTORY:]
    if not profile.sentences:
        return 0.0, 0.0
    parts = [stance(sentence.text) for sentence in profile.sentences]
    asked = [part.liked or part.disliked for part in parts]
    near = evaluation.encoder.encode_queries(asked) @ evaluation.vectors[evaluation.rows(history)].T
    grounded = near.max(axis=1) >= GROUNDED
    known = _known_words(evaluation, case)
    invented = np.array([bool(names(sentence.text) - known) for sentence in profile.sentences])
    return float(grounded.mean()), float((~grounded | invented).mean())


def names(sentence: str) -> set[str]:
    """The capitalised words inside a sentence, in lower case.

    >>> sorted(names("Loves OPI nail polish. Drawn to films by Kurosawa."))
    ['kurosawa', 'opi']
    """
    return {word.casefold() for word in _NAME.findall(sentence)}


def _known_words(evaluation: EvaluationContext, case: Case) -> set[str]:
    items = [evaluation.data.dataset.items[line.item_id] for line in case.history[-HISTORY:]]
    said = [
        text
        for item in items
        for text in (item.title, *item.makers, *item.genres, *item.themes, item.series or "")
    ]
    words = re.findall(r"[\w'’&-]+", " ".join(said).casefold())
    return set(words) | {part for word in words for part in re.split(r"[-&]", word)}


def distinctness(encoder: TextEncoder, profiles: Sequence[Profile]) -> Values:
    """Whether users get profiles of their own.

    `distinct`: 1 for a user whose profile nobody else has. `similarity-to-others`: mean cosine to the
    profiles of all other users.
    """
    texts = [profile.text or "." for profile in profiles]
    counts = {text: texts.count(text) for text in set(texts)}
    vectors = encoder.encode_queries(texts)
    others = max(1, len(texts) - 1)
    near = (vectors @ vectors.sum(axis=0) - 1.0) / others if len(texts) > 1 else np.full(len(texts), np.nan)
    return {
        "distinct": np.array([float(counts[text] == 1) for text in texts]),
        "similarity-to-others": near,
    }
