import numpy as np

from blue.datatypes import Interaction, Item
from blue.profile import line_words, shipped_support
from blue.profile.marks import AGREEMENT, FEATURES, DraftMarks, agreement, draft_features, shipped_marks

HEIST = Item("1", "Heat", "movie", genres=("crime", "thriller"), themes=("bank robbery", "cops and robbers"))
LINES = [line_words(Interaction("Heat", item_id="1"), HEIST)]
GOOD = "Enjoys crime thrillers about a bank robbery."


def test_what_most_drafts_say_agrees_most():
    agreed = agreement([GOOD, "Enjoys thrillers about a bank robbery.", "Loves weddings by the sea."])
    assert agreed[2] == 0
    assert min(agreed[:2]) > 0.2
    assert agreement(["", GOOD]) == [0, 0]
    assert agreement([GOOD]) == [0]


def test_a_word_said_twice_and_what_no_line_says_are_marked_down():
    drafts = [GOOD, "Enjoys crime, crime thrillers about a bank robbery.", "Loves weddings by the sea."]
    best, twice, untrue = shipped_marks()(drafts, LINES, shipped_support())
    assert best > max(twice, untrue)


def test_a_lone_draft_is_taken_to_agree_as_drafts_do():
    marks = DraftMarks(np.eye(len(FEATURES))[AGREEMENT], 1.0, 0.25)
    assert marks([GOOD], LINES, shipped_support()).tolist() == [1.25]


def test_features_by_hand():
    features = draft_features([GOOD, GOOD.replace("Enjoys", "Loves")], LINES, shipped_support())
    named = dict(zip(FEATURES, features[0], strict=True))
    assert features.shape == (2, len(FEATURES))
    assert (named["words"], named["word twice"]) == (7, 0)
    assert named["least line"] == named["mean line"] == 4 / 5  # all but "enjoys"
    assert features[:, FEATURES.index("most probable")].tolist() == [1, 0]
