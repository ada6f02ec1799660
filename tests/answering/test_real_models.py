"""Answers on the real embedded models: what they rest on, and that they are right where that can be known."""

import itertools

import pytest

from blue.answering import Answerer
from blue.catalog.examples import list_examples
from blue.errors import AnsweringError, CatalogError
from blue.inspection import Inspector
from blue.profile.sentences import parse_profile

PROFILE = parse_profile(
    "Science fiction about aliens and space.\nAnimated adventures for children.\nCan't stand musicals."
)


@pytest.fixture(scope="module")
def answerer(profiler) -> Answerer:
    return Answerer(Inspector(profiler))


@pytest.fixture(scope="module")
def history(profiler) -> tuple:
    example = list_examples()[0]
    return profiler.read(example.read(), example.file).interactions


def test_a_film_for_a_child_is_fit_for_one_and_cites_what_brought_it(answerer, history):
    *_, told = answerer.stream("What should I watch tonight with a ten-year-old?", PROFILE, history)
    assert (told.done, told.question.kind, told.question.kinds) == (True, "recommend", ("movie",))
    assert 1 <= len(told.items) <= 3
    known = {one.item_id for one in history}
    for item in told.items:
        assert "children's" in item.genres
        assert item.item_id not in known
        assert item.title in told.text
    assert set(told.sentences) <= {0, 1}
    assert {one.item for one in told.given.candidates} >= set(told.items)
    assert sum(one.probability for one in told.given.candidates) == pytest.approx(1, abs=1e-6)
    assert told.given.text == PROFILE.text
    assert told.model_words.startswith(told.items[0].title)
    assert PROFILE.text in told.given.messages[-1]["content"]


def test_what_is_asked_for_is_likely_and_what_is_rejected_is_not(answerer, history):
    liked = answerer.ask("Would I like Independence Day?", PROFILE, history)
    assert liked.text.startswith(("Very likely", "Probably."))
    assert liked.sentences == (0,)
    refused = answerer.ask("Would I like Grease?", PROFILE, history)
    assert refused.text.startswith("Probably not")
    assert 2 in refused.sentences
    assert "musicals" in refused.text
    assert refused.rating.user_mean == pytest.approx(
        sum(one.rating for one in history) / len(history), abs=1e-6
    )


def test_a_title_of_the_history_is_known(answerer, history):
    told = answerer.ask("Would I like Alien?", PROFILE, history)
    assert told.text.startswith("You know it")


def test_a_choice_is_made_by_the_profile(answerer, history):
    told = answerer.ask("Which should I watch: Independence Day, Grease or Mamma Mia!?", PROFILE, history)
    assert told.question.kind == "choose"
    assert told.items[0].title.startswith("Independence Day")
    assert told.text.startswith("Independence Day")


def test_what_is_avoided_is_what_the_profile_rejects_or_the_history_rated_low(answerer, history):
    told = answerer.ask("What do I avoid?", PROFILE, history)
    assert (told.sentences, told.items, told.model_words) == ((2,), (), "")
    assert "musicals" in told.text
    unknown = answerer.ask("What do I avoid?", PROFILE, history, context="none")
    assert unknown.text == "Nobody can say without knowing you."


def test_each_context_sees_only_its_own(answerer, history):
    raw = answerer.ask("Would I like Dune (1984)?", PROFILE, history, context="history")
    assert "Blade Runner" in raw.given.text
    assert PROFILE.sentences[0].text not in raw.given.text + str(raw.given.messages)
    assert raw.sentences == ()
    none = answerer.ask("Would I like Dune (1984)?", PROFILE, history, context="none")
    assert (none.given.text, none.rating, none.sentences) == ("", None, ())
    assert "Blade Runner" not in str(none.given.messages)
    with pytest.raises(AnsweringError, match="no history"):
        answerer.ask("Would I like Dune?", PROFILE, (), context="history")


def test_an_answer_can_be_stopped_while_it_is_written(answerer, history):
    answers = answerer.stream("Would I like Dune (1984)?", PROFILE, history)
    first = list(itertools.islice(answers, 2))
    answers.close()
    assert not any(one.done for one in first)
    assert first[0].text == first[-1].text  # what can be right or wrong is there at once
    assert answerer.ask("What do I like?", PROFILE, history).done  # the model is free again


def test_structured_questions(answerer, profiler, history):
    grease = answerer.understand("Would I like Grease?").items[0]
    alien = answerer.understand("Would I like Alien?").items[0]
    space, songs = "Aliens | 5\nPredator (1987) | 5\nAlien | 1", "Hairspray (2007) | 1\nMamma Mia! | 1.5"
    rated = profiler.read(f"{space}\n{songs}\nHigh School Musical | 1").interactions
    told = answerer.rating(alien, PROFILE, rated)
    assert 5 >= told.stars > told.user_mean > answerer.rating(grease, PROFILE, rated).stars >= 0.5
    assert rated[told.from_rows[0]].title == "Aliens"  # its own rating is not looked at
    chosen = answerer.choice(PROFILE, [alien, grease])
    assert sum(one.probability for one in chosen.options) == pytest.approx(1, abs=1e-6)
    with pytest.raises(AnsweringError, match="2 to 6"):
        answerer.choice(PROFILE, [alien])
    with pytest.raises(CatalogError, match="Did you mean"):
        answerer.ask("Would I like Greaze Lightnin 4?", PROFILE, history)


def test_after_warming_up_the_first_question_loads_nothing(profiler):
    inspector = Inspector(profiler)
    Answerer(inspector).warm_up()
    assert inspector.judge_is_loaded
    assert "_untrained" in vars(inspector)
