"""What picks a checkpoint of GRPO: the protocol of the tables on validation users."""

import pytest

from tests.training.evaluation_world import WORDS, circles, evaluation, write_shop
from training.evaluate import EvaluationContext, make_benchmark
from training.grpo.validation import Validation


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> EvaluationContext:
    folder = tmp_path_factory.mktemp("validation")
    path = write_shop(folder / "shop", circles(12, 8, 150), splits=("train", "validation", "test"))
    return evaluation(path, folder / "cache")


def test_a_profile_that_names_the_target_ranks_it_first_and_its_readability_is_told(shop):
    benchmark = make_benchmark(shop.data, "validation")
    assert len(benchmark.trials) == 4
    validation = Validation([(shop, benchmark)], [[[]] for _ in benchmark.trials], "facets")

    right = validation.measure([f"{case.target.title}." for case in benchmark.cases])
    assert right["ndcg@10"] == right["ndcg@10/shop"] == right["recall@10"] == 1.0
    assert right["guards/sentences"] == right["guards/well_formed"] == 1.0
    assert right["guards/words"] == 3.0

    wrong = validation.measure(
        [f"{next(word for word in WORDS if word not in case.target.title)} only." for case in benchmark.cases]
    )
    assert wrong["ndcg@10"] < 0.5


def test_the_sentences_of_a_trial_are_one_profile(shop):
    benchmark = make_benchmark(shop.data, "validation")
    tastes = [[[], []] for _ in benchmark.trials]
    validation = Validation([(shop, benchmark)], tastes, "facets")
    assert len(validation.prompts) == 8
    texts = [text for case in benchmark.cases for text in (f"{case.target.title}.", "Something else.")]
    found = validation.measure(texts)
    assert found["guards/sentences"] == 2.0
    assert found["recall@10"] == 1.0


def test_an_unusable_text_is_an_empty_profile_that_finds_nothing(shop):
    benchmark = make_benchmark(shop.data, "validation")
    found = Validation([(shop, benchmark)], [[[]]] * 4, "facets").measure(["", "", "", ""])
    assert found["ndcg@10"] == found["guards/sentences"] == found["guards/grounded"] == 0.0
