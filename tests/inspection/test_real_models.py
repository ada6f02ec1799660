"""Fidelity and steerability of what the app says, on the real embedded models over the shipped catalogue."""

from dataclasses import replace

import numpy as np
import pytest

from blue.catalog.examples import list_examples
from blue.datatypes import Profile, Sentence
from blue.errors import CatalogError
from blue.history.same_title import normalised_title
from blue.inspection import Inspector, RewardSettings
from blue.inspection.full_ranking import FullRanking
from blue.inspection.scoring import without_sentence
from blue.profile.rules import rule_profile
from blue.profile.sentences import parse_profile
from blue.rewards import TEMPERATURE, Counts
from blue.rewards.next_item import option_line

TOP = 20
EXAMPLES = list_examples()


@pytest.fixture(scope="module")
def inspector(profiler) -> Inspector:
    return Inspector(profiler)


def read(profiler, example) -> tuple:
    return profiler.read(example.read(), example.file).interactions


def by_rules(profiler, history) -> Profile:
    return rule_profile(history, profiler.catalog.by_id, profiler.grouper, profiler.vectors(history))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.file)
def test_without_the_sentence_that_brought_it_an_item_falls_more_than_without_any_other(profiler, example):
    """Fidelity: the attribution names the sentence whose removal costs the item most."""
    inspector, history = Inspector(profiler), read(profiler, example)
    profile = by_rules(profiler, history)
    found = profiler.rank(profile, history, top=TOP)
    told = inspector.attribution(profile, [entry.item for entry in found.items], "facets")
    assert told.brought_by == tuple(entry.sentence for entry in found.items)
    ranking = FullRanking(profiler.retriever, history)
    without = {}
    for number in range(len(profile.sentences)):
        rest = without_sentence(profile, number)
        # What a removal moves for all items alike does not count.
        found_without = ranking.scores(rest, "facets")
        shift = TEMPERATURE * np.log(len(found_without.query.liked)) - found_without.baselines.mean()
        without[number] = found_without.total + shift
    for entry in found.items:
        column = ranking.column(entry.item)
        lost = {number: -float(scores[column]) for number, scores in without.items()}
        assert max(lost, key=lost.get) == entry.sentence, (entry.item.title, lost)


@pytest.mark.parametrize("example", EXAMPLES[:3], ids=lambda example: example.file)
def test_dropping_the_sentence_lowers_its_items_in_the_real_ranking(profiler, example):
    """Steerability: the items a sentence brought leave the top when it goes."""
    history = read(profiler, example)
    profile = by_rules(profiler, history)
    found = profiler.rank(profile, history, top=TOP)
    ranking = FullRanking(profiler.retriever, history)
    for number in {entry.sentence for entry in found.items}:
        brought = [entry for entry in found.items if entry.sentence == number]
        after = [ranking.rank(without_sentence(profile, number), "facets", one.item) for one in brought]
        assert sum(after) / len(after) > 2 * sum(one.rank for one in brought) / len(brought)


def test_every_edit_applied_gives_exactly_the_rank_that_was_said(profiler, inspector):
    history = read(profiler, EXAMPLES[0])
    profile = by_rules(profiler, history)
    for title, kinds in (("Gattaca", ("movie",)), ("Grease", ()), ("The Road (2006)", ("book",))):
        item = inspector.find(title, history)
        for scoring in ("facets", "single"):
            told = inspector.what_if(item, profile, history, scoring=scoring, kinds=kinds)
            assert told.edits
            for edit in told.edits:
                assert edit.rank < told.rank
                if edit.rank > 2_000:
                    continue  # listing so many is slow, and no page does
                rest = [one for one in history if one.item_id != item.item_id]
                found = profiler.rank(edit.profile, rest, top=edit.rank, scoring=scoring, kinds=kinds)
                assert found.items[-1].item == item, (title, scoring, edit.words)
            for edit in told.edits:
                if edit.kind == "add":
                    added = normalised_title(edit.profile.sentences[-1].text)
                    assert f" {normalised_title(item.title)} " not in f" {added} "


def test_ranks_of_single_items_are_those_of_the_list(profiler):
    history = read(profiler, EXAMPLES[0])
    profile = by_rules(profiler, history)
    ranking = FullRanking(profiler.retriever, history)
    for scoring in ("facets", "single"):
        found = profiler.rank(profile, history, top=50, scoring=scoring)
        assert [ranking.rank(profile, scoring, entry.item) for entry in found.items] == list(range(1, 51))


def test_what_is_held_out_reaches_neither_prompt_nor_profile(profiler, inspector):
    history = read(profiler, EXAMPLES[0])
    row = next(n for n, one in enumerate(history) if one.title == "Mars Attacks!")
    held = inspector.hold_out(history, row=row)
    asked = profiler.conversations(held.history)
    text = "\n".join(message["content"] for one in asked for message in one.messages)
    assert option_line(held.target) not in text
    assert "Mars Attacks!," not in text
    everything = "\n".join(
        message["content"] for one in profiler.conversations(history) for message in one.messages
    )
    assert "Mars Attacks!," in everything  # the test can fail: with the item its title is asked about


def test_the_target_is_rewarded_for_the_sentence_that_asks_for_it(profiler, inspector):
    history = read(profiler, EXAMPLES[0])
    held = inspector.hold_out(history, title="Alien")
    profile = parse_profile("Space horror about a deadly alien on board.\nTender romances in Paris.")
    told = inspector.rewards(profile, held)
    asked, other = told.contributions
    assert asked.contrastive > 1 > abs(other.contrastive)
    assert asked.rank_without > 10 * told.rank
    worse = inspector.rewards(without_sentence(profile, 0), held)
    changes = {one.name: one.difference for one in inspector.reward_changes(told, worse)}
    assert changes["contrastive"] < -1
    assert changes["total"] < -1
    assert changes["rank"] > 0
    assert {one.item.kind for one in told.negatives} == {"movie"}
    seeds = [
        {one.item.item_id for one in inspector.rewards(profile, held, settings).negatives}
        for settings in (RewardSettings(), RewardSettings(), RewardSettings(seed=1))
    ]
    assert seeds[0] == seeds[1] != seeds[2]
    many = inspector.rewards(profile, held, RewardSettings(counts=Counts(30, 10, 10)))
    assert len(many.negatives) == 50


def test_the_judge_prefers_what_the_profile_asks_for(profiler, inspector):
    held = inspector.hold_out(read(profiler, EXAMPLES[0]), title="Alien")
    profile = parse_profile("Space horror about a deadly alien.\nScience fiction films.")
    report = inspector.judged(inspector.rewards(profile, held))
    assert sum(one.probability for one in report.choice.options) == pytest.approx(1, abs=1e-6)
    assert report.choice.reward == pytest.approx(
        next(one.probability for one in report.choice.options if one.is_target), abs=1e-6
    )
    assert report.total == pytest.approx(sum(one.weight * one.value for one in report.rewards))
    away = replace(report, profile=parse_profile("Tender romances in Paris.\nMusicals for the family."))
    assert inspector.judged(away).choice.reward < report.choice.reward


def test_one_history_is_read_in_several_ways(profiler, inspector):
    history = read(profiler, EXAMPLES[0])
    held = inspector.hold_out(history)
    given = parse_profile("Space horror.\nQuiet westerns.")
    found = inspector.readings(history, profile=given, holdout=held, kinds=("movie",), top=5)
    assert [one.name for one in found] == ["raw history", "rule-based", "untrained", "BLUE"]
    raw, _, untrained, written = found
    assert (raw.profile, raw.ranking.scoring, written.profile) == (None, "single", given)
    assert "without its adapter" in untrained.note
    assert untrained.profile != written.profile
    assert held.target.title not in raw.text.splitlines()
    assert all(len(one.ranking.items) == 5 and one.rewards.holdout == held for one in found)


def test_claims_and_grounds_of_a_profile(profiler, inspector):
    history = read(profiler, EXAMPLES[0])
    profile = Profile(
        (Sentence("Science fiction about robots and aliens."), Sentence("Is a devout Catholic."))
    )
    told = inspector.explain(profile, history, top=5, item=inspector.find("Grease", history))
    assert [one.supported for one in told.evidence] == [True, False]
    assert [(one.sentence, one.topic) for one in told.sensitive] == [(1, "religion")]
    assert told.attribution.effects.shape == (2, 5)
    assert told.what_if.item.title == "Grease"
    with pytest.raises(CatalogError, match="Did you mean"):
        inspector.find("Greaze Lightnin 4", history)


def test_the_map_places_a_sentence_near_what_it_brings(profiler, inspector):
    chart = inspector.map()
    assert chart.points.shape == (len(profiler.catalog), 2)
    assert abs(chart.points).max() == pytest.approx(1)
    profile = parse_profile("Science fiction about robots and aliens.")
    points = inspector.place(profile, (), profiler.rank(profile, (), top=5))
    assert [one.role for one in points] == ["retrieved"] * 5 + ["sentence", "profile"]
