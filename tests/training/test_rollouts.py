"""Profiles sampled by openvino-genai: when it gets new weights, and that they are the policy's."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from blue.models.presets import get_preset
from blue.models.weights import resolve
from tests.training import toy
from training.grpo.config import read_config
from training.grpo.rollouts import OpenVinoRollouts, RolloutSettings, Sample, encode

CONFIGS = Path(__file__).parents[2] / "training" / "configs" / "grpo"
QUESTIONS = ("Name three colours.", "Name three colours.", "Say something about the sea.")


class Recorded(OpenVinoRollouts):
    """The real schedule and bookkeeping; the engine repeats one token, as likely as `chance`."""

    chance = 0.5

    def __init__(self, folder: Path, refresh_steps: int) -> None:
        super().__init__(Path("base.gguf"), folder, RolloutSettings("openvino", refresh_steps))
        self.refreshed: list[int] = []
        self.seeds: list[tuple[int, int]] = []

    def refresh(self, trainer) -> None:
        self.loaded_step = trainer.state.global_step
        self.refreshed.append(self.loaded_step)

    def sample(self, prompt_ids, most, stop_ids, seed=None) -> list[Sample]:
        self.seeds += [seed] if seed else []
        return [Sample([toy.LOVE] * most, [float(np.log(self.chance))] * most) for _ in prompt_ids]


def test_the_engine_is_refreshed_every_few_steps_and_before_a_validation(tmp_path):
    rollouts = Recorded(tmp_path, refresh_steps=2)
    trainer = toy.toy_trainer(tmp_path / "run", 5)
    trainer.rollout_func = trainer.rollouts = rollouts
    trainer.train()
    # sampling at 0, 2 and 4; validation after step 3 and after the last one
    assert rollouts.refreshed == [0, 2, 3, 4, 5]
    assert rollouts.seeds == [(0, step) for step in range(5)]


def test_the_ratio_is_taken_to_the_probability_of_sampling(tmp_path):
    """The policy finds every word about as likely, 1/20; the engine says it drew them at 1/2."""
    trainer = toy.toy_trainer(tmp_path / "run", 1)
    trainer.rollout_func = trainer.rollouts = Recorded(tmp_path, 1)
    trainer.train()
    logged = next(one for one in trainer.state.log_history if "lag/kl" in one)
    assert logged["lag/ratio_mean"] == pytest.approx(0.05 / 0.5, rel=0.5)
    ratio = logged["lag/ratio_mean"]
    assert logged["lag/kl"] == pytest.approx(ratio - 1 - np.log(ratio), rel=0.1)
    assert logged["lag/steps"] == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"engine": "llama"}, "write transformers, openvino or vllm"),
        ({"engine": "openvino", "refresh_steps": 0}, "1 or more"),
        ({"engine": "vllm", "refresh_steps": 4}, "the policy itself"),
    ],
)
def test_settings_that_cannot_be_are_told(settings, message):
    with pytest.raises(SystemExit, match=message):
        RolloutSettings(**settings)


def test_a_base_that_is_no_gguf_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="one GGUF file"):
        OpenVinoRollouts(tmp_path, tmp_path, RolloutSettings("openvino"))


def test_checkpoints_must_fall_on_refreshes(tmp_path):
    path = tmp_path / "config.yaml"
    text = (CONFIGS / "embedded.yaml").read_text()
    path.write_text(
        text.replace("{engine: transformers, refresh_steps: 1}", "{engine: openvino, refresh_steps: 3}")
    )
    with pytest.raises(SystemExit, match="no multiple of"):
        read_config(path)


@pytest.fixture(scope="module")
def policy(base):
    """The embedded profiler with an adapter that has learned something, as a trainer holds it."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    model = get_peft_model(
        model, LoraConfig(task_type="CAUSAL_LM", r=4, target_modules=["q_proj", "v_proj", "up_proj"])
    )
    for name, weights in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.12)
    return SimpleNamespace(
        model=model.eval(),
        processing_class=AutoTokenizer.from_pretrained(base),
        accelerator=SimpleNamespace(unwrap_model=lambda model: model),
        state=SimpleNamespace(global_step=0),
        args=SimpleNamespace(seed=0, max_completion_length=16),
        eos_token_ids=[model.config.eos_token_id],
        chat_template_kwargs={},
    )


@pytest.fixture(scope="module")
def rollouts(policy, tmp_path_factory) -> OpenVinoRollouts:
    found = resolve(get_preset("embedded").profiler).path
    made = OpenVinoRollouts(found, tmp_path_factory.mktemp("rollouts"), RolloutSettings("openvino"))
    made.refresh(policy)
    return made


@torch.no_grad()
def log_probabilities(policy, prompt: list[int], sampled: list[int]) -> np.ndarray:
    """(T,) nats of the sampled tokens under the policy in torch."""
    logits = policy.model(torch.tensor([prompt + sampled])).logits[0, len(prompt) - 1 : -1]
    return torch.log_softmax(logits.float(), -1)[torch.arange(len(sampled)), sampled].numpy()


def test_the_engine_samples_from_the_policy_and_says_how_likely(policy, rollouts):
    prompts = [toy.prompt(text) for text in QUESTIONS]
    found = rollouts(prompts, policy)
    assert found["completion_ids"][0] != found["completion_ids"][1]  # one prompt, two samples
    assert (
        rollouts(prompts, policy)["completion_ids"] == found["completion_ids"]
    )  # a resumed run draws the same
    assert found["prompt_ids"] == encode(prompts, policy)
    gaps, strange = [], []
    for prompt, sampled, said in zip(
        found["prompt_ids"], found["completion_ids"], found["logprobs"], strict=True
    ):
        gaps.append(np.abs(log_probabilities(policy, prompt, sampled) - said).mean())
        with policy.model.disable_adapter():
            strange.append(np.abs(log_probabilities(policy, prompt, sampled) - said).mean())
    assert np.mean(gaps) < 0.15  # 8-bit weights
    assert np.mean(strange) > 3 * np.mean(gaps)  # and it is not the base model that samples


def test_greedy_texts_are_those_of_the_newest_weights(policy, rollouts):
    before = rollouts.greedy([toy.prompt(QUESTIONS[0])], policy)
    policy.state.global_step = 1
    for name, weights in policy.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.zeros_(weights)
    after = rollouts.greedy([toy.prompt(QUESTIONS[0])], policy)
    assert rollouts.loaded_step == 1
    assert after != before
    assert len(after[0]) > 0
