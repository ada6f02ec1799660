"""What the page "People" shows, as HTML; every text of a person is escaped here."""

from collections.abc import Mapping, Sequence
from html import escape

from blue.datatypes import Item
from blue.inspection import sensitive_claims
from blue.people import MARKS, Audit, BulkReplay, Described, Page, Person
from blue.people.reporting import WORDS, group_name
from blue.people.store import Hit
from blue.profile import stance
from blue.session import Session, Version, to_fragment
from blue.ui import html

# One listener for a whole table: a button says what was picked.
LISTEN = """element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-pick]');
  if (button) trigger('input', {kind: button.dataset.pick, value: button.dataset.value});
});"""
SHOWN_TITLES = 60
NOT_JUDGED = "–"
NOBODY = "Nobody fits. Say it in other words, or leave out a filter."


def pick(kind: str, value: str, words: str) -> str:
    """A button that says what was picked."""
    return (
        f'<button type="button" class="pick" data-pick="{kind}" data-value="{escape(value)}">'
        f"{escape(words)}</button>"
    )


def people(page: Page, within: str) -> str:
    """A page of people, the sentence that was found marked."""
    if not page.hits:
        return html.message(NOBODY, "warn")
    rows = "".join(map(_row, page.hits))
    of = f" of {within}" if within else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="People"><table class="people">'
        f"<caption>{html.counted(page.total, 'person').replace('persons', 'people')}{escape(of)}, "
        f"page {page.number} of {page.pages}</caption><thead><tr>"
        '<th scope="col">Person</th><th scope="col" class="count">Titles</th>'
        '<th scope="col" class="count">Close</th><th scope="col">Profile</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(hit: Hit) -> str:
    person, near = hit.person, hit.near
    close = f"{near.similarity:.2f}" if near else "–"
    return (
        f'<tr><th scope="row">{pick("person", person.user_id, person.user_id)}</th>'
        f'<td class="count">{person.titles_read}</td><td class="count">{close}</td>'
        f"<td>{_sentences(person, near.number if near else None)}</td></tr>"
    )


def _sentences(person: Person, found: int | None) -> str:
    if person.error:
        return f'<span class="gone">{escape(person.error)}</span>'
    texts = [
        f"<mark>{escape(text)}</mark>" if number == found else escape(text)
        for number, text in enumerate(person.sentences)
    ]
    return " ".join(texts)


def person(one: Person, segment: str, items: Mapping[str, Item]) -> str:
    """One person: the profile by sentence, the segment, the history where it is kept."""
    if one.error:
        profile = html.message(f"No profile: {one.error}", "warn")
    else:
        claims = {claim.sentence: claim for claim in sensitive_claims(one.sentences)}
        lines = "".join(_said(number, text, claims) for number, text in enumerate(one.sentences))
        profile = f'<ul class="said">{lines}</ul>'
    link = f'<a class="open" href="./#{_fragment(one)}">Open in the studio</a>' if one.sentences else ""
    place = f"; segment {escape(segment)}" if segment else ""
    return (
        f'<article class="one"><h3>{escape(one.user_id)}</h3>'
        f'<p class="hint">{html.counted(one.titles_read, "title")} read; written by '
        f"{escape(one.profiler)}{place}</p>{profile}{link}{_history(one, items)}</article>"
    )


def _said(number: int, text: str, claims: Mapping) -> str:
    notes = [] if stance(text).liked else ["pushes away"]
    if number in claims:
        notes.append(f"states {claims[number].topic}")
    told = f' <small class="flag">{", ".join(notes)}</small>' if notes else ""
    return f"<li>{html.mark(number)} {escape(text)}{told}</li>"


def _history(one: Person, items: Mapping[str, Item]) -> str:
    if one.history is None:
        return '<p class="hint">These files keep no histories (<code>--keep-histories</code>).</p>'
    unknown = " <small>not in this catalogue</small>"
    lines = "".join(
        f"<li>{escape(html.rated(line))}{'' if line.item_id in items else unknown}</li>"
        for line in reversed(one.history[-SHOWN_TITLES:])
    )
    more = f", the last {SHOWN_TITLES} of {len(one.history)}" if len(one.history) > SHOWN_TITLES else ""
    return (
        f"<details><summary>History, newest first{more}</summary><ul>{lines}</ul></details>" if lines else ""
    )


def _fragment(one: Person) -> str:
    """The person as a link to the studio: what stands after # is sent to no server."""
    version = Version(1, one.profile, "written in bulk")
    return to_fragment(Session(one.history or (), versions=(version,), position=0), with_history=True)


def segments(found: Sequence[Described]) -> str:
    """The groups as a table; each can be looked at."""
    rows = "".join(
        f'<tr><th scope="row">{pick("segment", str(group.number), f"{group.number + 1}. {group.name}")}</th>'
        f'<td class="count">{group.people:,}</td>'
        f"<td>{escape(', '.join(phrase.text for phrase in group.phrases)) or '–'}</td>"
        f"<td>{escape(', '.join(item.title for item in group.items))}</td></tr>"
        for group in found
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Segments"><table class="people">'
        "<caption>Each named by its most typical sentence. Choose one to see its people.</caption><thead><tr>"
        '<th scope="col">Segment</th><th scope="col" class="count">People</th>'
        '<th scope="col">Says more than the others</th><th scope="col">Finds</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def audit(found: Audit) -> str:
    """A row for each group, a column for each mark; the people behind a figure can be looked at."""
    cells: dict[str, dict[str, str]] = {}
    for number, figure in enumerate(found.figures):
        low, high = figure.interval
        people = pick("figure", str(number), f"{figure.people_marked:,} of {figure.people:,} people")
        cells.setdefault(figure.group, {})[figure.mark] = (
            f"<b>{figure.share:.1%}</b> <small>({figure.marked:,} of {figure.sentences:,})</small><br>"
            f"{people} <small>{low:.0%} – {high:.0%}</small>"
        )
    marks = [mark for mark in MARKS if mark in cells.get("everybody", {})]
    rows = "".join(
        f'<tr><th scope="row">{escape(group_name(group, found.names))}</th>'
        f"{''.join(f'<td>{there.get(mark, NOT_JUDGED)}</td>' for mark in marks)}</tr>"
        for group, there in cells.items()
    )
    head = "".join(f'<th scope="col">{WORDS[mark]}</th>' for mark in marks)
    judged = (
        f"Support and titles are judged for the {found.with_history:,} people whose history is kept."
        if found.with_history
        else "These files keep no histories: nothing is said of support and of titles."
    )
    return (
        f'<p class="hint">{judged} Said by many: word for word by {found.repeated_from} people or more.</p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Audit"><table class="people">'
        "<caption>The share of sentences; below it, how many people have at least one such sentence, and "
        "Wilson's 95 % interval of their share. Choose one to see them.</caption>"
        f'<thead><tr><th scope="col">Who</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def replayed(found: BulkReplay, stopped: bool = False) -> str:
    """How far it is, and what moved among those who were looked at."""
    low, high = found.interval
    count, of = len(found.people), found.asked
    state = "done" if found.done else "warn" if stopped else "busy"
    told = html.message(
        f"{'Stopped at' if stopped else 'Looked at'} {count:,} of {of:,} people: of the first ten titles "
        f"{found.kept:.0%} stay on the average (95 %: {low:.0%} – {high:.0%}).",
        state,
    )
    bar = f'<progress max="{of}" value="{count}" aria-label="People looked at"></progress>'
    lists = "".join(
        f"<div><h4>{name}</h4><ol>{''.join(map(_counted_title, ones))}</ol></div>"
        for name, ones in (("Comes into most lists", found.entered), ("Leaves most lists", found.left))
        if ones
    )
    moved = "".join(
        f"<li>{pick('person', person.user_id, person.user_id)} <small>keeps {person.kept:.0%}</small></li>"
        for person in found.most_moved
    )
    return f'{told}{bar}<div class="moved">{lists}<div><h4>Moves most</h4><ul>{moved}</ul></div></div>'


def _counted_title(one: tuple[str, int]) -> str:
    return f"<li>{escape(one[0])} <small>{one[1]:,}</small></li>"
