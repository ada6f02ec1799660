"""A visitor whose browser asks for German finds a German page, around a profile in English."""

import re

from playwright.sync_api import Browser, expect

from blue.ui import words
from tests.e2e.conftest import SECONDS_TO_START

# What the first screen may have of English: the titles, the profile, and what a line of a history looks like.
THEIRS = "#profile-text, .sentence label, .ground-line b, .title .name, #history-table td, footer, textarea"


def test_a_german_visitor_reads_german(browser: Browser, app_url: str) -> None:
    with browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(app_url)
        page.locator("#ranking tbody tr").first.wait_for(timeout=SECONDS_TO_START * 1000)
        expect(page.get_by_role("button", name="Profil schreiben")).to_be_enabled()
        expect(page.locator("#status")).to_contain_text("geschrieben")
        for label in ("Filme", "Nach Geschmack", "sehr bekannt"):
            expect(page.get_by_label(label, exact=True).first).to_be_attached()
        box = page.locator("#add-title input")
        assert box.get_attribute("placeholder") == "Titel eingeben, dann auswählen"
        shown = page.evaluate(
            "(theirs) => { for (const one of document.querySelectorAll(theirs)) one.style.display = 'none';"
            " return document.querySelector('#columns').innerText; }",
            THEIRS,
        )
        assert "Science-Fiction" in shown
        assert "__i18n__" not in shown
        english = {
            text for text in words.WORDS["en"].values() if " " in text and "{" not in text and "<" not in text
        }
        assert [text for text in english - set(words.WORDS["de"].values()) if text in shown] == []
        assert re.findall(r"\b(?:the|and|your|you|is|of|write|read|list)\b", shown) == []
        page.get_by_text("Karte", exact=True).click()
        expect(page.locator("#map-drawer")).to_contain_text("Jeder Titel ist ein Punkt")
