"""Users of one genre each over films of the shipped catalogue, with the real embedder and the real judge."""

import random

import pytest

from blue.items import load_catalog
from blue.models.presets import get_preset
from blue.models.weights import resolve
from blue.retrieval.encoder import SentenceEncoder
from training.data.folders import data_folder
from training.data.loaders import grouper_of, load
from training.data.schema import Dataset
from training.data.windows import WindowSettings, examples
from training.grpo.negatives import Counts, embed_items
from training.grpo.rows import as_rows


@pytest.fixture(scope="session")
def movies(tmp_path_factory) -> Dataset:
    """Users of one genre each, in MovieLens's own format, over 240 films of the shipped catalogue."""
    films = [item for item in load_catalog().items if item.kind == "movie" and item.genres][:240]
    folder = tmp_path_factory.mktemp("movielens")
    dice = random.Random(0)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(1, 25):
        genre = films[user].genres[0]
        liked = [item for item in films if genre in item.genres]
        for time, item in enumerate(dice.sample(liked, min(12, len(liked)))):
            lines.append(f"{user},{item.item_id.removeprefix('ml:')},4.5,{1_000_000 + time}")
    (folder / "ratings.csv").write_text("\n".join(lines) + "\n")
    loaded = load(data_folder(f"movies={folder}"))
    return Dataset("movies", {item.item_id: item for item in films}, loaded.histories)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(resolve(get_preset("embedded").embedder).path)


@pytest.fixture(scope="session")
def table(movies, encoder):
    return embed_items([movies], encoder)


@pytest.fixture(scope="session")
def rows(movies, table) -> list[dict]:
    """Those of the tastes of six windows."""
    windows = WindowSettings(titles_only=0.0, unrated=0.0)
    chosen = list(examples(movies, grouper_of(movies), "train", 6, windows))
    return as_rows(chosen, {"movies": movies}, table, Counts(6, 3, 3), choice_negatives=3, future_items=3)


@pytest.fixture(scope="session")
def judge(base):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from blue.models.precision import fast_dtype
    from training.runs import NextItemJudge

    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=fast_dtype())
    lora = LoraConfig(task_type="CAUSAL_LM", r=2, target_modules=["q_proj"])
    return NextItemJudge(get_peft_model(model, lora), AutoTokenizer.from_pretrained(base))
