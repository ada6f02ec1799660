"""Before a run: do the rewards tell the sentences of one taste apart, and do they say different things?

GRPO learns from differences within a group alone. A reward that is the same for every sentence of a taste
teaches nothing, however much it weighs, and two that correlate fully are one reward counted twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from peft import PeftModel
from transformers import PreTrainedTokenizerBase
from trl import GRPOConfig

from training.grpo.config import Grpo
from training.grpo.reward_functions import GUARDS

if TYPE_CHECKING:
    from training.grpo.trainer import ProfilerTrainer

BATCH = 4  # tastes sampled at once
LEAST_SPREAD = 1e-6  # standard deviation within groups, in a reward's own unit


@dataclass(frozen=True)
class Preflight:
    """What the rewards did on sampled groups; R rewards in the order of `names`."""

    names: tuple[str, ...]
    means: np.ndarray  # (R,)
    spreads: np.ndarray  # (R,) standard deviation within a group, averaged over groups
    flat: np.ndarray  # (R,) share of the groups without any spread, in [0, 1]
    correlations: np.ndarray  # (R, R) of the deviations from group means; 0 where a reward has no spread


def look_first(
    trainer: "ProfilerTrainer", config: Grpo, training: list[dict], rewards: list[Callable], smoke: bool
) -> None:
    """Stop before the first step where the rewards cannot teach: SystemExit."""
    tastes = training[: config.preflight_tastes]
    found = preflight(trainer, tastes, rewards)
    print(report(found), flush=True)
    # Four tastes say nothing of a guard: all sentences of a smoke run may be ended.
    weighed = {name: weight for name, weight in config.weights.items() if name not in GUARDS}
    refuse_flat(found, weighed if smoke else config.weights, config.may_start_perfect)


def preflight(trainer: "ProfilerTrainer", tastes: Sequence[dict], rewards: Sequence[Callable]) -> Preflight:
    """Sample a group for each taste (a row of the training data) as training will, and examine it."""
    size = trainer.num_generations
    texts = trainer.sampled([row["prompt"] for row in tastes])
    repeated = trainer.with_others([row for row in tastes for _ in range(size)])
    columns = {key: [row[key] for row in repeated] for key in repeated[0] if key != "prompt"}
    columns["prompts"] = [row["prompt"] for row in repeated]
    columns["completions"] = [[{"role": "assistant", "content": text}] for text in texts]
    return examine({reward.__name__: np.reshape(reward(**columns), (-1, size)) for reward in rewards})


@torch.no_grad()
def sample(
    model: PeftModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: list[list[dict]],
    settings: GRPOConfig,
    seed: int = 0,
) -> list[str]:
    """H prompts -> H groups of G completions, one after another, by torch."""
    torch.manual_seed(seed)
    batches = [prompts[start : start + BATCH] for start in range(0, len(prompts), BATCH)]
    return [text for batch in batches for text in _sampled(model, tokenizer, batch, settings)]


def _sampled(model, tokenizer, prompts: list[list[dict]], settings: GRPOConfig) -> list[str]:
    texts = tokenizer.apply_chat_template(prompts, tokenize=False, add_generation_prompt=True)
    inputs = tokenizer(
        texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False
    ).to(model.device)
    output = model.generate(
        **inputs, do_sample=True, temperature=settings.temperature, top_p=settings.top_p,
        top_k=settings.top_k, max_new_tokens=settings.max_completion_length,
        num_return_sequences=settings.num_generations, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    return tokenizer.batch_decode(output[:, inputs.input_ids.shape[1] :], skip_special_tokens=True)


def examine(rewards: Mapping[str, np.ndarray]) -> Preflight:
    """Name -> (H, G) rewards of G sentences for each of H tastes."""
    values = np.stack([np.asarray(reward, dtype=float) for reward in rewards.values()])  # (R, H, G)
    spread = values.std(axis=-1)
    deviations = (values - values.mean(axis=-1, keepdims=True)).reshape(len(values), -1)
    lengths = np.linalg.norm(deviations, axis=1)
    products = np.outer(lengths, lengths)
    correlations = np.divide(
        deviations @ deviations.T, products, out=np.zeros_like(products), where=products > LEAST_SPREAD**2
    )
    return Preflight(
        tuple(rewards), values.mean(axis=(1, 2)), spread.mean(axis=1), (spread < LEAST_SPREAD).mean(axis=1),
        correlations,
    )  # fmt: skip


def refuse_flat(found: Preflight, weights: Mapping[str, float], may_be_perfect: Sequence[str] = ()) -> None:
    """Stop where a reward that counts cannot tell any two sentences of a taste apart.

    Guards in `may_be_perfect` pass when every profile earns 1.0: there is nothing to mend yet, and they
    weigh as soon as the policy learns something bad.

    Raises:
        SystemExit: naming the reward.
    """
    for name, mean, spread in zip(found.names, found.means, found.spreads, strict=True):
        perfect = name in may_be_perfect and mean > 1.0 - LEAST_SPREAD
        if weights.get(name, 0.0) > 0 and spread < LEAST_SPREAD and not perfect:
            raise SystemExit(
                f"The reward {name!r} is the same for every sentence of a taste, so it teaches nothing. "
                f"Give it weight 0, or sample more freely (temperature, preflight_tastes)."
            )


def report(found: Preflight) -> str:
    """The findings as a table of text."""
    width = max(len(name) for name in found.names)
    head = f"{'reward':<{width}}    mean  spread    flat  correlation with the rewards in this order"
    lines = [
        f"{name:<{width}} {mean:7.3f} {spread:7.3f} {flat:7.2f}  " + " ".join(f"{c:+.2f}" for c in row)
        for name, mean, spread, flat, row in zip(
            found.names, found.means, found.spreads, found.flat, found.correlations, strict=True
        )
    ]
    return "\n".join([head, *lines])
