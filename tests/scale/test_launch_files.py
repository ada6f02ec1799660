"""The files for several processes are what accelerate, PyTorch and TRL accept."""

from pathlib import Path

import pytest
from accelerate import FullyShardedDataParallelPlugin
from accelerate.commands.config.config_args import load_config_from_file

from training.grpo.config import read_config, trl_settings
from training.grpo.rollouts import RolloutSettings

CONFIGS = Path(__file__).resolve().parents[2] / "training" / "configs"


def launch(name: str):
    return load_config_from_file(str(CONFIGS / "accelerate" / f"{name}.yaml"))


def test_ddp_starts_a_process_a_gpu():
    read = launch("ddp")
    assert (read.distributed_type, read.mixed_precision, read.use_cpu) == ("MULTI_GPU", "bf16", False)
    assert read.num_processes > 1


def test_fsdp_values_are_known_to_its_plugin():
    read = launch("fsdp")
    assert read.distributed_type == "FSDP"
    given = {name.removeprefix("fsdp_"): value for name, value in read.fsdp_config.items()}
    named = {"offload_params": "cpu_offload", "version": "fsdp_version"}
    plugin = FullyShardedDataParallelPlugin(
        **{
            named.get(name, name): value.lower() if isinstance(value, str) else value
            for name, value in given.items()
        }
    )
    assert plugin.fsdp_version == 2
    assert plugin.reshard_after_forward is True
    assert plugin.auto_wrap_policy.__name__ == "transformer_auto_wrap_policy"


def test_the_vllm_server_is_what_trl_will_ask(tmp_path):
    config, values = read_config(CONFIGS / "grpo" / "vllm-server.yaml")
    settings = trl_settings(config, values | {"use_cpu": True, "bf16": False, "report_to": "none"}, tmp_path)
    assert (settings.use_vllm, settings.vllm_mode) == (True, "server")
    assert settings.vllm_server_base_url == "http://127.0.0.1:8000"
    assert settings.vllm_importance_sampling_correction is True


def test_rollouts_of_vllm_need_every_step_its_weights():
    with pytest.raises(SystemExit, match="samples from the policy itself"):
        RolloutSettings("vllm", 4)
