"""What a history says about things: how many, how liked, against everything else in it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from blue.answering.answers import Feature, RatingEstimate
from blue.answering.filters import Filters
from blue.answering.vocabulary import common
from blue.datatypes import Interaction, Item

Liking = Literal["more", "as much", "less", "no", "unknown"]
Sureness = Literal["Very likely", "Probably", "Perhaps", "Probably not"]

MARGIN = 0.25  # stars above or below the mean from which a mean differs
GOOD, BAD = 4.0, 3.0  # stars: from GOOD on something was liked, below BAD it was not, whatever the mean
DISLIKED_BY = 0.75  # stars below the mean from which several titles show a dislike
FEWEST = 2  # rated titles that show a liking of what they share
FULL_TRUST = 3.0  # ratings: a group of n counts n / (n + FULL_TRUST) of its distance to the mean
_SHARES = (0.03, 0.15, 0.40)  # of its kind above an item: very near, near, neither


@dataclass(frozen=True)
class Part:
    """The rows of a history that meet some conditions, best rated first, and the whole that it is part of."""

    rows: tuple[Interaction, ...]
    mean: float | None  # of those that are rated
    whole_mean: float | None
    whole: int  # rows of the history

    @property
    def rated(self) -> int:
        """How many of the rows have a rating."""
        return sum(row.rating is not None for row in self.rows)

    @property
    def liking(self) -> Liking:
        """How it is liked, by its mean rating against that of the whole history."""
        if self.mean is None or self.whole_mean is None:
            return "unknown"
        above = self.mean - self.whole_mean
        if above >= MARGIN:
            return "more" if self.mean >= BAD else "as much"
        if above > -MARGIN:
            return "as much" if self.mean >= BAD else "no"
        return "less" if self.mean >= BAD else "no"


def mean_of(rows: Sequence[Interaction]) -> float | None:
    """The mean rating, None without any."""
    ratings = [row.rating for row in rows if row.rating is not None]
    return sum(ratings) / len(ratings) if ratings else None


def part_of(
    history: Sequence[Interaction],
    items: Mapping[str, Item],
    filters: Filters,
    stars: tuple[float, float] | None = None,
) -> Part:
    """The part of a history that meets conditions."""
    kinds = Counter(items[one.item_id].kind for one in history if one.item_id in items)
    usual = max(kinds, key=lambda kind: kinds[kind], default="")
    rows = [one for one in history if _meets(one, items, filters, usual)]
    if stars is not None:
        rows = [row for row in rows if row.rating is not None and stars[0] <= row.rating <= stars[1]]
    rows.sort(key=lambda one: -(one.rating or 0))
    return Part(tuple(rows), mean_of(rows), mean_of(history), len(history))


def _meets(row: Interaction, items: Mapping[str, Item], filters: Filters, usual: str) -> bool:
    """Whether a row meets conditions; one that the catalogue lacks may meet those about its kind alone.

    A row that says no kind is taken for what most of the history is.
    """
    if row.item_id in items:
        return filters.allow(items[row.item_id])
    kind = row.kind or usual
    return not filters.telling and kind not in filters.unwanted_kinds and kind in (filters.kinds or (kind,))


@dataclass(frozen=True)
class Group:
    """What several rows share, and how they were rated."""

    name: str
    rows: tuple[Interaction, ...]
    mean: float | None
    lean: float  # stars above the mean of all, smaller the fewer ratings show it

    @property
    def told(self) -> str:
        """A name with its count and mean."""
        if self.mean is None:
            return f"{self.name} ({len(self.rows)})"
        return f"{self.name} ({len(self.rows)}, {self.mean:.1f} stars)"


def groups(
    part: Part, items: Mapping[str, Item], feature: Feature, fewest: int = FEWEST
) -> tuple[Group, ...]:
    """The groups of a feature among some rows, the most liked first; without ratings the largest first."""
    members: dict[str, list[Interaction]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in part.rows:
        if row.item_id in items:
            for name in dict.fromkeys(_FEATURES[feature](items[row.item_id])):
                names.setdefault(common(name), name)
                members[common(name)].append(row)
    found = [
        _group(names[key], rows, part.whole_mean) for key, rows in members.items() if len(rows) >= fewest
    ]
    return tuple(sorted(found, key=lambda group: (-group.lean, -len(group.rows), group.name)))


def disliked(groups: Sequence[Group], whole_mean: float | None) -> tuple[Group, ...]:
    """Those of some groups that show a dislike, the least liked first."""
    if whole_mean is None:
        return ()
    low = [one for one in groups if one.mean is not None and one.mean <= whole_mean - DISLIKED_BY]
    return tuple(sorted(low, key=lambda group: group.lean))


def _group(name: str, rows: Sequence[Interaction], whole_mean: float | None) -> Group:
    mean, rated = mean_of(rows), sum(row.rating is not None for row in rows)
    if mean is None or whole_mean is None:
        return Group(name, tuple(rows), mean, 0.0)
    best_first = tuple(sorted(rows, key=lambda one: -(one.rating or 0)))
    return Group(name, best_first, mean, (mean - whole_mean) * rated / (rated + FULL_TRUST))


def _decade(item: Item) -> list[str]:
    return [f"the {item.year // 10 * 10}s"] if item.year else []


_FEATURES: dict[Feature, Callable[[Item], Sequence[str]]] = {
    "genre": lambda item: item.genres,
    "theme": lambda item: (*item.themes, *item.tones),
    "maker": lambda item: item.makers,
    "decade": _decade,
}


def sureness(rank: int, total: int, rating: RatingEstimate | None, rejected: bool) -> Sureness:
    """How likely it is that an item is liked, by its place for the profile and the ratings of similar ones.

    The two are weighed together, so that the verdict never contradicts the stars that stand beside it.

    >>> sureness(900, 1000, None, False), sureness(5, 1000, None, False)
    ('Probably not', 'Very likely')
    """
    near = sum(rank <= share * total for share in _SHARES)  # 3 is nearest, 0 far
    if rating is None or rating.stars is None or rating.user_mean is None:
        points = near - 2 * rejected
    else:
        good = rating.stars >= GOOD or rating.stars >= rating.user_mean + MARGIN
        bad = rating.stars < BAD or rating.stars <= rating.user_mean - 2 * MARGIN
        points = near + good - 2 * bad - rejected
        points = max(points, 1) if good else points
    return ("Probably not", "Perhaps", "Probably", "Very likely")[max(0, min(points, 3))]
