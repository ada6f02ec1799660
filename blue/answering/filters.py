"""Conditions on items: an item meets all of them or is no candidate."""

from dataclasses import dataclass
from typing import Literal

from blue.answering.vocabulary import Trait, common
from blue.datatypes import Item

Company = Literal["children", "teenagers", "elders"]

FOR_CHILDREN = frozenset({"children's", "family", "picture book", "board book"})
_UNFIT: dict[Company, frozenset[str]] = {  # genres
    "children": frozenset(
        {"horror", "war", "crime", "thriller", "film noir", "erotica", "romance", "paranormal romance",
         "true crime"}
    ),
    "teenagers": frozenset({"horror", "war", "crime", "thriller", "film noir", "erotica", "true crime"}),
    "elders": frozenset({"horror", "erotica"}),
}  # fmt: skip
_HARSH = frozenset(
    {"gore", "torture", "rape", "sexual", "sex", "nudity", "erotic", "steamy", "raunchy", "crude", "gross",
     "gory", "brutal", "disturbing", "slasher", "cannibalism", "cannibal", "splatter", "sadism", "violence",
     "violent", "suicide", "drug"}
)  # words of themes and tones that are unfit for company of every kind  # fmt: skip
_TOLD = {"children": "fit for children", "teenagers": "fit for teenagers", "elders": "neither gory nor lewd"}


@dataclass(frozen=True)
class Years:
    """A span of years, both ends included."""

    first: int | None = None
    last: int | None = None

    def has(self, year: int) -> bool:
        """Whether a year lies in the span."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)

    @property
    def told(self) -> str:
        """The span in words.

        >>> Years(1980, 1989).told, Years(None, 1969).told, Years(2014, 2014).told
        ('from 1980 to 1989', 'up to 1969', 'from 2014')
        """
        if self.first is None:
            return f"up to {self.last}"
        if self.last is None:
            return f"from {self.first} on"
        return f"from {self.first}" if self.first == self.last else f"from {self.first} to {self.last}"


@dataclass(frozen=True)
class Filters:
    """What is asked of items besides taste.

    Of each group in `wanted` one trait must hold, of `unwanted` none may. `words` are what no condition says;
    `unknown` is what is asked and the catalogue does not know, in words for who asked.
    """

    kinds: tuple[str, ...] = ()
    unwanted_kinds: tuple[str, ...] = ()
    wanted: tuple[tuple[Trait, ...], ...] = ()
    unwanted: tuple[Trait, ...] = ()
    years: tuple[Years, ...] = ()
    unwanted_years: tuple[Years, ...] = ()
    company: Company | None = None
    count: int | None = None
    words: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is a condition at all."""
        return bool(self.kinds or self.unwanted_kinds or self.telling)

    @property
    def telling(self) -> bool:
        """Whether there is a condition besides the kind."""
        return bool(
            self.wanted or self.unwanted or self.years or self.unwanted_years or self.company or self.unknown
        )

    def allow(self, item: Item) -> bool:
        """Whether an item meets every condition; one without a year meets none about years."""
        return (
            (not self.kinds or item.kind in self.kinds)
            and item.kind not in self.unwanted_kinds
            and all(any(item.item_id in trait.items for trait in group) for group in self.wanted)
            and not any(item.item_id in trait.items for trait in self.unwanted)
            and self._in_time(item)
            and (self.company is None or fits(item, self.company))
        )

    def _in_time(self, item: Item) -> bool:
        if not self.years and not self.unwanted_years:
            return True
        if item.year is None:
            return False
        wanted = not self.years or any(span.has(item.year) for span in self.years)
        return wanted and not any(span.has(item.year) for span in self.unwanted_years)

    @property
    def told(self) -> str:
        """The conditions in words, "" for none."""
        parts = [" or ".join(trait.name for trait in group) for group in self.wanted]
        parts += [" or ".join(span.told for span in self.years)] if self.years else []
        parts += [_TOLD[self.company]] if self.company else []
        parts += [f"not {trait.name}" for trait in self.unwanted]
        parts += [f"not {span.told}" for span in self.unwanted_years]
        kinds = [plural(kind) for kind in self.kinds]
        no_kinds = [f"no {plural(kind)}" for kind in self.unwanted_kinds]
        return ", ".join([*([" or ".join(kinds)] if kinds else []), *parts, *no_kinds])


NO_FILTERS = Filters()


def fits(item: Item, company: Company) -> bool:
    """Whether an item is fit to be watched or read with somebody, by its genres and themes.

    For children it must say that it is for them: animation alone is no promise.
    """
    genres = {genre.lower() for genre in item.genres}
    words = {word for said in (*item.themes, *item.tones) for word in common(said).split()}
    fit = not genres & _UNFIT[company] and not words & _HARSH
    return fit and (company != "children" or bool(genres & FOR_CHILDREN))


def plural(kind: str) -> str:
    """A kind of items as a plural noun.

    >>> plural("movie"), plural("series"), plural("book")
    ('films', 'series', 'books')
    """
    return {"movie": "films", "series": "series"}.get(kind, f"{kind}s")
