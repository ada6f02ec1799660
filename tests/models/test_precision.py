"""Which precision is chosen: the one that is measured to be faster."""

import pytest
import torch

from blue.models import precision

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="what is asked here concerns a CPU")


@pytest.fixture(autouse=True)
def _measured_anew():
    precision.cpu_gains_by_bfloat16.cache_clear()
    yield
    precision.cpu_gains_by_bfloat16.cache_clear()


@pytest.mark.parametrize(
    ("in_bfloat16", "dtype"), [(0.5, torch.bfloat16), (0.9, torch.float32), (1.7, torch.float32)]
)
def test_bfloat16_is_taken_where_it_is_clearly_faster(monkeypatch, in_bfloat16, dtype):
    monkeypatch.setattr(precision, "cpu_has_bfloat16", lambda: True)
    monkeypatch.setattr(precision, "_seconds", lambda asked: in_bfloat16 if asked is torch.bfloat16 else 1.0)
    assert precision.fast_dtype() is dtype


def test_a_processor_without_its_instructions_is_not_timed(monkeypatch):
    monkeypatch.setattr(precision, "cpu_has_bfloat16", lambda: False)
    monkeypatch.setattr(precision, "_seconds", lambda asked: pytest.fail("it was timed"))
    assert precision.fast_dtype() is torch.float32


def test_what_is_timed_takes_time_in_both():
    assert precision._seconds(torch.float32) > 0
    assert precision._seconds(torch.bfloat16) > 0
