"""The configuration of a published run is complete and says what it means."""

from pathlib import Path

import pytest
from trl import SFTConfig

from training.train_profiler import gather, read_config

CONFIGS = sorted((Path(__file__).parents[2] / "training" / "configs").glob("*.yaml"))


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
