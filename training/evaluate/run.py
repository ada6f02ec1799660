"""What one call of the evaluation works with: the settings of its command line, and what comes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blue.datatypes import TextEncoder
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData
from training.evaluate.methods import Chosen, MethodBuilder, chosen_methods
from training.evaluate.profilers import Profilers
from training.evaluate.protocol import LEAST, Benchmark, make_benchmark


@dataclass(frozen=True)
class Options:
    """The settings that decide what is measured."""

    table: str
    methods: str | None = None  # "a,b,..." of methods and groups; None means all
    limit: int | None = None  # test users; None means all
    seed: int = 0
    least: int | None = None  # interactions before the target; None means LEAST, or what the data allow
    cuts: int = 1  # targets a user
    search: bool = True  # choose the settings of baselines on validation users
    priors: bool = False  # every method once more with the same prior
    runs: Mapping[str, Path] = field(default_factory=dict)  # training run -> its folder, for the table "cost"


@dataclass(frozen=True)
class Run:
    """The data sets, models and cache of one call; evaluations are shared between the parts of a table."""

    options: Options
    everything: tuple[EvaluationData, ...]
    encoder: TextEncoder
    profilers: Profilers
    cache: Path
    _evaluations: dict[str, EvaluationContext] = field(default_factory=dict)

    def evaluation(self, data: EvaluationData) -> EvaluationContext:
        """The evaluation of a data set."""
        if data.name not in self._evaluations:
            options = self.options
            self._evaluations[data.name] = EvaluationContext(
                data, self.encoder, self.cache, seed=options.seed, least=self._least(data)
            )
        return self._evaluations[data.name]

    def benchmark(self, data: EvaluationData) -> Benchmark:
        """The test users of a data set."""
        options = self.options
        return make_benchmark(
            data, "test", options.limit, seed=options.seed, cuts=options.cuts, least=self._least(data)
        )

    def _least(self, data: EvaluationData) -> int:
        """LEAST unless told; fewer where no test user has as many, which the notes of the table say."""
        if self.options.least is not None:
            return self.options.least
        longest = max((len(data.dataset.histories[user]) for user in data.users("test")), default=0)
        return max(1, min(LEAST, longest - 1))

    def builder(self, data: EvaluationData) -> MethodBuilder:
        """The methods over a data set."""
        return MethodBuilder(self.evaluation(data), self.profilers, self.options.search, self.options.priors)

    def chosen(self, known: tuple[str, ...]) -> Chosen:
        """The chosen ones of the methods that a table knows."""
        return chosen_methods(self.options.methods, known)
