"""Answers in words: plain frames, filled with items, ranks and the profile's own sentences.

Every function returns the text and the 0-based sentences of the profile that it cites. The frames speak to
"you", the person of the profile.
"""

from collections.abc import Sequence

from blue.answering.answers import Candidate, QuestionKind, RatingEstimate
from blue.answering.views import View
from blue.datatypes import Item
from blue.inspection import sensitive_claims
from blue.profile import Taste, phrases, stance

NAMED = 3  # items that a recommendation names
VERDICTS = (  # share of its kind above an item, in [0, 1] -> how sure
    (0.03, "Very likely"),
    (0.15, "Probably"),
    (0.40, "Perhaps"),
    (1.00, "Probably not"),
)

SPEAKS_AGAINST = 0.15  # cosine that a rejection takes away from an item, from which it is told
Words = tuple[str, tuple[int, ...]]


def named(item: Item) -> str:
    """A title with its year.

    >>> named(Item("1", "Alien", "movie", 1979))
    'Alien (1979)'
    """
    return f"{item.title} ({item.year})" if item.year else item.title


def recommendation(
    candidates: Sequence[Candidate], view: View, conditions: str, understood: bool = True
) -> Words:
    """The best candidates, each with the sentence that brought it; says so if no rule knew the question."""
    lines = [
        f"{n}. {named(one.item)}{_because(one, view)}" for n, one in enumerate(candidates[:NAMED], start=1)
    ]
    opening = {
        "profile": "From your profile",
        "history": "From your last titles",
        "none": "From the question alone, knowing nothing of you",
    }[view.context]
    opening += f", {conditions}:" if conditions else ":"
    if not understood:
        opening = f"This is not a question that can be answered from here. Nearest to it: {opening.lower()}"
    return "\n".join([opening, *lines]), _sentences(candidates[:NAMED], view)


def opening(item: Item) -> str:
    """The words that open the model's sentence: what the catalogue knows, so that it speaks of this item.

    >>> opening(Item("1", "Alien", "movie", genres=("horror", "science fiction")))
    'Alien is horror and science fiction for somebody who likes'
    """
    what = phrases.join(list(item.genres[:2])) or f"a {item.kind}"
    return f"{item.title} is {what} for somebody who likes"


def nothing_fits(conditions: str) -> str:
    """What is said where no item meets the conditions."""
    return f"Nothing in the catalogue is {conditions}. Ask for less at once."


def choice(candidates: Sequence[Candidate], view: View) -> Words:
    """The likeliest of the named items, and how likely the others are."""
    first, *others = candidates
    chance = f" ({first.probability:.0%})" if first.probability is not None else ""
    text = f"{named(first.item)}{chance}{_because(first, view)}"
    rest = [
        named(one.item) + (f" ({one.probability:.0%})" if one.probability is not None else "")
        for one in others
    ]
    return f"{text}\nThen {', '.join(rest)}.", _sentences([first], view)


def verdict(
    kind: QuestionKind, candidate: Candidate, rank: int, total: int, rating: RatingEstimate | None, view: View
) -> Words:
    """Whether an item would be liked, from its place among all of its kind, and its likely rating."""
    item = candidate.item
    place = f"{named(item)} is at place {rank:,} of {total:,}"
    why = _because(candidate, view) if rank <= VERDICTS[1][0] * total else _at_best(candidate, view)
    known = view.row_of(item)
    if known is not None:
        gave = f" and gave it {known.rating:g} stars" if known.rating is not None else ""
        return f"You know it: your history has {named(item)}{gave}. {place}.", _sentences([candidate], view)
    if view.context == "none":
        return f"Nobody can say without knowing you. By your words alone {place}.", ()
    sure = next(word for share, word in VERDICTS if rank <= share * total)
    stars = _stars(rating)
    if kind == "rating" and stars:
        return f"{stars} {place}{why}", _sentences([candidate], view)
    rejection, number = _rejection(view, item)
    if rejection and rank > VERDICTS[0][0] * total:
        cited = (*_sentences([candidate], view), number)
        return f"{sure}. {place}; but {_taste(number, view)} speaks against it. {stars}".strip(), cited
    text = f"{sure}. {place}{why}"
    return f"{text} {stars}".strip(), _sentences([candidate], view)


def _stars(rating: RatingEstimate | None) -> str:
    if rating is None or rating.stars is None or rating.user_mean is None:
        return ""
    return f"Likely rating: {rating.stars:.1f} stars (your mean is {rating.user_mean:.1f})."


def avoided(view: View, rejected: Taste | None) -> Words:
    """What the profile rejects, or what the history rated lowest."""
    numbers = _rejecting(view)
    if numbers:
        said = "; ".join(_taste(number, view) for number in numbers)
        return f"You avoid what your profile rejects: {said}.", numbers
    if view.context == "none":
        return "Nobody can say without knowing you.", ()
    opening = "Your profile rejects nothing. " if view.context == "profile" else ""
    if rejected is not None:
        titles = ", ".join(
            f"{one.title} ({one.rating:g})" for one in rejected.interactions[:3] if one.rating is not None
        )
        return f"{opening}Your lowest ratings went to {rejected.attributes[0]}: {titles}.", ()
    return f"{opening}Your ratings show no dislike either: no two low ones have a theme in common.", ()


def tastes(view: View) -> Words:
    """The sentences that say what is liked."""
    if view.context == "none":
        return "Nobody can say without knowing you.", ()
    if view.context == "history":
        return f"You last chose:\n{view.text}", ()
    numbers = tuple(
        n for n, one in enumerate(view.profile.sentences) if one.enabled and stance(one.text).liked
    )
    lines = [f"{n + 1}. {view.profile.sentences[n].text}" for n in numbers]
    text = "\n".join(["What your profile says you like:", *lines])
    if sensitive_claims([view.profile.sentences[n].text for n in numbers]):
        text += "\nSome of it is a claim about you that nobody should infer from what you watch."
    return text, numbers


def _because(one: Candidate, view: View) -> str:
    """ ", because of taste 2 (“…”)." """
    if view.context != "profile" or one.sentence is None:
        return "."
    return f", because of {_taste(one.sentence, view)}."


def _at_best(one: Candidate, view: View) -> str:
    """ "; the nearest is taste 2 (“…”).": said of an item that no sentence really asks for."""
    if view.context != "profile" or one.sentence is None:
        return "."
    return f"; nothing asks for it, the nearest is {_taste(one.sentence, view)}."


def _taste(number: int, view: View) -> str:
    text = view.profile.sentences[number].text.rstrip(".!? ")
    return f"taste {number + 1} (“{text}”)"


def _sentences(candidates: Sequence[Candidate], view: View) -> tuple[int, ...]:
    if view.context != "profile":
        return ()
    return tuple(dict.fromkeys(one.sentence for one in candidates if one.sentence is not None))


def _rejecting(view: View) -> tuple[int, ...]:
    if view.context != "profile":
        return ()
    return tuple(
        n for n, one in enumerate(view.profile.sentences) if one.enabled and stance(one.text).disliked
    )


def _rejection(view: View, item: Item) -> tuple[bool, int]:
    """Whether a rejection takes something away from an item, and the sentence that takes most."""
    if not _rejecting(view):
        return False, -1
    column, parts = view.everything.column(item), view.everything.facet_parts(view.profile)
    taken = parts.taken[:, column]
    strongest = int(taken.argmax())
    return bool(taken[strongest] > SPEAKS_AGAINST), int(parts.disliked_sentences[strongest])
