"""The tables' own computations, each on values that can be checked by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

from blue.datatypes import Profile, Sentence
from training.evaluate.baselines.profiles import as_profile
from training.evaluate.data import EvaluationError, read_data
from training.evaluate.protocol import make_benchmark
from training.evaluate.tables import qa, steering
from training.evaluate.tables.cost import training_rows
from training.evaluate.tables.files import PROJECT, Provenance, provenance, write
from training.evaluate.tables.interpretability import rows_of
from training.evaluate.tables.overview import overview
from training.evaluate.tables.readability import copied, distinctness, names, supported
from training.evaluate.tables.results import PairedBootstrap, Row, Table, cells, largest_source_tables
from training.evaluate.tables.transfer import across, domain_pairs
from training.evaluate.write_results import (
    every_run,
    findings,
    main,
    questions,
    read_logged,
    trained_on,
    verdicts,
)

from .evaluation_world import HashedWords, circles, evaluation, write_shop

MADE = Provenance("python -m training.evaluate source", "2026-11-24", "abc1234", "a machine")


def profile(*sentences: str) -> Profile:
    return Profile(tuple(Sentence(text) for text in sentences))


@pytest.fixture
def shop(tmp_path):
    folder = write_shop(tmp_path / "shop", circles(60, 9, 300), items=300, ratings=True)
    return evaluation(folder, tmp_path / "cache")


class CertainJudge:
    """Always finds an option likely whose title it was told."""

    def __init__(self, told: str) -> None:
        self._told = told

    def choice(self, question):
        weights = np.array([1.0 + (item.title == self._told) for item in question.options])
        return weights / weights.sum()


def test_a_choice_is_right_only_when_the_target_alone_is_most_probable(shop):
    benchmark = make_benchmark(shop.data)
    trial = benchmark.trials[0]
    sure, wrong = trial.case.target.title, benchmark.items[trial.candidates[1]].title
    for size in qa.SIZES:
        assert qa.chosen(CertainJudge(sure), "", benchmark, trial, size, 0)
        assert not qa.chosen(CertainJudge(wrong), "", benchmark, trial, size, 0)
        assert not qa.chosen(CertainJudge("nothing"), "", benchmark, trial, size, 0)  # all options tie


class Expecting:
    """Expects the titles in the order it was told, and the rest less, all alike."""

    def __init__(self, *order: str) -> None:
        self._order = order

    def expected(self, profile, titles):
        return np.array([-1.0 - (self._order.index(one) if one in self._order else 99) for one in titles])


def test_the_title_that_is_expected_most_is_chosen_and_ties_count_against(shop):
    benchmark = make_benchmark(shop.data)
    trial = benchmark.trials[0]
    right = trial.case.target.title
    near, far = (benchmark.items[trial.candidates[place]].title for place in (1, 7))
    assert qa.most_expected(Expecting(right), "", benchmark, trial) == [True, True]
    assert qa.most_expected(Expecting(far, right), "", benchmark, trial) == [True, False]  # 7 is not among 4
    assert qa.most_expected(Expecting(near, right), "", benchmark, trial) == [False, False]
    assert qa.most_expected(Expecting(), "", benchmark, trial) == [False, False]


def test_choices_are_compared_in_pairs():
    ours, other = np.zeros((4, 4)), np.zeros((4, 4))
    ours[:3, 2], other[:1, 2] = 1, 1  # by title among 4: three right against one
    bootstrap = PairedBootstrap(list("abcd"))
    rows = qa.choice_differences({"raw-history": other, "blue-single": ours}, bootstrap)
    assert {(row.metric, row.value) for row in rows if row.value} == {("cloze-accuracy-1-of-4", 0.5)}
    assert {row.method for row in rows} == {"blue-single minus raw-history"}
    assert qa.choice_differences({"raw-history": other}, bootstrap) == ()


def test_ratings_of_items_are_those_of_training_users(tmp_path):
    folder = write_shop(
        tmp_path / "shop", [[1, 2], [1, 3], [1, 4]], ratings=True, splits=("train", "train", "test")
    )
    found = qa.ratings_of_items(read_data(str(folder)))
    assert found == {"1": [2.0, 2.0], "2": [3.0], "3": [4.0]}


def test_mean_ratings_by_hand(tmp_path):
    histories = [[0, 5, 6], [0, 1, 2, 3, 4, 7]]  # item n is always rated 1 + n % 5
    folder = write_shop(tmp_path / "shop", histories, ratings=True, splits=("train", "test"))
    data = read_data(str(folder))
    rows = qa._mean_rows(make_benchmark(data), data, [0], 0)
    found = {row.method: row.value for row in rows}
    assert found["user-mean"] == 0.0  # the history's mean is 3, and so is the rating of item 7
    assert found["global-mean"] == found["item-mean"] == pytest.approx(3 - (1 + 1 + 2) / 3)


def test_histories_across_domains_hold_the_one_and_ask_for_the_other(tmp_path):
    folder = write_shop(
        tmp_path / "two", [[0, 2, 1, 4, 3, 6], [0, 2, 4]], splits=("test",), domains=("Food", "Kitchen")
    )
    data = read_data(str(folder))
    assert domain_pairs(data) == [("Food", "Kitchen"), ("Kitchen", "Food")]
    crossed = across(data, "Food", "Kitchen").dataset.histories
    assert [[one.item_id for one in history] for history in crossed.values()] == [["0", "2", "4", "3"]]


def test_the_ndcg_of_a_genre_by_hand():
    scores, member = np.array([4.0, 3.0, 2.0, 1.0]), np.array([False, True, False, True])
    expected = (1 / np.log2(3)) / (1 + 1 / np.log2(3))
    assert steering.genre_ndcg(scores, member, top=2) == pytest.approx(expected)
    assert steering.genre_ndcg(scores, np.array([True, True, False, False]), top=2) == 1.0
    assert steering.genre_ndcg(scores, np.array([False, False, True, True]), top=2) == 0.0


def test_an_edit_moves_the_genre_it_names(shop):
    genres = steering.Genres.of(shop)
    assert len(genres.members) == 10  # every word is a genre of 30 items
    cases = make_benchmark(shop.data, most=8).cases
    profiles = [profile(f"{case.history[-1].title}", f"{case.history[0].title}") for case in cases]
    changes = steering.steerability(shop, cases, profiles, "facets", genres, 0)
    assert np.nanmean(changes["steer-add"]) > 0.05
    assert not np.isnan(changes["steer-strengthen"]).any()
    assert np.nanmean(changes["steer-negate"]) < -0.2
    nothing = steering.steerability(shop, cases, [profile()] * 8, "facets", genres, 0)
    assert np.isnan(nothing["steer-add"]).all()


def test_attribution_is_faithful_by_sentence_and_unknown_for_one_sentence(shop):
    two = profile("teapot", "ladle")
    values = steering.attribution_fidelity(shop, [two, profile("teapot")], "facets")["attribution-fidelity"]
    assert values[0] > 0.8
    assert np.isnan(values[1])


def test_a_sentence_that_nothing_in_the_history_carries_is_unsupported(shop):
    case = make_benchmark(shop.data).cases[0]
    own = case.history[-1].title
    assert supported(shop, case, profile(own)) == (1.0, 0.0)
    assert supported(shop, case, profile("Zebra saddles.")) == (0.0, 1.0)
    assert supported(shop, case, profile(f"{own} by Kurosawa")) == (1.0, 1.0)  # near, but it invents somebody
    assert names("Top marks go to films by Kurosawa.") == {"kurosawa"}


def test_profiles_that_users_share_are_not_distinct():
    values = distinctness(HashedWords(), [profile("a b"), profile("a b"), profile("c d")])
    assert values["distinct"].tolist() == [0, 0, 1]
    assert values["similarity-to-others"][0] > values["similarity-to-others"][2]


def test_a_mean_is_over_the_users_who_have_a_value():
    values = {"half": np.array([1.0, np.nan, 3.0]), "nobody": np.full(3, np.nan)}
    (row,) = rows_of("blue", values, ["a", "b", "c"], 0)
    assert (row.metric, row.value, row.low, row.high) == ("half", 2.0, 1.0, 3.0)


def test_a_logged_run_says_what_a_step_cost(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"steps": 4, "seconds": 80.0, "tokens_sampled": 4000}))
    found = {row.metric: row.value for row in training_rows("grpo", tmp_path)}
    assert found["seconds-per-training-step"] == 20.0
    assert found["tokens-sampled-per-training-step"] == 1000.0
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvaluationError, match="neither"):
        training_rows("grpo", tmp_path / "empty")


def row(method: str, value: float, low: float, high: float, pool: str = "sampled") -> Row:
    return Row(method, pool, "ndcg@10", value, low, high)


TABLE = Table(
    "source", "shop", 7, 0,
    (row("popularity", 0.1, 0.0, 0.2), row("blue-facets", 0.3, 0.2, 0.4)),
    (row("blue-facets minus popularity", 0.2, 0.1, 0.3), row("blue-facets minus bm25", -0.1, -0.2, -0.05),
     row("blue-facets minus last-item", 0.0, -0.1, 0.1)),
    ("bm25: last 3 titles.",),
)  # fmt: skip


def test_verdicts_also_say_where_blue_loses():
    (line,) = verdicts(TABLE)
    assert "beats popularity (+0.200)" in line
    assert "is not told apart from last-item (+0.000)" in line
    assert "loses to bm25 (-0.100)" in line


def test_results_have_exactly_the_agreed_form(tmp_path):
    write([TABLE], tmp_path / "out", MADE)
    record = json.loads((tmp_path / "out" / "results.json").read_text())
    about = ["table", "dataset", "n_users", "seed", "rows", "differences", "notes", "made"]
    assert list(record) == about
    assert Table.of_record(record) == TABLE
    assert Provenance(**record["made"]) == MADE
    assert list(record["rows"][0]) == ["method", "pool", "metric", "value", "low", "high"]
    assert "| blue-facets | 0.300 [0.200, 0.400] |" in (tmp_path / "out" / "results.md").read_text()


def test_several_data_sets_have_a_folder_each_and_a_list(tmp_path):
    write([TABLE, Table("source", "b to c", 7, 0, TABLE.rows)], tmp_path, MADE)
    both = json.loads((tmp_path / "results.json").read_text())
    assert [one["dataset"] for one in both] == ["shop", "b to c"]
    alone = json.loads((tmp_path / "b-to-c" / "results.json").read_text())
    assert alone.pop("made")
    assert alone == both[1]


def test_results_md_is_built_from_what_was_logged(tmp_path, capsys):
    write([TABLE], tmp_path / "results" / "source" / "shop", MADE)
    (tmp_path / "results" / "source.md").write_text("BM25 is better here.\n\nIt reads the titles.")
    out = tmp_path / "RESULTS.md"
    figure = tmp_path / "docs" / "results.png"
    asked = ["--results", str(tmp_path / "results"), "--out", str(out), "--figure", str(figure)]
    asked += ["--each", str(tmp_path / "docs" / "results")]
    assert main(asked) == 0
    found, each = out.read_text(), (tmp_path / "docs" / "results" / "source.md").read_text()
    assert "BM25 is better here." in found
    assert "It reads the titles." not in found
    assert "| popularity | .100 ▼ |" in found
    assert "| blue-facets | .300 |" in found
    assert "BM25 is better here.\n\nIt reads the titles." in each
    assert "loses to bm25" in each
    assert "(2026-11-24, commit abc1234; a machine)" in each
    assert figure.is_file()
    assert findings(read_logged(tmp_path / "results"), tmp_path / "results") == found
    assert main(["--results", str(tmp_path / "docs")]) == 2
    assert "holds no logged results" in capsys.readouterr().err


def test_the_figure_shows_the_table_with_the_most_users_of_a_data_set():
    small, other = replace(TABLE, n_users=3), replace(TABLE, dataset="books")
    moved = replace(TABLE, table="transfer", n_users=90)
    assert largest_source_tables([small, TABLE, other, moved]) == {"shop": TABLE, "books": other}


def test_of_tables_with_as_many_users_the_one_with_more_methods_counts():
    fewer = replace(TABLE, rows=tuple(row for row in TABLE.rows if row.method == TABLE.methods[0]))
    assert len(fewer.methods) < len(TABLE.methods)
    assert largest_source_tables([fewer, TABLE]) == largest_source_tables([TABLE, fewer]) == {"shop": TABLE}


def test_what_a_profiler_was_trained_on_stands_in_its_configuration(tmp_path):
    assert trained_on(tmp_path) == frozenset()
    (tmp_path / "config.yaml").write_text("mixture: {movies: 3, beauty: 5}")
    assert trained_on(tmp_path) == {"movies", "beauty"}


def test_sentences_that_copy_a_title_are_counted():
    title = "Acme Soft Blue Cotton Towel for Small Hands"
    assert copied(as_profile(f"Often picks {title}.\nLikes lamps."), [title]) == 0.5
    assert np.isnan(copied(as_profile(""), [title]))


def test_the_command_is_kept_without_the_paths_of_a_machine():
    made = provenance(["source", "--data", "beauty=/home/somebody/beauty", "--limit", "5"])
    assert made.command == "python -m training.evaluate source --data beauty=beauty --limit 5"


def test_cells_of_another_table_show_every_metric():
    header, body = cells(Table("qa", "shop", 1, 0, (Row("a", "sampled", "accuracy-1-of-4", 0.5, 0.4, 0.6),)))
    assert header == ["method", "accuracy-1-of-4"]
    assert body == [["a", "0.500 [0.400, 0.600]"]]


def test_many_metrics_are_shown_a_row_each():
    rows = tuple(Row(method, "full", f"m{n}", n, n, n) for method in ("a", "b") for n in range(6))
    header, body = cells(Table("interpretability", "shop", 1, 0, rows))
    assert header == ["metric", "a", "b"]
    assert body[5] == ["m5", "5.000 [5.000, 5.000]", "5.000 [5.000, 5.000]"]


def test_the_repository_shows_what_its_results_say():
    logged = read_logged(PROJECT / "results")
    assert (PROJECT / "RESULTS.md").read_text(encoding="utf-8") == findings(logged, PROJECT / "results")
    for name, runs in questions(logged):
        shown = (PROJECT / "docs" / "results" / f"{name}.md").read_text(encoding="utf-8")
        assert shown == every_run(name, runs, PROJECT / "results"), name


def test_an_overview_marks_what_is_decided_and_takes_the_largest_run():
    small = replace(TABLE, n_users=3, rows=(row("popularity", 0.9, 0.8, 1.0),))
    decided = replace(TABLE, rows=(*TABLE.rows, row("bm25", 0.4, 0.3, 0.5), row("last-item", 0.3, 0.2, 0.4)))
    head, _, *body = overview([small, decided, replace(TABLE, dataset="books")])
    assert head == "| method | shop (7) | books (7) |"
    assert body == [
        "| popularity | .100 ▼ | .100 ▼ |",
        "| blue-facets | .300 | .300 |",
        "| bm25 | .400 ▲ |  |",
        "| last-item | .300 |  |",
    ]


def test_an_overview_of_many_metrics_has_a_row_each():
    rows = tuple(Row("blue-facets", "full", metric, 0.5, 0.4, 0.6) for metric in ("distinct", "words"))
    lines = overview([Table("interpretability", "shop", 1, 0, rows)])
    assert lines[0] == "| metric | shop (1), blue-facets |"
    assert "| distinct | .500 |" in lines
