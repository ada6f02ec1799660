"""The history as an editable table: each row with its stars to click, its match to correct, and a way out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from blue.datatypes import Interaction, Item
from blue.errors import HistoryError
from blue.ui.words import say

SHOWN_ROWS = 300  # the most recent ones; a longer table slows a browser and nobody edits row 5,000
HALVES = 10  # steps of the stars: half a star each

# One listener for the whole table; `blue.rows` is in assets/figures.js.
LISTEN = "blue.rows(element, (data) => trigger('input', data));"

_ORDERS = {"newest": "history.newest", "title": "history.by_title", "stars": "history.by_stars"}


@dataclass(frozen=True)
class RowChange:
    """What a visitor did to one row: other stars ("" for none), taken out, put back, or "not this one"."""

    row: int  # 0-based position in the history
    stars: str | None = None
    removed: bool | None = None
    wrong: bool = False


def table(
    interactions: Sequence[Interaction], items: Mapping[str, Item], removed: Collection[int] = ()
) -> str:
    """The history as HTML, newest first, as people remember it; `items` are the catalogue's by id."""
    if not interactions:
        return ""
    shown = list(enumerate(interactions))[-SHOWN_ROWS:]
    rows = "".join(
        _row(position, one, items.get(one.item_id or ""), position in removed)
        for position, one in reversed(shown)
    )
    hidden = len(interactions) - len(shown)
    recent = say("history.recent", shown=len(shown), n=len(interactions))
    more = f'<p class="hint">{recent}</p>' if hidden else ""
    return (
        f'{_tools()}<div class="rows" tabindex="0" role="region" aria-label="{say("history.title")}"><table>'
        f"{_head()}<tbody>{rows}</tbody></table></div>{more}"
    )


def _tools() -> str:
    orders = "".join(f'<option value="{value}">{say(key)}</option>' for value, key in _ORDERS.items())
    return (
        f'<div class="row-tools"><input type="search" placeholder="{say("history.search")}" '
        f'aria-label="{say("history.search_label")}"><select aria-label="{say("history.order")}">{orders}'
        "</select></div>"
    )


def _head() -> str:
    return (
        f'<thead><tr><th scope="col">{say("history.head_title")}</th><th scope="col">'
        f'{say("history.head_stars")}</th><th scope="col"><span class="sr-only">{say("history.head_change")}'
        "</span></th></tr></thead>"
    )


def _row(position: int, one: Interaction, item: Item | None, removed: bool) -> str:
    title = escape(one.title)
    return (
        f'<tr{" class=removed" if removed else ""} data-row="{position}"><td dir="auto">{title} '
        f"{_times(one.watches)}{_match(one, item)}</td><td>{_stars(one.rating, title)}</td>"
        f'<td><button type="button" class="out" aria-pressed="{str(removed).lower()}" '
        f'aria-label="{say("history.take_out", title=title)}">{"↺" if removed else "✕"}</button></td></tr>'
    )


def _times(watches: int | None) -> str:
    """How often its file says that it was seen, read or played; once says nothing."""
    return (
        f'<small class="times">{say("history.times", n=watches)}</small> ' if watches and watches > 1 else ""
    )


def _match(one: Interaction, item: Item | None) -> str:
    """What the catalogue takes the title for, and the button to say that it is another."""
    title = escape(one.title)
    if item is None:
        return (
            f'<button type="button" class="wrong unknown" title="{say("history.unmatched_help")}" '
            f'aria-label="{say("history.unmatched")}: {title}">{say("history.unmatched")}</button>'
        )
    year = "" if item.year is None or str(item.year) in one.title else str(item.year)
    told = year if item.title.casefold() in one.title.casefold() else f"→ {item.title} {year}"
    return (
        f'<small>{escape(told)}</small><button type="button" class="wrong" '
        f'title="{say("history.wrong_help")}" aria-label="{say("history.wrong")} {title}">≠</button>'
    )


def _stars(rating: float | None, title: str) -> str:
    """Five stars that are a slider: clicked, dragged, or moved by half a star with the keys; 0 is none."""
    value = 0.0 if rating is None else rating
    said = "–" if rating is None else f"{rating:g}"
    return (
        f'<span class="stars" style="--share:{value / 5:.2f}"><i>★★★★★</i><i class="on">★★★★★</i>'
        f'<input type="range" min="0" max="{HALVES}" step="1" value="{round(value * 2)}" '
        f'aria-label="{say("history.stars_for", title=title)}" aria-valuetext="{said}"></span>'
        f"<output>{said}</output>"
    )


def apply(
    interactions: Sequence[Interaction], removed: Collection[int], change: RowChange
) -> tuple[tuple[Interaction, ...], frozenset[int]]:
    """The history after a change of one row.

    Raises:
        HistoryError: there is no such row, or the stars are not 0.5-5.
    """
    check(interactions, change.row)
    edited, gone = list(interactions), set(removed)
    if change.stars is not None:
        edited[change.row] = replace(edited[change.row], rating=_rating(change.stars))
    if change.removed is not None:
        (gone.add if change.removed else gone.discard)(change.row)
    return tuple(edited), frozenset(gone)


def check(interactions: Sequence[Interaction], row: int) -> None:
    """HistoryError if there is no such row."""
    if not 0 <= row < len(interactions):
        raise HistoryError("This row is not in the history any more. Read it again.")


def _rating(stars: str) -> float | None:
    if stars == "":
        return None
    try:
        rating = float(stars)
    except ValueError:
        rating = float("nan")
    if not 0.5 <= rating <= 5:
        raise HistoryError(f"'{stars[:20]}' is not a rating. Choose 0.5 to 5 stars, or none.")
    return rating
