"""Titles of a history -> items of the catalogue, decided for the whole list: rather none than a wrong one.

A line is weighed against every item it may mean:

    weight = likeness of the titles x how well known the item is x what year, maker and kind say

and against UNKNOWN, that the catalogue lacks the work. What share of the list is films, series or books is
not known beforehand: it is estimated together with the matches (variational Bayes of the mixture, whose prior
says that most lists are of one kind), so that "Wicked" is the musical among films and the novel among novels.
The share that an item has of the weights of its line is how sure the match is; the others are the
alternatives.
"""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blue.datatypes import Interaction, Item, Match, ParsedHistory, SkippedRow
from blue.errors import CatalogError, HistoryError
from blue.history.candidates import AUTHOR_BESIDE, Candidate, TitleIndex
from blue.history.entries import skip
from blue.history.factors import NO_YEAR, SCREEN, kind_factor, maker_factor, year_factor
from blue.history.opinions import OPINION, is_opinion

MOST_ALTERNATIVES = 5
UNKNOWN = 0.0015  # of "the catalogue lacks it"; the best known item, its title to the letter, weighs 1
HARDLY = 0.02  # weight below which a slip of the finger is the better explanation
_ROUNDS = 8  # of the estimation; shares move by less than .01 after five
_PRIOR_LINES = 0.2  # of each kind, of a Dirichlet prior: below 1, so that most lists are of one kind
_SHIFT = 6  # of the recurrence, after which two terms of the series are exact to 1e-6
_BOOKS_OF_HALF_STARS = 0.5  # book pages give whole stars; half ones are of films and series


@dataclass(frozen=True)
class _Weighed:
    """An item that a line may mean, and the weight of the evidence without the list's share of its kind."""

    index: int
    weight: float


class TitleMatcher:
    """Finds the items of a catalogue by title, year, kind and maker; built once, used for every history."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        self._by_id = {item.item_id: item for item in self._items}
        self._titles = TitleIndex(self._items)
        self._kinds = tuple(dict.fromkeys(item.kind for item in self._items))

    def match(self, interactions: Sequence[Interaction]) -> tuple[Interaction, ...]:
        """The interactions with `match` and `item_id`, and a kind and year they lack, where a work is found.

        One that carries an item id already (MovieLens) gets that item's title, year and kind; one whose match
        the visitor chose stays as it is.
        """
        lines = list(interactions)
        open_rows = [row for row, line in enumerate(lines) if line.item_id is None and line.match is None]
        found = dict(zip(open_rows, self._weighed([lines[row] for row in open_rows]), strict=True))
        shares = self._shares(lines, [found.get(row, []) for row in range(len(lines))])
        return tuple(
            self._resolved(line, found[row], shares) if row in found else self._known(line)
            for row, line in enumerate(lines)
        )

    def knows(self, item_id: str) -> bool:
        """Whether the catalogue has this item."""
        return item_id in self._by_id

    def choose(self, interaction: Interaction, item_id: str | None) -> Interaction:
        """The interaction as the visitor says it is: this item, or (None) none that the catalogue has.

        Raises:
            KeyError: the catalogue has no such item.
        """
        match = interaction.match or Match(None, 0.0, kind=interaction.kind, year=interaction.year)
        others = [other for other in (match.item_id, *match.alternatives) if other and other != item_id]
        chosen = replace(match, item_id=item_id, sure=1.0, alternatives=tuple(others), chosen=True)
        item = self._by_id[item_id] if item_id is not None else None
        return replace(
            interaction,
            match=chosen,
            item_id=item_id,
            kind=item.kind if item else match.kind,
            year=(item.year if item else None) or match.year,
        )

    def _weighed(self, interactions: Sequence[Interaction]) -> list[list[_Weighed]]:
        found = [
            self._admissible(interaction, self._titles.named(interaction.title))
            for interaction in interactions
        ]
        missing = [row for row, ones in enumerate(found) if not any(one.weight > HARDLY for one in ones)]
        slips = self._titles.misspelled([interactions[row].title for row in missing])
        for row, candidates in zip(missing, slips, strict=True):
            both = [*found[row], *self._admissible(interactions[row], candidates)]
            heaviest = {one.index: one for one in sorted(both, key=lambda one: one.weight)}
            found[row] = list(heaviest.values())
        return found

    def _admissible(self, interaction: Interaction, candidates: Sequence[Candidate]) -> list[_Weighed]:
        weighed = (
            _Weighed(candidate.index, self._weight(interaction, candidate)) for candidate in candidates
        )
        return [one for one in weighed if one.weight > 0]

    def _weight(self, interaction: Interaction, candidate: Candidate) -> float:
        """The evidence for one item; 0 where kind, year or author speak against it."""
        item = self._items[candidate.index]
        years = year_factor(interaction.year, item.year)
        makers = maker_factor(interaction.creator, item)
        if years == 0 and makers > 1:
            years = NO_YEAR  # an edition of another year
        if candidate.maker is not None:
            makers = AUTHOR_BESIDE
        if not candidate.alone and max(years, makers) <= 1:
            return 0.0
        return (
            candidate.likeness
            * choice_weight(item.popularity)
            * years
            * makers
            * kind_factor(interaction, item)
        )

    def _shares(self, lines: Sequence[Interaction], found: Sequence[Sequence[_Weighed]]) -> dict[str, float]:
        """The estimated share of each kind among the lines whose works are known; they sum to 1."""
        prior = dict.fromkeys(self._kinds, _PRIOR_LINES)
        if "book" in prior and any(line.rating is not None and line.rating % 1 for line in lines):
            prior["book"] *= _BOOKS_OF_HALF_STARS
        shares = _normalised(prior)
        for _ in range(_ROUNDS):
            counts = Counter(prior)
            for one, candidates in zip(lines, found, strict=True):
                counts.update(self._kinds_of(one, candidates, shares))
            shares = _normalised({kind: _expected(count) for kind, count in counts.items()})
        return shares

    def _kinds_of(
        self, line: Interaction, candidates: Sequence[_Weighed], shares: dict[str, float]
    ) -> Counter[str]:
        """How much of one line each kind has, 1 in all, less what nothing explains."""
        if line.kind in shares:
            return Counter({line.kind: 1.0})
        of_kind: Counter[str] = Counter()
        for candidate in candidates:
            kind = self._items[candidate.index].kind
            of_kind[kind] += shares[kind] * candidate.weight
        total = of_kind.total() + UNKNOWN
        return Counter({kind: weight / total for kind, weight in of_kind.items()})

    def _resolved(
        self, line: Interaction, candidates: Sequence[_Weighed], shares: dict[str, float]
    ) -> Interaction:
        def weight(one: _Weighed) -> float:
            return one.weight * (1.0 if line.kind else shares[self._items[one.index].kind] * len(shares))

        ordered = sorted(candidates, key=weight, reverse=True)
        total = sum(map(weight, ordered)) + UNKNOWN
        ids = [self._items[one.index].item_id for one in ordered[: MOST_ALTERNATIVES + 1]]
        if not ordered or weight(ordered[0]) <= UNKNOWN:
            match = Match(None, 0.0, tuple(ids[:MOST_ALTERNATIVES]), kind=line.kind, year=line.year)
            return replace(line, match=match)
        item = self._items[ordered[0].index]
        match = Match(
            ids[0], round(weight(ordered[0]) / total, 3), tuple(ids[1:]), kind=line.kind, year=line.year
        )
        return replace(
            line, match=match, item_id=ids[0], kind=_kind_of(line, item), year=line.year or item.year
        )

    def _known(self, interaction: Interaction) -> Interaction:
        item = self._by_id.get(interaction.item_id)
        if item is None or interaction.match is not None:
            return interaction
        return replace(interaction, title=item.title, year=item.year, kind=item.kind)


def choice_weight(popularity: float) -> float:
    """How often an item of this popularity is meant or chosen, 1 for the best known: Zipf's law of ranks.

    The best known hundredth of MovieLens is rated 50 times as often as its middle; here it is 26 to 51 times.

    >>> round(choice_weight(1.0) / choice_weight(0.5))
    51
    """
    return 1.0 / (1.0 + 100.0 * (1.0 - popularity))


def match_history(
    parsed: ParsedHistory, matcher: TitleMatcher, before: Sequence[Interaction] = ()
) -> ParsedHistory:
    """The history, and what is wished for beside it, with their items found.

    A line that was read `before`, and whose match the visitor then chose, keeps that choice. A MovieLens row
    whose id the catalogue lacks has no title: it moves to `skipped`, as does a line that says a taste.

    Raises:
        HistoryError: nothing but such lines was written.
    """
    known: list[Interaction] = []
    lost: list[SkippedRow] = []
    for row in matcher.match(_as_chosen(parsed.interactions, before, matcher)):
        if row.item_id is None and row.rating is None and is_opinion(row.title):
            lost.append(skip(row.line or 0, row.title, OPINION))
        elif row.item_id is None or matcher.knows(row.item_id):
            known.append(row)
        else:
            lost.append(skip(row.line or 0, row.title, f"The catalogue has no item {row.item_id}."))
    if lost and not known and all(row.reason == OPINION for row in lost):
        raise HistoryError(f"'{lost[0].text}': {OPINION[0].lower()}{OPINION[1:]}")
    skipped = sorted((*parsed.skipped, *lost), key=lambda row: row.line)
    wishes = matcher.match(parsed.wish_list)
    return replace(parsed, interactions=tuple(known), skipped=tuple(skipped), wish_list=wishes)


def _as_chosen(
    lines: Sequence[Interaction], before: Sequence[Interaction], matcher: TitleMatcher
) -> list[Interaction]:
    """Lines as they are read, with what a visitor chose for the same ones before; equal lines in order."""
    earlier: defaultdict[tuple, deque[Interaction]] = defaultdict(deque)
    for one in before:
        earlier[_as_read(one)].append(one)
    return [
        matcher.choose(line, match.item_id)
        if (same := earlier[_as_read(line)])
        and (match := same.popleft().match)
        and match.chosen
        and (match.item_id is None or matcher.knows(match.item_id))
        else line
        for line in lines
    ]


def _as_read(one: Interaction) -> tuple[str, str | None, int | None, str | None]:
    """What its source says of a work: title, kind, year, maker; not what a match filled in."""
    kind, year = (one.match.kind, one.match.year) if one.match else (one.kind, one.year)
    return one.title.casefold(), kind, year, one.creator


def match_wishes(wishes: Sequence[Interaction], matcher: TitleMatcher) -> tuple[str, ...]:
    """The ids of the items that a wish list names, to rank within.

    Raises:
        CatalogError: the catalogue has none of them, so that nothing would be left to rank.
    """
    ids = dict.fromkeys(one.item_id for one in matcher.match(wishes) if matcher.knows(one.item_id))
    if not ids:
        raise CatalogError("The catalogue has no title of this list, so nothing of it can be ranked.")
    return tuple(ids)


def _kind_of(line: Interaction, item: Item) -> str:
    return item.kind if line.kind is None or {line.kind, item.kind} == SCREEN else line.kind


def _normalised(counts: dict[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {kind: count / total for kind, count in counts.items()}


def _expected(lines: float) -> float:
    """exp(digamma), the weight that variational Bayes gives so many lines: little for part of one.

    >>> [round(_expected(lines), 3) for lines in (0.2, 0.5, 1.2, 10)]
    [0.005, 0.14, 0.749, 9.504]
    """
    shifted = lines + _SHIFT
    digamma = math.log(shifted) - 1 / (2 * shifted) - 1 / (12 * shifted**2)
    return math.exp(digamma - sum(1 / (lines + step) for step in range(_SHIFT)))
