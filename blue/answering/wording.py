"""Answers about titles, in words: what is recommended, whether one would be liked, why one is where it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from blue.answering.answers import Answer, Candidate, Question, RatingEstimate, Subject
from blue.answering.facts import Sureness
from blue.answering.filters import plural
from blue.answering.phrasing import (
    NOBODY,
    because,
    dated,
    in_stars,
    named,
    nearest,
    sentences_of,
    taste,
    with_stars,
)
from blue.answering.views import View
from blue.datatypes import Interaction
from blue.inspection import Evidence
from blue.profile import phrases

NEAR = 0.15  # share of its kind above an item, up to which a sentence is said to ask for it

Words = tuple[str, tuple[int, ...]]


def recommendation(question: Question, found: Sequence[Candidate], view: View) -> Words:
    """The items, each with the sentence that brought it; what was asked and is not known is said."""
    filters = question.filters
    like = f"like {named(question.items[0])}" if question.items else ""
    conditions = ", ".join(filter(None, ["among those you chose" if view.within else "", like, filters.told]))
    unknown = (
        f"The catalogue does not know {phrases.join(list(filters.unknown))}: that is not checked."
        if filters.unknown
        else ""
    )
    if not found:
        nothing = f"Nothing in the catalogue is {conditions}, beyond what you know. Ask for less at once."
        return "\n".join(filter(None, [nothing, unknown])), ()
    opening = {
        "profile": "From your profile",
        "history": "From your last titles",
        "none": "From the question alone, knowing nothing of you",
    }[view.context]
    opening += f", {conditions}:" if conditions else ":"
    lines = [f"{n}. {named(one.item)}{because(one, view)}" for n, one in enumerate(found, start=1)]
    wanted = filters.count or 0
    few = f"There are no more than these {len(found)}." if len(found) < wanted else ""
    return "\n".join(filter(None, [opening, *lines, few, unknown])), sentences_of(found, view)


def verdict(
    question: Question,
    candidate: Candidate,
    place: tuple[int, int],
    sure: Sureness,
    rating: RatingEstimate,
    rejection: int | None,
    view: View,
) -> Words:
    """Whether an item would be liked: its place among all of its kind, and its likely rating."""
    item, (rank, total) = candidate.item, place
    stars = ""
    if rating.stars is not None and rating.user_mean is not None:
        stars = f"Titles like it got {rating.stars:.1f} stars from you (your mean is {rating.user_mean:.1f})."
    at = f"Your profile puts {named(item)} at {rank:,} of {total:,} {plural(item.kind)}"
    if view.context == "history":
        at = f"Your last titles put {named(item)} at {rank:,} of {total:,} {plural(item.kind)}"
    if rejection is not None:
        why = f"; {taste(rejection, view)} speaks against it."
    else:
        why = because(candidate, view) if rank <= NEAR * total else nearest(candidate, view)
    cited = tuple(
        dict.fromkeys((*sentences_of([candidate], view), *((rejection,) if rejection is not None else ())))
    )
    if question.intent == "rating" and rating.stars is not None:
        return f"About {rating.stars:.1f} stars. {stars} {at}{why}", cited
    return f"{sure}. {at}{why} {stars}".strip(), cited


@dataclass(frozen=True)
class Side:
    """One title of a comparison; `place` is its rank and the number of its kind."""

    subject: Subject
    stars: float | None  # what it got, or would get
    candidate: Candidate | None
    place: tuple[int, int] | None

    @property
    def name(self) -> str:
        return named(self.subject.item) if self.subject.item else dated(self.subject.row)

    @property
    def merit(self) -> tuple[float, float]:
        """Stars of a title that is rated; of others the place, as a share from 0 (last) to 1 (first)."""
        near = 1 - self.place[0] / self.place[1] if self.place else 0.0
        return (self.stars or 0.0, near)


def compared(question: Question, sides: Sequence[Side], view: View) -> Answer:
    """Some titles, the best first: by what they got where all are rated, else by their places."""
    if view.context == "none":
        return Answer(question, view.given(), NOBODY, items=question.items)
    all_known = all(side.subject.row and side.stars is not None for side in sides)
    order = sorted(sides, key=lambda side: side.merit if all_known else side.merit[::-1], reverse=True)
    best = order[0]
    why = because(best.candidate, view) if best.candidate and not all_known else "."
    lines = [f"{n}. {side.name}: {_facts(side)}" for n, side in enumerate(order, start=1)]
    by = (
        "what you gave them"
        if all_known
        else ("your profile" if view.context == "profile" else "your last titles")
    )
    text = "\n".join([f"{best.name}, by {by}{why}", *lines])
    candidates = tuple(side.candidate for side in order if side.candidate)
    items = tuple(candidate.item for candidate in candidates)
    return Answer(question, view.given(candidates), text, sentences_of(candidates[:1], view), items)


def _facts(side: Side) -> str:
    parts = []
    if side.place and side.subject.item:
        parts.append(f"at {side.place[0]:,} of {side.place[1]:,} {plural(side.subject.item.kind)}")
    if side.stars is not None:
        known = side.subject.row is not None
        parts.append(
            f"you gave it {in_stars(side.stars)}" if known else f"titles like it got {side.stars:.1f} stars"
        )
    return "; ".join(parts) or "in your history, without a rating"


def why(
    question: Question,
    subject: Subject,
    candidate: Candidate,
    place: tuple[int, int],
    grounds: Evidence | None,
    view: View,
) -> Answer:
    """Why an item stands where it stands: its place, the sentence that brings it and what supports that."""
    item, (rank, total) = candidate.item, place
    text = f"{named(item)} is at {rank:,} of {total:,} {plural(item.kind)}"
    cited: list[int] = list(sentences_of([candidate], view))
    if view.context != "profile" or candidate.sentence is None:
        text += " by its likeness to your last titles." if view.context == "history" else "."
    elif rank <= NEAR * total:
        text += f" because of {taste(candidate.sentence, view)}."
    else:
        text += f"; no sentence asks for it, the nearest is {taste(candidate.sentence, view)}."
    rejection = view.taken_from(item)
    if rejection is not None:
        text += f" {taste(rejection, view).capitalize()} pushes it down."
        cited.append(rejection)
    rows: tuple[Interaction, ...] = ()
    if grounds and grounds.supported:
        rows = tuple(one.interaction for one in grounds.support)
        text += f" That sentence rests on {phrases.join([with_stars(row) for row in rows])} of your history."
    elif grounds:
        text += " Nothing in your history supports that sentence."
    if subject.row is not None and view.history:
        text += " You know it already, so it is not recommended."
    return Answer(question, view.given((candidate,)), text, tuple(dict.fromkeys(cited)), (item,), rows)
