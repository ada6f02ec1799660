"""One sentence a taste: checked, written again once, never changed after it was shown."""

from collections.abc import Sequence

import numpy as np
import pytest

from blue.datatypes import Interaction, Item, SamplingSettings
from blue.profile import (
    TasteWriter,
    Unknown,
    about_taste,
    nothing_written,
    shipped_support,
    stance,
    written_in_one_pass,
)
from blue.profile.grouping import Taste
from blue.profile.marks import FEATURES, DraftMarks
from blue.profile.sentences import NOTHING_WRITTEN
from blue.profile.support import line_words

ITEMS = {
    item.item_id: item
    for item in (
        Item("1", "Heat", "movie", 1995, ("Michael Mann",), None, ("crime", "thriller"),
             ("bank robbery", "gruff detective")),
        Item("2", "Moon", "movie", 2009, ("D. Jones",), None, ("science fiction",),
             ("isolation", "cloning", "space station")),
        Item("3", "Saw", "movie", 2004, ("James Wan",), None, ("horror",),
             ("torture", "deadly games", "captivity")),
    )
}  # fmt: skip
HISTORY = [
    Interaction("Heat", 5.0, item_id="1"),
    Interaction("Moon", 4.0, item_id="2"),
    Interaction("Saw", 1.0, item_id="3"),
]
HEIST, LONELY, TORTURE = Taste((0,)), Taste((1,)), Taste((2,), liked=False)
TRUE = {
    "Heat": "Enjoys crime thrillers about a bank robbery and a gruff detective.",
    "Moon": "Drawn to science fiction about isolation and cloning on a space station.",
    "Saw": "Has little patience for horror with torture, captivity and deadly games.",
}


class Scripted:
    """Writes what a test says: a first draft for each title, and samples for what is written again."""

    name = engine = "scripted"

    def __init__(self, drafts: dict[str, str], again: dict[str, Sequence[str]] | None = None) -> None:
        self.drafts, self.again = drafts, again or {}
        self.calls: list[tuple[str, ...]] = []

    def _title(self, messages) -> str:
        return next(title for title in TRUE if f"- {title}" in messages[-1]["content"])

    def generate(self, conversations, settings: SamplingSettings) -> list[str]:
        titles = tuple(self._title(messages) for messages in conversations)
        self.calls.append(titles)
        return [self.drafts[title] for title in titles]

    def samples(self, messages, settings: SamplingSettings, count: int) -> list[str]:
        assert settings.temperature > 0
        title = self._title(messages)
        self.calls.append(("again", title))
        return list(self.again.get(title, [self.drafts[title]] * count))

    def count_tokens(self, text: str) -> int:
        return len(text.split())


CONTENT = DraftMarks(np.zeros(len(FEATURES)), 4.0, 0.0)  # a reader to whom all drafts are good


def written(model: Scripted, *tastes: Taste) -> list[str]:
    writer = TasteWriter(model, shipped_support(), marks=CONTENT)
    return [sentence.text for sentence in writer.write(tastes, HISTORY, ITEMS)]


def test_each_taste_is_one_sentence_that_knows_its_line():
    writer = TasteWriter(Scripted(TRUE), shipped_support(), marks=CONTENT)
    sentences = list(writer.write([HEIST, LONELY, TORTURE], HISTORY, ITEMS))
    assert [one.text for one in sentences] == list(TRUE.values())
    assert [one.written_from for one in sentences] == [("1",), ("2",), ("3",)]


def test_the_first_sentence_is_written_alone_and_the_others_side_by_side():
    model = Scripted(TRUE)
    sentences = TasteWriter(model, shipped_support(), marks=CONTENT).write(
        [HEIST, LONELY, TORTURE], HISTORY, ITEMS
    )
    assert next(sentences).text == TRUE["Heat"]
    assert model.calls == [("Heat",)]
    assert len(list(sentences)) == 2
    assert model.calls == [("Heat",), ("Moon", "Saw")]


@pytest.mark.parametrize(
    "draft",
    [
        "Loves a small-town romance between a widow and her gardener.",  # nothing supports it
        "Enjoys crime thrillers about a bank robbery from 1995.",  # a year number
        "Enjoys crime thrillers about a bank robbery by Quentin Tarantino.",  # a stranger
        "",
    ],
)
def test_what_breaks_a_guard_is_written_again_and_the_best_is_kept(draft):
    model = Scripted(TRUE | {"Heat": draft}, {"Heat": ["Loves weddings.", TRUE["Heat"], "A heist."]})
    assert written(model, HEIST) == [TRUE["Heat"]]
    assert model.calls == [("Heat",), ("again", "Heat")]


def test_a_sentence_that_nothing_supports_is_written_again_once_and_then_stays():
    invention = "Loves a small-town romance between a widow and her gardener."
    model = Scripted(TRUE | {"Heat": invention})
    assert written(model, HEIST) == [invention]
    assert model.calls.count(("again", "Heat")) == 1
    assert not shipped_support().judge(invention, [line_words(HISTORY[0], ITEMS["1"])]).supported


def test_what_a_reader_would_mark_low_is_written_again_and_the_best_is_kept():
    again = ["Likes crime.", TRUE["Heat"], "Enjoys crime thrillers about a heist and a bank robbery."]
    model = Scripted(TRUE | {"Heat": "Likes thrillers."}, {"Heat": again})
    marks = DraftMarks(
        np.eye(len(FEATURES))[FEATURES.index("told")], 0.0, 0.0
    )  # a reader who wants much told
    kept = [
        one.text for one in TasteWriter(model, shipped_support(), marks=marks).write([HEIST], HISTORY, ITEMS)
    ]
    told = {text: shipped_support().told(text, [line_words(HISTORY[0], ITEMS["1"])]) for text in again}
    assert kept == [max(again, key=told.__getitem__)]
    assert model.calls == [("Heat",), ("again", "Heat")]


def test_a_dislike_that_reads_as_a_liking_is_never_shown():
    model = Scripted(TRUE | {"Saw": "Enjoys horror with torture and deadly games."})
    assert written(model, HEIST, TORTURE) == [TRUE["Heat"]]
    assert stance(TRUE["Saw"]).liked is None


def test_a_liking_that_reads_as_a_dislike_is_never_shown():
    model = Scripted(TRUE | {"Heat": "Has little patience for crime thrillers about a bank robbery."})
    assert written(model, HEIST) == []


def test_the_same_taste_is_not_told_twice():
    again = {"Moon": [TRUE["Heat"], TRUE["Moon"]]}
    model = Scripted(TRUE | {"Moon": "Likes crime thrillers around a bank robbery."}, again)
    assert written(model, HEIST, LONELY) == [TRUE["Heat"], TRUE["Moon"]]


def test_many_people_are_asked_in_one_batch():
    model = Scripted(TRUE)
    writer = TasteWriter(model, shipped_support(), marks=CONTENT)
    one, other = writer.write_many([([HEIST, LONELY], HISTORY), ([TORTURE], HISTORY)], ITEMS)
    assert model.calls == [("Heat", "Moon", "Saw")]
    assert [s.text for s in one.sentences] == [TRUE["Heat"], TRUE["Moon"]]
    assert [s.text for s in other.sentences] == [TRUE["Saw"]]


def test_the_question_says_what_the_stars_say():
    assert "dislikes" in about_taste(TORTURE, HISTORY, ITEMS).messages[0]["content"]
    assert "likes" in about_taste(HEIST, HISTORY, ITEMS).messages[0]["content"]


def test_one_pass_gives_each_sentence_as_soon_as_its_line_ends():
    taken = []

    def pieces():
        for piece in (
            "Enjoys crime thrillers about ",
            "a bank robbery.\nDrawn",
            " to isolation and cloning.",
        ):
            taken.append(piece)
            yield piece

    sentences = written_in_one_pass(pieces(), HISTORY, ITEMS, shipped_support())
    first = next(sentences)
    assert (first.text, first.written_from) == ("Enjoys crime thrillers about a bank robbery.", ("1",))
    assert len(taken) == 2
    assert next(sentences).written_from == ("2",)


def test_one_pass_stops_after_five_different_tastes():
    words = ("heists", "clones", "torture", "robots", "sailors", "dragons", "vampires")
    text = "".join(f"Loves {word} in Paris{n}.\n" for n, word in enumerate(words))
    assert len(list(written_in_one_pass(iter([text, text]), HISTORY, ITEMS, shipped_support()))) == 5


UNKNOWN = Interaction("Zorvel Quindra presents: a robbery at mok-tash.example/free", 5.0)


@pytest.mark.parametrize(
    "draft",
    [
        "Drawn to Zorvel Quindra.",
        "Enjoys a crime at mok-tash.example.",
        "Drawn to presents: a robbery at a bank.",
        "Enjoys a free robbery.",
    ],
)
def test_of_a_title_of_which_nothing_is_known_no_name_link_or_run_of_words_is_repeated(draft):
    model = Scripted({"Zorvel": draft}, {"Zorvel": [draft, "Enjoys a robbery.", draft]})
    model._title = lambda messages: "Zorvel"
    writer = TasteWriter(model, shipped_support(), marks=CONTENT)
    assert [one.text for one in writer.write([HEIST], [UNKNOWN], ITEMS)] == ["Enjoys a robbery."]
    model.again = {"Zorvel": [draft] * 3}
    assert list(writer.write([HEIST], [UNKNOWN], ITEMS)) == []
    (left,) = writer.write_many([([HEIST], [UNKNOWN])], ITEMS)
    assert left.sentences == ()
    spoken = written_in_one_pass(iter([f"{draft}\nEnjoys a robbery."]), [UNKNOWN], ITEMS, shipped_support())
    assert [one.text for one in spoken] == ["Enjoys a robbery."]


def test_what_is_known_may_be_named_beside_what_is_not():
    named = "Enjoys Michael Mann's crime thrillers about a bank robbery."
    both = Taste((0, 1))
    writer = TasteWriter(Scripted({"Heat": named}), shipped_support())
    assert [one.text for one in writer.write([both], [HISTORY[0], UNKNOWN], ITEMS)] == [named]
    product = Item("p", "Zorvel robbery kit", "product", genres=("Toys",))
    owned = Interaction("Zorvel robbery kit", 5.0, item_id="p")
    assert not Unknown.among([owned], {"p": product}).repeated("Enjoys Zorvel kits.", {})


def test_who_has_only_unknown_titles_is_told_what_to_do():
    told = nothing_written([UNKNOWN, *(Interaction(f"Mok {n}") for n in range(4))], ITEMS)
    assert "“Mok 0”, “Mok 1”, 2 more, so nothing was written" in told
    assert "choose which titles they are" in told
    assert nothing_written([UNKNOWN, *HISTORY], ITEMS) == NOTHING_WRITTEN
