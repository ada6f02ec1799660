"""A profile without a language model: tastes found by counting, put into words by rules.

`group_tastes` says what a history has in common; here each taste becomes one sentence, phrased differently
from user to user but always the same for one history. It is a baseline, and the first teacher of a trained
profiler.
"""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from blue import phrases
from blue.datatypes import Interaction, Item, Profile, Sentence
from blue.product_phrases import product_sentence, product_subject
from blue.sentences import MAX_SENTENCES
from blue.tastes import Taste, attributes_of, group_tastes

SUPPORTERS = 6  # best supporting items that may add a detail to a sentence
DETAIL_INFORMATION = 3.0  # nats; anything commoner (a broad genre) is no detail
SAME_DECADE = 0.7  # share of the supporting items that must agree before a decade is named
LOVED_RATING = 4.5  # mean stars of a taste from which it may be called a favourite
FAVOURITES_SHARE = 0.4  # of those tastes
COPIED_WORDS = 6  # consecutive words of one title that count as copying it

LIKES = (
    "{}.", "{}.", "{}.", "{}.", "Loves {}.", "Drawn to {}.", "Keeps coming back to {}.",
    "A soft spot for {}.", "Always ready for {}.", "Enjoys {}.", "Likes {}.",
    "Reaches again and again for {}.", "A weakness for {}.", "Often picks {}.",
    "Can rarely resist {}.", "Fond of {}.",
)  # fmt: skip
FAVOURITES = ("Loves {}.", "Top marks go to {}.", "{} above all.", "Rates {} highest.", "Never tires of {}.")
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
        information: attribute -> nats, from `blue.tastes.inverse_frequencies` over the catalogue.
        most: the number of sentences at most.

    The profile of a history that shares nothing with `items` is empty. It never holds six consecutive words
    of one title of the history, nor a whole title of up to three words unless that names a genre.
    """
    titles = [one.title for one in interactions]
    sayable = _sayable(titles, information)
    words = random.Random(_seed(interactions))
    sentences: dict[str, None] = {}
    tastes = group_tastes(interactions, items, sayable, most)
    said = {attribute for taste in tastes for attribute in taste.attributes}
    for taste in tastes:
        sentence = _sentence(taste, items, sayable, said, words)
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


def copies_title(sentence: str, titles: Iterable[str]) -> bool:
    """Whether a sentence holds six consecutive words of one title.

    >>> copies_title("Films such as The Good, the Bad and the Ugly.", ["The Good, the Bad and the Ugly"])
    True
    """
    spoken = f" {' '.join(_words(sentence))} "
    for title in titles:
        words = _words(title)
        runs = (words[start : start + COPIED_WORDS] for start in range(len(words) - COPIED_WORDS + 1))
        if any(f" {' '.join(run)} " in spoken for run in runs):
            return True
    return False


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _seed(interactions: Sequence[Interaction]) -> int:
    """The same number for the same history in every process (Python's `hash` is salted)."""
    history = "\n".join(f"{one.title}|{one.rating}" for one in interactions)
    return int.from_bytes(hashlib.sha256(history.encode()).digest()[:8])


def _sayable(titles: Sequence[str], information: Mapping[str, float]) -> dict[str, float]:
    """The attributes a sentence may name: not the titles themselves, nothing that tells a reader nothing."""
    whole = {" ".join(_words(title)) for title in titles}
    rarest = max(information.values(), default=0.0)  # what only one item has recommends no other
    return {
        attribute: nats
        for attribute, nats in information.items()
        if nats < rarest
        and phrases.is_worth_saying(attribute)
        and (phrases.is_genre(attribute) or " ".join(_words(attribute)) not in whole)
    }


def _sentence(
    taste: Taste,
    items: Mapping[str, Item],
    information: Mapping[str, float],
    said: set[str],
    words: random.Random,
) -> str:
    supporters = _supporters(taste, items, information, said)
    if supporters.kinds == {"product"}:
        return product_sentence(supporters.items, taste.attributes, said, words)
    subject = _subject(taste.attributes, supporters, words)
    if not taste.liked:
        return words.choice(REJECTIONS).format(subject)
    subject += _ending(taste, subject, supporters, said, words)
    loved = _are_loved(taste.interactions) and words.random() < FAVOURITES_SHARE
    return _framed(subject, FAVOURITES if loved else LIKES, words)


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


def _are_loved(interactions: Sequence[Interaction]) -> bool:
    ratings = [one.rating for one in interactions if one.rating is not None]
    return len(ratings) >= 2 and sum(ratings) / len(ratings) >= LOVED_RATING


def _framed(phrase: str, frames: Sequence[str], words: random.Random) -> str:
    frame = words.choice(frames)
    return frame.format(phrase[0].upper() + phrase[1:] if frame.startswith("{}") else phrase)


def _subject(attributes: Sequence[str], supporters: _Supporters, words: random.Random) -> str:
    """The taste itself as a noun phrase: "dark crime dramas about the Mafia"."""
    if supporters.kinds == {"product"}:
        return product_subject(supporters.items, attributes, words)
    makers = {author for item in supporters.items for author in item.authors[:1]}
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


def _ending(taste: Taste, subject: str, supporters: _Supporters, said: set[str], words: random.Random) -> str:
    """One detail after the subject: what the items also share, when they were made, what the genre holds."""
    detail = _detail(supporters, said, words)
    decade = _decade(supporters.items)
    if detail and decade and words.random() < 0.3:
        return f" {decade}{detail}"
    return detail or _flavour(taste, subject, words) or (f" {decade}" if decade else "")


def _detail(supporters: _Supporters, said: set[str], words: random.Random) -> str:
    makers = {author for item in supporters.items for author in item.authors[:1]}
    series = {item.series for item in supporters.items if item.series}
    plain = [a for a in supporters.details if a not in makers | series]
    moods = [a for a in plain if phrases.is_mood(a)]
    themes = [phrases.theme(a) for a in plain if _is_theme(a, makers | series)][:3]
    names = [a for a in supporters.details if a in makers or (phrases.is_name(a) and a not in series)]
    said.update(plain)
    if themes:
        ending = words.choice((", especially about {}", " with {}", ": {}", ", with {}")).format(
            phrases.join(themes)
        )
        return ending + (f", the {phrases.comparative(moods[0])} the better" if moods else "")
    if moods:
        pair = phrases.join([mood.lower() for mood in moods[:2]])
        return words.choice(
            (
                f", preferably {pair}",
                f", the {pair} kind",
                f", the {phrases.comparative(moods[0])} the better",
            )
        )
    if names:
        said.update(names[:2])
        return words.choice((" in the vein of {}", " in the manner of {}", " with the likes of {}")).format(
            phrases.join(names[:2])
        )
    return ""


def _flavour(taste: Taste, subject: str, words: random.Random) -> str:
    """What the rarest genre of the taste usually holds."""
    for attribute in taste.attributes:
        if attribute in phrases.FLAVOURS:
            flavour = words.choice(phrases.FLAVOURS[attribute])
            joints = (
                (": {}", ", with {}")
                if " about " in subject
                else (" about {}", " with {}", ": {}", " full of {}")
            )
            return words.choice(joints).format(flavour)
    return ""


def _decade(items: Sequence[Item]) -> str:
    """ "from the 1980s", where most items agree on it."""
    decades = Counter(item.year // 10 * 10 for item in items if item.year)
    if len(items) < 3 or not decades:
        return ""
    decade, count = decades.most_common(1)[0]
    return f"from the {decade}s" if count >= SAME_DECADE * len(items) and decade >= 1900 else ""
