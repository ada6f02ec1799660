"""The table of questions and right answers, on the real models (see `table`, whose command prints it)."""

from blue.answering import Answerer
from blue.inspection import Inspector
from tests.answering.table import faults, history_of, rows

LEAST_RIGHT = 54


def test_most_questions_are_answered_right(profiler):
    answerer, history = Answerer(Inspector(profiler)), history_of(profiler)
    asked = rows()
    assert len(asked) == 60
    wrong = {row.question: told for row in asked if (told := faults(row, answerer, history))}
    assert len(asked) - len(wrong) >= LEAST_RIGHT, wrong
