"""Two maps behind a frozen embedder: the loss by hand, a lesson that they learn, the folder they fill."""

import json
import math

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from blue.models import MINILM, resolve
from blue.retrieval import SentenceEncoder
from training.encoder.maps import Maps, batch_loss, padded, pooled
from training.encoder.pairs import JUDGED, Domain, Pair, is_held_out, judged_domains
from training.encoder.saving import save_whole

EAST, NORTH = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)


def test_at_the_start_the_maps_change_nothing():
    maps = Maps(2, dropout=0.0, domains=["shop"]).eval()
    rows = torch.from_numpy(np.stack([EAST, NORTH]))
    assert torch.equal(maps.queries(rows), rows)
    assert torch.equal(maps.items(rows), rows)
    assert float(maps.distance().detach()) == 0.0


def test_a_profile_pools_its_parts_as_the_list_does():
    maps = Maps(2, dropout=0.0, domains=[]).eval()
    parts, mask = padded([Pair((0, 1), 0), Pair((1,), 0)], np.random.default_rng(0))
    rows = np.stack([EAST, NORTH])
    near = pooled(maps, torch.from_numpy(rows[parts]), mask, torch.from_numpy(EAST[None]))
    both = math.log((math.exp(20) + 1) / 2)  # cosines 1 and 0 over a temperature of .05
    assert near[:, 0].tolist() == pytest.approx([both, 0.0], abs=1e-5)


def test_the_loss_is_half_of_each_direction():
    domain = Domain("shop", np.stack([EAST, NORTH]), np.stack([EAST, NORTH]), np.zeros(2, np.float32), ())
    maps = Maps(2, dropout=0.0, domains=["shop"]).eval()
    batch = [Pair((0,), 0), Pair((1,), 1)]
    loss = batch_loss(maps, domain, batch, np.array([0, 1]), np.random.default_rng(0))
    # Each pair against the one other item, and against the one other profile: -log(e^20 / (e^20 + 1)).
    assert float(loss.detach()) == pytest.approx(math.log(1 + math.exp(-20)), abs=1e-7)


def test_an_item_that_fits_as_well_does_not_compete_and_one_that_was_found_not_to_fit_does():
    rows = np.stack([EAST, EAST, NORTH])
    domain = Domain("works", rows, EAST[None], np.zeros(3, np.float32), ())
    maps = Maps(2, dropout=0.0, domains=["works"]).eval()
    dice, drawn = np.random.default_rng(0), np.array([0, 1])
    alike = [Pair((0,), 0, frozenset({0, 1}))]
    assert float(batch_loss(maps, domain, alike, drawn, dice).detach()) == 0.0  # nothing is left to compete
    judged = [Pair((0,), 0, frozenset({0}), others=(1,))]
    # Item 1 lies as near as item 0: one of two, in one of two directions.
    loss = batch_loss(maps, domain, judged, np.array([0]), dice)
    assert float(loss.detach()) == pytest.approx(math.log(2) / 2, abs=1e-6)


def test_judged_sentences_are_taught_or_held_out_and_name_works_of_their_kind():
    embed = lambda texts: np.zeros((len(texts), 2), np.float32)  # noqa: E731
    taught, held_out = judged_domains(embed), judged_domains(embed, held_out=True)
    lines = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    held = [line["text"] for line in lines if is_held_out(line["text"])]
    assert 0.15 * len(lines) < len(held) < 0.3 * len(lines)
    for domains, count in ((taught, len(lines) - len(held)), (held_out, len(held))):
        texts = sum(len(domain.queries) - len(domain.items) for domain in domains)
        assert texts == count
        assert all(pair.item not in pair.others for domain in domains for pair in domain.pairs)


def test_the_maps_learn_which_items_follow_which():
    """Items come in pairs that lie at right angles: what follows cannot be read from the frozen rows."""
    dice = np.random.default_rng(0)
    rows = np.linalg.qr(dice.normal(size=(32, 32)))[0].astype(np.float32)
    pairs = tuple(Pair((n,), n ^ 1) for n in range(32))
    domain = Domain("shop", rows, rows, np.zeros(32, np.float32), pairs)
    torch.manual_seed(0)
    maps = Maps(32, dropout=0.0, domains=["shop"])
    optimiser = torch.optim.AdamW(maps.parameters(), lr=1e-2)
    for _ in range(60):
        batch = [pairs[n] for n in dice.integers(0, 32, 16)]
        loss = batch_loss(maps, domain, batch, dice.integers(0, 32, 24), dice)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    near = (maps.eval().queries(torch.from_numpy(rows)) @ maps.items(torch.from_numpy(rows)).T).detach()
    assert (near.argmax(dim=1) == torch.arange(32) ^ 1).float().mean() == 1.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """MiniLM with maps that are not the identity."""
    torch.manual_seed(0)
    maps = Maps(384, dropout=0.2, domains=[])
    with torch.no_grad():
        for linear in (maps.query, maps.item):
            linear.weight += 0.02 * torch.randn_like(linear.weight)
    place = tmp_path_factory.mktemp("maps") / "encoder"
    save_whole(maps, resolve(MINILM).path, place)
    return place


def test_plain_sentence_transformers_and_the_app_give_the_same_rows(folder):
    texts = ["Slow science fiction about isolation.", "Heist films with a code."]
    plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    ours = SentenceEncoder(folder)
    assert ours.encode_queries(texts) == pytest.approx(plain.encode_query(texts), abs=1e-5)
    assert ours.encode_items(texts) == pytest.approx(plain.encode_document(texts), abs=1e-2)  # bfloat16
    assert np.abs(ours.encode_queries(texts) - ours.encode_items(texts)).max() > 0.01  # two routes


def test_items_are_embedded_once_whatever_maps_come_after(folder):
    frozen, ours = SentenceEncoder(resolve(MINILM).path), SentenceEncoder(folder)
    texts = ["Romantic comedy movie: Notting Hill (1999)."]
    rows = frozen.encode_items(texts)
    assert ours.encode_base(texts) == pytest.approx(rows, abs=1e-6)
    assert ours.project(rows) == pytest.approx(ours.encode_items(texts), abs=1e-5)
    assert frozen.name != ours.name
    assert frozen.project(rows) is rows
