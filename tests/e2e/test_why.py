"""The walk that the drawers exist for, and each of them once, in a real browser against the real app."""

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import open_drawer
from tests.e2e.test_visit import (
    choose_file,
    expect_titles,
    profile,
    titles,
    type_profile,
    wait_until_written,
    write_profile,
)

SECONDS = 1000
HEISTS = "Heist films with a code of honour.\nLonely space films about astronauts."


def rank_in(page: Page, place: str) -> int:
    return int(page.locator(f"{place} [data-rank]").first.get_attribute("data-rank"))


def total(page: Page) -> float:
    return float(page.locator('#rewards [data-reward="total"]').inner_text())


def wait_for_another_rank(page: Page, place: str, old: int) -> int:
    page.wait_for_function(
        "([place, old]) => { const found = document.querySelector(place + ' [data-rank]');"
        " return found && Number(found.dataset.rank) !== old }",
        arg=[place, old],
        timeout=60 * SECONDS,
    )
    return rank_in(page, place)


def hold_out_the_last_title(page: Page) -> int:
    """Open Why, hold out, wait for the profile written without it; the held-out title's rank."""
    open_drawer(page, "Why")
    expect(page.locator("#hold")).to_be_enabled()
    page.locator("#hold").click()
    wait_until_written(page)
    page.locator("#headline [data-rank]").wait_for(timeout=60 * SECONDS)
    # the version before stands there until the new one is written
    expect(page.locator("#headline")).not_to_contain_text("flatter", timeout=60 * SECONDS)
    return rank_in(page, "#headline")


def choose_title(page: Page, box: str, text: str) -> None:
    """Type into a search for titles, take the first that is offered."""
    page.locator(f"{box} input").press_sequentially(text, delay=20)
    page.locator(f"{box} option").first.wait_for(state="attached")
    page.locator(f"{box} input").fill(page.locator(f"{box} option").first.get_attribute("value"))
    page.locator(f"{box} input").press("Enter")


def download(page: Page, button: str, to: Path) -> Path:
    with page.expect_download() as got:
        page.locator(button).click()
    got.value.save_as(to)
    return to


OWN_TASTES = "Science fiction and action movies from 1982, about androids.\nQuiet westerns.\nCourt dramas."


def test_the_walk(page: Page, tmp_path: Path) -> None:
    # example -> hold out -> rewards
    hold_out_the_last_title(page)
    target = page.locator("#headline b").first.inner_text()
    expect(page.locator("#held")).to_contain_text(target)
    page.locator("#similarities .plot[data-drawn]").wait_for()
    # the visitor's own words: each says something else, so that one of them brings the title
    page.locator("#profile-text textarea").fill(OWN_TASTES)
    expect(page.locator("#gains-table tbody tr")).to_have_count(3, timeout=60 * SECONDS)
    # drop the sentence that helps most -> the target's rank and reward fall
    best = page.locator("#gains-table tbody tr").evaluate_all(
        "rows => rows.map(row => [1, 3].map(n => Number(row.cells[n].textContent.replace(/,/g, '')))"
        ".concat(row.rowIndex)).sort((a, b) => b[0] - a[0])[0]"
    )
    adds, rank_without, number = best
    before, earned = rank_in(page, "#headline"), total(page)
    assert adds > 0
    assert rank_without > before  # without it the title would stand lower, says the table
    page.locator(f"#taste-{number} input").uncheck()
    fallen = wait_for_another_rank(page, "#headline", before)
    assert fallen == rank_without  # as the table said
    assert total(page) < earned
    expect(page.locator("#headline .down")).to_be_visible()
    # what would bring it up? -> apply -> it rises as said -> undo
    page.get_by_role("tab", name="What if?").click()
    choose_title(page, "#up-title", target.partition(" (")[0])
    page.locator("#what-if .edits").wait_for()
    now = rank_in(page, "#what-if")
    assert now == fallen
    promised = int(page.locator("#what-if td[data-rank]").first.get_attribute("data-rank"))
    assert promised < now
    page.locator("#what-if button[data-edit]").first.click()
    assert wait_for_another_rank(page, "#what-if", now) == promised
    page.locator("#undo").click()
    assert wait_for_another_rank(page, "#what-if", promised) == now
    # ask
    open_drawer(page, "Ask")
    page.locator("#question input, #question textarea").first.fill("What should I watch tonight?")
    page.locator("#ask").click()
    expect(page.locator("#ask")).to_be_enabled(timeout=120 * SECONDS)
    expect(page.locator("#transcript .answer")).to_have_count(1, timeout=120 * SECONDS)
    expect(page.locator("#transcript .cites")).to_contain_text("rests on")
    # export -> clear all -> import -> the same ranking
    ranked, written = titles(page), profile(page)
    open_drawer(page, "Take it away")
    page.get_by_label("my history").check()
    page.get_by_label("all versions").check()
    saved = download(page, "#save", tmp_path / "session.json")
    page.locator("#clear").click()
    expect(page.locator("#ranking tbody tr")).to_have_count(0)
    expect(page.locator("#transcript .exchange")).to_have_count(0)
    choose_file(page, "#open-session", saved)
    expect(page.locator("#profile-text textarea")).to_have_value(written)
    expect_titles(page, ranked)
    page.get_by_role("tab", name="Rewards").click()
    expect(page.locator("#headline")).to_contain_text(target)
    assert rank_in(page, "#headline") == fallen


def test_the_judge_answers_and_other_negatives_change_the_reward(page: Page) -> None:
    hold_out_the_last_title(page)
    page.locator("#judge").click()
    page.locator("#choice tbody tr").first.wait_for(timeout=300 * SECONDS)
    shares = page.locator("#choice .num").all_inner_texts()
    assert sum(int(share.rstrip("%")) for share in shares) == pytest.approx(100, abs=2)
    expect(page.locator("#choice tr.target")).to_have_count(1)
    expect(page.locator('#rewards [data-reward="next_item_choice"]')).to_be_visible()
    drawn = page.locator("#drawn tbody tr").count()
    page.locator("#count-random input").fill("20")
    expect(page.locator("#drawn tbody tr")).to_have_count(drawn + 12, timeout=60 * SECONDS)


def test_any_title_can_be_held_out_and_given_back(page: Page) -> None:
    open_drawer(page, "Why")
    expect(page.locator("#hold")).to_be_enabled()
    choose_title(page, "#hold-title", "Galaxy Quest")
    expect(page.locator("#held")).to_contain_text("Galaxy Quest")
    page.locator("#hold").click()
    wait_until_written(page)
    expect(page.locator("#headline")).to_contain_text("Galaxy Quest", timeout=60 * SECONDS)
    page.locator("#give-back").click()
    expect(page.locator("#headline [data-rank]")).to_have_count(0)
    page.locator("#hold-title input").fill("Zqxv Wrrlk")
    page.locator("#hold-title input").press("Enter")
    expect(page.locator("#held .error")).to_contain_text("Zqxv")


def test_a_held_out_row_is_followed_through_changes_of_the_history(page: Page) -> None:
    hold_out_the_last_title(page)
    target = page.locator("#headline b").first.inner_text()
    page.locator("#history-table button.out").last.click()  # the newest stands first
    expect(page.locator("#status")).to_contain_text("Your history changed", timeout=60 * SECONDS)
    expect(page.locator("#held")).to_contain_text(target)
    expect(page.locator("#headline")).to_contain_text(target)
    page.get_by_role("button", name=f"Take out {target.partition(' (')[0]}").click()
    expect(page.locator("#status")).to_contain_text("Nothing is held out any more", timeout=60 * SECONDS)
    expect(page.locator("#headline [data-rank]")).to_have_count(0, timeout=60 * SECONDS)


def test_items_sentences_and_evidence_follow_an_edit(page: Page) -> None:
    open_drawer(page, "Why")
    page.get_by_role("tab", name="Items").click()
    write_profile(page, HEISTS)
    expect(page.locator("#heat thead svg")).to_have_count(2)
    expect(page.locator("#heat tbody tr")).to_have_count(20)
    expect(page.locator("#heat tbody th").first).to_contain_text(titles(page)[0])
    marks = page.locator("#ranking tbody .taste svg").evaluate_all("all => all.map(one => one.ariaLabel)")
    said = page.locator("#heat .words svg:first-of-type").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert said[:5] == marks[:5]
    page.get_by_role("tab", name="Evidence").click()
    expect(page.locator("#evidence .ground")).to_have_count(2)
    type_profile(
        page, HEISTS + "\nWatercolour painting of Alpine marmots."
    )  # finds nothing: the list may stay
    expect(page.locator("#evidence .ground").nth(2)).to_contain_text("Nothing in the history supports this")
    expect(page.locator(".ground-line").nth(2)).to_contain_text("nothing in your history supports this")


def test_a_sensitive_sentence_is_flagged(page: Page) -> None:
    write_profile(page, "Space films.\nIs pregnant and looks for comfort.")
    expect(page.locator(".ground-line .sensitive")).to_contain_text("pregnancy")


def test_the_map_is_drawn_once_and_its_overlay_follows(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    open_drawer(page, "Map")
    plot = page.locator("#map .plot")
    expect(plot).to_have_attribute("data-drawn", "1", timeout=90 * SECONDS)
    points = plot.evaluate("plot => plot._fullData.slice(0, 3).map(one => one.x.length)")
    assert sum(points) > 26_000
    write_profile(page, HEISTS)
    page.wait_for_function("Number(document.querySelector('#map .plot').dataset.drawn) > 1")
    assert sum("component_server" in url for url in sent) == 1
    names = plot.evaluate("plot => plot.data.map(one => one.name)")
    assert {"movies", "books", "your history", "what it finds", "sentences", "the whole profile"} <= set(
        names
    )
    redraw = plot.evaluate(
        "async (plot) => { const start = performance.now();"
        " await Plotly.react(plot, [...plot.data], {...plot.layout, datarevision: 1});"
        " return performance.now() - start }"
    )
    assert redraw < 1000
    with page.expect_download() as got:
        page.get_by_role("button", name=re.compile("^Save as PNG: The catalogue")).click()
    assert Path(got.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_plot_saved_as_html_needs_no_network(page: Page, tmp_path: Path) -> None:
    hold_out_the_last_title(page)
    page.locator("#similarities .plot[data-drawn]").wait_for()
    saved = download(page, "#similarities button[data-save=html]", tmp_path / "plot.html")
    other = page.context.new_page()
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    other.goto(saved.as_uri())
    other.locator("#figure .main-svg").first.wait_for()
    assert asked == [saved.as_uri()]


def test_the_same_history_is_read_in_several_ways(page: Page) -> None:
    open_drawer(page, "Compare")
    page.locator("#read-four").click()
    expect(page.locator(".reading h3").first).to_have_text("Raw history", timeout=120 * SECONDS)
    assert page.locator(".reading").count() >= 3
    expect(page.locator(".reading").first.locator("ol li")).to_have_count(10)


def test_questions_beside_each_other_ratings_and_choices(page: Page) -> None:
    open_drawer(page, "Ask")
    page.get_by_label("the raw history").check()
    page.get_by_label("no context").check()
    page.get_by_role("button", name="Would I like Dune?").click()
    expect(page.locator("#transcript .answer h4")).to_have_count(3, timeout=120 * SECONDS)
    expect(page.locator("#ask")).to_be_enabled(timeout=120 * SECONDS)
    choose_title(page, "#ask-title", "Heat")
    expect(page.locator("#ask-titles")).to_contain_text("Heat")
    page.locator("#rate").click()
    expect(page.locator("#transcript .stars").first).to_contain_text("Likely", timeout=60 * SECONDS)
    expect(page.locator("#transcript .stars").first).to_contain_text("mean of all your ratings")
    page.locator("#choose").click()
    expect(page.locator("#ask-said .error")).to_contain_text("at least two")
    page.locator("#question textarea, #question input").first.fill("   ")
    page.locator("#ask").click()
    expect(page.locator("#ask-said .error")).to_be_visible(timeout=60 * SECONDS)


def test_the_list_and_the_profile_are_taken_away(page: Page, tmp_path: Path) -> None:
    write_profile(page, HEISTS)
    open_drawer(page, "Take it away")
    rows = list(csv.reader(download(page, "#save-ranking", tmp_path / "list.csv").read_text().splitlines()))
    assert len(rows) == 21
    assert titles(page)[0] in rows[1]
    text = download(page, "#save-profile", tmp_path / "profile.txt").read_text()
    assert text.strip() == HEISTS
    saved = json.loads(download(page, "#save", tmp_path / "session.json").read_text())
    assert saved["history"] == []
    assert saved["settings"]["scoring"] == "facets"
    assert saved["models"]["embedder"].startswith("all-MiniLM-L6-v2")


def test_the_guide_explains_with_an_example(page: Page) -> None:
    open_drawer(page, "How to read this")
    expect(page.locator("#guide")).to_contain_text("A worked example")
