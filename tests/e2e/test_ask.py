"""Questions in the browser: what is asked is what is answered, from the example that the page opens with."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import open_drawer

SECONDS = 1000


def answer_to(page: Page, question: str) -> str:
    """The newest answer, once it stands there."""
    before = page.locator("#transcript .exchange").count()
    page.locator("#question input, #question textarea").first.fill(question)
    page.locator("#ask").click()
    expect(page.locator("#transcript .exchange")).to_have_count(before + 1, timeout=60 * SECONDS)
    expect(page.locator("#transcript .question").first).to_contain_text(question)
    expect(page.locator("#ask")).to_be_enabled(timeout=60 * SECONDS)
    return page.locator("#transcript .answer p").first.inner_text()


def test_questions_are_answered_and_not_only_met_with_a_list(page: Page) -> None:
    open_drawer(page, "Ask")
    listed = answer_to(page, "Not from 2014")
    assert re.findall(r"\((\d{4})\)", listed)
    assert "(2014)" not in listed
    assert re.search(
        r"titles are musicals?|nothing of this kind \(musicals?\)", answer_to(page, "Do I like musicals?")
    )
    assert "you gave Alien (1979) 5 stars" in answer_to(page, "Would I like Alien?")
    assert len(re.findall(r"^\d\.", answer_to(page, "Two scary films from the 80s"), re.MULTILINE)) == 2
    unknown = answer_to(page, "What is the capital of France?")
    assert "cannot be answered" in unknown
    assert "Do I like musicals?" in unknown  # what can be asked


@pytest.mark.parametrize("question", ["Would I like Zqxv Wrrlk?"])
def test_a_title_that_nobody_knows_is_said_at_its_place(page: Page, question: str) -> None:
    open_drawer(page, "Ask")
    page.locator("#question input, #question textarea").first.fill(question)
    page.locator("#ask").click()
    expect(page.locator("#ask-said .error")).to_contain_text("Zqxv Wrrlk", timeout=60 * SECONDS)
