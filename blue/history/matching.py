"""Titles of a history -> items of the catalogue. A wrong match is worse than none.

Four ways, each only where the one before found nothing: the same title or alias; the same without what is in
brackets; the same up to a subtitle, if year, author or length speak for it too; the same up to a slip of
the finger. In all of them the kind must agree, years may differ by one (by more if the author agrees: books
have editions), and numerals must be the same ("Rocky II" is not "Rocky III").
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from blue.datatypes import Interaction, Item, ParsedHistory, SkippedRow
from blue.history.entries import skip
from blue.history.titles import heads_and_tails, key_of, numerals_of, without_brackets, words_of

_TOLD_APART = frozenset({"movie", "series", "book", "place", "product"})  # the kinds that importers know
_SIMILAR = 88  # rapidfuzz ratio, 0-100: a cheap sieve before the words are compared one by one
_LONGEST_FUZZY = 120  # characters; nobody mistypes a longer title by hand
_FAMOUS = 0.9  # share of its kind than which an item is better known: "Borat" alone is then enough
_SURE_LENGTH = 10  # characters from which one slip leaves no doubt about the title


@dataclass(frozen=True)
class _Candidate:
    """An item that an interaction may be; `literal` if its main title (not an alias) is the same."""

    index: int
    literal: bool = True


class TitleMatcher:
    """Finds the items of a catalogue by title, year, kind and author; built once, used for every history."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        self._by_id = {item.item_id: item for item in self._items}
        self._standing = _standing(self._items)
        kinds = {item.kind for item in self._items}
        self._absent = {said for said in _TOLD_APART if not any(_may_be(said, kind) for kind in kinds)}
        self._exact: dict[str, list[_Candidate]] = defaultdict(list)
        self._bare: dict[str, list[_Candidate]] = defaultdict(list)
        self._heads: dict[str, list[_Candidate]] = defaultdict(list)
        self._tails: dict[str, list[_Candidate]] = defaultdict(list)
        self._spelled: dict[str, dict[str, list[_Candidate]]] = defaultdict(lambda: defaultdict(list))
        for index, item in enumerate(self._items):
            self._add(index, item)

    def match(self, interactions: Sequence[Interaction]) -> tuple[Interaction, ...]:
        """The interactions with `item_id`, and a kind and year they lack, where the catalogue has the title.

        An interaction that carries an item id already (MovieLens) gets that item's title, year and kind.
        """
        found = [self._find(interaction) for interaction in interactions]
        self._find_misspelled(interactions, found)
        usual = self._usual_kind(interactions, found)
        return tuple(
            self._resolve(interaction, candidates, usual)
            for interaction, candidates in zip(interactions, found, strict=True)
        )

    def knows(self, item_id: str) -> bool:
        """Whether the catalogue has this item."""
        return item_id in self._by_id

    def _add(self, index: int, item: Item) -> None:
        for title in dict.fromkeys((item.title, *item.aliases)):
            candidate = _Candidate(index, literal=title == item.title)
            self._exact[key_of(title)].append(candidate)
            self._bare[key_of(without_brackets(title))].append(candidate)
            for head, tail in heads_and_tails(without_brackets(title)):
                self._heads[key_of(head)].append(candidate)
                self._tails[key_of(tail)].append(candidate)
            spelled = " ".join(words_of(without_brackets(title)))
            if spelled:
                self._spelled[spelled[0]][spelled].append(candidate)

    def _find(self, interaction: Interaction) -> list[_Candidate]:
        if interaction.item_id is not None or interaction.kind in self._absent:
            return []
        bare = without_brackets(interaction.title)
        return (
            self._admissible(interaction, self._exact.get(key_of(interaction.title), ()))
            or self._admissible(interaction, self._bare.get(key_of(bare), ()))
            or self._up_to_subtitle(interaction, bare)
            or self._with_author(interaction, bare)
        )

    def _with_author(self, interaction: Interaction, title: str) -> list[_Candidate]:
        """ "Emma by Jane Austen", "Jane Austen - Emma": the title and the author of one item in one line."""
        halves = [title.rpartition(separator)[::2] for separator in (" by ", " - ", " – ", ", ", ": ")]
        return [
            candidate
            for one, other in halves
            for name, author in ((one, other), (other, one))
            if name and author
            for candidate in self._admissible(interaction, self._exact.get(key_of(name), ()))
            if _same_creator(author, self._items[candidate.index].authors) is True
        ]

    def _up_to_subtitle(self, interaction: Interaction, title: str) -> list[_Candidate]:
        """Items of which the history names only a part ("Borat"), or that have not the subtitle it adds."""
        key, length = key_of(title), len(words_of(title))
        for parts, telling in ((self._heads, length > 1), (self._tails, length > 2)):
            found = self._admissible(interaction, parts.get(key, ()))
            corroborated = self._corroborated(interaction, found)
            only_one = len({c.index for c in found}) == 1
            famous = only_one and len(key) >= 5 and self._standing[found[0].index] > _FAMOUS
            if corroborated or (only_one and (telling or famous)):
                return corroborated or found
        for head, tail in heads_and_tails(title):
            found = self._admissible(interaction, self._exact.get(key_of(head), ()))
            if not numerals_of(words_of(tail)) and (corroborated := self._corroborated(interaction, found)):
                return corroborated
        return []

    def _find_misspelled(self, interactions: Sequence[Interaction], found: list[list[_Candidate]]) -> None:
        """Fill in the candidates of titles that are one slip away from an item's, in place."""
        blocks: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i, interaction in enumerate(interactions):
            spelled = " ".join(words_of(without_brackets(interaction.title)))
            wanted = interaction.item_id is None and interaction.kind not in self._absent and not found[i]
            if wanted and 0 < len(spelled) <= _LONGEST_FUZZY:
                blocks[spelled[0]][spelled].append(i)
        for first_letter, queries in blocks.items():
            for query, spelled in _similar(list(queries), list(self._spelled.get(first_letter, ()))):
                for i in queries[query]:
                    candidates = self._admissible(interactions[i], self._spelled[first_letter][spelled])
                    sure = len(query) >= _SURE_LENGTH
                    found[i] += candidates if sure else self._corroborated(interactions[i], candidates)

    def _admissible(self, interaction: Interaction, candidates: Iterable[_Candidate]) -> list[_Candidate]:
        return [c for c in candidates if _agrees(interaction, self._items[c.index])]

    def _corroborated(self, interaction: Interaction, admissible: Sequence[_Candidate]) -> list[_Candidate]:
        """The candidates for which more than the title speaks: the year, or the author."""
        return [
            c
            for c in admissible
            if None not in (interaction.year, self._items[c.index].year)
            or _same_creator(interaction.creator, self._items[c.index].authors) is True
        ]

    def _usual_kind(self, interactions: Sequence[Interaction], found: list[list[_Candidate]]) -> str | None:
        """What most of the history is, as far as its titles are unambiguous; None if it is a tie."""
        kinds: Counter[str] = Counter()
        for interaction, candidates in zip(interactions, found, strict=True):
            of_candidates = {self._items[c.index].kind for c in candidates}
            if interaction.kind is not None or len(of_candidates) == 1:
                kinds[interaction.kind or of_candidates.pop()] += 1
        top = kinds.most_common(2)
        return top[0][0] if top and (len(top) == 1 or top[0][1] > top[1][1]) else None

    def _resolve(
        self, interaction: Interaction, candidates: Sequence[_Candidate], usual_kind: str | None
    ) -> Interaction:
        if interaction.item_id is not None:
            item = self._by_id.get(interaction.item_id)
            return (
                replace(interaction, title=item.title, year=item.year, kind=item.kind)
                if item
                else interaction
            )
        if not candidates:
            return interaction

        def preference(candidate: _Candidate) -> tuple:
            item = self._items[candidate.index]
            return (
                _same_creator(interaction.creator, item.authors) is True,
                interaction.year is not None and interaction.year == item.year,
                item.kind == usual_kind,
                item.title.casefold() == interaction.title.casefold(),  # "The Heat" is not "Heat"
                candidate.literal,
                self._standing[candidate.index],
            )

        item = self._items[max(candidates, key=preference).index]
        return replace(
            interaction,
            item_id=item.item_id,
            kind=interaction.kind or item.kind,
            year=interaction.year or item.year,
        )


def match_history(parsed: ParsedHistory, matcher: TitleMatcher) -> ParsedHistory:
    """The history with its items found.

    A MovieLens row whose id the catalogue lacks has no title: it moves to `skipped`.
    """
    known: list[Interaction] = []
    lost: list[SkippedRow] = []
    for row in matcher.match(parsed.interactions):
        if row.item_id is None or matcher.knows(row.item_id):
            known.append(row)
        else:
            lost.append(skip(row.line or 0, row.title, f"The catalogue has no item {row.item_id}."))
    skipped = sorted((*parsed.skipped, *lost), key=lambda row: row.line)
    return replace(parsed, interactions=tuple(known), skipped=tuple(skipped))


def _standing(items: Sequence[Item]) -> np.ndarray:
    """(I,) popularity as a rank in (0, 1] within the kind: counts for books and films do not compare."""
    standing = np.zeros(len(items))
    popularity = np.array([item.popularity for item in items], dtype=float)
    kinds = np.array([item.kind for item in items])
    for kind in set(kinds.tolist()):
        of_kind = np.flatnonzero(kinds == kind)
        order = of_kind[np.argsort(popularity[of_kind], kind="stable")]
        standing[order] = np.arange(1, len(order) + 1) / len(order)
    return standing


def _agrees(interaction: Interaction, item: Item) -> bool:
    """Whether nothing speaks against the item: kind, author, year."""
    if interaction.kind is not None and not _may_be(interaction.kind, item.kind):
        return False
    same_creator = _same_creator(interaction.creator, item.authors)
    if same_creator is False:
        return False
    if interaction.year is None or item.year is None:
        return True
    return abs(interaction.year - item.year) <= 1 or same_creator is True


def _may_be(said: str, kind: str) -> bool:
    """Whether what a history calls a product, or a movie, may be an item of this kind.

    A catalogue of somebody's own may have kinds that no importer knows: they contradict nothing.

    >>> _may_be("product", "movie"), _may_be("product", "lipstick")
    (False, True)
    """
    return said == kind or kind not in _TOLD_APART


def _same_creator(creator: str | None, authors: Sequence[str]) -> bool | None:
    """Whether one of the names is an author ("Herbert, Frank" is "Frank Herbert"); None if unknown."""
    if not creator or not authors:
        return None
    known = [frozenset(words_of(author)) for author in authors]
    names = [frozenset(words_of(creator)), *(frozenset(words_of(name)) for name in creator.split(","))]
    return any(name and (name <= author or author <= name) for name in names for author in known if author)


def _similar(queries: Sequence[str], choices: Sequence[str]) -> Iterable[tuple[str, str]]:
    """(query, choice) pairs that differ by a slip of the finger."""
    if not queries or not choices:
        return
    scores = process.cdist(
        queries, choices, scorer=fuzz.ratio, score_cutoff=_SIMILAR, dtype=np.uint8
    )  # (Q, I)
    for q, i in zip(*np.nonzero(scores), strict=True):
        if _is_slip(tuple(queries[q].split()), tuple(choices[i].split())):
            yield queries[q], choices[i]


def _is_slip(typed: tuple[str, ...], correct: tuple[str, ...]) -> bool:
    """Whether the words are the same but for a letter or two in a long one; a plural is another title."""
    if len(typed) != len(correct) or numerals_of(typed) != numerals_of(correct):
        return False
    changed = [(a, b) for a, b in zip(typed, correct, strict=True) if a != b]
    return len(changed) <= 2 and all(
        min(len(a), len(b)) >= 5
        and a[0] == b[0]
        and f"{a}s" != b
        and f"{b}s" != a
        and OSA.distance(a, b) <= (2 if len(b) >= 9 else 1)
        for a, b in changed
    )
