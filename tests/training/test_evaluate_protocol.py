"""The protocol: hand-computed ranks and metrics, planted leaks, a perfect and a random method."""

import dataclasses
import gzip

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from blue.retrieval.metrics import ndcg_at_k
from training.data import DataError
from training.evaluate.data import EvaluationError, read_data
from training.evaluate.protocol import Benchmark, Trial, make_benchmark, rank, require_no_leak
from training.evaluate.tables.results import PairedBootstrap, metric_names, metric_values, ranking_rows

from .evaluation_world import circles, write_shop


@pytest.fixture
def shop(tmp_path):
    return read_data(str(write_shop(tmp_path / "shop", circles(400, 9, 150))))


class Oracle:
    """Knows the target: a planted perfect method."""

    def __init__(self, benchmark: Benchmark) -> None:
        self._row_of = {item.item_id: row for row, item in enumerate(benchmark.items)}

    def scores(self, cases):
        scores = np.zeros((len(cases), len(self._row_of)), dtype=np.float32)
        for place, case in enumerate(cases):
            scores[place, self._row_of[case.target.item_id]] = 1.0
        return scores


class Dice:
    """Scores at random."""

    def __init__(self, items: int) -> None:
        self._draw, self._items = np.random.default_rng(0), items

    def scores(self, cases):
        return self._draw.random((len(cases), self._items))


class Constant:
    """Cannot tell one item from another."""

    def __init__(self, items: int) -> None:
        self._items = items

    def scores(self, cases):
        return np.ones((len(cases), self._items))


def test_ranks_by_hand():
    assert rank(np.array([0.4, 0.9, 0.1]), 0) == 2
    assert rank(np.array([0.4, 0.4, 0.4]), 0) == 3  # ties stand before the target
    assert rank(np.array([0.4]), 0) == 1  # one candidate
    with pytest.raises(ValueError, match="not in the pool"):
        rank(np.array([-np.inf, 0.4]), 0)
    with pytest.raises(ValueError, match="not a number"):
        rank(np.array([np.nan, 0.4]), 0)


def test_metrics_by_hand():
    values = dict(zip(metric_names(), metric_values(np.array([1, 3, 11])).T, strict=True))
    assert values["recall@1"].tolist() == [1, 0, 0]
    assert values["recall@10"].tolist() == [1, 1, 0]
    assert values["recall@20"].tolist() == [1, 1, 1]
    assert values["ndcg@5"].tolist() == [1, 0.5, 0]
    assert values["ndcg@20"][2] == pytest.approx(1 / np.log2(12))
    assert values["mrr@5"].tolist() == [1, pytest.approx(1 / 3), 0]
    assert values["mrr@10"][2] == 0


def test_ndcg_is_that_of_scikit_learn():
    draw = np.random.default_rng(0)
    scores = draw.random((50, 30))
    relevant = np.zeros_like(scores)
    relevant[:, 0] = 1
    ranks = np.array([rank(one, 0) for one in scores])
    for k in (1, 5, 10, 20):
        assert ndcg_at_k(ranks, k).mean() == pytest.approx(ndcg_score(relevant, scores, k=k))


def test_a_perfect_method_scores_one_everywhere(shop):
    benchmark = make_benchmark(shop)
    rows = ranking_rows({"oracle": benchmark.ranks(Oracle(benchmark))}, PairedBootstrap(benchmark.users))
    assert {(row.value, row.low, row.high) for row in rows} == {(1.0, 1.0, 1.0)}
    assert len(rows) == 2 * 12


def test_a_random_method_scores_chance_within_its_interval(shop):
    benchmark = make_benchmark(shop)
    ranks = benchmark.ranks(Dice(len(benchmark.items)))
    rows = ranking_rows({"dice": ranks}, PairedBootstrap(benchmark.users))
    found = {(row.pool, row.metric): row for row in rows}
    assert found["sampled", "recall@10"].low <= 10 / 100 <= found["sampled", "recall@10"].high
    pool = 150 - 8
    assert found["full", "recall@20"].low <= 20 / pool <= found["full", "recall@20"].high


def test_a_constant_method_comes_last(shop):
    ranks = make_benchmark(shop, most=5).ranks(Constant(150))
    assert ranks.sampled.tolist() == [100] * 5
    assert ranks.full.tolist() == [150 - 8] * 5  # the eight items of the history do not compete


def test_only_test_users_and_new_targets_are_tried(shop):
    benchmark = make_benchmark(shop)
    assert set(benchmark.users) == set(shop.users("test"))
    for trial in benchmark.trials:
        had = {one.item_id for one in trial.case.history}
        assert trial.case.target.item_id not in had
        candidates = [benchmark.items[row].item_id for row in trial.candidates]
        assert candidates[0] == trial.case.target.item_id
        assert len(set(candidates)) == 100
        assert not had & set(candidates)


def test_fewer_users_are_the_same_trials(shop):
    few, many = make_benchmark(shop, most=5), make_benchmark(shop, most=20)
    assert few.users == many.users[:5]
    for one, other in zip(few.trials, many.trials, strict=False):
        assert one.candidates.tolist() == other.candidates.tolist()
    other_seed = make_benchmark(shop, most=5, seed=1)
    assert other_seed.users != few.users


def test_candidates_are_of_the_targets_own_domain(tmp_path):
    histories = circles(60, 9, 300)
    folder = write_shop(tmp_path / "two", histories, items=300, domains=("Food", "Kitchen"))
    data = read_data(str(folder))
    benchmark = make_benchmark(data)
    for trial in benchmark.trials:
        domains = {data.domains[benchmark.items[row].item_id] for row in trial.candidates}
        assert domains == {data.domains[trial.case.target.item_id]}


def test_a_target_that_occurs_before_and_its_near_duplicates_give_nothing_away(tmp_path):
    repeated = [0, 1, 2, 3, 4, 5, 6, 2]  # the last item was there already
    folder = write_shop(tmp_path / "shop", [repeated, list(range(20, 29))], splits=("test",))
    benchmark = make_benchmark(read_data(str(folder)))
    assert [user.split(":")[1] for user in benchmark.users] == ["1"]


def test_planted_leaks_are_caught(shop):
    benchmark = make_benchmark(shop, most=3)
    require_no_leak(benchmark, shop)
    trial = benchmark.trials[0]
    told = dataclasses.replace(trial.case.history[-1], title=trial.case.target.title.upper())
    leaking = dataclasses.replace(trial.case, history=(*trial.case.history, told))
    planted = Trial(leaking, trial.candidates, trial.excluded)
    with pytest.raises(EvaluationError, match="holds its target"):
        require_no_leak(Benchmark(benchmark.items, (planted,)), shop)
    seen = dataclasses.replace(shop, splits=dict(shop.splits) | {trial.case.user_id: "train"})
    with pytest.raises(EvaluationError, match="belongs to the training users"):
        require_no_leak(benchmark, seen)


def test_intervals_draw_whole_users():
    users = ["a"] * 50 + ["b"] * 50
    values = np.array([[1.0]] * 50 + [[0.0]] * 50)
    ((mean, low, high),) = PairedBootstrap(users).intervals(values)
    assert (mean, low, high) == (0.5, 0.0, 1.0)  # two users: one of them is drawn twice often enough
    ((_, low, high),) = PairedBootstrap([str(n) for n in range(100)]).intervals(values)
    assert 0.35 < low < 0.45
    assert 0.55 < high < 0.65


def test_a_benchmark_keeps_its_own_split_and_the_name_decides_the_others(tmp_path):
    folder = write_shop(tmp_path / "amazon14_beauty", circles(300, 6, 150))
    by_folder, by_name = read_data(str(folder)), read_data(f"beauty={folder}")
    assert by_folder.name == "amazon14_beauty"
    assert by_folder.splits == by_name.splits  # training calls the same folder beauty
    own = write_shop(tmp_path / "own", circles(4, 6, 150), splits=("train_A", "valid", "test", "train"))
    assert sorted(read_data(str(own)).splits.values()) == ["test", "train", "train", "validation"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("items.jsonl.gz", b'{"item_id": "1"}\n', "line 1: 'title' must be a text"),
        ("items.jsonl.gz", b'{"item_id": "1", "title": "A"}\nnonsense\n', "line 2"),
        ("users.jsonl.gz", b'{"user_id": "1", "history": "1,2"}\n', "line 1: 'history' must be a list"),
    ],
)
def test_broken_lines_are_named(tmp_path, name, content, message):
    folder = write_shop(tmp_path / "shop", circles(5, 6, 150))
    (folder / name).write_bytes(gzip.compress(content))
    with pytest.raises(DataError, match=message):
        read_data(str(folder))


def test_a_truncated_file_and_an_unknown_folder_are_explained(tmp_path):
    folder = write_shop(tmp_path / "shop", circles(50, 6, 150))
    whole = (folder / "users.jsonl.gz").read_bytes()
    (folder / "users.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="cannot be read"):
        read_data(str(folder))
    with pytest.raises(DataError, match="holds no data that is known"):
        read_data(str(tmp_path))
    with pytest.raises(DataError, match="there is no folder"):
        read_data(str(tmp_path / "nowhere"))
