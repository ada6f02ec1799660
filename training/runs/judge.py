"""A frozen language model chooses the next item, given a profile (the paper's reward in text space).

In training the judge is the policy's own base model with the adapter switched off: nothing more to load, and
the policy cannot talk it round, because training never touches it. Where all weights are trained, and in the
evaluation, it is a copy of the base. The question is that of `blue.rewards.next_item`; a model too small for
it is asked which title it expects.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

import numpy as np
import torch
from peft import PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from blue.errors import WeightsError
from blue.models import Cloze
from blue.models import TitleJudge as Judge
from blue.rewards import LETTERS, Question, question_text


class NextItemJudge:
    """Log-probabilities of the option letters under `model`, or under its base where it has an adapter."""

    name = "the policy's base model"

    def __init__(
        self, model: PeftModel | PreTrainedModel, tokenizer: PreTrainedTokenizerBase, batch_size: int = 8
    ) -> None:
        self._model, self._tokenizer, self._batch_size = model, tokenizer, batch_size

    def log_probabilities(self, questions: Sequence[Question]) -> np.ndarray:
        """Q questions of 1 + N options each -> (Q, 2, 1 + N) nats, in the order of `Question.orders`."""
        asked = [
            question_text(question.profile, options)
            for question in questions
            for options, _ in question.orders()
        ]
        number = len(questions[0].options)
        return self.letters(asked, LETTERS[:number]).reshape(len(questions), 2, number)

    @torch.no_grad()
    def letters(self, questions: Sequence[str], letters: str) -> np.ndarray:
        """Q questions that ask for one of N letters or digits -> (Q, N) nats."""
        texts = [self._text(question) for question in questions]
        tokens = [self._token(letter) for letter in letters]
        rows = np.empty((len(texts), len(tokens)))
        by_length = np.argsort([len(text) for text in texts], kind="stable")  # padding costs as much as text
        with self._frozen():
            for start in range(0, len(texts), self._batch_size):
                batch = by_length[start : start + self._batch_size]
                rows[batch] = self._next_token([texts[n] for n in batch])[:, tokens]
        return rows

    @contextmanager
    def _frozen(self) -> Iterator[None]:
        """The model as it was before training: without its adapter, or as it is where it has none."""
        adapted, training = isinstance(self._model, PeftModel), self._model.training
        self._model.eval()
        try:
            with self._model.disable_adapter() if adapted else nullcontext():
                yield
        finally:
            self._model.train(training)

    def _text(self, question: str) -> str:
        return self._tokenizer.apply_chat_template(
            [{"role": "user", "content": question}],
            tokenize=False,
            add_generation_prompt=True,
            enable_thinking=False,
        )

    def _token(self, letter: str) -> int:
        tokens = self._tokenizer(letter, add_special_tokens=False).input_ids
        if len(tokens) != 1:
            raise WeightsError(
                f"This model spells '{letter}' with {len(tokens)} tokens; it cannot judge by letters. "
                "Write choice_by: titles."
            )
        return tokens[0]

    def _next_token(self, texts: list[str]) -> np.ndarray:
        """(B,) texts -> (B, V) log-probabilities of the token that follows each."""
        inputs = self._tokenizer(
            texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False
        ).to(self._model.device)
        positions = (inputs.attention_mask.cumsum(-1) - 1).clamp(min=0)
        output = self._model(
            input_ids=inputs.input_ids,
            attention_mask=inputs.attention_mask,
            position_ids=positions,
            logits_to_keep=1,
            use_cache=False,
        )
        return torch.log_softmax(output.logits[:, -1].float(), dim=-1).cpu().numpy()


class TitleJudge(NextItemJudge):
    """Asked which title it expects after the profile (`blue.models.cloze`); options have no order.

    A judge of 135M parameters is at chance by letters, and above it in this way (`results/qa.md`).
    """

    def log_probabilities(self, questions: Sequence[Question]) -> np.ndarray:
        """Q questions of 1 + N options each -> (Q, 2, 1 + N) mean nats per token, the second row reversed."""
        judge = Judge(self.name, Cloze(self._model, self._tokenizer).expected)
        with self._frozen():
            return judge.log_probabilities(questions)
