"""Personalized questions: does a language model answer better when it reads the profile?

Next-item choice, the target among 4 and among 10 (in-domain options, ties count against), asked twice: by the
letter of an option, as the reward asks (both orders), and by the title that is most expected after the
profile (`blue.models.cloze`), for a small model does not read letters. Then the rating of the held-out item,
beside the means that need no language model. The model that answers is the frozen base of the profiler.
Contexts: none, the raw history, profiles.
"""

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from transformers import AutoModelForCausalLM, AutoTokenizer

from blue.models import BEGINNING, Cloze, fast_dtype
from blue.profile import history_line
from blue.rewards import Question, option_line, option_probabilities, question_text
from training.data import Case
from training.evaluate.data import EvaluationData
from training.evaluate.methods import system_of
from training.evaluate.profile_store import ProfileStore
from training.evaluate.protocol import Benchmark
from training.evaluate.run import Run
from training.evaluate.tables.results import PairedBootstrap, Row, Table
from training.evaluate.tables.source import available
from training.runs import NextItemJudge, Progress, say, trainable_base

METHODS = (
    "no-context", "raw-history", "rule-based", "untrained", "rlaif", "rlpf", "langptune", "blue-single",
)  # fmt: skip
OURS = "blue-single"
SIZES = (4, 10)  # options, the target among them
CHOICES = tuple(f"{kind}-1-of-{size}" for kind in ("accuracy", "cloze-accuracy") for size in SIZES)
RECENT = 10  # interactions of the raw history
STARS = "12345"
RATING_QUESTION = (
    "What a person likes:\n{profile}\n\nHow many stars, from 1 to 5, does the person give to this?\n{item}\n"
    "Answer with one digit."
)
NOTHING = "Nothing is known."


@dataclass(frozen=True)
class StoredJudge:
    """The frozen base model, whose answers are kept like profiles are."""

    name: str
    judge: NextItemJudge
    cloze: Cloze
    identity: str
    store: ProfileStore

    def choice(self, question: Question) -> np.ndarray:
        """(O,) probability of each option, averaged over both orders."""

        def ask() -> list:
            return self.judge.log_probabilities([question])[0].tolist()

        texts = [question_text(question.profile, options) for options, _ in question.orders()]
        return option_probabilities(np.array(self._kept(["choice", *texts], ask)))

    def stars(self, profile: str, item: str) -> float:
        """Expected rating under the probabilities of the five digits."""
        text = RATING_QUESTION.format(profile=profile, item=item).replace("<", "‹").replace(">", "›")

        def ask() -> list:
            return self.judge.letters([text], STARS)[0].tolist()

        nats = np.array(self._kept(["stars", text], ask))
        shares = np.exp(nats - nats.max())
        return float(shares @ np.arange(1, 6) / shares.sum())

    def expected(self, profile: str, titles: Sequence[str]) -> np.ndarray:
        """(O,) mean nats per token of each title after the profile."""

        def ask() -> list:
            return self.cloze.expected(profile, titles).tolist()

        return np.array(self._kept(["cloze", BEGINNING, profile, *titles], ask))

    def _kept(self, content: list[str], ask) -> list:
        key = hashlib.sha256(json.dumps([self.identity, *content]).encode()).hexdigest()
        if found := self.store.get([key]):
            return json.loads(found[key])
        answer = ask()
        self.store.put({key: json.dumps(answer)})
        return answer


def tables(run: Run) -> list[Table]:
    """One table a data set."""
    base = run.profilers.writer("untrained")
    folder = trainable_base(run.profilers.preset, run.cache / f"base-{base.identity[:16]}")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=fast_dtype()).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    judge = StoredJudge(
        base.generator.about.name,
        NextItemJudge(model, tokenizer),
        Cloze(model, tokenizer),
        f"transformers {base.identity}",
        run.profilers.store,
    )
    return [_table(run, data, judge) for data in run.everything]


def _table(run: Run, data: EvaluationData, judge: StoredJudge) -> Table:
    benchmark, builder = run.benchmark(data), run.builder(data)
    notes = [f"The questions are answered by {judge.name}, frozen; ties count against."]
    bootstrap = PairedBootstrap(benchmark.users, run.options.seed)
    rated = [place for place, case in enumerate(benchmark.cases) if _stars_given(data, case) is not None]
    rows: list[Row] = []
    right: dict[str, np.ndarray] = {}
    for method in available(builder, run.chosen(METHODS), notes):
        say(f"{data.name}: {method}")
        contexts = contexts_of(method, benchmark.cases, builder)
        right[method] = _choices(method, contexts, benchmark, judge, run.options.seed)
        rows += choice_rows(method, right[method], bootstrap)
        if rated:
            rows += _rating_rows(method, contexts, benchmark, judge, data, rated, run.options.seed)
    if rated:
        rows += _mean_rows(benchmark, data, rated, run.options.seed)
    else:
        notes.append("The data set holds no ratings: no rating is predicted.")
    differences = choice_differences(right, bootstrap)
    return Table("qa", data.name, bootstrap.n_users, run.options.seed, tuple(rows), differences, tuple(notes))


def contexts_of(method: str, cases: Sequence[Case], builder) -> list[str]:
    """What the answering model is told about each user."""
    if method == "no-context":
        return [NOTHING] * len(cases)
    if method == "raw-history":
        lines = [[history_line(line, None) for line in case.history[-RECENT:]] for case in cases]
        return ["\n".join(history) for history in lines]
    return builder.write(system_of(method))(cases)


def _choices(method: str, contexts, benchmark: Benchmark, judge, seed: int) -> np.ndarray:
    """(T, C) 1 where the model chose right, for each of CHOICES."""
    progress = Progress(f"choices with {method}", len(contexts))
    right = []
    for context, trial in zip(contexts, benchmark.trials, strict=True):
        by_letter = [chosen(judge, context, benchmark, trial, size, seed) for size in SIZES]
        right.append(by_letter + most_expected(judge, context, benchmark, trial))
        progress.advance()
    return np.array(right, dtype=float)


def choice_rows(method: str, right: np.ndarray, bootstrap: PairedBootstrap) -> tuple[Row, ...]:
    """(T, C) right choices, or differences of them -> their means."""
    figures = bootstrap.intervals(right)
    return tuple(
        Row(method, "sampled", name, *map(float, interval))
        for name, interval in zip(CHOICES, figures, strict=True)
    )


def choice_differences(right: Mapping[str, np.ndarray], bootstrap: PairedBootstrap) -> tuple[Row, ...]:
    """How much more often the model chooses right from our profile than from each other context, paired."""
    others = [method for method in right if method != OURS] if OURS in right else []
    found = [
        choice_rows(f"{OURS} minus {method}", right[OURS] - right[method], bootstrap) for method in others
    ]
    return tuple(row for rows in zip(*found, strict=True) for row in rows)  # a metric after the other


def chosen(judge, context: str, benchmark: Benchmark, trial, size: int, seed: int) -> bool:
    """Whether the target alone is the most probable of `size` options, shuffled by the seed."""
    rows = trial.candidates[:size].tolist()
    random.Random(f"{seed}:{trial.case.user_id}:{size}").shuffle(rows)
    options = tuple(benchmark.items[row] for row in rows)
    right = rows.index(int(trial.candidates[0]))
    shares = judge.choice(Question(context, options, right))
    return bool((shares >= shares[right]).sum() == 1)


def most_expected(judge, context: str, benchmark: Benchmark, trial) -> list[bool]:
    """Whether the target's title alone is the most expected one, among as many as each of SIZES says."""
    titles = [benchmark.items[row].title for row in trial.candidates[: max(SIZES)]]
    nats = judge.expected(context, titles)
    return [bool((nats[:size] >= nats[0]).sum() == 1) for size in SIZES]


def _rating_rows(method, contexts, benchmark, judge, data, rated, seed) -> list[Row]:
    errors = []
    progress = Progress(f"ratings with {method}", len(rated))
    for place in rated:
        case = benchmark.cases[place]
        predicted = judge.stars(contexts[place], option_line(case.target))
        errors.append(abs(predicted - _stars_given(data, case)))
        progress.advance()
    return [_mae(method, errors, benchmark, rated, seed)]


def _mean_rows(benchmark: Benchmark, data: EvaluationData, rated: Sequence[int], seed: int) -> list[Row]:
    """The mean rating of the user's history, of the item among training users, and of all of these."""
    of_items = ratings_of_items(data)
    everything = [stars for ratings in of_items.values() for stars in ratings]
    overall = float(np.mean(everything)) if everything else 3.0
    errors: dict[str, list[float]] = {"user-mean": [], "item-mean": [], "global-mean": []}
    for place in rated:
        case = benchmark.cases[place]
        own = [line.rating for line in case.history if line.rating is not None]
        predicted = {
            "user-mean": np.mean(own) if own else overall,
            "item-mean": np.mean(of_items.get(case.target.item_id, [overall])),
            "global-mean": overall,
        }
        for name, stars in predicted.items():
            errors[name].append(abs(float(stars) - _stars_given(data, case)))
    return [_mae(name, found, benchmark, rated, seed) for name, found in errors.items()]


def ratings_of_items(data: EvaluationData) -> Mapping[str, list[float]]:
    """item_id -> the ratings that training users gave."""
    found: dict[str, list[float]] = {}
    for user in data.users("train"):
        for line in data.dataset.histories[user]:
            if line.rating is not None:
                found.setdefault(line.item_id, []).append(line.rating)
    return found


def _mae(method: str, errors, benchmark: Benchmark, rated: Sequence[int], seed: int) -> Row:
    bootstrap = PairedBootstrap([benchmark.users[place] for place in rated], seed)
    (figures,) = bootstrap.intervals(np.array(errors)[:, None])
    return Row(method, "full", "rating-mae", *map(float, figures))


def _stars_given(data: EvaluationData, case: Case) -> float | None:
    """What the user gave the target."""
    found = (line for line in data.dataset.histories[case.user_id] if line.item_id == case.target.item_id)
    return next(found).rating
