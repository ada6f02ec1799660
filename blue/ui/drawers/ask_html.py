"""The conversation of "Ask" as HTML: each answer with what it rests on and what it was given."""

from collections.abc import Sequence
from html import escape

from blue.answering import Answer, Candidate, Given, RatingEstimate
from blue.datatypes import Interaction, Item
from blue.inspection import ChoiceReport
from blue.ui import html, terms
from blue.ui.words import say

CONTEXTS = {"profile": "With your profile", "history": "With the raw history", "none": "With no context"}


def exchange(question: str, answers: Sequence[Answer], trouble: str = "") -> str:
    """A question and its answers side by side, one a context; `trouble` is why there is none."""
    shown = "".join(_answer(answer) for answer in answers)
    said = html.message(trouble, "error") if trouble else ""
    return (
        f'<article class="exchange"><p class="question"><span class="sr-only">You asked: </span>'
        f'{escape(question)}</p>{said}<div class="answers">{shown}</div></article>'
    )


def _answer(answer: Answer) -> str:
    text = escape(answer.text).replace("\n", "<br>")
    if answer.rating and answer.rating.stars is not None:  # the text says it: once is enough
        said = f"{answer.rating.stars:.1f} stars"
        text = text.replace(said, terms.number(said, f"{terms.STARS} {answer.rating.formula}"), 1)
    return (
        f'<section class="answer"><h4>{CONTEXTS[answer.given.context]}</h4><p>{text}</p>'
        f"{_rests_on(answer)}{_given(answer.given)}</section>"
    )


def _rests_on(answer: Answer) -> str:
    """The sentences and items that an answer cites, with their marks."""
    sentences = ", ".join(f"{html.mark(number)} sentence {number + 1}" for number in answer.sentences)
    brought = {candidate.item.item_id: candidate.sentence for candidate in answer.given.candidates}
    items = ", ".join(_marked(item, brought.get(item.item_id)) for item in answer.items)
    cited = "; ".join(part for part in (sentences, items) if part)
    return f'<p class="cites">It rests on {cited}.</p>' if cited else ""


def _marked(item: Item, sentence: int | None) -> str:
    return f"{html.mark(sentence) if sentence is not None else ''} {html.named(item)}"


def _given(given: Given) -> str:
    """Everything that an answer was made from."""
    context = escape(given.text).replace("\n", "<br>") or "nothing"
    return (
        f"<details><summary>What it was given</summary><p>{context}</p>{_candidates(given.candidates)}"
        "</details>"
    )


def _candidates(candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{_marked(candidate.item, candidate.sentence)}</th>'
        f"<td>{terms.number(f'{candidate.similarity:.2f}', terms.SIMILARITY)}</td></tr>"
        for candidate in candidates
    )
    return (
        '<table class="numbers"><caption class="sr-only">Candidates</caption><thead><tr>'
        f'<th scope="col">Candidate</th>{terms.head("Similarity", terms.SIMILARITY)}</tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def rating(estimate: RatingEstimate, history: Sequence[Interaction]) -> str:
    """A likely rating with the baseline beside it, as an exchange of its own."""
    return (
        f'<article class="exchange"><p class="question">How would I rate {html.named(estimate.item)}?</p>'
        f'<div class="answers"><section class="answer">{_stars(estimate, history)}</section></div></article>'
    )


def _stars(estimate: RatingEstimate, history: Sequence[Interaction]) -> str:
    if estimate.stars is None:
        return "<p>Your history has no ratings, so there is nothing to guess from.</p>"
    guess = terms.number(f"★\u00a0{estimate.stars:.1f}", f"{terms.STARS} {estimate.formula}")
    mean = ""
    if estimate.user_mean is not None:
        shown = terms.number(f"★\u00a0{estimate.user_mean:.1f}", terms.MEAN_STARS)
        mean = f"; the mean of all your ratings is {shown}"
    near = ", ".join(escape(html.rated(history[row])) for row in estimate.from_rows if row < len(history))
    source = f" It rests most on {near}." if near else ""
    return f'<p class="stars">Likely {guess}{mean}.{source}</p>'


def next_choice(report: ChoiceReport) -> str:
    """Which of some titles comes next, as an exchange of its own."""
    rows = "".join(
        f'<tr><th scope="row">{html.named(option.item)}</th><td class="bar"><span '
        f'style="--share:{option.probability:.3f}">'
        f"{terms.number(f'{option.probability:.0%}', terms.PROBABILITY)}</span></td></tr>"
        for option in report.options
    )
    return (
        '<article class="exchange"><p class="question">Which of these comes next?</p><div class="answers">'
        f'<section class="answer"><table class="numbers choice"><caption>Asked: {escape(report.judge)}; '
        f'chance is {1 / len(report.options):.0%}.</caption><thead><tr><th scope="col">Title</th>'
        f"{terms.head('Probability', terms.PROBABILITY)}</tr></thead><tbody>{rows}</tbody></table></section>"
        "</div></article>"
    )


def titles(items: Sequence[Item]) -> str:
    """The titles that the structured questions are about, each with a button that takes it off."""
    if not items:
        return f'<p class="hint">{say("ask.choose")}</p>'
    listed = "".join(
        f'<li>{html.named(item)} <button type="button" data-item="{escape(item.item_id)}" '
        f'aria-label="Take off {html.named(item)}">✕</button></li>'
        for item in items
    )
    return f'<ul class="chips">{listed}</ul>'
