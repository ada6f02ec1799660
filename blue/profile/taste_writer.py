"""The tastes of a history -> one sentence each, checked against its lines before anybody sees it.

Each taste is one short question with its own lines, so that a sentence is true of its evidence by
construction. The first is written alone, the others side by side. Where a guard is broken, a taste told
again, a word said twice, something said that no line says, a sentence opened like one before it, or little
said at all, more drafts are sampled side by side, and the one is kept that most agrees with the others (minimum
Bayes risk; Eikema and Aziz 2020), less what is wrong with it. Nothing is rewritten; a sentence that still nothing supports stays, and is shown
so. Of a title of which nothing is known no link, name or order is ever repeated: where every draft does, the
taste has no sentence.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from blue.datatypes import Interaction, Item, Message, Profile, SamplingSettings, Sentence, TextGenerator
from blue.profile.grouping import Taste
from blue.profile.guards import Unknown, fuses_lines, guarded, same_taste, stutters
from blue.profile.polarity import stance
from blue.profile.product_kinds import known_item
from blue.profile.prompts import Conversation
from blue.profile.sentences import first_sentence
from blue.profile.support import WEIGHTS, SupportModel, Words, line_words
from blue.profile.taste_prompts import taste_prompt
from blue.profile.words import content_stems

WRITER_VERSION = 7  # rises with every change of how drafts are made and chosen
ONE_SENTENCE = SamplingSettings(max_new_tokens=40, stop=("\n",))  # greedy
AGAIN = 4  # samples of a sentence that is written again
AGAIN_TEMPERATURE = 0.7
TELLS_ENOUGH = 8.0  # of `SupportModel.told`: what says less of its lines is written again
A_FAULT = 0.1  # of agreement is lost by each thing that is wrong with a draft
_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class TasteWriter:
    """Writes sentences with a language model and holds them against their lines."""

    generator: TextGenerator
    support: SupportModel
    settings: SamplingSettings = ONE_SENTENCE

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
        told = self.support.told(first, question.lines)
        if told >= TELLS_ENOUGH and not self._faults(question, first, said):
            return first
        again = self.generator.samples(question.messages, written_again(self.settings), AGAIN)
        drafts = list(dict.fromkeys((first, *map(first_sentence, again))))
        worth = {
            draft: agreed - A_FAULT * self._faults(question, draft, said)
            for draft, agreed in zip(drafts, agreement(drafts), strict=True)
        }
        best = max(drafts, key=worth.__getitem__)
        return best if self._may_stand(question, best, said) else None

    def _faults(self, question: "_Asked", text: str, said: Sequence[str]) -> int:
        """How many things are wrong with a draft; one that may not stand at all has more than any other."""
        if not self._may_stand(question, text, said):
            return 100
        broken = guarded(text, question.titles, question.lines, self.support)
        faults = (broken.restates_title, broken.year, broken.unsupported, broken.stranger, broken.people)
        unsaid = bool(self.support.missing(text, question.lines))
        fused = fuses_lines(text, question.lines)
        opened = any(text.split()[:1] == before.split()[:1] for before in said)
        # of all that a reader meets, a word said twice is the first to spoil a sentence
        return sum(faults) + unsaid + fused + opened + 2 * stutters(text) + (not text.endswith(_ENDS))

    def _may_stand(self, question: "_Asked", text: str, said: Sequence[str]) -> bool:
        return question.may_stand(text, said) and not question.unknown.repeated(text, self.support.table)


def agreement(drafts: Sequence[str]) -> list[float]:
    """How far each draft says what the others say: the mean Jaccard overlap of content words, in [0, 1].

    >>> agreement(["Loves sea films.", "Loves films of the sea.", "Enjoys crime novels."])
    [0.5, 0.5, 0.0]
    """
    words = [frozenset(content_stems(draft)) for draft in drafts]
    others = max(1, len(drafts) - 1)
    return [
        sum(len(mine & one) / len(mine | one) for one in words if one is not mine and mine | one) / others
        for mine in words
    ]


def written_again(settings: SamplingSettings) -> SamplingSettings:
    """How the further drafts of a sentence are sampled."""
    return replace(settings, temperature=AGAIN_TEMPERATURE)


def writer_version() -> str:
    """What decides a sentence besides the model, the prompt and how it is decoded."""
    return f"writer {WRITER_VERSION}, checks {hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()}"


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
