"""The list of what was found, as HTML: each title with the taste that brought it, and how it moved.

A title opens to what it is about; "Seen it" and "Not for me" are the two words that people say to a list.
"""

from collections.abc import Sequence
from html import escape

from blue.datatypes import Item, Movement, Profile, RankedItem, Ranking
from blue.items import link_of
from blue.ui.html import mark, message
from blue.ui.words import say

# One listener for the whole list.
LISTEN = """element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-say]');
  if (button) trigger('input', {item_id: button.closest('tr').dataset.item, say: button.dataset.say});
});"""
SEEN, NOT_FOR_ME = "seen", "not for me"

_ACTION = '<button type="button" data-say="{say}" aria-label="{words}: {title}">{words}</button>'


def ranking(
    shown: Ranking, profile: Profile, arrived: Sequence[Movement] | None, left: Sequence[Movement], top: int
) -> str:
    """The ranked items as a table; `arrived` holds one movement for each row, None when there is nothing
    to compare with."""
    if not shown.items:
        return message(say("list.nothing"), "warn")
    moves = arrived or [None] * len(shown.items)
    mixed = len({entry.item.kind for entry in shown.items[:top]}) > 1
    rows = "".join(
        _row(entry, profile, move, mixed) for entry, move in zip(shown.items[:top], moves, strict=False)
    )
    head = (
        '<tr><th scope="col" class="rank">#</th><th scope="col" class="move">'
        f'<abbr title="{say("list.moved_help")}">{say("list.moved")}</abbr></th>'
        f'<th scope="col">{say("history.head_title")}</th><th scope="col" class="taste">'
        f'<abbr title="{say("list.taste_help")}">{say("list.taste")}</abbr></th>'
        f'<th scope="col" class="say"><span class="sr-only">{say("list.say")}</span></th></tr>'
    )
    return (
        f'<table class="ranking{"" if arrived else " unmoved"}"><caption class="sr-only">'
        f"{say('list.nearest')}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"
        f"{_left_list(left)}"
    )


def _row(entry: RankedItem, profile: Profile, move: Movement | None, mixed: bool) -> str:
    item = entry.item
    why = say("list.whole") if entry.sentence is None else profile.sentences[entry.sentence].text
    brought_by = mark(entry.sentence) if entry.sentence is not None else "–"
    slide = (move.old_rank - move.new_rank) if move and move.old_rank else 0
    return (
        f'<tr data-item="{escape(item.item_id)}" style="--slide:{max(-12, min(12, -slide))}" '
        f'class="{_movement_class(move)}"><td class="rank">{entry.rank}</td>'
        f'<td class="move">{movement_text(move)}</td>'
        f'<td class="title"><details><summary><span class="name">{escape(item.title)}</span> '
        f"{_facts(item, mixed)}</summary>{_about(entry, why)}</details></td>"
        f'<td class="taste" title="{escape(say("list.brought_by", why=why))}">{brought_by}</td>'
        f'<td class="say">{_actions(item)}</td></tr>'
    )


def _actions(item: Item) -> str:
    said = ((SEEN, say("list.seen")), (NOT_FOR_ME, say("list.not_for_me")))
    return "".join(_ACTION.format(say=say, words=words, title=escape(item.title)) for say, words in said)


def _facts(item: Item, mixed: bool) -> str:
    """Year and author; the kind where the list mixes kinds."""
    author = f", {item.makers[0]}" if item.kind == "book" and item.makers else ""
    year = f"{item.year}" if item.year else ""
    kind = f'<span class="kind">{escape(item.kind)}</span>' if mixed else ""
    return f'<span class="facts">{escape(year + author)} {kind}</span>'


def _about(entry: RankedItem, why: str) -> str:
    """What opens under a title: the sentence that brought it, and what the catalogue knows of it."""
    item = entry.item
    lines = (
        (say("list.here"), why),
        (say("list.by"), ", ".join(item.makers)),
        (say("list.of_genres"), ", ".join(item.genres)),
        (say("list.about"), ", ".join(item.themes)),
        (say("list.manner"), ", ".join(item.tones)),
    )
    read_on = say("list.read_on")
    link = f'<a href="{escape(link_of(item))}" target="_blank" rel="noopener">{read_on}</a>'
    shown = "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in lines if text)
    return f'<dl class="about">{shown}</dl><p class="hint">{link}</p>'


def _movement_class(move: Movement | None) -> str:
    if move is None or move.old_rank == move.new_rank:
        return "still"
    return "entered" if move.old_rank is None else "up" if move.new_rank < move.old_rank else "down"


def movement_text(move: Movement | None) -> str:
    """How an item moved, with an arrow and in words."""
    if move is None:
        return ""
    if move.old_rank is None:
        return f'<span title="{say("list.new_help")}">{say("list.new")}</span>'
    difference = move.old_rank - move.new_rank
    if difference == 0:
        return f'<span aria-label="{say("list.still")}">–</span>'
    arrow, word = ("▲", "list.up") if difference > 0 else ("▼", "list.down")
    return (
        f'<span title="{say("list.places", old=move.old_rank, new=move.new_rank)}" '
        f'aria-label="{say(word, n=abs(difference))}">'
        f"{arrow}{abs(difference)}</span>"
    )


def _left_list(left: Sequence[Movement]) -> str:
    if not left:
        return ""
    names = ", ".join(f"{escape(move.item.title)} <small>{_places(move)}</small>" for move in left)
    return f'<p class="left"><b>{say("list.left")}</b> {names}</p>'


def _places(move: Movement) -> str:
    if not move.new_rank:
        return say("list.was", old=move.old_rank)
    return say("list.was_is", old=move.old_rank, new=move.new_rank)
