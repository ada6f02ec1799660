"""Token buckets and addresses, with numbers that can be checked by hand."""

import pytest

from blue.ui.serving.limits import KEPT_BUCKETS, Allowance, Meter, address_of, seconds


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_a_rate():
    clock = Clock()
    meter = Meter(Allowance(burst=3, rate=2), clock)
    assert [meter.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now += 0.5
    assert meter.wait("a") == 0
    assert meter.wait("a") == 0.5


def test_one_visitor_spends_nothing_of_another():
    meter = Meter(Allowance(burst=1, rate=1), Clock())
    assert [meter.wait("a"), meter.wait("a"), meter.wait("b")] == [0, 1, 0]


def test_a_refusal_costs_nothing():
    clock = Clock()
    meter = Meter(Allowance(burst=1, rate=1), clock)
    waits = [meter.wait("a") for _ in range(50)]
    clock.now += 1
    assert waits[1:] == [1] * 49
    assert meter.wait("a") == 0


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing():
    clock = Clock()
    meter = Meter(Allowance(burst=2, rate=1), clock)
    meter.wait("a")
    clock.now -= 1_000
    assert meter.wait("a") == 0
    assert meter.wait("a") == 1


def test_millions_of_invented_visitors_cost_little_memory():
    meter = Meter(Allowance(burst=1, rate=1), Clock())
    for number in range(KEPT_BUCKETS + 5_000):
        meter.wait(str(number))
    assert len(meter._buckets) == KEPT_BUCKETS


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", None, "127.0.0.1"),
        ("10.0.0.7", "8.8.8.8", "8.8.8.8"),
        ("10.0.0.7", "1.1.1.1, 8.8.8.8, 10.1.2.3", "8.8.8.8"),  # what a caller claims stands first
        ("10.0.0.7", "<script>, 10.1.2.3", "10.0.0.7"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "8.8.8.8, not an address", "10.0.0.7"),
    ],
)
def test_addresses(peer, forwarded, address):
    assert address_of(peer, forwarded) == address


def test_a_wait_is_told_in_whole_seconds():
    assert [seconds(wait) for wait in (0.01, 1.0, 1.2)] == [1, 1, 2]
