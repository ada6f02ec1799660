"""The line before the language model: order, places, expected waits, and who leaves it."""

import threading
from contextlib import ExitStack

import pytest

from blue.ui.serving.line import FIRST_GUESS, GONE_AFTER, MOST_OF_ONE, Busy, Line


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_places_move_up_and_the_wait_is_what_texts_took(clock):
    line = Line(clock=clock)
    with ExitStack() as second, ExitStack() as third:
        with line.place("a") as first:
            assert line.ahead(first) == 0
            b = second.enter_context(line.place("b"))
            c = third.enter_context(line.place("c"))
            assert (line.ahead(b), line.ahead(c)) == (1, 2)
            assert line.expected(1) == FIRST_GUESS
            clock.now = 3.0
            assert line.expected(1) == FIRST_GUESS - 3
        assert (line.ahead(b), line.ahead(c)) == (0, 1)
        mean = FIRST_GUESS + 0.2 * (3.0 - FIRST_GUESS)  # one text took 3 s
        assert line.expected(1) == pytest.approx(mean)
        second.close()
        assert line.ahead(c) == 0
    assert len(line) == 0


def test_who_asks_twice_stands_behind_everybodys_first(clock):
    line = Line(clock=clock)
    with ExitStack() as stack:
        served = stack.enter_context(line.place("greedy"))
        line.ahead(served)
        mine = [stack.enter_context(line.place("greedy")) for _ in range(2)]
        other = stack.enter_context(line.place("other"))
        assert line.ahead(other) == 1
        assert [line.ahead(one) for one in mine] == [2, 3]


def test_one_visitor_cannot_fill_the_line(clock):
    line = Line(clock=clock)
    with ExitStack() as stack:
        for _ in range(MOST_OF_ONE):
            stack.enter_context(line.place("greedy"))
        with pytest.raises(Busy, match="4 of your texts are waiting"):
            stack.enter_context(line.place("greedy"))
        stack.enter_context(line.place("other"))


def test_a_full_line_says_when_to_come_back(clock):
    line = Line(most=2, clock=clock)
    with (
        line.place("a"),
        line.place("b"),
        pytest.raises(Busy, match=r"Busy: 2 texts are waiting. Try again in 8 s."),
        line.place("c"),
    ):
        pass
    with line.place("c") as ticket:
        assert line.ahead(ticket) == 0


def test_who_left_without_a_word_holds_up_nobody(clock):
    line = Line(clock=clock)
    with line.place("a") as a, ExitStack() as gone:
        line.ahead(a)
        sleeping = gone.enter_context(line.place("closed its browser"))
        with line.place("c") as c:
            clock.now += GONE_AFTER - 1
            assert line.ahead(c) == 2
            clock.now += 2
            assert line.ahead(c) == 1
            assert line.ahead(sleeping) == 2  # it woke up: at the end
        assert line.ahead(a) == 0  # who is served is never forgotten


def test_closing_sends_away_who_waits_and_not_who_is_served(clock):
    line = Line(clock=clock)
    with line.place("a") as served, line.place("b") as waiting:
        line.ahead(served)
        line.close()
        assert line.ahead(served) == 0
        with pytest.raises(Busy, match="about to restart"):
            line.ahead(waiting)
        with pytest.raises(Busy, match="about to restart"), line.place("c"):
            pass


def test_twenty_threads_are_served_one_by_one_in_their_order():
    line, order, inside, most = Line(), [], [], []

    def work(number: int) -> None:
        with line.place(str(number)) as ticket:
            entered.set()
            line.wait(ticket)
            inside.append(number)
            most.append(len(inside))
            order.append(number)
            inside.remove(number)

    threads = []
    with line.place("first") as first:
        line.ahead(first)
        for number in range(20):
            entered = threading.Event()
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            entered.wait(5)
    for thread in threads:
        thread.join(10)
    assert order == list(range(20))
    assert set(most) == {1}
