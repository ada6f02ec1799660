"""What several tests share: one loaded profiler, and property tests without a stopwatch."""

import pytest
from hypothesis import settings

from blue.profiler import Profiler, load_profiler
from tests.serving.fixtures import fresh, served  # noqa: F401 (the app over HTTP)

settings.register_profile("patient", deadline=None)  # a busy machine is not a bug
settings.load_profile("patient")


@pytest.fixture(scope="session")
def profiler() -> Profiler:
    """The real embedded models over the shipped catalogue, loaded once for all tests."""
    return load_profiler()


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """The embedded profiler as a folder that can be trained."""
    from training.runs.base_model import trainable_base

    return trainable_base("embedded", tmp_path_factory.mktemp("base") / "model")
