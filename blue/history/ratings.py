"""Ratings in any notation -> 0.5-5 stars.

A notation that names its scale is taken at its word: `4/5`, `8/10`, `90%`, `5 stars`, `★★★½`. A bare number
is on the scale that the whole column speaks for (`infer_scale`). A bare 0 means "not rated", as in the
exports; `0/10` is the lowest rating there is, half a star.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MIN_STARS, MAX_STARS = 0.5, 5.0

_UNRATED = frozenset({"", "-", "–", "—", "n/a", "na", "none", "null", "unrated", "not rated", "no rating"})
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_STAR_WORDS = (
    r"(?:stars?|sterne?n?|étoiles?|etoiles?|estrellas?|stelle|stella|estrelas?|sterren|звезд[аы]?|星|★|⭐️?)"
)
_STARS = r"(?:[★⭐]\ufe0f?){1,10}½?(?:☆\ufe0f?){0,10}"
_EXPLICIT = (
    rf"(?:{_NUMBER}\s?(?:/|out of)\s?(?:100|10|20|4|5)|{_NUMBER}\s?%|{_NUMBER}\s?-?{_STAR_WORDS}|{_STARS})"
)
STARS_AT_START = re.compile(rf"(?P<rating>{_STARS})\s+(?=\S)")
_BARE_NUMBER = re.compile(rf"[+-]?(?:{_NUMBER}|nan|inf(?:inity)?)", re.IGNORECASE)
_FRACTION = re.compile(rf"({_NUMBER})\s?(?:/|out of)\s?(\d+)", re.IGNORECASE)
_PERCENT = re.compile(rf"({_NUMBER})\s?%")
_COUNTED_STARS = re.compile(rf"({_NUMBER})\s?-?{_STAR_WORDS}", re.IGNORECASE)
_DRAWN_STARS = re.compile(rf"{_STARS}|½")
# "Dune (4/5)", "Dune ★★★½": the notation alone says that it is a rating; "Fahrenheit 9/11" names no scale.
RATING_AT_END = re.compile(rf"(?<![\w.,/★⭐%])[(\[]?(?P<rating>{_EXPLICIT})[)\]]?$", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """A rating as written; `scale` is the best possible mark, or None where the notation does not say."""

    value: float
    scale: float | None


@lru_cache(maxsize=4096)  # a column has few different marks, each asked for three times
def read_mark(text: str) -> Mark | None:
    """A rating as written -> its mark, None for "not rated"; ValueError if it is no rating at all."""
    text = text.strip()
    if text.casefold() in _UNRATED:
        return None
    if len(text) > 40:
        raise ValueError("too long for a rating")
    if _BARE_NUMBER.fullmatch(text):
        return Mark(_number(text), None)
    if match := _FRACTION.fullmatch(text):
        return Mark(_number(match[1]), _number(match[2]))
    if match := _PERCENT.fullmatch(text):
        return Mark(_number(match[1]), 100.0)
    if match := _COUNTED_STARS.fullmatch(text):
        value = _number(match[1])
        return Mark(value, 5.0 if value <= 5 else 10.0)  # "8 stars" are of ten
    if _DRAWN_STARS.fullmatch(text):
        full, half, empty = text.count("★") + text.count("⭐"), text.count("½"), text.count("☆")
        return Mark(full + 0.5 * half, 10.0 if full + half + empty > 5 else 5.0)
    raise ValueError("not a rating")


def infer_scale(values: Sequence[float]) -> float:
    """The scale of a column of bare numbers: 5, 10 or 100.

    100 if most values are above 10; else 10 if more than a fifth of the others are above 5; else 5. So one
    mistyped 55 among marks from 1 to 5 does not turn all of them into a hundredth: it is out of scale.
    """
    up_to_5 = sum(value <= 5 for value in values)
    up_to_10 = sum(5 < value <= 10 for value in values)
    above_10 = len(values) - up_to_5 - up_to_10
    if above_10 > len(values) / 2:
        return 100.0
    return 10.0 if up_to_10 > 0.2 * (up_to_5 + up_to_10) else 5.0


def to_stars(mark: Mark, column_scale: float) -> float | None:
    """Stars in [0.5, 5] with two decimals, None for a bare 0; ValueError says why the mark is unusable."""
    scale = mark.scale or column_scale
    if not 0 <= mark.value < float("inf"):  # NaN compares false with everything
        raise ValueError("is not a rating")
    if mark.value > scale:
        raise ValueError(f"is above the best rating, {scale:g}")
    if mark.value == 0 and mark.scale is None:
        return None
    return max(MIN_STARS, round(mark.value / scale * MAX_STARS, 2))


def _number(text: str) -> float:
    return float(text.replace(",", "."))
