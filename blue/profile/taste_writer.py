"""The tastes of a history -> one sentence each, checked against its lines before anybody sees it.

Each taste is one short question with its own lines, so that a sentence is true of its evidence by
construction. The first is written alone, the others side by side. Where a guard is broken, a taste told
again, a sentence opened like one before it, or a reader would not think much of a draft (`marks`), more are
sampled side by side, and the one is kept that such a reader would mark highest. Nothing is rewritten; a
sentence that still nothing supports stays, and is shown so. Of a title of which nothing is known no link,
name or order is ever repeated: where every draft does, the taste has no sentence.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from blue.datatypes import Interaction, Item, Message, Profile, SamplingSettings, Sentence, TextGenerator
from blue.profile.grouping import Taste
from blue.profile.guards import Unknown, guarded, same_taste, stutters
from blue.profile.marks import MARKS, DraftMarks, shipped_marks
from blue.profile.polarity import stance
from blue.profile.product_kinds import known_item
from blue.profile.prompts import Conversation
from blue.profile.sentences import first_sentence
from blue.profile.support import WEIGHTS, SupportModel, Words, line_words
from blue.profile.taste_prompts import taste_prompt

WRITER_VERSION = 8  # rises with every change of how drafts are made and chosen
ONE_SENTENCE = SamplingSettings(max_new_tokens=40, stop=("\n",))  # greedy
AGAIN = 4  # samples of a sentence that is written again
AGAIN_TEMPERATURE = 0.7
GOOD = 3.4  # of a reader's marks from 1 to 5: what gets less is written again
A_FAULT = 0.5  # marks that are lost by each guard that a draft breaks
_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class TasteWriter:
    """Writes sentences with a language model and holds them against their lines."""

    generator: TextGenerator
    support: SupportModel
    settings: SamplingSettings = ONE_SENTENCE
    marks: DraftMarks = field(default_factory=shipped_marks)

    def write(
        self, tastes: Sequence[Taste], history: Sequence[Interaction], items: Mapping[str, Item]
    ) -> Iterator[Sentence]:
        """The sentences in the order of the tastes, each as soon as it stands; it will not change again.

        A taste for which the model finds no words of its own, or no words of dislike, has no sentence.
        """
        asked = [_Asked.of(taste, history, items) for taste in tastes]
        said: list[str] = []
        for together in filter(None, (asked[:1], asked[1:])):
            drafts = self.generator.generate([question.messages for question in together], self.settings)
            yield from self._standing(together, drafts, said)

    def write_many(
        self, people: Sequence[tuple[Sequence[Taste], Sequence[Interaction]]], items: Mapping[str, Item]
    ) -> list[Profile]:
        """The profiles of several people, tastes and history of each, all first drafts side by side."""
        asked = [[_Asked.of(taste, history, items) for taste in tastes] for tastes, history in people]
        drafts = iter(
            self.generator.generate(
                [question.messages for person in asked for question in person], self.settings
            )
        )
        return [
            Profile(tuple(self._standing(person, [next(drafts) for _ in person], []))) for person in asked
        ]

    def _standing(
        self, asked: Sequence["_Asked"], drafts: Sequence[str], said: list[str]
    ) -> Iterator[Sentence]:
        """What stands of the drafts; `said` grows by it."""
        for question, text in zip(asked, drafts, strict=True):
            if (sentence := self._checked(question, first_sentence(text), said)) is not None:
                said.append(sentence)
                yield Sentence(sentence, written_from=question.keys)

    def _checked(self, question: "_Asked", first: str, said: Sequence[str]) -> str | None:
        """The first draft if nothing is wrong with it, else the best of it and of what is written again."""
        if self._marks(question, [first], said)[0] >= GOOD and not self._faults(question, first, said):
            return first
        again = self.generator.samples(question.messages, written_again(self.settings), AGAIN)
        drafts = list(dict.fromkeys((first, *map(first_sentence, again))))
        best = drafts[int(self._marks(question, drafts, said).argmax())]
        return best if self._may_stand(question, best, said) else None

    def _marks(self, question: "_Asked", drafts: Sequence[str], said: Sequence[str]) -> np.ndarray:
        """(N,) what a reader would give each draft, less what is wrong with it."""
        faults = np.array([self._faults(question, draft, said) for draft in drafts])
        return self.marks(drafts, question.lines, self.support) - A_FAULT * faults

    def _faults(self, question: "_Asked", text: str, said: Sequence[str]) -> int:
        """How many guards a draft breaks; one that may not stand at all has more than any other."""
        if not self._may_stand(question, text, said):
            return 100
        broken = guarded(text, question.titles, question.lines, self.support)
        faults = (broken.restates_title, broken.year, broken.unsupported, broken.stranger, broken.people)
        opened = any(text.split()[:1] == before.split()[:1] for before in said)
        return sum(faults) + opened + stutters(text) + (not text.endswith(_ENDS))

    def _may_stand(self, question: "_Asked", text: str, said: Sequence[str]) -> bool:
        return question.may_stand(text, said) and not question.unknown.repeated(text, self.support.table)


def written_again(settings: SamplingSettings) -> SamplingSettings:
    """How the further drafts of a sentence are sampled."""
    return replace(settings, temperature=AGAIN_TEMPERATURE)


def writer_version() -> str:
    """What decides a sentence besides the model, the prompt and how it is decoded."""
    checks = hashlib.sha256(WEIGHTS.read_bytes() + MARKS.read_bytes()).hexdigest()
    return f"writer {WRITER_VERSION}, checks {checks}"


def about_taste(taste: Taste, history: Sequence[Interaction], items: Mapping[str, Item]) -> Conversation:
    """What the language model is asked about one taste of a history."""
    return taste_prompt([history[row] for row in taste.rows], items, disliked=not taste.liked)


@dataclass(frozen=True)
class _Asked:
    """What is asked about one taste, and what its sentence is held against."""

    messages: tuple[Message, ...]
    lines: tuple[Words, ...]
    titles: tuple[str, ...]  # of these lines
    keys: tuple[str, ...]
    liked: bool
    unknown: Unknown  # among these lines

    @classmethod
    def of(cls, taste: Taste, history: Sequence[Interaction], items: Mapping[str, Item]) -> "_Asked":
        lines = [history[row] for row in taste.rows]
        known = [known_item(line, items) for line in lines]
        return cls(
            about_taste(taste, history, items).messages,
            tuple(line_words(line, item) for line, item in zip(lines, known, strict=True)),
            # a visitor may write "Emma by Jane Austen", and a sentence may name her
            tuple(item.title if item else line.title for line, item in zip(lines, known, strict=True)),
            tuple(line.key for line in lines),
            taste.liked,
            Unknown.among(lines, items),
        )

    def may_stand(self, text: str, said: Sequence[str]) -> bool:
        """Whether a draft says something, of the right polarity, that no earlier sentence says."""
        if not text or any(same_taste(text, before) for before in said):
            return False
        parts = stance(text)
        return parts.disliked is None if self.liked else parts.liked is None
