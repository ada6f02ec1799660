"""The model that learns, and the frozen one that judges it: two views of the same base."""

from pathlib import Path

import torch
from peft import PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase
from trl import GRPOConfig

from training.grpo.config import Grpo
from training.runs import NextItemJudge, TitleJudge, lora_of, weights_dtype


def policy_of(
    config: Grpo, base: Path, start: Path | None, settings: GRPOConfig
) -> PeftModel | PreTrainedModel:
    """The base model with the adapter to continue, with a fresh one, or, with rank 0, all of its weights."""
    torch.manual_seed(settings.seed)  # of a fresh adapter
    model = AutoModelForCausalLM.from_pretrained(base, dtype=weights_dtype(settings.bf16))
    if start:
        model = PeftModel.from_pretrained(model, start, is_trainable=True)
    elif config.lora_rank == 0:
        model = model.float()  # the steps of training are smaller than what bfloat16 can tell apart
    else:
        model = get_peft_model(model, lora_of(config))
    return model.to(settings.device)


def judge_of(
    config: Grpo,
    model: PeftModel | PreTrainedModel,
    base: Path,
    tokenizer: PreTrainedTokenizerBase,
    settings: GRPOConfig,
) -> NextItemJudge:
    """The policy with its adapter switched off; where it has none, the base model once more."""
    if not isinstance(model, PeftModel):
        model = AutoModelForCausalLM.from_pretrained(base, dtype=weights_dtype(settings.bf16))
        model = model.to(settings.device).eval()
    return (TitleJudge if config.choice_by == "titles" else NextItemJudge)(model, tokenizer)
