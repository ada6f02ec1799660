"""Preference training: its loss by hand, a policy that learns what is preferred, the marks that are kept."""

import json

import pytest
import torch
from transformers import TrainingArguments

from blue.items import load_catalog
from training.data import MARKED, WORKS
from training.preference.config import Preference
from training.preference.drafts import DraftedTaste, keep, write_sheets
from training.preference.rows import MarkedTaste, Tastes, as_they_are, marked_tastes
from training.preference.trainer import (
    PreferenceTrainer,
    answer_log_probabilities,
    gain_in_marks,
    listwise_loss,
    reference_of,
)

from .toy import LOVE, adapted

CONFIG = Preference("embedded", 2.0, 0.5, 0.1, 4.0, 0.5, 0.1)
DRAFTS = [[LOVE, 0], [5, 6, 0], [7, 0]]  # tokens of three answers, the end among them


def taste(marks: list[float]) -> MarkedTaste:
    prompt, longest = [3, 4], max(map(len, DRAFTS))
    rows = [prompt + draft + [1] * (longest - len(draft)) for draft in DRAFTS]
    kept = [[1] * (len(prompt) + len(draft)) + [0] * (longest - len(draft)) for draft in DRAFTS]
    return MarkedTaste(torch.tensor(rows), torch.tensor(kept), longest, torch.tensor(marks))


def test_the_loss_of_two_drafts_is_the_one_of_their_difference():
    ratios, marks = torch.tensor([0.3, -0.5]), torch.tensor([4.0, 2.0])
    wanted = torch.sigmoid(torch.tensor(0.5 * 2.0 * 2.0))  # beta · nats a mark · marks between them
    ordered = torch.sigmoid(torch.tensor(0.5 * 0.8))
    by_hand = -(wanted * ordered.log() + (1 - wanted) * (1 - ordered).log())
    assert float(listwise_loss(ratios, marks, 2.0, 0.5)) == pytest.approx(float(by_hand), abs=1e-6)


def test_the_loss_is_least_where_log_ratios_follow_the_marks():
    marks = torch.tensor([1.0, 3.5, 5.0])
    ratios = (2.0 * marks + 7.0).requires_grad_()
    listwise_loss(ratios, marks, 2.0, 0.5).backward()
    assert ratios.grad.abs().max() < 1e-6


def test_a_prompt_that_is_read_once_gives_what_each_draft_gives_alone():
    model, whole = adapted(), taste([1.0, 1.0, 1.0])
    found = answer_log_probabilities(model, whole).sum(dim=1)
    for row, draft in zip(found.tolist(), DRAFTS, strict=True):
        ids = torch.tensor([[3, 4, *draft]])
        logs = torch.log_softmax(model(ids).logits[0].float(), dim=-1)
        alone = sum(float(logs[place + 1, token]) for place, token in enumerate(draft))
        assert row == pytest.approx(alone, abs=1e-4)


def test_a_policy_learns_what_readers_prefer(tmp_path):
    model, tastes = adapted(), [taste([5.0, 2.0, 1.0]), taste([4.5, 1.0, 2.0])]
    before = reference_of(model, tastes)
    trainer = PreferenceTrainer(
        preference=CONFIG,
        model=model,
        args=TrainingArguments(
            output_dir=str(tmp_path),
            max_steps=40,
            learning_rate=2e-2,
            per_device_train_batch_size=2,
            per_device_eval_batch_size=2,
            report_to="none",
            remove_unused_columns=False,
            use_cpu=True,
            disable_tqdm=True,
            save_strategy="no",
            bf16=False,
        ),
        train_dataset=Tastes(tastes, before),
        eval_dataset=Tastes(tastes, before),
        data_collator=as_they_are,
        compute_metrics=gain_in_marks,
    )
    assert trainer.evaluate()["eval_gain_in_marks"] == pytest.approx(0.0, abs=1e-5)
    trainer.train()
    ratios = answer_log_probabilities(model, tastes[0]).sum(dim=1) - before[0]
    assert int(ratios.argmax()) == 0
    assert trainer.evaluate()["eval_gain_in_marks"] > 1.0


def test_marked_drafts_are_read_as_the_app_asks_about_them():
    from transformers import AutoTokenizer

    from blue.models import get_preset, resolve

    found = resolve(get_preset("embedded").profiler).path
    tokenizer = AutoTokenizer.from_pretrained(found.parent, gguf_file=found.name)
    items = dict.fromkeys(WORKS, load_catalog().by_id)
    training, validation = marked_tastes(CONFIG, MARKED, items, tokenizer)
    assert len(validation) == round(0.1 * (len(training) + len(validation)))
    first = training[0]
    texts = tokenizer.batch_decode(
        [row[kept.bool()] for row, kept in zip(first.input_ids, first.kept, strict=True)]
    )
    assert len({text.split("<|im_start|>assistant\n")[0] for text in texts}) == 1
    assert all(text.endswith("<|im_end|>") for text in texts)
    assert float(first.marks.max() - first.marks.min()) >= CONFIG.least_spread


def test_what_readers_marked_is_kept(tmp_path):
    tastes = [
        DraftedTaste("visitors", ("ml:1",), ({}, {"content": "- Toy Story"}), ("Loves toys.", "Likes toys.")),
        DraftedTaste("visitors", ("ml:2",), ({}, {"content": "- Jumanji"}), ("Loves games.",)),
    ]
    rows = [{"kind": one.kind, "item_ids": one.item_ids, "drafts": one.drafts} for one in tastes]
    (tmp_path / "drafts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_sheets(tastes, tmp_path, seed=0)
    sheet = (tmp_path / "sheet-1.txt").read_text("utf-8")
    number = {
        line.split(". ", 1)[1]: line.split(".")[0].strip() for line in sheet.splitlines() if ". " in line
    }
    (tmp_path / "marks-1.tsv").write_text(f"{number['Loves toys.']}\t4\n{number['Likes toys.']}\t2\n")
    (tmp_path / "marks-2.tsv").write_text(f"{number['Loves toys.']}\t5\n")
    keep(tmp_path, tmp_path / "kept.jsonl")
    (kept,) = map(json.loads, (tmp_path / "kept.jsonl").read_text("utf-8").splitlines())
    assert kept["drafts"] == [{"text": "Loves toys.", "mark": 4.5}, {"text": "Likes toys.", "mark": 2.0}]
    (tmp_path / "marks-3.tsv").write_text(f"{number['Likes toys.']}\t7\n")
    with pytest.raises(SystemExit, match="between 1 and 5"):
        keep(tmp_path, tmp_path / "kept.jsonl")
