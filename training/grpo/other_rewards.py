"""The rewards of neighbouring methods, so that they are rows of the same table by the same trainer.

Each is the method's idea in our setting, not a reproduction: the policy, the data, the optimiser and the
guards are ours, and so is the exact form of the reward. One configuration a method, in configs/grpo/.

    preference        RLAIF: a frozen model says which of two profiles fits the history better
    future_activity   RLPF (arXiv 2409.04421): a frozen model predicts what the user takes next, several times
    next_item_rank    LangPTune (arXiv 2410.18870): the rank of the next item, the embedder trained in turns
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from blue.datatypes import Interaction, TextEncoder
from blue.profile import history_line
from blue.retrieval import cosine_similarity
from blue.rewards import Question, reward_vectors
from blue.rewards import formulas as rewards
from training.grpo.negatives import ItemTable
from training.grpo.reward_functions import as_profile, texts_of
from training.runs import NextItemJudge

RECENT = 10  # items of the history that the judge of a preference reads
COMPARISON = (
    "What a person liked, the oldest first:\n{history}\n\n"
    "Description A:\n{first}\n\nDescription B:\n{second}\n\n"
    "Which description says better what this person likes? Answer with one letter."
)
MAX_PROFILE_CHARACTERS = 1_000  # a runaway text must not decide how long the batch takes


@dataclass
class Preference:
    """How often a frozen judge prefers a profile to others of its history, in [0, 1] (RLAIF).

    Each is compared, in both orders, with the next `compared_with` of its group, the first one following the
    last, and so with as many before it. 0 means all: for eight profiles 28 pairs instead of eight each.
    """

    judge: NextItemJudge
    table: ItemTable
    compared_with: int = 0
    __name__ = "preference"

    def __call__(
        self, prompts, completions, *, user_id, target_id, history_ids, place=None, **_
    ) -> list[float]:
        """B completions with their columns -> B rewards; a group is of one user, target and taste."""
        texts = [_sayable(text) for text in texts_of(completions)]
        groups: dict[tuple, list[int]] = {}
        for n, key in enumerate(zip(user_id, target_id, place or user_id, strict=True)):
            groups.setdefault(key, []).append(n)
        pairs = [pair for members in groups.values() for pair in _pairs(members, self.compared_with)]
        answers = dict(zip(pairs, self._ask(pairs, texts, history_ids), strict=True))
        values = np.empty(len(texts))
        for members in groups.values():
            values[members] = rewards.win_rate(_matrix(members, answers))
        return values.tolist()

    def _ask(self, pairs, texts, history_ids) -> list[float]:
        """For each pair, the probability that its first profile is preferred."""
        asked = []
        for place, other in pairs:
            history = self._history(history_ids[place])
            for first, second in ((place, other), (other, place)):
                asked.append(COMPARISON.format(history=history, first=texts[first], second=texts[second]))
        answers = self.judge.letters(asked, "AB").reshape(-1, 2, 2) if asked else []
        return [rewards.preferred(answer) for answer in answers]

    def _history(self, item_ids: Sequence[str]) -> str:
        items = [self.table.items[item_id] for item_id in item_ids[-RECENT:]]
        return "\n".join(history_line(Interaction(item.title, year=item.year), item) for item in items)


@dataclass
class FutureActivity:
    """Probability that a frozen judge predicts the user's next several items, given the profile (RLPF)."""

    judge: NextItemJudge
    table: ItemTable
    __name__ = "future_activity"

    def __call__(self, prompts, completions, *, future_option_ids, future_right, **_) -> list[float]:
        """B completions with their columns -> B rewards in [0, 1]."""
        asked, owners = [], []
        columns = zip(texts_of(completions), future_option_ids, future_right, strict=True)
        for n, (text, options, places) in enumerate(columns):
            profile = as_profile(text).text or "."
            for ids, place in zip(options, places, strict=True):
                asked.append(Question(profile, tuple(self.table.items[item_id] for item_id in ids), place))
                owners.append(n)
        answers = self.judge.log_probabilities(asked)
        chosen: list[list[float]] = [[] for _ in completions]
        for owner, answer, question in zip(owners, answers, asked, strict=True):
            places = [place for _, place in question.orders()]
            chosen[owner].append(rewards.next_item_choice(answer, places))
        return [rewards.future_activity(ones) for ones in chosen]


@dataclass
class NextItemRank:
    """Where the next item stands among the row's negatives by similarity, in (0, 1] (LangPTune)."""

    encoder: TextEncoder
    table: ItemTable
    scoring: str = "single"
    __name__ = "next_item_rank"

    def __call__(self, prompts, completions, *, target_id, negative_ids, **_) -> list[float]:
        """B completions with their columns -> B rewards."""
        values = []
        for text, target, others in zip(texts_of(completions), target_id, negative_ids, strict=True):
            vectors = reward_vectors(self.encoder, as_profile(text), self.scoring)
            similar = cosine_similarity(vectors, self.table.rows([target, *others]))
            scores = rewards.pool(similar)
            values.append(float(rewards.next_item_rank(scores[0], scores[1:])))
        return values


def _pairs(members: Sequence[int], compared_with: int) -> list[tuple[int, int]]:
    """Each of G members with so many next ones, in a ring; every pair once, the smaller first. 0: all.

    >>> _pairs([3, 4, 5, 6], 1)
    [(3, 4), (3, 6), (4, 5), (5, 6)]
    """
    size = len(members)
    compared_with = min(compared_with or size, size // 2)
    ring = ((n, (n + step) % size) for n in range(size) for step in range(1, compared_with + 1))
    return sorted({tuple(sorted((members[n], members[other]))) for n, other in ring})


def _matrix(members: Sequence[int], answers: dict[tuple[int, int], float]) -> np.ndarray:
    """(G, G) preferences from those of the pairs; NaN where a pair was not compared."""
    found = np.full((len(members), len(members)), np.nan)
    for (i, first), (j, other) in combinations(enumerate(members), 2):
        if (first, other) in answers:
            found[i, j] = answers[first, other]
            found[j, i] = 1 - found[i, j]
    return found


def _sayable(text: str) -> str:
    """A sampled text may hold special tokens; the angle brackets they need are replaced."""
    return text[:MAX_PROFILE_CHARACTERS].replace("<", "‹").replace(">", "›")
