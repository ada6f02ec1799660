"""Answers about the person, in words: what the history holds, what is liked in it, what is avoided."""

from collections.abc import Mapping, Sequence

from blue.answering.answers import Answer, Feature, Question, Subject
from blue.answering.facts import FEWEST, Group, Part
from blue.answering.filters import Filters
from blue.answering.phrasing import (
    NOBODY,
    against_mean,
    capital,
    dated,
    in_stars,
    items_of,
    mean_rating,
    named,
    sentence,
    taste,
    titles,
    with_stars,
)
from blue.answering.views import View
from blue.answering.vocabulary import common
from blue.datatypes import Interaction
from blue.inspection import sensitive_claims
from blue.profile import phrases

SHOWN = 5  # rows or groups that are named


def known(question: Question, subject: Subject, view: View) -> Answer:
    """What the history says of a title: whether it is there, when, and what it got."""
    row = subject.row if view.context != "none" else None
    title = named(subject.item) if subject.item else (dated(row) if row else "this title")
    given = view.given()
    items = (subject.item,) if subject.item else ()
    if row is None:
        return Answer(question, given, f"No: {title} is not in your history.", items=items)
    when = f" on {row.time:%d %B %Y}" if row.time else ""
    if row.rating is None:
        text = f"You know {title}: your history has it{when}, without a rating."
    else:
        text = f"{_opinion(row, view)}: you gave {title} {in_stars(row.rating)}{when}{against_mean(view)}."
    if subject.item is None:
        text += " The catalogue lacks it, so that nothing else can be said of it."
    return Answer(question, given, text, items=items, rows=(row,))


def _opinion(row: Interaction, view: View) -> str:
    mean = mean_rating(view)
    if row.rating >= 4 or (mean is not None and row.rating >= max(mean, 3)):
        return "Yes, you liked it"
    return "No, you did not like it" if row.rating < 3 else "You know it"


def likes(question: Question, part: Part, view: View) -> Answer:
    """Whether something is liked: the ratings of what has it against those of everything, and the profile."""
    name = question.filters.told or "this"
    cited = _mentions(question.filters, view)
    said = "".join(f" Your profile says: “{sentence(n, view)}”." for n in cited)
    if view.context == "none":
        return Answer(question, view.given(), NOBODY)
    if question.filters.unknown:
        unknown = phrases.join(list(question.filters.unknown))
        return Answer(question, view.given(), f"That is not known: the catalogue does not say {unknown}.")
    if not part.rows:
        text = f"Your history has nothing of this kind ({name}).{said or ' Your profile says nothing of it.'}"
        rejected = [n for n in cited if n in view.rejections]
        opening = "Probably not. " if rejected else ("Probably. " if cited else "That is not known. ")
        return Answer(question, view.given(), opening + text, cited)
    count = f"{len(part.rows)} of {part.whole} titles are {name}"
    if part.mean is None or part.whole_mean is None:
        text = f"You took them often enough: {count}; none has a rating."
    else:
        mean = f"{part.mean:.1f} stars on average (your mean is {part.whole_mean:.1f})"
        text = f"{_LIKED[part.liking]}: {count}, with {mean}."
        if part.rated < FEWEST:
            text = f"As far as one title tells, {text[0].lower()}{text[1:]}"
    shown = _extremes(part)
    return Answer(
        question, view.given(), f"{text} {shown}.{said}", cited, items_of(part.rows[:SHOWN], view), part.rows
    )


_LIKED = {
    "more": "You like it more than most",
    "as much": "You like it about as much as the rest",
    "less": "You like it less than the rest, without disliking it",
    "no": "You do not like it",
    "unknown": "That is not known",
}


def _extremes(part: Part) -> str:
    """The best and the last rated of some rows."""
    best = ", ".join(with_stars(row) for row in part.rows[:3])
    return f"{best} … {with_stars(part.rows[-1])}" if len(part.rows) > 3 else best


def compared_parts(question: Question, parts: Sequence[Part], view: View) -> Answer:
    """Two or more kinds of things, the better rated first."""
    if view.context == "none":
        return Answer(question, view.given(), NOBODY)
    pairs = sorted(
        zip(question.options, parts, strict=True), key=lambda pair: (-(pair[1].mean or 0), -len(pair[1].rows))
    )
    told = [f"{one.told}: {_counted(part)}" for one, part in pairs]
    first, second = pairs[0][1], pairs[1][1]
    if first.mean is None and not first.rows:
        opening = "That is not known: your history has neither"
    elif first.mean is not None and second.mean is not None and first.mean - second.mean < 0.1:
        opening = "Both alike"
    elif first.mean is not None and second.mean is None:
        opening = f"{pairs[0][0].told}, as far as one side tells"
    else:
        opening = pairs[0][0].told
    rows = tuple(row for _, part in pairs for row in part.rows)
    return Answer(question, view.given(), "\n".join([f"{capital(opening)}.", *told]), rows=rows)


def _counted(part: Part) -> str:
    if not part.rows:
        return "none in your history"
    mean = f", {part.mean:.1f} stars on average" if part.mean is not None else ""
    return f"{len(part.rows)} in your history{mean}"


def avoided(question: Question, low: Mapping[Feature, Sequence[Group]], part: Part, view: View) -> Answer:
    """What the profile rejects, and what the history rated lowest."""
    if view.context == "none":
        return Answer(question, view.given(), NOBODY)
    told = []
    if view.rejections:
        said = "; ".join(taste(number, view) for number in view.rejections)
        told.append(f"Your profile rejects {said}.")
    worst = [group for feature in ("genre", "theme", "maker") for group in low.get(feature, ())][:SHOWN]
    rows = tuple(dict.fromkeys(row for group in worst for row in group.rows))
    if worst:
        told.append(f"Your lowest ratings went to {phrases.join([group.told for group in worst])}.")
    else:
        lowest = [one for one in part.rows if one.rating is not None and one.rating < 3][::-1][:SHOWN]
        rows = tuple(lowest)
        told.append("No two low ratings of yours have a genre, a theme or a maker in common.")
        if lowest:
            told.append(f"Rated lowest: {', '.join(with_stars(one) for one in lowest)}.")
    return Answer(question, view.given(), " ".join(told), view.rejections, rows=rows)


def tastes(question: Question, view: View) -> Answer:
    """The sentences that say what is liked."""
    if view.context == "none":
        return Answer(question, view.given(), NOBODY)
    if view.context == "history":
        return Answer(question, view.given(), f"You last chose:\n{view.text}")
    lines = [f"{n}. {sentence(number, view)}." for n, number in enumerate(view.likings, start=1)]
    text = "\n".join(["What your profile says you like:", *lines])
    if sensitive_claims([view.profile.sentences[n].text for n in view.likings]):
        text += "\nSome of it is a claim about you that nobody should infer from what you watch."
    return Answer(question, view.given(), text, view.likings)


def favourites(question: Question, found: Sequence[Group], view: View) -> Answer:
    """The groups that are liked most (or least): by their mean, drawn to yours where few ratings speak."""
    if view.context == "none":
        return Answer(question, view.given(), NOBODY)
    if not found:
        text = f"No {question.feature} occurs twice in your history."
        return Answer(question, view.given(), text)
    order = list(reversed(found)) if question.reverse else list(found)
    least = "least" if question.reverse else "most"
    others = f" Then {', '.join(group.told for group in order[1:SHOWN])}." if len(order) > 1 else ""
    text = f"{capital(order[0].told)}: liked {least} of what you took at least twice.{others}"
    return Answer(question, view.given(), text, rows=order[0].rows)


def best_titles(question: Question, part: Part, view: View) -> Answer:
    """The titles with the highest (or lowest) ratings, or the mean of them all."""
    if view.context == "none":
        return Answer(question, view.given(), NOBODY)
    rated = [row for row in part.rows if row.rating is not None]
    if not rated:
        return Answer(question, view.given(), "Your history has no ratings of this kind.")
    if question.feature == "rating":
        text = f"You gave {part.mean:.1f} stars on average, over {len(rated)} titles."
        return Answer(question, view.given(), text, rows=tuple(rated))
    best = rated[-1].rating if question.reverse else rated[0].rating
    same = [one for one in rated if one.rating == best]
    return Answer(
        question, view.given(), f"{_count(len(same))} {in_stars(best)}: {titles(same)}.", rows=tuple(same),
        items=items_of(same, view),
    )  # fmt: skip


def listed(question: Question, part: Part, view: View) -> Answer:
    """The part of the history that is asked for, or how large it is."""
    if view.context == "none":
        return Answer(question, view.given(), NOBODY)
    what = question.filters.told or "titles"
    if question.stars is not None:
        low, high = question.stars
        what += f" with {low:g} stars" if low == high else f" with {low:g} to {high:g} stars"
    if not part.rows:
        return Answer(question, view.given(), f"None: your history has no {what}.")
    text = f"{len(part.rows)} ({what}): {titles(part.rows, 20)}."
    return Answer(question, view.given(), text, rows=part.rows, items=items_of(part.rows, view))


def _count(number: int) -> str:
    return "One title with" if number == 1 else f"{number} titles with"


def _mentions(filters: Filters, view: View) -> tuple[int, ...]:
    """The sentences of the profile that name one of the traits that are asked about."""
    names = [f" {common(trait.name)} " for group in filters.wanted for trait in group]
    if view.context != "profile" or not names:
        return ()
    said = (f" {common(one.text)} " for one in view.profile.sentences)
    return tuple(n for n, text in enumerate(said) if any(name in text for name in names))
