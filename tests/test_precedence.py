"""Short work goes first, long work waits between its steps, and neither can block the other for good."""

import threading

import pytest

from blue.precedence import Precedence


def test_long_work_goes_on_at_once_when_nothing_short_is_under_way():
    assert Precedence(patience=60.0).give_way()


def test_long_work_waits_for_the_end_of_short_work():
    precedence, done = Precedence(patience=60.0), []
    with precedence.short():
        waiting = threading.Thread(target=lambda: done.append(precedence.give_way()))
        waiting.start()
        waiting.join(0.05)
        assert not done
    waiting.join(10.0)
    assert done == [True]


def test_short_work_without_end_holds_long_work_up_for_its_patience_only():
    precedence = Precedence(patience=0.01)
    with precedence.short(), precedence.short():
        assert not precedence.give_way()


def test_short_work_that_fails_is_over():
    precedence = Precedence(patience=60.0)
    with pytest.raises(ValueError, match="broken"), precedence.short():
        raise ValueError("broken")
    assert precedence.give_way()
