"""Baselines: each on data where its answer is known, the learned ones on a sequence that was planted."""

import numpy as np
import pytest
import torch

from training.evaluate.baselines import bm25, plain, sequence_models, transitions
from training.evaluate.baselines.fitting import Fitting
from training.evaluate.baselines.networks import PAD, Bert4Rec, NetworkSettings, SasRec
from training.evaluate.baselines.sequence_models import (
    SequenceScorer,
    batches,
    fit,
    new_network,
    padded,
    trained,
)
from training.evaluate.methods import PRIORS, TRAINING_FREE, MethodBuilder, WithPrior, chosen_methods
from training.evaluate.profile_store import ProfileStore
from training.evaluate.profilers import Profilers
from training.evaluate.protocol import make_benchmark

from .evaluation_world import circles, evaluation, write_shop


@pytest.fixture
def round_trip(tmp_path):
    """40 items that everybody visits in the same order."""
    folder = write_shop(tmp_path / "round", circles(400, 9, 40), items=40)
    return evaluation(folder, tmp_path / "cache")


def ndcg(evaluation, scorer) -> float:
    ranks = make_benchmark(evaluation.data).ranks(scorer).full
    return float((1 / np.log2(ranks + 1.0)).mean())


@pytest.mark.parametrize("method", ["sasrec", "bert4rec", "unisrec"])
def test_a_planted_sequence_is_learned(round_trip, method):
    settings = NetworkSettings(width=32, dropout=0.1, learning_rate=3e-3)
    torch.manual_seed(0)
    network = new_network(method, round_trip, settings)
    scorer = SequenceScorer(round_trip, network)
    untrained = ndcg(round_trip, scorer)
    fit(network, round_trip, settings, method)
    assert untrained < 0.5
    assert ndcg(round_trip, scorer) > 0.7  # UniSRec reads texts that differ in little but a number


class Killed(Exception):
    """As if the process had gone."""


def test_a_killed_training_goes_on_to_the_same_weights(round_trip, tmp_path, monkeypatch):
    settings = NetworkSettings(width=16, dropout=0.3, learning_rate=3e-3)
    monkeypatch.setattr(sequence_models, "MOST_EPOCHS", 6)
    unbroken = trained("sasrec", round_trip, settings).state_dict()
    kept, keep = [], Fitting.keep

    def keep_then_die(fitting: Fitting, path) -> None:
        keep(fitting, path)
        kept.append(fitting.epoch)
        if kept == [1, 2, 3]:
            raise Killed

    monkeypatch.setattr(Fitting, "keep", keep_then_die)
    round_trip.cache = tmp_path / "another"
    with pytest.raises(Killed):
        trained("sasrec", round_trip, settings)
    assert not list(round_trip.cache.glob("sasrec-*.safetensors"))
    resumed = trained("sasrec", round_trip, settings).state_dict()
    assert kept == [1, 2, 3, 4, 5, 6]
    assert all(torch.equal(resumed[name], value) for name, value in unbroken.items())
    assert not list(round_trip.cache.glob("sasrec-*.epoch"))


def test_a_causal_network_does_not_look_ahead():
    torch.manual_seed(0)
    network = SasRec(10, NetworkSettings(width=8)).eval()
    long, changed = torch.tensor([[1, 2, 3, 4]]), torch.tensor([[1, 2, 3, 9]])
    first, second = (network._states(rows)[0] for rows in (long, changed))
    assert torch.allclose(first[:3], second[:3])
    assert not torch.allclose(first[3], second[3])


@pytest.mark.parametrize(
    "network", [SasRec(10, NetworkSettings(width=8)), Bert4Rec(10, NetworkSettings(width=8))]
)
def test_padding_changes_nothing(network):
    network.eval()
    alone, padded_ = torch.tensor([[1, 2, 3]]), torch.tensor([[1, 2, 3, PAD, PAD]])
    assert torch.allclose(network.queries(alone), network.queries(padded_), atol=1e-5)


def test_the_mask_of_bert4rec_hides_the_item_that_is_to_be_predicted():
    network = Bert4Rec(10, NetworkSettings(width=8, dropout=0.0)).eval()
    dice = torch.Generator().manual_seed(3)
    lesson = network.lesson(torch.tensor([[1, 2, 3, 4, 5, 6]]), dice)
    other = network.lesson(torch.tensor([[1, 2, 3, 4, 5, 6]]), torch.Generator().manual_seed(3))
    assert torch.equal(lesson.targets, other.targets)
    hidden = int(lesson.targets[0])
    swapped = torch.tensor([[9 if row == hidden else row for row in range(1, 7)]])
    states = network.lesson(swapped, torch.Generator().manual_seed(3)).states
    assert torch.allclose(states[0], lesson.states[0])  # the state cannot tell which item is behind the mask


def test_transitions_count_what_followed_what():
    counts = transitions.transition_counts([np.array([0, 1, 2]), np.array([0, 1])], 3, 2).toarray()
    assert counts.tolist() == [[0, 2, 0.5], [0, 0, 1], [0, 0, 0]]


def test_transitions_find_the_planted_next_item(round_trip):
    settings = transitions.TransitionSettings(1, False, 0.0, 0.01)
    assert ndcg(round_trip, transitions.Transitions(round_trip, settings)) == 1.0


def test_popularity_counts_training_users_alone(tmp_path):
    histories = [[1, 2, 3], [1, 2, 4], [5, 6, 7]]
    folder = write_shop(tmp_path / "shop", histories, items=10, splits=("train", "train", "test"))
    counts = evaluation(folder, tmp_path).popularity
    assert counts.tolist() == [0, 2, 2, 1, 1, 0, 0, 0, 0, 0]


def test_last_item_mean_and_best_match_by_hand(tmp_path):
    folder = write_shop(tmp_path / "shop", [[0, 1, 2, 3, 4, 5, 6]], items=30, splits=("test",))
    world = evaluation(folder, tmp_path)
    vectors = world.vectors
    (case,) = make_benchmark(world.data).cases
    assert np.allclose(plain.LastItem(world).scores([case])[0], vectors @ vectors[5])
    expected = np.maximum(vectors @ vectors[5], vectors @ vectors[4])
    assert np.allclose(plain.BestMatch(world, plain.Length(2)).scores([case])[0], expected)
    mean = vectors[[4, 5]].mean(axis=0)
    expected = vectors @ mean / np.linalg.norm(mean)
    assert np.allclose(plain.MeanHistory(world, plain.Length(2)).scores([case])[0], expected, atol=1e-6)


def test_bm25_prefers_items_that_share_a_word(tmp_path):
    folder = write_shop(tmp_path / "shop", [[0, 1, 2, 3, 4, 5, 15]], items=30, splits=("test",))
    world = evaluation(folder, tmp_path)
    (case,) = make_benchmark(world.data).cases
    scores = bm25.Bm25(world, bm25.Bm25Settings(1, 1.5, 0.75)).scores([case])[0]
    skillets = {n for n in range(30) if n % 10 == 5}
    assert {int(row) for row in np.argsort(-scores)[:3]} == skillets


def test_raw_history_can_be_read_either_way(round_trip):
    case = make_benchmark(round_trip.data).cases[0]
    oldest, newest = (plain.HistoryForm(2, first).text(case).split("\n") for first in (False, True))
    assert oldest == newest[::-1] == [one.title for one in case.history[-2:]]


def test_every_method_gets_the_same_prior_in_the_spread_of_its_own_scores(round_trip, tmp_path):
    case = make_benchmark(round_trip.data).cases[0]
    base = plain.LastItem(round_trip)
    plainly = base.scores([case])[0]
    found = WithPrior(base, round_trip.log_popularity, 0.4).scores([case])[0]
    assert found == pytest.approx(plainly + 0.4 * plainly.std() * round_trip.log_popularity, abs=1e-5)

    builder = MethodBuilder(round_trip, Profilers({}, ProfileStore(tmp_path / "p.sqlite")))
    chosen = builder.with_prior("last-item", base)
    assert chosen.weight in PRIORS
    assert set(round_trip.choices["last-item+prior"].tried) == {str(weight) for weight in PRIORS}


def test_settings_are_chosen_on_validation_users_alone(round_trip, tmp_path):
    builder = MethodBuilder(round_trip, Profilers({}, ProfileStore(tmp_path / "p.sqlite")))
    for method in set(TRAINING_FREE) - {"untrained"}:
        assert ndcg(round_trip, builder.scorer(method)) > 0
    assert set(round_trip.validation.users) <= set(round_trip.data.users("validation"))
    choice = round_trip.choices["transitions"]
    assert choice.tried[choice.setting] == max(choice.tried.values())


def test_padded_keeps_the_most_recent():
    assert padded([np.arange(5), np.array([9])], 3).tolist() == [[2, 3, 4], [9, PAD, PAD]]


def test_an_epoch_reads_every_history_once_beside_others_of_its_length():
    lengths = torch.randint(1, 26, (3000,), generator=torch.Generator().manual_seed(0))
    epochs = [list(batches(lengths, torch.Generator().manual_seed(seed))) for seed in (1, 1, 2)]
    assert sorted(place for batch in epochs[0] for place in batch) == list(range(3000))
    assert epochs[0] == epochs[1] != epochs[2]
    padding = sum(int((lengths[batch].max() - lengths[batch]).sum()) for batch in epochs[0])
    assert padding < 0.1 * int(lengths.sum())  # in a random order it would be nearly as much as the items


def test_groups_and_names_select_methods_in_the_order_of_the_table():
    assert chosen_methods("blue-facets,training-free").methods == (*TRAINING_FREE, "blue-facets")
    assert chosen_methods("blue-facets,training-free").named == {"blue-facets"}


def test_all_means_all_that_a_table_knows():
    assert chosen_methods(None, ("no-context", "bm25")).methods == ("no-context", "bm25")
    assert chosen_methods("training-free", ("no-context", "bm25")).methods == ("bm25",)
