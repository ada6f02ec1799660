"""The preference loss: the better readers like a draft, the likelier it becomes.

Where a reward r is known of several answers to one prompt, the policy that gains most of it at a price of
beta on the divergence from the reference is pi ∝ ref · exp(r / beta) (Rafailov et al. 2023, equation 4). So
log(pi / ref) should differ between two answers as their rewards do. The loss is the cross-entropy of the
softmax of log-ratios over the drafts of a taste against the softmax of their marks: with two drafts and hard
marks it is DPO (equation 7), with marks a listwise one (Liu et al. 2024, LiPO).
"""

from collections.abc import Sequence

import torch
from transformers import Trainer

from training.grpo.shared_prompt import log_probabilities
from training.preference.config import Preference
from training.preference.rows import MarkedTaste


def listwise_loss(ratios: torch.Tensor, marks: torch.Tensor, nats_a_mark: float, beta: float) -> torch.Tensor:
    """Cross-entropy, in nats, of (G,) log-ratios log(pi / ref) against (G,) marks of the same drafts.

    It is least where the ratios are `nats_a_mark` · marks and a constant.
    """
    wanted = torch.softmax(beta * nats_a_mark * marks, dim=0)
    return -(wanted * torch.log_softmax(beta * ratios, dim=0)).sum()


class PreferenceTrainer(Trainer):
    """Reads each taste's prompt once, and all its drafts after it."""

    def __init__(self, *, preference: Preference, **named) -> None:
        super().__init__(**named)
        self._preference = preference

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        losses, expected = [], []
        for taste, reference in zip(inputs["taste"], inputs["reference"], strict=True):
            tokens = answer_log_probabilities(model, taste)
            ratios = tokens.sum(dim=1) - reference
            loss = listwise_loss(ratios, taste.marks, self._preference.nats_a_mark, self._preference.beta)
            losses.append(loss + self._supervised(tokens, taste))
            expected.append((torch.softmax(ratios.detach(), dim=0) * taste.marks).sum() - taste.marks.mean())
        loss = torch.stack(losses).mean()
        return (loss, {"expected": torch.stack(expected)}) if return_outputs else loss

    def _supervised(self, tokens: torch.Tensor, taste: MarkedTaste) -> torch.Tensor | float:
        best = int(taste.marks.argmax())
        if taste.marks[best] < self._preference.supervised_from:
            return 0.0
        length = taste.kept[best, -taste.answer_tokens :].sum()
        return -self._preference.supervised * tokens[best].sum() / length

    def prediction_step(self, model, inputs, prediction_loss_only, ignore_keys=None):
        with torch.no_grad():
            loss, outputs = self.compute_loss(model, inputs, return_outputs=True)
        expected = outputs["expected"]
        return loss, expected, torch.zeros_like(expected)


def gain_in_marks(predictions) -> dict[str, float]:
    """By how much the mean mark of the drafts rises if each is drawn as often as the policy would."""
    return {"gain_in_marks": float(predictions.predictions.mean())}


def answer_log_probabilities(model, taste: MarkedTaste) -> torch.Tensor:
    """(G, T) nats, 0 where a row is padded."""
    return log_probabilities(model, taste.input_ids, taste.kept, taste.answer_tokens)[0]


def reference_of(model, tastes: Sequence[MarkedTaste]) -> list[torch.Tensor]:
    """(G,) log-probabilities of each taste's drafts, before anything is learned."""
    with torch.no_grad():
        return [answer_log_probabilities(model, taste).sum(dim=1) for taste in tastes]
