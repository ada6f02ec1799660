"""What the drawers write: right numbers, marks, tooltips, and nothing from outside unescaped."""

from dataclasses import replace

import numpy as np
import pytest

from blue.answering.answers import Answer, Candidate, Given, Question, RatingEstimate
from blue.datatypes import Profile, Sentence
from blue.inspection.reports import RewardChange
from blue.rewards.formulas import info_nce
from blue.session.versions import Version
from blue.ui.drawers import ask_html, compare_html, guide, origins_html, rewards_html
from tests.ui import reports
from tests.ui.reports import SCRIPT

NEW = reports.reward_report()


def shown_everywhere() -> dict[str, str]:
    """Every panel once, each with a hostile title or sentence in it."""
    versions = (Version(1, Profile((Sentence("Old films."),)), "edited"), Version(2, reports.PROFILE, SCRIPT))
    return {
        "rewards": rewards_html.rewards(NEW, (), None),
        "gains": rewards_html.sentence_gains(NEW),
        "drawn": rewards_html.drawn_items(NEW),
        "choice": rewards_html.choice(reports.CHOICE),
        "attribution": origins_html.attribution(reports.ATTRIBUTION, reports.PROFILE),
        "evidence": origins_html.evidence(reports.EVIDENCE, reports.CLAIMS, reports.PROFILE),
        "what if": origins_html.what_if(replace(reports.WHAT_IF, item=reports.HOSTILE)),
        "versions": compare_html.versions(*versions, reports.COMPARISON),
        "moves": compare_html.movements(*versions, reports.COMPARISON),
        "exchange": ask_html.exchange(SCRIPT, [answer()], SCRIPT),
        "titles": ask_html.titles([reports.HOSTILE]),
    }


def answer(**changes) -> Answer:
    given = Given("profile", SCRIPT, (Candidate(reports.HOSTILE, 0.5, 1),))
    whole = Answer(Question(SCRIPT, "recommend"), given, SCRIPT, (0,), (reports.HOSTILE,))
    return replace(whole, **changes)


@pytest.mark.parametrize("panel", shown_everywhere())
def test_nothing_from_outside_is_markup(panel: str) -> None:
    assert "<script" not in shown_everywhere()[panel]


def test_rewards_show_values_weights_sums_and_changes() -> None:
    changes = (RewardChange("contrastive", -2.0, -0.5), RewardChange("total", -1.5, 0.0))
    shown = rewards_html.rewards(NEW, changes, 4)
    assert "Against v4" in shown
    assert 'data-reward="contrastive"' in shown
    assert "▲ +1.500" in shown
    assert "One sentence a line. From 0 to 1." in shown
    assert "no lower end" in shown


def test_the_headline_says_the_rank_and_the_way_it_moved() -> None:
    fell = rewards_html.headline(NEW, (RewardChange("rank", 2, 7),), 1, leaky=False)
    assert 'data-rank="7"' in fell
    assert "▼ 5 down from version 1" in fell
    assert "flatter" not in fell
    assert "flatter" in rewards_html.headline(NEW, (), None, leaky=True)


def test_the_heat_map_has_numbers_marks_and_words() -> None:
    shown = origins_html.attribution(reports.ATTRIBUTION, reports.PROFILE)
    assert ">0.60<" in shown
    assert "off, or only pushes away" in shown  # the cell without a number
    assert "because of" in shown
    assert "-0.30" in shown
    assert "pushed down by" in shown


def test_evidence_names_titles_and_flags_what_has_none() -> None:
    shown = origins_html.evidence(reports.EVIDENCE, reports.CLAIMS, reports.PROFILE)
    assert "Ronin ★4" in shown
    assert "Nothing in the history supports this" in shown
    assert "None of your titles says: devout." in shown
    assert "your religion" in shown
    lines = [origins_html.ground(one, reports.CLAIMS, reports.HISTORY[:1]) for one in reports.EVIDENCE]
    assert "because of <b>Ronin ★4</b>" in lines[0]
    assert 'data-rows="0"' in lines[0]  # the row of the history that wears the taste's mark
    assert "nothing in your history supports this" in lines[1]
    assert 'data-rows=""' in lines[1]


def test_each_edit_says_the_rank_it_would_give() -> None:
    shown = origins_html.what_if(reports.WHAT_IF)
    assert 'data-rank="120"' in shown
    assert 'data-rank="60"' in shown
    assert "▲60" in shown
    assert 'aria-label="Apply: Drop sentence 2"' in shown


def test_two_versions_show_words_and_switches() -> None:
    old = Version(1, Profile((Sentence("Old films."), Sentence("Heists."))), "written")
    new = Version(2, Profile((Sentence("New films."), Sentence("Heists.", 2.0, False))), "edited")
    shown = compare_html.versions(old, new, reports.COMPARISON)
    assert "<del>Old</del>" in shown
    assert "<ins>New</ins>" in shown
    assert "0.50" in shown
    assert "sentence 2 off" in shown
    assert "1 → 2" in shown


def test_an_answer_cites_and_says_what_it_was_given() -> None:
    shown = ask_html.exchange("What next?", [answer()])
    assert 'aria-label="taste 1"' in shown
    assert "What it was given" in shown
    assert "0.50" in shown
    lines = ask_html.exchange("What next?", [answer(text="From your profile:\n1. <b>Heat</b>")])
    assert "From your profile:<br>1. &lt;b&gt;Heat" in lines


def test_a_likely_rating_has_its_baseline_beside_it() -> None:
    estimate = RatingEstimate(reports.HEAT, 4.25, 3.5, (0,), "weighted mean")
    shown = ask_html.rating(estimate, reports.HISTORY)
    assert "★\N{NO-BREAK SPACE}4.2" in shown
    assert "★\N{NO-BREAK SPACE}3.5" in shown
    assert "Ronin ★4" in shown
    none = replace(estimate, stars=None, user_mean=None)
    assert "no ratings" in ask_html.rating(none, reports.HISTORY)


def test_the_worked_example_of_the_guide_is_right() -> None:
    found = info_nce(np.array(0.62), np.array([0.50, 0.40]), 0.05)
    lost = info_nce(np.array(0.41), np.array([0.40, 0.42]), 0.05)
    shown = guide.text()
    assert f"{np.exp(found):.3f}" in shown
    assert f"−{-found:.3f}" in shown
    assert f"{np.exp(lost):.3f}" in shown
    assert f"−{-lost:.3f}" in shown
    assert f"−{np.log(3):.3f}" in shown
    assert "[mark" not in shown
    assert shown.count("<svg") == 5
