"""Answers to questions: looked up in the history, the profile and the catalogue, and stated plainly.

Nothing that can be right or wrong is left to a language model: a question is read into an intent, titles and
conditions (see `questions`), each intent is answered by counting, by the ratings, by the ranking of the whole
catalogue and by the sentences of the profile, and the statement is made of what was found (see `wording`).
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import islice

import numpy as np

from blue.answering import about_you, wording
from blue.answering.answers import Answer, Candidate, Context, Question, RatingEstimate, Subject
from blue.answering.facts import disliked, groups, part_of, sureness
from blue.answering.filters import Filters
from blue.answering.phrasing import NOBODY, OFFER
from blue.answering.questions import MAX_OPTIONS, Reader
from blue.answering.rating import rating_estimate
from blue.answering.views import View, view_of
from blue.answering.vocabulary import Vocabulary
from blue.datatypes import Interaction, Item, Profile
from blue.errors import AnsweringError
from blue.inspection import ChoiceReport, Inspector
from blue.items import item_text
from blue.retrieval import best_first

LISTED = 3  # items of a recommendation that names no number
SEARCHED = 400  # best items of the ranking that words and likeness are compared with


class Answerer:
    """Answers over one inspector; holds nothing of any visitor."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._inspector.profiler.catalog)

    def understand(self, text: str, history: Sequence[Interaction] = ()) -> Question:
        """What is asked, by plain rules.

        Raises:
            AnsweringError: nothing is asked, it is too long, or it offers too many options.
            CatalogError: a title it names is in neither the history nor the catalogue; names the nearest.
        """
        return Reader(self._inspector.finder, self._vocabulary, tuple(history)).read(text)

    def ask(
        self,
        text: str,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        context: Context = "profile",
        kinds: Collection[str] = (),
        within: Collection[str] = (),
    ) -> Answer:
        """The answer to a question.

        Args:
            kinds: those that may be named where the question itself speaks of none; none means all.
            within: ids of the items that alone are recommended, of a wish list or of decades; none means all.

        Raises:
            AnsweringError: nothing is asked, it is too long, or a history is asked for and there is none.
            CatalogError: a title it names is in neither the history nor the catalogue; names the nearest.
            ProfileError: no sentence of the profile is enabled, or none says what is liked.
        """
        question = self.understand(text, history)
        searched = question.filters.kinds or tuple(kinds)
        view = view_of(self._inspector.profiler, question, profile, history, context, searched, within)
        return self._answers[question.intent](question, view)

    @property
    def _answers(self):
        return {
            "recommend": self._recommended,
            "would like": self._about,
            "rating": self._about,
            "likes": self._likes,
            "compare": self._compared,
            "why": self._why,
            "avoid": self._avoided,
            "tastes": lambda question, view: about_you.tastes(question, view),
            "favourite": self._favourite,
            "history": self._known,
            "unknown": lambda question, view: Answer(question, view.given(), OFFER),
        }

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

    def _recommended(self, question: Question, view: View) -> Answer:
        """The best items that meet the conditions, each with the sentence that brought it."""
        found = self._candidates(question, view, question.filters.count or LISTED)
        given = view.given(found)
        text, sentences = wording.recommendation(question, found, view)
        return Answer(question, given, text, sentences, tuple(one.item for one in found))

    def _candidates(self, question: Question, view: View, most: int) -> tuple[Candidate, ...]:
        """Best first. Where words are left that no condition says, or something like a title is asked for,

        half of an item's score is its cosine to those words or to that title (our choice).
        """
        like = [item_text(item) for item in question.items]
        near = " ".join([*like, question.filters.words]).strip()
        allowed: Iterator[Candidate] = (
            one
            for one in view.ranked()
            if question.filters.allow(one.item) and one.item not in question.items
        )
        if not near or view.context == "none":
            return tuple(islice(allowed, most))
        best = list(islice(allowed, SEARCHED))
        cosines = view.similarities(near, [one.item for one in best])
        scores = np.array([one.similarity for one in best], dtype=np.float32) + cosines
        order = best_first(scores, np.arange(len(best)))
        return tuple(best[n] for n in order[:most])

    def _about(self, question: Question, view: View) -> Answer:
        """Would I like it, how would I rate it: what it got, else its place and its likely rating."""
        (subject, *_) = question.subjects
        if subject.row is not None and view.history:
            return about_you.known(question, subject, view)
        item = subject.item
        if item is None or view.context == "none":
            return Answer(question, view.given(), NOBODY)
        rating = self.rating(item, view.profile, view.history)
        (candidate,) = view.scored([item])
        place = view.rank(item)
        rejection = view.taken_from(item)
        sure = sureness(*place, rating, rejection is not None)
        text, sentences = wording.verdict(question, candidate, place, sure, rating, rejection, view)
        return Answer(question, view.given((candidate,)), text, sentences, (item,), rating=rating)

    def _likes(self, question: Question, view: View) -> Answer:
        """Do I like this genre, theme, maker, time: the ratings of what has it, against all others."""
        part = part_of(view.history, view.items, question.filters)
        return about_you.likes(question, part, view)

    def _compared(self, question: Question, view: View) -> Answer:
        if question.options:
            parts = [part_of(view.history, view.items, option) for option in question.options]
            return about_you.compared_parts(question, parts, view)
        return wording.compared(question, [self._side(subject, view) for subject in question.subjects], view)

    def _side(self, subject: Subject, view: View) -> wording.Side:
        row = subject.row if view.history else None
        if subject.item is None:
            return wording.Side(subject, row.rating if row else None, None, None)
        (candidate,) = view.scored([subject.item])
        stars = row.rating if row else None
        if stars is None and row is None and view.history:
            stars = self.rating(subject.item, view.profile, view.history).stars
        return wording.Side(subject, stars, candidate, view.rank(subject.item))

    def _why(self, question: Question, view: View) -> Answer:
        if not question.subjects:
            return self._likes(question, view)
        (subject, *_) = question.subjects
        if subject.item is None or view.context == "none":
            return about_you.known(question, subject, view)
        (candidate,) = view.scored([subject.item])
        grounds = None
        if candidate.sentence is not None:
            evidence = self._inspector.evidence(view.profile, view.history)
            grounds = next((one for one in evidence if one.sentence == candidate.sentence), None)
        return wording.why(question, subject, candidate, view.rank(subject.item), grounds, view)

    def _avoided(self, question: Question, view: View) -> Answer:
        part = part_of(view.history, view.items, Filters(kinds=question.filters.kinds))
        low = {
            feature: disliked(groups(part, view.items, feature), part.whole_mean)
            for feature in ("genre", "theme", "maker")
        }
        return about_you.avoided(question, low, part, view)

    def _favourite(self, question: Question, view: View) -> Answer:
        part = part_of(view.history, view.items, question.filters)
        if question.feature in ("title", "rating"):
            return about_you.best_titles(question, part, view)
        return about_you.favourites(question, groups(part, view.items, question.feature), view)

    def _known(self, question: Question, view: View) -> Answer:
        if question.subjects:
            return about_you.known(question, question.subjects[0], view)
        return about_you.listed(
            question, part_of(view.history, view.items, question.filters, question.stars), view
        )
