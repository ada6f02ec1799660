"""How expected a text is to the untrained base model: perplexity, the lower the more fluent."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

BATCH = 16


class Fluency:
    """The base model of a profiler, read by transformers."""

    def __init__(self, base: Path) -> None:
        """Load a GGUF file or a model folder."""
        folder, options = (base.parent, {"gguf_file": base.name}) if base.suffix == ".gguf" else (base, {})
        logging.disable_progress_bar()
        self._tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        self._model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32", **options).eval()

    @torch.no_grad()
    def perplexities(self, texts: Sequence[str]) -> np.ndarray:
        """(T,) perplexity of each text on its own, > 1; NaN where a text has no token to predict.

        A text is read after the end-of-text token, so that its first word counts, too.
        """
        found = np.full(len(texts), np.nan)
        order = np.argsort([len(text) for text in texts], kind="stable")
        for start in range(0, len(order), BATCH):
            batch = [place for place in order[start : start + BATCH] if texts[place].strip()]
            if batch:
                found[batch] = self._batch([texts[place] for place in batch])
        return found

    def _batch(self, texts: list[str]) -> np.ndarray:
        start = self._tokenizer.eos_token
        inputs = self._tokenizer(
            [start + text for text in texts], return_tensors="pt", padding=True, padding_side="right",
            truncation=True, max_length=512, add_special_tokens=False,
        )  # fmt: skip
        logits = self._model(**inputs, use_cache=False).logits[:, :-1].float()
        targets = inputs.input_ids[:, 1:]
        nats = functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")  # (B, L - 1)
        known = inputs.attention_mask[:, 1:]
        return torch.exp((nats * known).sum(dim=1) / known.sum(dim=1)).numpy()
