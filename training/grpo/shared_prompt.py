"""Log-probabilities of a group's profiles, with their common prompt read once.

The profiles of a group answer the same prompt, and a prompt is several times as long as a profile. So the
group becomes one row, the prompt and after it each profile, in which a profile sees the prompt and itself
only and its positions go on from the prompt's. What is computed is the same; G - 1 readings of the prompt,
forwards and backwards, are saved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from peft import PeftModel
from transformers import PreTrainedModel


@dataclass(frozen=True)
class Packed:
    """G answers to one prompt as one row of N tokens."""

    token_ids: torch.Tensor  # (1, N)
    positions: torch.Tensor  # (1, N)
    visible: torch.Tensor  # (1, 1, N, N) whether a token (first index) sees another
    before: torch.Tensor  # (M,) for each answer token in turn, the place whose output predicts it
    lengths: list[int]  # of the answers, M in all


def pack(prompt: torch.Tensor, answers: Sequence[torch.Tensor]) -> Packed:
    """(P,) ids and G times (T_g,) ids, T_g >= 1 -> one row."""
    lengths = [len(answer) for answer in answers]
    device, asked = prompt.device, len(prompt)
    owner = torch.cat(
        [
            torch.full((length,), n, device=device)
            for n, length in zip(range(-1, len(answers)), [asked, *lengths], strict=True)
        ]
    )  # -1 is the prompt
    token_ids = torch.cat([prompt, *answers])
    order = torch.arange(len(token_ids), device=device)
    visible = (order[:, None] >= order) & ((owner == -1) | (owner == owner[:, None]))
    positions = [torch.arange(asked, device=device)]
    positions += [torch.arange(asked, asked + length, device=device) for length in lengths]
    starts = asked + torch.tensor([0, *lengths[:-1]], device=device).cumsum(0)
    before = order[asked:] - 1
    before[starts - asked] = asked - 1  # an answer's first token follows the prompt, not the answer before it
    return Packed(token_ids[None], torch.cat(positions)[None], visible[None, None], before, lengths)


def log_probabilities(
    model: PreTrainedModel | PeftModel,
    input_ids: torch.Tensor,
    attention_mask: torch.Tensor,
    answer_tokens: int,
    temperature: float = 1.0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probability and entropy of each answer token, in nats.

    Args:
        model: a decoder with full causal attention in every layer, adapted or not.
        input_ids: (B, P + T) prompts, padded on the left, then answers, padded on the right; rows with
            equal prompts are read together.
        attention_mask: (B, P + T), 0 where a row is padded.
        answer_tokens: T.
        temperature: of sampling; the logits are divided by it.

    Returns:
        (B, T) and (B, T), 0 where a row is padded; only the first carries gradients.
    """
    refuse_windows(model)
    kept = attention_mask.bool()
    shape = (len(input_ids), answer_tokens)
    found, entropies = (
        torch.zeros(shape, device=input_ids.device),
        torch.zeros(shape, device=input_ids.device),
    )
    for rows in groups(input_ids[:, :-answer_tokens], kept[:, :-answer_tokens]):
        prompt = input_ids[rows[0], :-answer_tokens][kept[rows[0], :-answer_tokens]]
        answers = [input_ids[n, -answer_tokens:][kept[n, -answer_tokens:]] for n in rows]
        one, entropy = _of_group(model, pack(prompt, answers), temperature)
        places = torch.zeros(shape, dtype=torch.bool, device=input_ids.device)
        places[rows] = kept[rows, -answer_tokens:]
        found = found.masked_scatter(places, one)
        entropies = entropies.masked_scatter(places, entropy)
    return found, entropies


def groups(prompts: torch.Tensor, kept: torch.Tensor) -> Iterator[list[int]]:
    """Places of the rows that hold the same prompt, group by group."""
    found: dict[tuple, list[int]] = {}
    for n in range(len(prompts)):
        found.setdefault(tuple(prompts[n][kept[n]].tolist()), []).append(n)
    yield from found.values()


def together(batches: Sequence[Mapping[str, torch.Tensor]]) -> list[dict[str, torch.Tensor]]:
    """Shuffled micro-batches of TRL -> as many of the same size, equal prompts side by side."""
    rows = sum(len(batch["prompt_ids"]) for batch in batches)
    size = rows // len(batches)
    joined = {
        key: torch.cat([batch[key] for batch in batches]) if _has_rows(value) else value
        for key, value in batches[0].items()
    }
    order = [n for group in groups(joined["prompt_ids"], joined["prompt_mask"].bool()) for n in group]
    return [
        {
            key: value[order[start : start + size]] if _has_rows(value) else value
            for key, value in joined.items()
        }
        for start in range(0, rows, size)
    ]


def refuse_windows(model: PreTrainedModel | PeftModel) -> None:
    """Layers that see a window of the past make masks of their own. Raises SystemExit."""
    kinds = set(getattr(model.config, "layer_types", None) or ["full_attention"])
    if kinds != {"full_attention"}:
        raise SystemExit(
            f"share_prompts: this model has layers with {', '.join(sorted(kinds - {'full_attention'}))}. "
            "Write share_prompts: false."
        )


def _has_rows(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.dim() > 0


def _of_group(model, packed: Packed, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """(M,) log-probabilities and entropies of the answers' tokens, one answer after another."""
    whole = model.get_base_model() if isinstance(model, PeftModel) else model
    hidden = whole.model(
        input_ids=packed.token_ids,
        attention_mask=packed.visible,
        position_ids=packed.positions,
        use_cache=False,
    ).last_hidden_state[0]
    logits = whole.lm_head(hidden[packed.before]).float() / temperature  # of the answers alone
    normal = torch.log_softmax(logits, dim=-1)
    answers = packed.token_ids[0, -len(packed.before) :]
    with torch.no_grad():
        entropy = -(normal.exp() * normal).sum(-1)
    return normal.gather(-1, answers[:, None])[:, 0], entropy
