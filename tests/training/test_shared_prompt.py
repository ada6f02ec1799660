"""A group that is read with its prompt once has the log-probabilities and gradients of rows read alone."""

import pytest
import torch
from transformers import Gemma3TextConfig, LlamaConfig, LlamaForCausalLM

from tests.training import toy
from training.grpo import shared_prompt
from training.runs.log import entries

T = 6  # answer tokens


@pytest.fixture(scope="module")
def model() -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=97, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128,
    )  # fmt: skip
    return LlamaForCausalLM(config).double()


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Two prompts of 9 and 5 tokens, three answers each, their rows mixed."""
    torch.manual_seed(1)
    prompts = [torch.randint(1, 97, (9,)), torch.randint(1, 97, (5,))]
    ids, mask = torch.zeros(6, 9 + T, dtype=torch.long), torch.zeros(6, 9 + T, dtype=torch.long)
    for n, length in enumerate([6, 1, 4, 2, 6, 3]):
        prompt = prompts[n % 2]
        ids[n, 9 - len(prompt) : 9], ids[n, 9 : 9 + length] = prompt, torch.randint(1, 97, (length,))
        mask[n, 9 - len(prompt) : 9 + length] = 1
    return ids, mask


def alone(model, ids, mask) -> tuple[torch.Tensor, torch.Tensor]:
    """The definition: each row by itself, without padding."""
    found, entropies = (
        torch.zeros(len(ids), T, dtype=torch.double),
        torch.zeros(len(ids), T, dtype=torch.double),
    )
    for n, kept in enumerate(mask.bool()):
        length = int(kept[-T:].sum())
        normal = model(ids[n][kept][None]).logits[0, -length - 1 : -1].log_softmax(-1)
        found[n, :length] = normal.gather(-1, ids[n, 9 : 9 + length, None])[:, 0]
        entropies[n, :length] = -(normal.exp() * normal).sum(-1).detach()
    return found, entropies


def gradient(model, values: torch.Tensor) -> torch.Tensor:
    weights = torch.linspace(-1, 1, values.numel(), dtype=values.dtype).reshape(values.shape)
    model.zero_grad()
    (values * weights).sum().backward()
    return torch.cat([one.grad.flatten() for one in model.parameters()])


def test_values_and_gradients_are_those_of_rows_read_alone(model):
    ids, mask = batch()
    expected, entropies = alone(model, ids, mask)
    found, found_entropies = shared_prompt.log_probabilities(model, ids, mask, T)
    torch.testing.assert_close(found.double(), expected, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(found_entropies.double(), entropies, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(
        gradient(model, found), gradient(model, expected).double(), atol=1e-5, rtol=1e-4
    )


def test_an_answer_does_not_see_its_neighbours(model):
    ids, mask = batch()
    before, _ = shared_prompt.log_probabilities(model, ids, mask, T)
    ids[0, 9:] = ids[0, 9:].roll(1)
    after, _ = shared_prompt.log_probabilities(model, ids, mask, T)
    assert torch.equal(before[1:], after[1:])
    assert not torch.allclose(before[0], after[0])


def test_the_temperature_divides_the_logits(model):
    ids, mask = batch()
    hot, _ = shared_prompt.log_probabilities(model, ids, mask, T, temperature=2.0)
    kept = mask[0].bool()
    expected = (model(ids[0][kept][None]).logits[0, -T - 1 : -1] / 2).log_softmax(-1)
    torch.testing.assert_close(
        hot[0].double(), expected.gather(-1, ids[0, 9:, None])[:, 0], atol=1e-6, rtol=1e-6
    )


def test_micro_batches_are_put_together_by_prompt_and_lose_no_row():
    ids, mask = batch()
    columns = {"prompt_ids": ids[:, :9], "prompt_mask": mask[:, :9], "advantages": torch.arange(6.0)}
    shuffled = [
        {key: value[start : start + 3] for key, value in columns.items()}
        | {"num_items_in_batch": torch.tensor(7)}
        for start in (0, 3)
    ]
    found = shared_prompt.together(shuffled)
    assert [sorted(one["advantages"].tolist()) for one in found] == [[0, 2, 4], [1, 3, 5]]
    assert all(len(one["prompt_ids"].unique(dim=0)) == 1 for one in found)
    assert all(one["num_items_in_batch"] == 7 for one in found)
    for one in found:
        places = one["advantages"].long()
        assert torch.equal(one["prompt_ids"], columns["prompt_ids"][places])


def test_sliding_windows_are_refused():
    class Windowed:
        config = Gemma3TextConfig(num_hidden_layers=6, sliding_window=4)

    with pytest.raises(SystemExit, match="sliding_attention"):
        shared_prompt.refuse_windows(Windowed())


def test_a_run_learns_the_same_with_and_without_it(tmp_path):
    """Same samples, rewards, losses and gradients; only the time differs."""
    losses = []
    for shared in (True, False):
        toy.toy_run(tmp_path / str(shared), 3, share_prompts=shared)
        log = entries(tmp_path / str(shared) / "log.jsonl")
        losses.append([(one["loss"], one["grad_norm"], one["entropy"]) for one in log if "loss" in one])
    torch.testing.assert_close(torch.tensor(losses[0]), torch.tensor(losses[1]), atol=1e-4, rtol=1e-3)
    assert len(losses[0]) == 3
