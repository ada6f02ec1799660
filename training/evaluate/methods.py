"""The methods of the tables by name: which there are, which were asked for, and how each is built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from training.data import Case
from training.evaluate.baselines import bm25, plain, transitions
from training.evaluate.baselines.profiles import SCORINGS, ProfileScorer, Write, by_model, by_rules
from training.evaluate.context import VALIDATION_USERS, Choice, EvaluationContext
from training.evaluate.data import EvaluationError
from training.evaluate.profilers import Profilers
from training.evaluate.protocol import Scorer

TRAINING_FREE = (
    "popularity", "last-item", "mean-history", "best-match", "transitions", "bm25", "raw-history",
    "rule-based", "untrained",
)  # fmt: skip
TRAINED = ("rlaif", "rlpf", "langptune", "blue-single", "blue-facets", "sasrec", "bert4rec", "unisrec")
METHODS = (*TRAINING_FREE, *TRAINED)
GROUPS = {"training-free": TRAINING_FREE, "trained": TRAINED, "all": METHODS}
SEQUENCE_MODELS = ("sasrec", "bert4rec", "unisrec")
WRITTEN_FOR = 32  # validation users for whom a language model writes profiles: each takes about a second


PRIORS = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # weights, in standard deviations of a method's own scores
PRIOR = "+prior"  # ends the name of a method that has one


@dataclass(frozen=True)
class WithPrior:
    """A method with the log of how well known an item is among training users, the same for every method."""

    scorer: Scorer
    log_popularity: np.ndarray  # (I,)
    weight: float

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I); methods score in units of their own, so the weight counts their spread."""
        found = self.scorer.scores(cases).astype(np.float32)
        return found + self.weight * found.std(axis=1, keepdims=True) * self.log_popularity


@dataclass(frozen=True)
class Chosen:
    """The methods of one run, in the order of METHODS; those in `named` were asked for by their own name."""

    methods: tuple[str, ...]
    named: frozenset[str]


def chosen_methods(text: str | None, known: Sequence[str] = METHODS) -> Chosen:
    """Read "a,b,..." of methods and groups; nothing means all.

    >>> chosen_methods("best-match,popularity").methods
    ('popularity', 'best-match')

    Raises:
        EvaluationError: a word is neither a method nor a group, or the table knows none of them.
    """
    words = [word.strip() for word in (text or "all").split(",") if word.strip()]
    asked: set[str] = set()
    for word in words:
        if word not in GROUPS and word not in known:
            raise EvaluationError(
                f"There is no method {word!r}. Use {', '.join(known)}, or a group: {', '.join(GROUPS)}."
            )
        asked |= set(known if word == "all" else GROUPS.get(word, (word,)))
    methods = tuple(method for method in known if method in asked)
    if not methods:
        raise EvaluationError(f"This table has no method of {text!r}. It knows {', '.join(known)}.")
    return Chosen(methods, frozenset(set(words) & set(known)))


@dataclass(frozen=True)
class MethodBuilder:
    """Builds the scorers of one data set. With `search` off every baseline keeps its first setting."""

    evaluation: EvaluationContext
    profilers: Profilers
    search: bool = True
    priors: bool = False  # every method once more with the prior
    _writes: dict[str, Write] = field(default_factory=dict)

    def missing(self, method: str) -> str | None:
        """Why a method cannot be run here, or None."""
        if method in SEQUENCE_MODELS and not self.evaluation.train_histories:
            return "the data set has no training users"
        system = system_of(method)
        return self.profilers.missing(system) if system and system != "rule-based" else None

    def scorer(self, method: str) -> Scorer:
        """A method with its settings chosen on the validation users."""
        evaluation = self.evaluation
        if method == "popularity":
            return plain.Popularity(evaluation.popularity)
        if method == "last-item":
            return plain.LastItem(evaluation)
        if system := system_of(method):
            write = self.write(system)
            scorings = (method.removeprefix("blue-"),) if system == "blue" else SCORINGS
            users = VALIDATION_USERS if system == "rule-based" else WRITTEN_FOR
            return self._choose(method, scorings, lambda one: ProfileScorer(evaluation, write, one), users)
        if method in SEQUENCE_MODELS:
            return self._sequence_model(method)
        settings, build = {
            "mean-history": (plain.LENGTHS, lambda one: plain.MeanHistory(evaluation, one)),
            "best-match": (plain.LENGTHS, lambda one: plain.BestMatch(evaluation, one)),
            "raw-history": (plain.HISTORY_FORMS, lambda one: plain.RawHistory(evaluation, one)),
            "transitions": (transitions.SETTINGS, lambda one: transitions.Transitions(evaluation, one)),
            "bm25": (bm25.SETTINGS, lambda one: bm25.Bm25(evaluation, one)),
        }[method]
        return self._choose(method, settings, build)

    def with_prior(self, method: str, scorer: Scorer) -> Scorer:
        """The method with the prior whose weight is best on the validation users; 0 is among the weights."""
        logs = self.evaluation.log_popularity
        users = WRITTEN_FOR if system_of(method) not in (None, "rule-based") else VALIDATION_USERS
        return self._choose(method + PRIOR, PRIORS, lambda weight: WithPrior(scorer, logs, weight), users)

    def write(self, system: str) -> Write:
        """How a system ("rule-based", "untrained", "blue", "rlaif" ...) writes profiles."""
        if system not in self._writes:
            self._writes[system] = (
                by_rules(self.evaluation)
                if system == "rule-based"
                else by_model(self.evaluation, self.profilers.writer(system))
            )
        return self._writes[system]

    def _choose(
        self, method: str, settings: Sequence, build: Callable[..., Scorer], users: int = VALIDATION_USERS
    ) -> Scorer:
        if self.search and len(settings) > 1:
            return self.evaluation.choose(method, settings, build, users)
        self.evaluation.choices[method] = Choice(str(settings[0]), {})
        return build(settings[0])

    def _sequence_model(self, method: str) -> Scorer:
        from training.evaluate.baselines.sequence_models import fitted

        return fitted(method, self.evaluation, search=self.search)


def system_of(method: str) -> str | None:
    """Who writes the profiles of a method, or None where it reads the history itself.

    >>> system_of("blue-facets"), system_of("rlpf"), system_of("bm25")
    ('blue', 'rlpf', None)
    """
    if method.startswith("blue-"):
        return "blue"
    return method if method in ("rule-based", "untrained", "rlaif", "rlpf", "langptune") else None
