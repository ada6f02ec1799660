"""The origins of "Why" as HTML: items and sentences, evidence in the history, what would bring an item up."""

import math
from collections.abc import Sequence
from html import escape

from blue.datatypes import Interaction, Profile
from blue.inspection import Attribution, Edit, Evidence, SensitiveClaim, SentenceEffect, WhatIf
from blue.ui import html, terms
from blue.ui.html import named, rated
from blue.ui.words import say

SHOWN_SUPPORT = 3  # titles in a line


def attribution(found: Attribution, profile: Profile) -> str:
    """Sentences x items as a heat map that can be read: numbers, marks and words."""
    values = [value for value in found.closeness.ravel() if not math.isnan(value)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    columns = "".join(
        f'<th scope="col" title="{escape(sentence.text)}">{html.mark(number)}</th>'
        for number, sentence in enumerate(profile.sentences)
    )
    rows = "".join(
        f'<tr><th scope="row">{named(item)}</th>'
        + "".join(
            _heat_cell(found, sentence, column, low, high) for sentence in range(len(profile.sentences))
        )
        + f'<td class="words">{_because(found, column)}</td></tr>'
        for column, item in enumerate(found.items)
    )
    head = f'<th scope="col">Item</th>{columns}<th scope="col">Why it is here</th>'
    table = terms.table("How close each sentence is to each item", head, rows, "heat")
    return table + _how_attributed(found)


def _heat_cell(found: Attribution, sentence: int, column: int, low: float, high: float) -> str:
    value = float(found.closeness[sentence, column])
    if math.isnan(value):
        return '<td class="cell" title="This sentence is off, or only pushes away.">–</td>'
    heat = (value - low) / (high - low) if high > low else 0.0
    brought = " brought" if found.brought_by[column] == sentence else ""
    return (
        f'<td class="cell taste-{sentence % 5 + 1}{brought}" style="--heat:{heat:.2f}">'
        f"{terms.number(f'{value:.2f}', terms.CLOSENESS)}</td>"
    )


def _because(found: Attribution, column: int) -> str:
    """Which sentence brought an item, and which push against it, in words."""
    brought = found.brought_by[column]
    if brought is None:
        return "no sentence alone"
    effect = float(found.effects[brought, column])
    words = f"because of {html.mark(brought)} sentence {brought + 1}"
    words += (
        f" ({terms.number(html.signed(-effect), terms.EFFECT)} without it)" if not math.isnan(effect) else ""
    )
    against = [
        f"{html.mark(row)} {row + 1}"
        for row in range(len(found.effects))
        if row != brought and float(found.effects[row, column]) < -0.005
    ]
    return words + (f", pushed down by {', '.join(against)}" if against else "")


def _how_attributed(found: Attribution) -> str:
    if found.scoring == "facets":
        text = (
            "By taste, an item counts by its nearest sentence, and that one brought it; a fifth of its score "
            "is that of the whole text."
        )
    else:
        text = (
            "By leaving out: the profile is scored again without each sentence, and the one whose loss hurts "
            "the item most brought it. The cells are each sentence's own cosine."
        )
    return f'<p class="hint">{text}</p>'


def evidence(found: Sequence[Evidence], claims: Sequence[SensitiveClaim], profile: Profile) -> str:
    """Under each sentence, the titles of the history that speak for it; flags where none does."""
    rows = "".join(
        f'<li class="ground"><p>{html.mark(one.sentence)} {escape(profile.sentences[one.sentence].text)}</p>'
        f"{_support(one)}{_sensitive(one.sentence, claims)}</li>"
        for one in found
    )
    return f'<ul class="grounds">{rows}</ul>'


def _support(one: Evidence) -> str:
    listed = "".join(f"<li>{escape(rated(support.interaction))}</li>" for support in one.support)
    if one.supported:
        word = "Your low ratings say so" if one.rejects else "Your history says so"
        return f'<p class="hint">{word}:</p><ul class="support">{listed}</ul>'
    unsaid = f" None of your titles says: {escape(', '.join(one.missing))}." if one.missing else ""
    nearest = f'<p class="hint">What comes nearest:</p><ul class="support">{listed}</ul>' if listed else ""
    return f'<p class="flag"><b>?</b> Nothing in the history supports this.{unsaid}</p>{nearest}'


def _sensitive(sentence: int, claims: Sequence[SensitiveClaim]) -> str:
    return "".join(
        f'<p class="flag sensitive"><b>!</b> It says something about {_topic(claim)} '
        f"(“{escape(claim.words)}”). Nobody should conclude that from what you watch or read.</p>"
        for claim in claims
        if claim.sentence == sentence
    )


def _topic(claim: SensitiveClaim) -> str:
    return say(f"topic.{claim.topic}")


def ground(one: Evidence, claims: Sequence[SensitiveClaim], history: Sequence[Interaction]) -> str:
    """The same in a line, for the column of the profile; it names the rows of the history that it rests on.

    Args:
        history: every row of the table; the rows that support the sentence wear its mark there.
    """
    if not one.supported:
        words, rows = f'<span class="flag"><b>?</b> {say("profile.unsupported")}</span>', []
    else:
        shown = [support.interaction for support in one.support[:SHOWN_SUPPORT]]
        words = f"{say('profile.because')} " + ", ".join(
            f"<b>{escape(rated(support))}</b>" for support in shown
        )
        rows = [str(row) for row, interaction in enumerate(history) if interaction in shown]
    return f'<p data-rows="{",".join(rows)}">{html.mark(one.sentence)} {words}{_short_claim(one, claims)}</p>'


def _short_claim(one: Evidence, claims: Sequence[SensitiveClaim]) -> str:
    return "".join(
        f' <span class="flag sensitive"><b>!</b> {say("profile.speaks_of", topic=_topic(claim))}</span>'
        for claim in claims
        if claim.sentence == one.sentence
    )


def what_if(found: WhatIf) -> str:
    """An item's rank now, the sentences that matter to it, and the edits with the rank each would give."""
    seen = " It is in your history, so your list never shows it." if found.in_history else ""
    rows = "".join(_edit_row(position, edit, found.rank) for position, edit in enumerate(found.edits))
    head = (
        f'<th scope="col">Edit</th>{terms.head("It would be at", terms.WOULD_RANK)}'
        '<th scope="col">Moved</th><th scope="col"><span class="sr-only">Apply</span></th>'
    )
    table = (
        terms.table("Edits and the rank each would give", head, rows, "edits")
        if rows
        else '<p class="hint">No edit that we try moves it up. Write a sentence about it yourself.</p>'
    )
    return (
        f'<p class="headline" role="status"><b>{named(found.item)}</b> is at <b data-rank="{found.rank}">'
        f"{terms.number(f'rank {found.rank:,}', terms.RANK)}</b> of {found.candidates:,}, similarity "
        f"{terms.number(f'{found.similarity:.3f}', terms.SIMILARITY)}.{seen}</p>"
        f"{_effect('Helps it most', found.helps)}{_effect('Hurts it most', found.hurts)}{table}"
    )


def _effect(words: str, effect: SentenceEffect | None) -> str:
    if effect is None:
        return ""
    without = f"{effect.rank_without:,}" if effect.rank_without else "nothing left to rank"
    return (
        f"<p>{words}: {html.mark(effect.sentence)} sentence {effect.sentence + 1}; without it: "
        f"{terms.number(f'rank {without}' if effect.rank_without else without, terms.RANK_WITHOUT)}.</p>"
    )


def _edit_row(position: int, edit: Edit, now: int) -> str:
    moved = now - edit.rank
    arrow = f'<span class="{"up" if moved > 0 else "down"}">{"▲" if moved > 0 else "▼"}{abs(moved):,}</span>'
    return (
        f'<tr><th scope="row">{html.mark(edit.sentence)} {escape(edit.words)}</th>'
        f'<td data-rank="{edit.rank}">{terms.number(f"{edit.rank:,}", terms.WOULD_RANK)}</td>'
        f"<td>{arrow if moved else '–'}</td>"
        f'<td><button type="button" data-edit="{position}" aria-label="Apply: {escape(edit.words)}">Apply'
        "</button></td></tr>"
    )
