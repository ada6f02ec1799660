"""A profile without a language model: tastes found by counting, put into words by rules.

`group_tastes` says what a history has in common; here each taste becomes one sentence, phrased differently
from user to user but always the same for one history. It is a baseline, and the first teacher of a trained
profiler.
"""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blue.datatypes import Interaction, Item, Profile, Sentence
from blue.profile import phrases
from blue.profile.interests import Taste, attributes_of, group_tastes, recent_tastes
from blue.profile.product_phrases import product_sentence, product_subject
from blue.profile.sentences import MAX_SENTENCES
from blue.profile.title_overlap import copies_title, words_of
from blue.profile.work_phrases import work_sentence

SUPPORTERS = 6  # best supporting items that may add a detail to a sentence
DETAIL_INFORMATION = 3.0  # nats; anything commoner (a broad genre) is no detail

REJECTIONS = (
    "Can't stand {}.", "Avoids {}.", "Not a fan of {}.", "No patience for {}.", "Skips {}.", "Not into {}.",
    "Does not care for {}.", "No interest in {}.", "Bored by {}.", "Dislikes {}.",
)  # fmt: skip


@dataclass(frozen=True)
class _Supporters:
    """The items behind one taste, and what may be said of them besides the taste itself."""

    items: tuple[Item, ...]
    details: tuple[str, ...]

    @property
    def kinds(self) -> set[str]:
        return {item.kind for item in self.items}


def rule_profile(
    interactions: Sequence[Interaction],
    items: Mapping[str, Item],
    information: Mapping[str, float],
    most: int = MAX_SENTENCES,
) -> Profile:
    """At most `most` sentences, one taste each, the strongest first and a rejection last.

    Args:
        interactions: the history, oldest first; those that `items` lacks are not described.
        items: item_id -> item.
        information: attribute -> nats, from `blue.profile.interests.inverse_frequencies` over the catalogue.
        most: the number of sentences at most.

    The profile of a history that shares nothing with `items` is empty. It never holds six consecutive words
    of one title of the history, nor a whole title of up to three words unless that names a genre.
    """
    titles = [one.title for one in interactions]
    sayable = _sayable(titles, information)
    words = random.Random(_seed(interactions))
    sentences: dict[str, None] = {}
    tastes = recent_tastes(interactions, items, most)
    said = {attribute for taste in tastes for attribute in taste.attributes}
    for place, taste in enumerate(tastes):
        sentence = _sentence(taste, items, sayable, said, words, place)
        if sentence and not copies_title(sentence, titles):
            sentences[sentence] = None
    return Profile(tuple(Sentence(sentence) for sentence in sentences))


def taste_subjects(
    interactions: Sequence[Interaction],
    items: Mapping[str, Item],
    information: Mapping[str, float],
    most: int = MAX_SENTENCES,
) -> tuple[tuple[Taste, str], ...]:
    """The liked tastes of a history, each named by a noun phrase: "Dark crime dramas about the Mafia".

    With these words a guided language model opens its sentences. Arguments are those of `rule_profile`.
    """
    sayable = _sayable([one.title for one in interactions], information)
    words = random.Random(_seed(interactions))
    tastes = [taste for taste in group_tastes(interactions, items, sayable, most) if taste.liked]
    said = {attribute for taste in tastes for attribute in taste.attributes}
    subjects = (
        _subject(taste.attributes, _supporters(taste, items, sayable, said), words) for taste in tastes
    )
    return tuple(
        (taste, subject[0].upper() + subject[1:]) for taste, subject in zip(tastes, subjects, strict=True)
    )


def _seed(interactions: Sequence[Interaction]) -> int:
    """The same number for the same history in every process (Python's `hash` is salted)."""
    history = "\n".join(f"{one.title}|{one.rating}" for one in interactions)
    return int.from_bytes(hashlib.sha256(history.encode()).digest()[:8])


def _sayable(titles: Sequence[str], information: Mapping[str, float]) -> dict[str, float]:
    """The attributes a sentence may name: not the titles themselves, nothing that tells a reader nothing."""
    whole = {" ".join(words_of(title)) for title in titles}
    rarest = max(information.values(), default=0.0)  # what only one item has recommends no other
    return {
        attribute: nats
        for attribute, nats in information.items()
        if nats < rarest
        and phrases.is_worth_saying(attribute)
        and (phrases.is_genre(attribute) or " ".join(words_of(attribute)) not in whole)
    }


def _sentence(
    taste: Taste,
    items: Mapping[str, Item],
    information: Mapping[str, float],
    said: set[str],
    words: random.Random,
    place: int,
) -> str:
    if not taste.liked:
        subject = _subject(taste.attributes, _supporters(taste, items, information, said), words)
        return words.choice(REJECTIONS).format(subject)
    chosen = [items[one.item_id] for one in taste.interactions[:SUPPORTERS]]
    if chosen[0].kind == "product":
        return product_sentence(chosen, place)
    return work_sentence(chosen, set(information), place)


def _supporters(taste, items, information, said) -> _Supporters:
    """The best supporting items and their telling attributes that no sentence has named, commonest first."""
    chosen = tuple(items[one.item_id] for one in taste.interactions[:SUPPORTERS])
    counts = Counter(
        attribute
        for item in chosen
        for attribute in attributes_of(item)
        if information.get(attribute, 0.0) >= DETAIL_INFORMATION
        and attribute not in said
        and attribute not in item.genres
    )
    ranked = sorted(counts, key=lambda attribute: (-counts[attribute], -information[attribute], attribute))
    return _Supporters(chosen, tuple(ranked))


def _subject(attributes: Sequence[str], supporters: _Supporters, words: random.Random) -> str:
    """The taste itself as a noun phrase: "dark crime dramas about the Mafia"."""
    if supporters.kinds == {"product"}:
        return product_subject(supporters.items, attributes, words)
    makers = {author for item in supporters.items for author in item.makers[:1]}
    series = {item.series for item in supporters.items if item.series}
    work = phrases.work_noun(supporters.kinds)
    genres = [a for a in attributes if _is_kind_of_work(a, supporters) and a not in makers | series]
    others = [a for a in attributes if a not in genres]
    if not genres:
        genres = _common_genre(supporters)
    moods = " ".join(a.lower() for a in others if phrases.is_mood(a))
    noun = phrases.genres_noun(tuple(genres), work) if genres else phrases.work_noun(supporters.kinds, False)
    themes = [phrases.theme(a) for a in others if _is_theme(a, makers | series)]
    about = [f"about {phrases.join(themes)}"] if themes else []
    about += [
        _named(a, makers, series, words)
        for a in others
        if not phrases.is_mood(a) and not _is_theme(a, makers | series)
    ]
    return " ".join(part for part in (moods, noun, " ".join(about)) if part)


def _is_kind_of_work(attribute: str, supporters: _Supporters) -> bool:
    return phrases.is_genre(attribute) or any(attribute in item.genres for item in supporters.items)


def _common_genre(supporters: _Supporters) -> list[str]:
    """The genre that most of the supporting items have, if most of them have one in common."""
    counts = Counter(genre for item in supporters.items for genre in item.genres)
    agreed = [genre for genre, count in counts.most_common() if count > len(supporters.items) / 2]
    return agreed[:1]


def _is_theme(attribute: str, names: set[str]) -> bool:
    return not (
        attribute in names
        or phrases.is_mood(attribute)
        or phrases.is_genre(attribute)
        or phrases.is_name(attribute)
        or attribute.lower() in phrases.QUALITIES
    )


def _named(attribute: str, makers: set[str], series: set[str], words: random.Random) -> str:
    if attribute in makers:
        return f"by {attribute}"
    if attribute in series:
        name = re.sub(r"^the\s+|\s+(?:series|trilogy|saga|universe|cycle)$", "", attribute, flags=re.I)
        return words.choice(("from the {} series", "set in the world of {}", "like the {} books")).format(
            name
        )
    if attribute.lower() in phrases.QUALITIES:
        return phrases.QUALITIES[attribute.lower()]
    return words.choice(("with {}", "that bear the name of {}", "in the spirit of {}")).format(attribute)
