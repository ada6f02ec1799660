"""The configuration of a published run is complete and says what it means."""

from pathlib import Path

import pytest
from trl import SFTConfig

from training.data import gather
from training.data.loaders import load_all
from training.warm_start.train import read_config

CONFIGS = [Path(__file__).parents[2] / "training" / "configs" / "embedded.yaml"]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_value_of_a_configuration_is_known(path):
    ours, trl = read_config(path)
    assert sum(ours.mixture.values()) > ours.validation_examples
    assert ours.windows.history_tokens > ours.windows.profile_tokens
    assert set(trl) <= set(SFTConfig.__dataclass_fields__)


def test_a_data_set_that_is_not_given_is_asked_for():
    ours, _ = read_config(CONFIGS[0])
    with pytest.raises(SystemExit, match="--data beauty="):
        gather(ours, [])


@pytest.mark.parametrize("source", ["movies", "movies=DIR", "movies=netflix:DIR"])
def test_a_source_that_is_written_differently_is_told(source):
    with pytest.raises(SystemExit, match="write NAME=KIND:DIR"):
        load_all([source])
