"""The rewards of a profile on the real embedded models, the checks before a run, and GRPO on a toy policy."""

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import Dataset as Rows
from trl import GRPOConfig, GRPOTrainer

from blue.rewards import Question
from blue.rewards.formulas import next_item_choice
from tests.training import toy
from training.data.schema import split_of
from training.grpo.config import configured, read_config, write_config
from training.grpo.credit import Credited, InPlace
from training.grpo.preflight import examine, refuse_flat, sample
from training.grpo.reward_functions import NAMES, Contrastive, NextItemChoice, guards
from training.runs import StepLog, TitleJudge, with_precision

CONFIGS = sorted((Path(__file__).parents[2] / "training" / "configs" / "grpo").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_value_of_a_configuration_is_known(path):
    ours, trl = read_config(path)
    assert set(trl) <= set(GRPOConfig.__dataclass_fields__)
    assert trl["multi_objective_aggregation"] == "normalize_then_sum"
    completions = trl["per_device_train_batch_size"] * trl["gradient_accumulation_steps"]
    assert completions % trl["num_generations"] == 0
    assert ours.choice_negatives % 2 == 1


def test_a_reward_without_a_weight_is_asked_for(tmp_path):
    text = (CONFIGS[0].parent / "embedded.yaml").read_text().replace("contrastive: 1.0, ", "")
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(SystemExit, match="give every reward a weight"):
        read_config(tmp_path / "config.yaml")


def test_next_item_choice_by_hand():
    # Order one: 3/4 for the right option among the letters; reversed: 1/4 of what the letters got.
    both = np.log([[0.6, 0.2], [0.1, 0.3]])
    assert next_item_choice(both, right=[0, 0]) == pytest.approx((0.75 + 0.25) / 2)
    by_position = np.log([[0.9, 0.1], [0.9, 0.1]])
    assert next_item_choice(by_position, right=[0, 1]) == pytest.approx(0.5)


def columns(chosen: list[dict]) -> dict[str, list]:
    return {key: [row[key] for row in chosen] for key in chosen[0] if key != "prompt"}


def said(*texts: str) -> list[list[dict]]:
    return [[{"role": "assistant", "content": text}] for text in texts]


def test_rows_hold_what_the_rewards_need_and_never_the_target(rows, movies):
    assert len({(row["user_id"], row["target_id"]) for row in rows}) == 6
    for row in rows:
        assert row["prompt"] == row["tastes"][row["place"]]
        history, target = movies.histories[row["user_id"]], movies.items[row["target_id"]]
        assert split_of(row["user_id"]) == "train"
        assert not any(f"- {target.title}," in prompt[-1]["content"] for prompt in row["tastes"])
        shown = [movies.items[one].title for one in row["history_ids"]]
        assert any(title in row["prompt"][-1]["content"] for title in shown)
        assert row["option_ids"][row["right"]] == row["target_id"]
        assert not set(row["negative_ids"]) & {one.item_id for one in history}
        assert set(row["option_ids"]) - {row["target_id"]} < set(row["negative_ids"])


@pytest.mark.parametrize("scoring", ["single", "facets"])
def test_a_profile_that_names_the_next_items_kind_earns_more(scoring, rows, table, encoder, movies):
    other = next(row for row in rows if row["user_id"] != rows[0]["user_id"])
    two = [rows[0], rows[0], other, other]
    kinds = [", ".join(movies.items[row["target_id"]].genres) for row in two]
    good = [f"Loves {kind} films." for kind in kinds]
    completions = said(good[0], "Enjoys tax law.", good[2], "Enjoys tax law.")
    reward = Contrastive(encoder, table, scoring)
    values = reward(prompts=None, completions=completions, completion_ids=None, **columns(two))
    assert np.isfinite(values).all()
    assert max(values) <= 0
    assert values[0] > values[1]
    assert values[2] > values[3]


class Counted:
    """So many points a word, whichever profile it stands in; of one word twice, one."""

    __name__ = "counted"

    def __call__(self, prompts, completions, *, points, among=None, **_):
        self.among = among
        return [
            sum(worth.get(word, 0.0) for word in set(said[-1]["content"].split()))
            for said, worth in zip(completions, points, strict=True)
        ]


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("sentence", [0.0, 5.0]),  # "Heists." stands beside it already; "Boats." is new
        ("prefix", [1.0, 5.0]),  # and comes after it
        ("profile", [3.0, 8.0]),
    ],
)
def test_a_sentence_earns_what_the_profile_gains_by_it(credit, expected):
    points = [{"Heists.": 1.0, "Dogs.": 2.0, "Boats.": 5.0}] * 2
    reward = Counted()
    given = {"beside": [["Dogs.", "Heists."]] * 2, "place": [1, 1], "points": points}
    found = Credited(reward, credit)(None, said("Heists.\nBoats.", "Boats."), **given)
    assert found == expected
    assert (reward.among is None) == (credit == "profile")


def test_without_a_sentence_other_users_are_compared_with_all_the_same(rows, table, encoder):
    """The difference is the sentence's own: a constant of the group, so that its order stays."""
    other = next(row for row in rows if row["user_id"] != rows[0]["user_id"])
    group = columns([rows[0], rows[0], other]) | {
        "beside": [["Enjoys tax law."]] * 3,
        "place": [0, 0, 0],
    }
    texts = said("Loves dark crime films.", "Loves musicals.", "Loves war films.")
    reward = Contrastive(encoder, table)
    gained, whole = (Credited(reward, credit)(None, texts, **group) for credit in ("sentence", "profile"))
    assert whole[0] - gained[0] == pytest.approx(whole[1] - gained[1])


def test_a_rule_reads_the_sample_whole_in_its_place(rows, table, encoder):
    form = next(one for one in guards(encoder, table) if one.__name__ == "format")
    texts = said("Loves crime.", "Loves crime.\nLoves war.", "Loves crime")
    given = {"beside": [["Enjoys tax law."]] * 3, "place": [1] * 3, "history_ids": [[]] * 3}
    assert InPlace(form)(None, texts, **given) == [1.0, 0.0, 0.0]


def test_an_adapter_of_another_prompt_is_not_trained_further(tmp_path):
    def start(**changes) -> Path:
        (tmp_path / "adapter_config.json").write_text("{}")
        stated = json.loads((CONFIGS[0].parents[3] / "assets/profiler/versions.json").read_text()) | changes
        (tmp_path / "versions.json").write_text(json.dumps(stated))
        return tmp_path

    def arguments(folder: Path) -> Namespace:
        return Namespace(config=CONFIGS[0].parent / "embedded.yaml", start=folder, preset=None, smoke=False)

    assert configured(arguments(start()))[0].credit == "sentence"
    for changes in ({"prompt_version": "3"}, {"item_text_version": 1}):
        with pytest.raises(SystemExit, match=r"was trained with prompt version .* this program has"):
            configured(arguments(start(**changes)))
    (tmp_path / "versions.json").unlink()
    with pytest.raises(SystemExit, match="does not say which prompt it was trained with"):
        configured(arguments(tmp_path))


def test_a_rejection_earns_nothing(rows, table, encoder, movies):
    kind = ", ".join(movies.items[rows[0]["target_id"]].genres)
    completions = said(f"Loves {kind} films.", f"Enjoys tax law.\nAvoids {kind} films.", "Enjoys tax law.")
    same = columns([rows[0]] * 3)
    liked, rejected, silent = Contrastive(encoder, table)(prompts=None, completions=completions, **same)
    assert liked > rejected == pytest.approx(silent)


def test_guards_stay_in_range_and_are_logged(rows, table, encoder):
    logged = {}
    completions = said("Loves dark crime films.\nEnjoys space adventures.", "", "word " * 300)
    for guard in guards(encoder, table):
        values = guard(
            prompts=None, completions=completions, log_metric=logged.__setitem__, **columns(rows[:3])
        )
        assert all(0 <= value <= 1 for value in values)
    assert set(logged) == {f"guards/{name}" for name in NAMES[2:]}


def test_the_judge_is_frozen_and_reads_the_profile(rows, table, judge):
    options = tuple(table.items[one] for one in rows[0]["option_ids"])
    questions = [Question(text, options, 1) for text in ("Loves animated films.", "Loves war films.")]
    before = judge.log_probabilities(questions)
    assert before.shape == (2, 2, 4)
    assert (before < 0).all()
    assert not np.allclose(before[0], before[1])
    for name, weights in judge._model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights)  # the policy has learned something
    assert np.allclose(judge.log_probabilities(questions), before)
    assert all(weights.requires_grad for name, weights in judge._model.named_parameters() if "lora" in name)


def test_a_judge_of_titles_is_frozen_reads_the_profile_and_no_order(rows, table, judge):
    options = tuple(table.items[one] for one in rows[0]["option_ids"])
    titles = TitleJudge(judge._model, judge._tokenizer)
    judge._model.train()  # as in training
    questions = [Question(text, options, 1) for text in ("Loves animated films.", "Loves war films.")]
    before = titles.log_probabilities(questions)
    assert judge._model.training
    assert before.shape == (2, 2, 4)
    assert (before < 0).all()
    assert not np.allclose(before[0], before[1])
    assert np.array_equal(before[:, 0], before[:, 1, ::-1])
    for name, weights in judge._model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights)  # the policy has learned something
    assert np.allclose(titles.log_probabilities(questions), before)


def test_the_choice_reward_is_a_probability(rows, table, judge):
    values = NextItemChoice(judge, table)(
        prompts=None, completions=said("Loves crime films.", "", "<|im_end|>"), **columns(rows[:3])
    )
    assert len(values) == 3
    assert all(0 < value < 1 for value in values)


def test_preflight_says_how_rewards_vary_and_refuses_a_constant():
    found = examine({"good": np.array([[0.0, 1.0], [1.0, 3.0]]), "flat": np.array([[1.0, 1.0], [2.0, 2.0]])})
    assert found.means.tolist() == [1.25, 1.5]
    assert found.spreads.tolist() == [0.75, 0.0]  # 2.0 differs from 1.0 between histories, which is no help
    assert found.correlations.tolist() == [[pytest.approx(1.0), 0.0], [0.0, 0.0]]
    with pytest.raises(SystemExit, match="'flat' is the same for every sentence"):
        refuse_flat(found, {"good": 1.0, "flat": 0.1})
    refuse_flat(found, {"good": 1.0, "flat": 0.0})


def test_preflight_lets_a_guard_start_perfect_but_not_useless():
    perfect, useless = (examine({"copy": np.full((2, 2), value)}) for value in (1.0, 0.5))
    refuse_flat(perfect, {"copy": 0.2}, may_be_perfect=["copy"])
    for found, allowed in ((perfect, []), (useless, ["copy"])):
        with pytest.raises(SystemExit, match="'copy'"):
            refuse_flat(found, {"copy": 0.2}, may_be_perfect=allowed)


def test_a_prompt_is_continued_the_same_alone_and_beside_a_longer_one(tmp_path):
    model, tokenizer = toy.model(), toy.tokenizer()
    settings = GRPOConfig(
        output_dir=str(tmp_path), num_generations=2, temperature=1e-4, max_completion_length=6,
        use_cpu=True, bf16=False,
    )  # fmt: skip
    short, long = ([{"role": "user", "content": text}] for text in ("word3", "word1 word2 word9 love word4"))
    alone = sample(model.eval(), tokenizer, [short], settings)
    together = sample(model, tokenizer, [short, long], settings)
    assert len(alone) == 2
    assert len(together) == 4
    assert together[:2] == alone


def test_grpo_raises_a_simple_reward(tmp_path):
    """The policy learns to say the one word that earns: 1 word in 20 becomes most."""
    model, tokenizer = toy.model(), toy.tokenizer()
    earned = []

    def love(prompts, completions, completion_ids, **_):
        values = [ids.count(2) / 8 for ids in completion_ids]
        earned.append(float(np.mean(values)))
        return values

    trainer = GRPOTrainer(
        model=model,
        reward_funcs=[love],
        args=GRPOConfig(
            output_dir=str(tmp_path), num_generations=8, per_device_train_batch_size=16, max_steps=40,
            max_completion_length=8, learning_rate=1e-2, multi_objective_aggregation="normalize_then_sum",
            beta=0.0, logging_steps=10, eval_strategy="steps", eval_steps=20, save_steps=20,
            load_best_model_at_end=True, metric_for_best_model="reward", per_device_eval_batch_size=16,
            report_to="none", disable_tqdm=True,
            use_cpu=True, bf16=False, gradient_checkpointing=False, seed=0,
        ),
        train_dataset=Rows.from_list([{"prompt": f"word{n}"} for n in range(17)]),
        eval_dataset=Rows.from_list([{"prompt": "word1"}, {"prompt": "word2"}]),
        processing_class=tokenizer,
        callbacks=[StepLog(tmp_path / "log.jsonl")],
    )  # fmt: skip
    trainer.train()
    assert np.mean(earned[:3]) < 0.2
    assert np.mean(earned[-3:]) > 0.7
    assert trainer.state.best_metric > 0.7  # of the validation prompts; its checkpoint is loaded at the end
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) >= 4


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_what_a_run_was_told_can_be_read_again(path, tmp_path):
    config, trl = read_config(path)
    write_config(tmp_path / "config.yaml", config, trl)
    assert read_config(tmp_path / "config.yaml") == (config, trl)


def test_the_precision_of_a_run_is_always_said(monkeypatch):
    """TRL turns bfloat16 on where nothing is said, on processors too that are slower in it."""
    with pytest.raises(SystemExit, match="Write bf16: true or false"):
        with_precision({"max_steps": 1})
    assert with_precision({"bf16": False}) == {"bf16": False, "fp16": False}
    for faster in (torch.bfloat16, torch.float32):
        monkeypatch.setattr("training.runs.precision.fast_dtype", lambda faster=faster: faster)
        assert with_precision({"bf16": True}) == {"bf16": faster is torch.bfloat16, "fp16": False}
