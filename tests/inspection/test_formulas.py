"""Rewards, attribution, edits and evidence on a compass, worked out by hand."""

import math

import numpy as np
import pytest

from blue.datatypes import Interaction, Profile, Sentence
from blue.errors import CatalogError, ProfileError
from blue.inspection import scoring
from blue.inspection.attribution import attribute
from blue.inspection.full_ranking import FullRanking
from blue.inspection.holdout import hold_out_item
from blue.inspection.scoring import RewardScorer, RewardSettings, ask_choice, judged, reward_changes
from blue.inspection.whatif import what_if
from blue.profile import Rarity
from blue.retrieval import HistoryVectors
from blue.rewards import formulas as rewards
from blue.rewards.negatives import Counts
from blue.rewards.next_item import Question
from tests.inspection.compass import DIRECTIONS, at, compass

WAY = {degrees: str(n) for n, degrees in enumerate(DIRECTIONS)}
HISTORY = (Interaction("Way 30", 5.0, item_id=WAY[30]), Interaction("Way 270", 1.0, item_id=WAY[270]))


def cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def profile(*texts: str) -> Profile:
    return Profile(tuple(Sentence(text) for text in texts))


@pytest.fixture
def retriever(monkeypatch):
    monkeypatch.setattr(
        scoring, "negative_profiles", lambda kind: (profile("180 other."), profile("90 other."))
    )
    return compass()


@pytest.fixture
def scorer(retriever) -> RewardScorer:
    return RewardScorer(retriever, HistoryVectors(retriever))


def report(scorer, retriever, *texts: str, **settings):
    held = hold_out_item(HISTORY, retriever.catalog.items[0])  # Way 0
    chosen = RewardSettings(counts=Counts(random=1, popular=1, hard=1), temperature=0.5, **settings)
    return scorer.report(profile(*texts), held, chosen)


def test_the_rewards_are_those_worked_out_by_hand(scorer, retriever):
    told = report(scorer, retriever, "10 degrees.", "90 degrees.")
    # The target's nearest sentence is the first; all but target and history are negatives.
    assert told.similarity == pytest.approx(cos(10))
    nearest = {negative.item.title: negative.similarity for negative in told.negatives}
    assert nearest == pytest.approx({"Way 60": cos(30), "Way 90": 1.0, "Way 180": cos(90)}, abs=1e-6)
    assert [other.similarity for other in told.others] == pytest.approx([cos(90), cos(180)], abs=1e-6)

    def near(first: float, second: float) -> float:  # both sentences of the profile, pooled
        return 0.5 * math.log((math.exp(cos(first) / 0.5) + math.exp(cos(second) / 0.5)) / 2)

    def log_share(others: list[float]) -> float:
        target = near(10, 90)
        return math.log(math.exp(target / 0.5) / sum(math.exp(one / 0.5) for one in (target, *others)))

    to_item = log_share([near(50, 30), near(80, 0), near(170, 90)])
    to_profile = log_share([cos(90), cos(180)])
    assert told.contrastive.profile_to_item == pytest.approx(to_item, abs=1e-5)
    assert told.contrastive.item_to_profile == pytest.approx(to_profile, abs=1e-5)
    assert told.contrastive.total == pytest.approx((to_item + to_profile) / 2, abs=1e-5)
    # Ranked by the best sentence: Way 90 (1), Way 0 (cos 10), Way 60 (cos 30), Way 180 (0).
    assert (told.rank, told.candidates) == (2, 4)


def test_the_total_is_the_weighted_sum_of_what_is_shown(scorer, retriever):
    told = report(scorer, retriever, "10 degrees.", "90 degrees.")
    assert [reward.name for reward in told.rewards] == [
        "contrastive",
        "format",
        "length",
        "copy",
        "grounding",
        "repetition",
    ]
    length = 4 / rewards.SHORTEST_WORDS  # "10 degrees. 90 degrees." has four words
    guards = {guard.name: guard.value for guard in told.guards}
    # Way 30 is near both sentences (cos 20, cos 60); the second says no new word of more than three letters.
    assert guards == pytest.approx(
        {"format": 1, "length": length, "copy": 1, "grounding": 1, "repetition": 0.5}
    )
    by_hand = told.contrastive.total + 0.5 + 0.2 * length + 0.2 + 0.3 + 0.2 * 0.5
    assert told.total == pytest.approx(by_hand)


def test_a_sentence_is_worth_what_is_lost_without_it(scorer, retriever):
    told = report(scorer, retriever, "10 degrees.", "90 degrees.")
    alone = [report(scorer, retriever, text) for text in ("90 degrees.", "10 degrees.")]
    for contribution, rest in zip(told.contributions, alone, strict=True):
        lost = told.contrastive.total - rest.contrastive.total
        assert contribution.contrastive == pytest.approx(lost, abs=1e-6)
        assert contribution.total == pytest.approx(told.total - rest.total, abs=1e-6)
        assert contribution.rank_without == rest.rank
    assert told.contributions[0].similarity == pytest.approx(cos(10) - cos(90), abs=1e-6)


def test_the_only_sentence_is_held_against_chance(scorer, retriever):
    (contribution,) = report(scorer, retriever, "10 degrees.").contributions
    told = report(scorer, retriever, "10 degrees.")
    chance = -(math.log(1 + 3) + math.log(1 + 2)) / 2  # three negatives, two other profiles
    assert contribution.contrastive == pytest.approx(told.contrastive.total - chance, abs=1e-6)
    assert contribution.rank_without is None


def test_single_rewards_the_profile_as_one_text(scorer, retriever):
    told = report(scorer, retriever, "10 degrees.", "90 degrees.", scoring="single")
    assert told.similarity == pytest.approx(cos(50))  # the mean of both directions


def test_a_sentence_that_is_off_says_nothing(scorer, retriever):
    held = hold_out_item(HISTORY, retriever.catalog.items[0])
    chosen = RewardSettings(counts=Counts(1, 1, 1), temperature=0.5)
    off = Profile((Sentence("10 degrees."), Sentence("90 degrees.", enabled=False)))
    told = scorer.report(off, held, chosen)
    assert told.contrastive == scorer.report(profile("10 degrees."), held, chosen).contrastive
    assert [contribution.sentence for contribution in told.contributions] == [0]
    with pytest.raises(ProfileError, match="switched off"):
        scorer.report(Profile((Sentence("10 degrees.", enabled=False),)), held, chosen)


def test_the_held_out_item_is_no_negative_and_too_many_are_refused(scorer, retriever):
    told = report(scorer, retriever, "10 degrees.")
    named = {negative.item.title for negative in told.negatives} | {one.title for one in told.holdout.history}
    assert "Way 0" not in named
    with pytest.raises(CatalogError, match="can be negatives"):
        scorer.report(profile("10 degrees."), told.holdout, RewardSettings(counts=Counts(9, 0, 0)))
    with pytest.raises(CatalogError, match="at least one negative"):
        scorer.report(profile("10 degrees."), told.holdout, RewardSettings(counts=Counts(0, 0, 0)))


def test_changes_compare_what_both_reports_have(scorer, retriever):
    old, new = report(scorer, retriever, "90 degrees."), report(scorer, retriever, "10 degrees.")
    changes = {
        reward_change.name: reward_change for reward_change in reward_changes(old, judged(new, LetterLover()))
    }
    assert "next_item_choice" not in changes
    assert changes["total"].difference == pytest.approx(new.total - old.total)
    assert (changes["rank"].old, changes["rank"].new) == (old.rank, new.rank)
    assert changes["contrastive"].difference > 0


class LetterLover:
    """A judge that always prefers the first letter."""

    name = "letter lover"

    def log_probabilities(self, questions: list[Question]) -> np.ndarray:
        number = len(questions[0].options)
        rows = np.log(np.array([0.7] + [0.3 / (number - 1)] * (number - 1)))
        return np.tile(rows, (len(questions), 2, 1))


def test_a_judge_that_loves_a_letter_earns_chance(scorer, retriever):
    told = judged(report(scorer, retriever, "10 degrees."), LetterLover())
    assert len(told.choice.options) == 4
    assert sum(option.probability for option in told.choice.options) == pytest.approx(1)
    assert [option.item.title for option in told.choice.options if option.is_target] == ["Way 0"]
    assert [reward.name for reward in told.rewards][:2] == ["contrastive", "next_item_choice"]
    assert told.choice.reward in (pytest.approx(0.4), pytest.approx(0.1))  # at an end of the list, or within
    free = ask_choice(LetterLover(), profile("10 degrees."), retriever.catalog.items[:2])
    assert [option.probability for option in free.options] == pytest.approx([0.5, 0.5])
    assert not any(option.is_target for option in free.options)


def test_an_item_is_attributed_to_its_best_sentence_and_would_keep_what_the_other_brings(retriever):
    items = retriever.catalog.items[:4]  # 0, 30, 60, 90
    told = attribute(retriever, profile("10 degrees.", "90 degrees."), items, "facets")
    assert told.brought_by == (0, 0, 1, 1)
    near = np.array([[cos(10), cos(20), cos(50), cos(80)], [cos(90), cos(60), cos(30), 1]])
    assert told.closeness == pytest.approx(near, abs=1e-6)
    everywhere = np.array([[cos(a - b) for b in DIRECTIONS] for a in (10, 90)])
    above = near - 0.05 * np.log(np.exp(everywhere / 0.05).mean(axis=1))[:, None]
    both = 0.05 * np.log(np.exp(above / 0.05).sum(axis=0))
    assert told.effects == pytest.approx(both - above[::-1], abs=1e-5)


def test_a_rejection_is_an_effect_of_its_own_sentence(retriever):
    told = attribute(
        retriever, profile("10 degrees.", "No 90 degrees."), retriever.catalog.items[2:4], "facets"
    )
    assert told.brought_by == (0, 0)
    assert np.isnan(told.closeness[1]).all()
    assert told.effects[1] == pytest.approx([-(cos(30) - 0.15), -(1 - 0.15)], abs=1e-6)
    assert np.isnan(told.effects[0]).all()  # without the only liked sentence nothing would be ranked


def test_single_leaves_one_sentence_out(retriever):
    told = attribute(retriever, profile("0 degrees.", "90 degrees."), retriever.catalog.items[:1], "single")
    # Together they lie at 45. Without the first the item at 0 is at cos 90, without the second at cos 0.
    assert told.effects[:, 0] == pytest.approx([cos(45) - cos(90), cos(45) - cos(0)], abs=1e-6)
    assert told.brought_by == (0,)


def test_every_edit_gives_the_rank_that_is_said(retriever):
    told = what_if(
        retriever,
        Rarity(retriever.catalog.items),
        retriever.catalog.items[4],
        profile("0 degrees.", "100 degrees."),
        (),
        "facets",
        (),
    )
    # Way 180 is at cos 80 of the second sentence: behind Way 0, 30, 60, 90.
    assert (told.rank, told.candidates, told.in_history) == (5, 6, False)
    assert told.helps.sentence == 1
    assert {edit.kind for edit in told.edits} == {"drop", "add"}  # no weight brings it before the others
    (added,) = (edit for edit in told.edits if edit.kind == "add")
    assert (added.profile.sentences[-1].text, added.rank) == ("180 degrees films.", 1)
    for edit in told.edits:
        found = retriever.rank(edit.profile, (), top=6)
        assert [entry.item.title for entry in found.items].index("Way 180") + 1 == edit.rank < told.rank
    assert [edit.rank for edit in told.edits] == sorted(edit.rank for edit in told.edits)


def test_an_item_of_the_history_is_ranked_as_if_it_were_not(retriever):
    told = what_if(
        retriever,
        Rarity(retriever.catalog.items),
        retriever.catalog.items[1],
        profile("30 degrees."),
        HISTORY,
        "facets",
        (),
    )
    assert (told.rank, told.in_history, told.candidates) == (1, True, 5)


def test_all_ranks_are_those_of_the_retriever(retriever):
    ranking = FullRanking(retriever, HISTORY)
    for scoring_ in ("facets", "single"):
        for texts in (("10 degrees.",), ("100 degrees.", "200 degrees."), ("10 degrees.", "No 60 degrees.")):
            if scoring_ == "single" and "No" in texts[-1]:
                continue
            found = retriever.rank(profile(*texts), HISTORY, top=9, scoring=scoring_).items
            ranks = [ranking.rank(profile(*texts), scoring_, entry.item) for entry in found]
            assert ranks == [1, 2, 3, 4]
    with pytest.raises(CatalogError, match="not among the items"):
        ranking.column(retriever.catalog.items[1])  # it is in the history


def test_titles_the_catalogue_lacks_are_encoded_once(retriever):
    vectors = HistoryVectors(retriever)
    unknown = (Interaction("45 somewhere"), *HISTORY)
    first = vectors(unknown)
    assert first[0] == pytest.approx(at(45))
    asked = len(retriever.encoder.asked)
    assert vectors(unknown) == pytest.approx(first)
    assert len(retriever.encoder.asked) == asked
