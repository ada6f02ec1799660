"""A profile without a language model: the tastes that the grouping finds, named by what their lines share.

A baseline, true of its lines and plain: "Crime thrillers about heists." says what a taste is, and nothing of
why anybody would love it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from blue.datatypes import Interaction, Item, Profile, Sentence
from blue.profile import phrases
from blue.profile.grouping import Grouper
from blue.profile.guards import same_taste
from blue.profile.traits import traits_of
from blue.profile.words import content_stems, folded

MOST_GENRES, MOST_THEMES = 2, 3
OPENINGS = ("Loves {}.", "Drawn to {}.", "Enjoys {}.", "Often comes back to {}.", "Likes {}.")
REJECTION = "Not a fan of {}."


def rule_profile(
    interactions: Sequence[Interaction],
    items: Mapping[str, Item],
    grouper: Grouper,
    vectors: np.ndarray | None = None,
) -> Profile:
    """At most MOST_TASTES sentences, one taste each, the strongest first and the dislike last.

    Tastes of titles that `items` lacks have no sentence: nothing but a title is known of them. The profile of
    a history of only such titles is empty.

    Args:
        interactions: the history, oldest first.
        items: item_id -> item.
        grouper: which lines make a taste.
        vectors: (H, D) unit rows of the lines; without them only what lines share in words counts.
    """
    if not interactions:
        return Profile(())
    sentences: list[Sentence] = []
    for taste in grouper(interactions, items, vectors):
        lines = [interactions[row] for row in taste.rows]
        subject = taste_in_words([items[line.item_id] for line in lines if line.item_id in items], grouper)
        frame = OPENINGS[len(sentences) % len(OPENINGS)] if taste.liked else REJECTION
        if subject and not any(same_taste(frame.format(subject), sentence.text) for sentence in sentences):
            keys = tuple(line.key for line in lines)
            sentences.append(Sentence(frame.format(subject), written_from=keys))
    return Profile(tuple(sentences))


def taste_in_words(items: Sequence[Item], grouper: Grouper) -> str:
    """What items share as a noun phrase, "" where nothing is known of them.

    Genres, makers and themes that most of them have come first; a theme counts by how rare it is.
    """
    if not items:
        return ""
    genres = _most_frequent([item.genres for item in items], MOST_GENRES, len(items) / 2)
    products = all(item.kind == "product" for item in items)
    if products and not genres:  # a taste of things that differ is still of these things
        genres = _most_frequent([item.genres for item in items], MOST_GENRES, 1)
    noun = " and ".join(genres) if products else _works(items, genres)
    makers = _most_frequent([item.makers[:1] for item in items], 1, len(items) / 2 + 0.5)
    by = f"by {makers[0]}" if makers else ""
    themes = [] if products else _themes(items, grouper, besides=(*genres, *makers))
    about = f"about {phrases.join(themes)}" if themes else ""
    return " ".join(filter(None, (noun, by, about)))


def _works(items: Sequence[Item], genres: Sequence[str]) -> str:
    kinds = {item.kind for item in items}
    return (
        phrases.genres_noun(tuple(genres), phrases.work_noun(kinds))
        if genres
        else phrases.work_noun(kinds, False)
    )


def _most_frequent(having: Sequence[Sequence[str]], most: int, least: float) -> list[str]:
    """The commonest words, of which `least` of the lists must have each; the first wins a tie."""
    counts = Counter(word for words in having for word in dict.fromkeys(words))
    return [word for word, count in counts.most_common(most) if count >= least]


def _themes(items: Sequence[Item], grouper: Grouper, besides: Sequence[str]) -> list[str]:
    """Themes that several of the items have, the rarest first; of a single item its rarest ones."""
    told = set(content_stems(" ".join(besides)))
    spelling = {folded(theme): theme for item in items for theme in reversed(item.themes)}
    counts = Counter(theme for item in items for theme in traits_of(_line(item), item).of["theme"])
    least = 2 if len(items) > 1 and counts and max(counts.values()) > 1 else 1
    worth = [theme for theme, count in counts.items() if count >= least and not told & set(theme.split())]
    ranked = sorted(worth, key=lambda theme: (-counts[theme], -grouper.rarity("theme", theme), theme))
    return [spelling[theme] for theme in ranked[:MOST_THEMES]]


def _line(item: Item) -> Interaction:
    return Interaction(item.title, item_id=item.item_id)
