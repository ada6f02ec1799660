"""What two people would both like, as HTML: each title with its places in both lists and why."""

from html import escape

from blue.datatypes import Profile
from blue.inspection import SHARED_TASTE, Both
from blue.ui.html import mark, named
from blue.ui.words import say

_COSINE = f"The cosine of the two sentences; from {SHARED_TASTE:g} on they count as the same taste"


def both(found: Both) -> str:
    """The shared tastes, then the titles; the marks are those of each person's own sentences."""
    yours, theirs = (person.profile for person in found.people)
    rows = "".join(
        f'<tr><td class="row">{rank}</td><th scope="row">{named(one.item)}</th>'
        + "".join(
            _place(whose, place, number, profile)
            for whose, place, number, profile in zip(
                ("Yours", "Theirs"), one.ranks, one.sentences, (yours, theirs), strict=True
            )
        )
        + "</tr>"
        for rank, one in enumerate(found.items, start=1)
    )
    columns = ("history.head_title", "together.yours", "together.theirs")
    head = "".join(f'<th scope="col">{say(key)}</th>' for key in columns)
    return (
        f'{_shared(found)}<h3>{say("together.both")}</h3><div class="scroll" tabindex="0" role="region" '
        f'aria-label="{say("together.both")}"><table class="numbers together"><caption>'
        f"{say('together.places', n=found.candidates)}</caption><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _place(whose: str, place: int, number: int | None, profile: Profile) -> str:
    if number is None:
        return f'<td data-whose="{whose}">{place:,}</td>'
    why = escape(profile.sentences[number].text)
    return (
        f'<td data-whose="{whose}"><span class="place">{place:,}</span> {mark(number)} '
        f'<span class="why">{why}</span></td>'
    )


def _shared(found: Both) -> str:
    """Which sentences say the same, each with the other's and how close they are."""
    yours, theirs = (person.profile.sentences for person in found.people)
    pairs = "".join(
        f"<li>{mark(a)} {escape(yours[a].text)} <b>·</b> {mark(b)} {escape(theirs[b].text)} "
        f'<span class="num" title="{_COSINE}">{pair.similarity:.2f}</span></li>'
        for pair in found.shared
        for a, b in [pair.sentences]
    )
    said = (
        f'<ul class="pairs">{pairs}</ul>' if pairs else f'<p class="hint">{say("together.none_shared")}</p>'
    )
    return f"<h3>{say('together.shared')}</h3>{said}"
