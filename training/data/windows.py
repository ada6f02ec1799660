"""Histories -> pairs of prompt and profile for the warm start.

Every example is one window of one user's history: what came before some target, as the app would show it to
the profiler (`blue.profile.prompts.whole_history`), and the likes of the rule-written profile of exactly
that window.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from blue.datatypes import Interaction, Item, Message, Profile
from blue.profile import Grouper, liked, most_recent, one_pass, rule_profile, shown_attributes, stance
from training.data.schema import Case, Dataset, Split, cut, users_of

SHORTEST, LONGEST = 3, 25  # interactions of a window
MIN_SENTENCES = 2


@dataclass(frozen=True)
class WindowSettings:
    """How windows are varied, so that the profiler meets what the app may show it."""

    history_tokens: int = 320  # budget of the history lines
    profile_tokens: int = 110
    titles_only: float = 0.15  # share of the windows of which the catalogue knows nothing but the titles
    unrated: float = 0.15  # share of the rated windows that lose their ratings


@dataclass(frozen=True)
class Example:
    """One training pair, and where it comes from."""

    dataset: str
    user_id: str
    target_id: str
    history_ids: tuple[str, ...]  # of the items that the prompt shows, oldest first
    prompt: tuple[Message, ...]
    profile: str


def examples(
    dataset: Dataset,
    grouper: Grouper,
    split: Split,
    count: int,
    count_tokens: Callable[[str], int],
    settings: WindowSettings,
    seed: int = 0,
) -> Iterator[Example]:
    """`count` examples of the users of a split, each user in turn; every window of a user ends elsewhere.

    Args:
        grouper: which lines make a taste.
        count_tokens: length of a text in the profiler's tokens.
    """
    draw = random.Random(f"{seed}:{dataset.name}:{split}")
    users = users_of(dataset, split)
    made, tried = 0, 0
    while made < count and tried < 20 * count:
        user = users[tried % len(users)]
        tried += 1
        if (case := _window(dataset, user, draw)) and (
            example := _example(dataset, case, grouper, count_tokens, settings, draw)
        ):
            made += 1
            yield example


def _window(dataset: Dataset, user: str, draw: random.Random) -> Case | None:
    length = len(dataset.histories[user])
    if length <= SHORTEST:
        return None
    case = cut(dataset, user, draw.randint(SHORTEST, length - 1))
    if case is None:
        return None
    size = min(draw.randint(SHORTEST, LONGEST), draw.randint(SHORTEST, LONGEST))  # short ones cost less
    return replace(case, history=case.history[-size:])


def _example(dataset, case, grouper, count_tokens, settings, draw) -> Example | None:
    history = case.history
    if draw.random() < settings.unrated:
        history = tuple(replace(one, rating=None) for one in history)
    shown: Mapping[str, Item] = {} if draw.random() < settings.titles_only else dataset.items
    history = most_recent(liked(history), shown, count_tokens, settings.history_tokens)
    # Where only titles are shown the teacher still knows what they are: a film's name says its genre to the
    # base model, which is to use what it knows.
    profile = _likes(rule_profile(history, visible(history, dataset.items), grouper))
    if len(profile.sentences) < MIN_SENTENCES or count_tokens(profile.text) > settings.profile_tokens:
        return None
    if names_target(history, case.target):
        return None
    return Example(
        dataset.name,
        case.user_id,
        case.target.item_id,
        tuple(one.item_id for one in history),
        one_pass(history, shown).messages,
        profile.text,
    )


def _likes(profile: Profile) -> Profile:
    """Without what it rejects: of the titles that are shown, none was disliked."""
    return Profile(tuple(one for one in profile.sentences if stance(one.text).liked))


def visible(history: tuple[Interaction, ...], items: Mapping[str, Item]) -> dict[str, Item]:
    """The items of a history with only what a prompt ever shows of them: a profiler can say what it sees.

    A teacher who knows more than its pupil teaches it to invent.
    """
    known = {one.item_id: items[one.item_id] for one in history if one.item_id in items}
    return {item_id: _as_shown(item) for item_id, item in known.items()}


def _as_shown(item: Item) -> Item:
    if item.kind == "product":
        return item
    shown = shown_attributes(item)
    genres = tuple(genre for genre in item.genres if genre in shown)
    tags = tuple(tag for tag in item.themes if tag in shown)
    return replace(item, genres=genres, themes=tags, series=None)


def names_target(history: tuple[Interaction, ...], target: Item) -> bool:
    """Whether the target is in the history after all, by id or by title."""
    return any(one.item_id == target.item_id or one.title == target.title for one in history)
