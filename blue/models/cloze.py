"""A language model picks an item by how expected it finds each title, so that it need not know letters.

A small model that is asked for the letter of an option answers with the letter it likes. It still knows which
title goes on from a text: by the log-probability of each title after the profile, over its length in tokens
so that short titles are not preferred, as in the harness of Gao et al. (2021, `acc_norm`).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from peft import PeftModel
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from blue.models.precision import fast_dtype
from blue.models.title_judge import BEGINNING
from blue.rewards import MAX_PROFILE_CHARACTERS


class Cloze:
    """A frozen model of transformers."""

    def __init__(self, model: PeftModel | PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self._model, self._tokenizer = model, tokenizer

    @classmethod
    def load(cls, folder: Path) -> "Cloze":
        """From a folder of safetensors."""
        logging.disable_progress_bar()
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=fast_dtype()).eval()
        return cls(model, AutoTokenizer.from_pretrained(folder))

    @torch.no_grad()
    def expected(self, profile: str, titles: Sequence[str]) -> np.ndarray:
        """(O,) mean nats per token of each title after the profile, <= 0."""
        beginning = self._tokens(BEGINNING.format(profile=profile[:MAX_PROFILE_CHARACTERS]))
        rows = [self._tokens(title) for title in titles]
        device = self._model.device
        read = self._model(torch.tensor([beginning], device=device), logits_to_keep=1, use_cache=True)
        cache = read.past_key_values
        cache.batch_repeat_interleave(len(rows))  # what all titles share is read once
        ids, known = (tensor.to(device) for tensor in _padded(rows))
        mask = torch.cat((known.new_ones(len(rows), len(beginning)), known), dim=1)
        logits = self._model(ids, attention_mask=mask, past_key_values=cache, use_cache=True).logits
        before = torch.cat((read.logits.expand(len(rows), 1, -1), logits[:, :-1]), dim=1).float()
        nats = before.log_softmax(-1).gather(2, ids[:, :, None])[:, :, 0]
        return ((nats * known).sum(dim=1) / known.sum(dim=1)).cpu().numpy()

    def _tokens(self, text: str) -> list[int]:
        # special tokens inside a text are words like others
        return self._tokenizer(text, add_special_tokens=False, split_special_tokens=True).input_ids


def _padded(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """(O, L) tokens, and which of them are a title's."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    known = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, known
