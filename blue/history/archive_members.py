"""The members of a service's archive -> one history, and a note on what was read and what was not."""

from dataclasses import dataclass, replace
from datetime import datetime

from blue.datatypes import Interaction, ParsedHistory
from blue.errors import HistoryError, WishListError

_LISTED = 8  # members named in a note


@dataclass(frozen=True)
class Member:
    """One file of the archive: what it was read as, or why it was not."""

    name: str
    parsed: ParsedHistory | None = None
    wishes: tuple[Interaction, ...] = ()
    refusal: str = ""


def joined(members: list[Member]) -> ParsedHistory:
    """What the members say together.

    Raises:
        HistoryError: none holds a history.
        WishListError: they hold wish lists only.
    """
    read = [member for member in members if member.parsed]
    wishes = [
        wish
        for member in members
        for wish in (*member.wishes, *(member.parsed.wish_list if member.parsed else ()))
    ]
    if not read and wishes:
        raise WishListError(
            f"This archive holds a wish list ({len(wishes):,} titles), not a history.", tuple(wishes)
        )
    if not read:
        raise HistoryError(_nothing_known(members))
    interactions = _merged([member.parsed for member in read])
    main = max(read, key=lambda member: len(member.parsed.interactions)).parsed
    known = {interaction.title.casefold() for interaction in interactions}
    skipped = tuple(
        replace(row, reason=f"{short(member.name)}: {row.reason}")
        for member in read
        for row in member.parsed.skipped
    )
    notes = (_about(members), *dict.fromkeys(note for member in read for note in member.parsed.notes))
    wished = tuple(one for one in wishes if one.title.casefold() not in known)
    return ParsedHistory(main.format, interactions, skipped, notes, wished)


def _nothing_known(members: list[Member]) -> str:
    refusals = [member.refusal for member in members if member.refusal]
    if told := next((refusal for refusal in refusals if refusal.startswith("This is a history of")), ""):
        return told
    names = ", ".join(short(member.name) for member in members[:_LISTED]) or "no text"
    return f"This zip archive holds no history that is known, only {names}. {' '.join(refusals[:1])}".strip()


def _about(members: list[Member]) -> str:
    read = [
        f"{short(member.name)} ({len(member.parsed.interactions):,})" for member in members if member.parsed
    ]
    wished = [
        f"{short(member.name)} (a wish list of {len(member.wishes):,})" for member in members if member.wishes
    ]
    others = [short(member.name) for member in members if not member.parsed and not member.wishes]
    left = ", ".join([*wished, *others][:_LISTED])
    more = len(wished) + len(others) - _LISTED
    tail = f" Not read: {left}{f' and {more} more' if more > 0 else ''}." if left else ""
    return f"From the archive: {', '.join(read[:_LISTED])}.{tail}"


def _merged(parts: list[ParsedHistory]) -> tuple[Interaction, ...]:
    """One interaction a title, oldest first; two rows agree if neither year nor kind speaks against it."""
    merged: dict[str, list[Interaction]] = {}
    for part in parts:
        for interaction in part.interactions:
            same = merged.setdefault(interaction.title.casefold(), [])
            at = next((i for i, other in enumerate(same) if _agree(interaction, other)), None)
            if at is None:
                same.append(interaction)
            else:
                same[at] = _both(same[at], interaction)
    found = [one for same in merged.values() for one in same]
    return tuple(sorted(found, key=lambda one: one.time or datetime.min))


def _agree(one: Interaction, other: Interaction) -> bool:
    return all(
        None in (mine, theirs) or mine == theirs
        for mine, theirs in ((one.year, other.year), (one.kind, other.kind))
    )


def _both(first: Interaction, second: Interaction) -> Interaction:
    """Two rows of one title; the mark is that of the ratings, which come last."""
    return replace(
        first,
        rating=first.rating if second.rating is None else second.rating,
        time=first.time or second.time,
        kind=first.kind or second.kind,
        year=first.year if first.year is not None else second.year,
        watches=max(first.watches or 0, second.watches or 0) or None,
    )


def short(name: str) -> str:
    """A member's name without its folders, as it is told."""
    return name.rpartition("/")[2][:60]
