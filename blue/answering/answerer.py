"""The one object that the chat and `python -m blue ask` call."""

from collections.abc import Collection, Iterator, Sequence

from blue.answering.answers import Answer, Context, Question, RatingEstimate
from blue.datatypes import Interaction, Item, Profile
from blue.inspection.inspector import Inspector
from blue.inspection.reports import ChoiceReport


class Answerer:
    """Answers over one inspector; holds nothing of any visitor."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    def understand(self, text: str) -> Question:
        """Kind of question and the items it names, by plain rules.

        Raises:
            AnsweringError: nothing is asked, or it is too long.
        """
        raise NotImplementedError

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
            AnsweringError: nothing is asked, or it is too long.
            CatalogError: a title in quotation marks is not in the catalogue; names the nearest.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    def rating(self, item: Item, profile: Profile, history: Sequence[Interaction]) -> RatingEstimate:
        """The likely rating of an item, from the ratings of similar items; the user's mean beside it."""
        raise NotImplementedError

    def choice(self, profile: Profile, options: Sequence[Item]) -> ChoiceReport:
        """Which of two to six items comes next, by the frozen base model given the profile.

        No option `is_target`; `reward` is that of the likeliest option. Loads the judge at the first call.

        Raises:
            AnsweringError: fewer than two or more than six options.
        """
        raise NotImplementedError
