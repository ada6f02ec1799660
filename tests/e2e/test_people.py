"""An analyst at the page "People": search, a person, a proposal, an edit for many, the report."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from blue.people import Library, corrections
from blue.profiler import Profiler
from tests.e2e.conftest import open_drawer
from tests.e2e.test_accessibility import grave_findings
from tests.people import conftest as known
from tests.people.making import write_folder
from tests.serving.fixtures import Served, serving


@pytest.fixture
def folder(profiler: Profiler, tmp_path: Path) -> Path:
    return write_folder(tmp_path / "profiles", known.PEOPLE, profiler.encoder)


@pytest.fixture
def app(profiler: Profiler, folder: Path) -> Iterator[Served]:
    library = Library(folder)
    library.store()
    with serving(profiler, library) as one:
        yield one


def pick(page: Page, table: str, name: str) -> None:
    page.locator(table).get_by_role("button", name=name, exact=True).click()


def test_from_a_search_to_the_report(browser: Browser, app: Served, folder: Path) -> None:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{app.url}/people")
        expect(page.locator("#people-table tbody tr")).to_have_count(8)
        assert page.title() != "gotcha"

        page.get_by_label("What their profiles say").fill("exuberant dancing")
        page.keyboard.press("Enter")
        expect(page.locator("#people-table mark").first).to_have_text(known.MUSICALS)
        pick(page, "#people-table", "cy")
        expect(page.locator("#person h3")).to_have_text("cy")
        expect(page.locator("#person")).to_contain_text("Grease ★4")
        link = page.get_by_role("link", name="Open in the studio").get_attribute("href")

        page.get_by_label("Propose a correction").fill("Loves quiet musicals.")
        page.get_by_role("button", name="Propose it").click()
        expect(page.locator("#proposed")).to_contain_text("Proposed")
        assert [(one.user_id, one.after) for one in corrections.read(folder)] == [
            ("cy", ("Loves quiet musicals.",))
        ]

        page.get_by_label("What their profiles say").fill("")
        open_drawer(page, "Segments")
        page.get_by_role("button", name="Group them").click()
        page.locator("#segment-table button.pick").first.click()
        expect(page.locator("#people-within")).to_have_text("✕ Only segment 1")
        expect(page.locator("#people-table caption")).to_contain_text("of segment 1, page 1 of 1")
        people = page.locator("#people-table tbody tr").count()

        open_drawer(page, "An edit for many")
        page.get_by_label("The sentence").fill(known.MUSICALS)
        page.get_by_role("button", name="What moves?").click()
        expect(page.locator("#replayed .message.done")).to_contain_text(f"{people} of {people} people")

        open_drawer(page, "Audit")
        page.get_by_role("button", name="Judge every sentence").click()
        sensitive = page.locator("#audit-table tr").filter(has_text="everybody").locator("td").nth(2)
        expect(sensitive).to_contain_text("(1 of 11)")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save the report").click()
        saved = Path(saving.value.path()).read_text(encoding="utf-8")
        assert saved.startswith("<!doctype html>")
        assert known.HOSTILE_ID not in saved
        sensitive.get_by_role("button").click()
        expect(page.locator("#people-table tbody th")).to_have_text(["eve"])

        assert grave_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440
        page.goto(f"{app.url}/{link.removeprefix('./')}")
        expect(page.locator("#profile-text textarea")).to_have_value(f"{known.ROMANCE}\n{known.MUSICALS}")
        expect(page.locator("#history-table")).to_contain_text("Grease")
        assert errors == []
