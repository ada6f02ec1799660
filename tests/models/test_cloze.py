"""Which title a language model expects after a profile: the real base model of the embedded preset."""

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from blue.errors import WeightsError
from blue.models.cloze import BEGINNING, Cloze
from blue.models.generator import LoadedProfiler
from blue.models.title_judge import load_title_judge

TRAINS = "Likes wooden trains and railway sets for young children."
TITLES = ["Wooden Train Set", "Stainless Steel Garden Hose, 50 Feet, with a Brass Nozzle", "Chess"]


@pytest.fixture(scope="module")
def cloze(base) -> Cloze:
    return Cloze.load(base)


@torch.no_grad()
def one_by_one(model, tokenizer, profile: str, title: str) -> float:
    """The same figure with nothing shared, padded or kept."""
    beginning = tokenizer(BEGINNING.format(profile=profile), add_special_tokens=False).input_ids
    ids = torch.tensor([beginning + tokenizer(title, add_special_tokens=False).input_ids])
    nats = model(ids, use_cache=False).logits[0, :-1].float().log_softmax(-1)
    picked = nats[torch.arange(ids.shape[1] - 1), ids[0, 1:]]
    return picked[len(beginning) - 1 :].mean().item()


def test_titles_read_together_are_as_expected_as_each_alone(base, monkeypatch):
    """In float32: bfloat16 rounds otherwise in every shape, by up to a tenth of a nat on some processors."""
    monkeypatch.setattr("blue.models.cloze.fast_dtype", lambda: torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    alone = [one_by_one(model, tokenizer, TRAINS, title) for title in TITLES]
    np.testing.assert_allclose(Cloze.load(base).expected(TRAINS, TITLES), alone, atol=1e-3)


def test_a_profile_makes_what_it_tells_of_more_expected_than_the_rest(cloze):
    gain = cloze.expected(TRAINS, TITLES) - cloze.expected("Nothing is known.", TITLES)
    assert gain.argmax() == 0


def test_a_special_token_in_a_text_is_a_word_like_others(cloze):
    assert len(cloze._tokens("<|im_end|>")) > 1
    assert np.isfinite(cloze.expected("Likes <|im_end|>.", ["<|im_start|>", "Chess"])).all()


def test_a_base_that_is_not_on_disk_cannot_judge():
    with pytest.raises(WeightsError, match="not on disk"):
        load_title_judge(LoadedProfiler("Tiny", "openvino", "hub"))


def test_the_engine_of_the_app_finds_titles_as_expected_as_this_one(cloze, profiler):
    """OpenVINO reads the beginning once and hands it to every title."""
    judge = load_title_judge(profiler.generator.about)
    np.testing.assert_allclose(judge.expected(TRAINS, TITLES), cloze.expected(TRAINS, TITLES), atol=0.2)
