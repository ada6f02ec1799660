"""Answers to personalized questions: found by retrieval, said with the profile's own sentences.

A language model of 135 million parameters writes fluent nonsense about films. So nothing that can be right
or wrong is left to it: which items are meant comes from the ranking of the whole catalogue, the choice
among a few from that and the frozen base model's probabilities, the reason from the sentence that brought
the item, a rating from the ratings of similar items. The model may add one short sentence, which is shown
apart and checked for titles that were never offered.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np

from blue.answering import wording
from blue.answering.answers import Answer, Candidate, Context, Given, Question, RatingEstimate
from blue.answering.questions import MAX_OPTIONS, foreign_titles, understand
from blue.answering.rating import rating_estimate
from blue.answering.views import View, view_of
from blue.answering.wishes import Wishes, wishes
from blue.datatypes import Interaction, Item, Message, Profile, SamplingSettings, TextGenerator
from blue.errors import AnsweringError
from blue.inspection import ChoiceReport, Inspector
from blue.profile import group_tastes, parse_profile
from blue.rewards import option_line

OFFERED = 4  # candidates that the judge chooses among
SEARCHED = 400  # best items of the ranking that conditions are applied to
ONE_SENTENCE = SamplingSettings(max_new_tokens=32, repetition_penalty=1.1, stop=("\n",))
TEMPERATURE = 0.05  # that makes probabilities of similarities, as in the rewards
_ENDS = (".", "!", "?")


class Answerer:
    """Answers over one inspector; holds nothing of any visitor."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    def understand(self, text: str, history: Sequence[Interaction] = ()) -> Question:
        """Kind of question and the items it names, by plain rules.

        Raises:
            AnsweringError: nothing is asked, it is too long, or it offers too many options.
            CatalogError: a title it names is not in the catalogue; names the nearest.
        """
        return understand(text, self._inspector.finder, self._inspector.profiler.catalog.kinds, history)

    def stream(
        self,
        text: str,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        context: Context = "profile",
        kinds: Collection[str] = (),
    ) -> Iterator[Answer]:
        """Answers that grow until the last one, which is `done`; closing the iterator stops the model.

        Raises:
            AnsweringError: nothing is asked, it is too long, or a history is asked for and there is none.
            CatalogError: a title it names is not in the catalogue; names the nearest.
            ProfileError: no sentence of the profile is enabled, or none says what is liked.
        """
        question = self.understand(text, history)
        view = view_of(
            self._inspector.profiler, question, profile, history, context, tuple(kinds) or question.kinds
        )
        answer = self._answered(question, view)
        yield answer
        if not answer.items:
            yield replace(answer, done=True)
            return
        yield from self._with_words(answer, view)

    def ask(
        self,
        text: str,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        context: Context = "profile",
        kinds: Collection[str] = (),
    ) -> Answer:
        """The last answer of `stream`."""
        *_, last = self.stream(text, profile, history, context=context, kinds=kinds)
        return last

    def rating(self, item: Item, profile: Profile, history: Sequence[Interaction]) -> RatingEstimate:
        """The likely rating of an item, from the ratings of similar items; the person's mean beside it."""
        retriever = self._inspector.profiler.retriever
        position = retriever.catalog.position_of[item.item_id]
        vector = retriever.index.embeddings(np.array([position]))[0]
        return rating_estimate(item, vector, history, self._inspector.vectors(history))

    def choice(self, profile: Profile, options: Sequence[Item]) -> ChoiceReport:
        """Which of two to six items comes next, by the frozen base model given the profile.

        No option `is_target`; `reward` is that of the likeliest option. Loads the judge at the first call.

        Raises:
            AnsweringError: fewer than two or more than six options.
        """
        if not 2 <= len(set(options)) <= MAX_OPTIONS:
            raise AnsweringError(f"Choose among 2 to {MAX_OPTIONS} different titles.")
        return self._inspector.choice(profile, options)

    def warm_up(self) -> None:
        """Load and use once what the first question and the first choice would wait for (seconds).

        Raises:
            WeightsError: the base weights are not on the disk, or cannot be read.
        """
        hello: tuple[Message, ...] = ({"role": "user", "content": "Hello"},)
        self._base().generate([hello], replace(ONE_SENTENCE, max_new_tokens=4))
        some = self._inspector.profiler.catalog.items[:OFFERED]
        self._inspector.choice(parse_profile("Slow science fiction about space."), some)

    def _answered(self, question: Question, view: View) -> Answer:
        """The answer without the model's words."""
        if question.kind == "choose":
            return self._chosen(question, view)
        if question.kind in ("would like", "rating") and question.items:
            return self._about(question, view)
        if question.kind == "avoid":
            return self._avoided(question, view)
        if question.kind == "tastes":
            return _tastes(question, view)
        return self._recommended(question, view)

    def _recommended(self, question: Question, view: View) -> Answer:
        asked = wishes(question.text)
        found = self._candidates(asked, view)
        if not found:
            text = wording.nothing_fits(asked.told)
            return Answer(question, Given(view.context, view.text, ()), text)
        candidates = self._weighed(found[:OFFERED], view) if len(found) > 1 else found
        known = question.kind != "other"
        text, sentences = wording.recommendation(candidates, view, asked.told, known)
        return Answer(
            question,
            Given(view.context, view.text, candidates),
            text,
            sentences=sentences,
            items=tuple(one.item for one in candidates[: wording.NAMED]),
        )

    def _candidates(self, asked: Wishes, view: View) -> tuple[Candidate, ...]:
        """The best items that meet the conditions, best first.

        Where the question says more than conditions, half of an item's score is its cosine to those words
        (our choice).
        """
        ranked = view.ranked()
        allowed = [one for one in ranked if asked.allow(one.item)][:SEARCHED]
        if not asked.words or view.context == "none":
            return tuple(allowed[:OFFERED])
        near = view.similarities(asked.words, [one.item for one in allowed])
        order = np.argsort([-(one.similarity + cosine) for one, cosine in zip(allowed, near, strict=True)])
        return tuple(allowed[n] for n in order[:OFFERED])

    def _chosen(self, question: Question, view: View) -> Answer:
        candidates = self._weighed(view.scored(question.items), view)
        text, sentences = wording.choice(candidates, view)
        return Answer(
            question,
            Given(view.context, view.text, candidates),
            text,
            sentences=sentences,
            items=(candidates[0].item,),
        )

    def _weighed(self, candidates: Sequence[Candidate], view: View) -> tuple[Candidate, ...]:
        """Candidates with the mean of two probabilities, likeliest first.

        One is the frozen base model's choice among them, the other the softmax of their scores over
        `TEMPERATURE`. Without a context there is nothing that the model could judge by.
        """
        if view.context == "none":
            return tuple(candidates)
        judged = {
            one.item.item_id: one.probability
            for one in self._inspector.choice(view.profile, [one.item for one in candidates]).options
        }
        scores = np.array([one.similarity for one in candidates]) / TEMPERATURE
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        weighed = [
            replace(one, probability=(float(share) + judged[one.item.item_id]) / 2)
            for one, share in zip(candidates, shares, strict=True)
        ]
        return tuple(sorted(weighed, key=lambda one: -one.probability))

    def _about(self, question: Question, view: View) -> Answer:
        """Would I like it, how would I rate it: its place among all of its kind, and its likely rating."""
        item = question.items[0]
        rating = self.rating(item, view.profile, view.history) if view.context != "none" else None
        (candidate,) = view.scored([item])
        rank, total = view.rank(item)
        text, sentences = wording.verdict(question.kind, candidate, rank, total, rating, view)
        return Answer(
            question,
            Given(view.context, view.text, (candidate,)),
            text,
            sentences=sentences,
            items=(item,),
            rating=rating,
        )

    def _avoided(self, question: Question, view: View) -> Answer:
        profiler = self._inspector.profiler
        tastes = group_tastes(view.history, profiler.catalog.by_id, profiler.information)
        rejected = next((taste for taste in tastes if not taste.liked), None)
        text, sentences = wording.avoided(view, rejected)
        return Answer(question, Given(view.context, view.text, ()), text, sentences=sentences)

    def _with_words(self, answer: Answer, view: View) -> Iterator[Answer]:
        """The answer while the model adds its sentence, then the whole."""
        messages = _ask_for_words(answer, view)
        given = replace(answer.given, messages=messages)
        allowed = answer.items
        opening = wording.opening(answer.items[0])
        words = opening
        with closing(self._base().stream(messages, ONE_SENTENCE, prefill=opening)) as pieces:
            for piece in pieces:
                words = (words + piece).replace("\n", " ")
                end = min((at for mark in _ENDS if (at := words.find(f"{mark} ")) >= 0), default=None)
                if end is not None:
                    words = words[: end + 1]
                yield replace(answer, given=given, model_words=words)
                if end is not None:
                    break
        outside = foreign_titles(words, self._inspector.finder, allowed)
        yield replace(answer, given=given, model_words=words.strip(), outside=outside, done=True)

    def _base(self) -> TextGenerator:
        """The profiler's base model: without its adapter, if it has one."""
        profiler = self._inspector.profiler
        adapted = profiler.generator.about.adapter_digest is not None
        return self._inspector.untrained.generator if adapted else profiler.generator


def _tastes(question: Question, view: View) -> Answer:
    text, sentences = wording.tastes(view)
    return Answer(question, Given(view.context, view.text, ()), text, sentences=sentences)


def _ask_for_words(answer: Answer, view: View) -> tuple[Message, ...]:
    """What the model is asked: one sentence about the item that the answer already chose."""
    known = {"profile": "What this person likes:", "history": "What this person chose:", "none": ""}
    context = f"{known[view.context]}\n{view.text}\n\n" if view.text else ""
    item = option_line(answer.items[0])
    content = (
        f"{context}Question: {answer.question.text}\nIt is about {item}.\n"
        "Say in one short sentence whom it is for. Name no other title."
    )
    return (
        {"role": "system", "content": "You say one short, plain sentence."},
        {"role": "user", "content": content},
    )
