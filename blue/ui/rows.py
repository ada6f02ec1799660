"""The history as an editable table: every row with its stars to choose and a button to take it out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from html import escape

from blue.datatypes import Interaction
from blue.errors import HistoryError

SHOWN_ROWS = 300  # the most recent ones; a longer table slows a browser and nobody edits row 5,000
STARS = ("", *(f"{half / 2:g}" for half in range(10, 0, -1)))

# One listener for the whole table. The row changes its looks here, so that the focus stays where it is.
LISTEN = """
element.addEventListener('change', (event) => {
  const stars = event.target.closest('select[data-row]');
  if (stars) trigger('input', {row: Number(stars.dataset.row), stars: stars.value});
});
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-row]');
  if (!button) return;
  const removed = button.closest('tr').classList.toggle('removed');
  button.setAttribute('aria-pressed', removed);
  button.textContent = removed ? '↺' : '✕';
  trigger('input', {row: Number(button.dataset.row), removed});
});
"""


@dataclass(frozen=True)
class RowChange:
    """What a visitor did to one row: other stars ("" for none), or taken out, or put back."""

    row: int  # 0-based position in the history
    stars: str | None = None
    removed: bool | None = None


def table(interactions: Sequence[Interaction], removed: Collection[int] = ()) -> str:
    """The history as HTML, newest first, as people remember it."""
    if not interactions:
        return ""
    shown = list(enumerate(interactions))[-SHOWN_ROWS:]
    rows = "".join(_row(position, one, position in removed) for position, one in reversed(shown))
    hidden = len(interactions) - len(shown)
    more = (
        f'<p class="hint">The {len(shown)} most recent of {len(interactions):,} rows.</p>' if hidden else ""
    )
    return (
        '<div class="rows" tabindex="0" role="region" aria-label="Your history"><table><thead><tr>'
        '<th scope="col">Title</th><th scope="col">Stars</th><th scope="col">'
        f'<span class="sr-only">Take out</span></th></tr></thead><tbody>{rows}</tbody></table></div>{more}'
    )


def _row(position: int, one: Interaction, removed: bool) -> str:
    title = escape(one.title)
    facts = f" <small>{one.year}</small>" if one.year and str(one.year) not in one.title else ""
    if one.item_id is None:
        facts += (
            ' <small class="unknown" title="It informs the profile all the same">not in the catalogue</small>'
        )
    chosen = "" if one.rating is None else f"{one.rating:g}"
    stars = STARS if chosen in STARS else (chosen, *STARS)
    options = "".join(_option(value, value == chosen) for value in stars)
    return (
        f'<tr{" class=removed" if removed else ""}><td dir="auto">{title}{facts}</td>'
        f'<td><select data-row="{position}" aria-label="Stars for {title}">{options}</select></td>'
        f'<td><button type="button" data-row="{position}" aria-pressed="{str(removed).lower()}" '
        f'aria-label="Take out {title}">{"↺" if removed else "✕"}</button></td></tr>'
    )


def _option(stars: str, chosen: bool) -> str:
    return f'<option value="{stars}"{" selected" if chosen else ""}>{f"★ {stars}" if stars else "–"}</option>'


def apply(
    interactions: Sequence[Interaction], removed: Collection[int], change: RowChange
) -> tuple[tuple[Interaction, ...], frozenset[int]]:
    """The history after a change of one row.

    Raises:
        HistoryError: there is no such row, or the stars are not 0.5-5.
    """
    if not 0 <= change.row < len(interactions):
        raise HistoryError("This row is not in the history any more. Read it again.")
    edited, gone = list(interactions), set(removed)
    if change.stars is not None:
        edited[change.row] = replace(edited[change.row], rating=_rating(change.stars))
    if change.removed is not None:
        (gone.add if change.removed else gone.discard)(change.row)
    return tuple(edited), frozenset(gone)


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
