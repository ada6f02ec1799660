"""Script and HTML in every place where the page shows a text, in a real browser: nothing of it executes.

And a tab that is reloaded comes back to its own state, which another visitor does not see.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import open_app, open_drawer
from tests.e2e.test_visit import (
    choose_file,
    expect_titles,
    profile,
    titles,
    type_profile,
    wait_until_written,
    write_profile,
)
from tests.hostile.corpus import Attack, attacks

MARKUP = ("html", "template", "plot", "markdown")
ALIVE = "window.__owned === undefined && document.title === 'BLUE Studio'"


@dataclass
class Watch:
    """What an attack that worked would leave behind."""

    url: str
    dialogs: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)  # requests to other hosts
    violations: list[str] = field(default_factory=list)  # of the page's own policy

    def over(self, page: Page) -> None:
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self._request(request.url))
        page.on("console", lambda line: self._line(line.text))

    def _request(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.elsewhere.append(url)

    def _line(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.violations.append(text)

    def check(self, page: Page) -> None:
        assert page.evaluate(ALIVE)
        assert (self.dialogs, self.elsewhere, self.violations) == ([], [], [])
        alive = (
            "script, iframe, object, embed, img, base, form, [onerror], [onload], [onclick], a[href^=java]"
        )
        for place in SHOWN:
            assert page.locator(f"{place} :is({alive})").count() == 0, place


SHOWN = ("#history-table", "#report", "#status", "#profile-column", "#ranking", "#summary", "#heat",
         "#evidence", "#comparison", "#moves", "#transcript", "#ask-said", "#share-status")  # fmt: skip


@pytest.fixture
def watched(browser: Browser, app_url: str) -> Iterator[tuple[Page, Watch]]:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page, watch = context.new_page(), Watch(app_url)
        page.set_default_timeout(30_000)
        watch.over(page)
        open_app(page, app_url)
        yield page, watch


def hostile(place: str, *kinds: str) -> list[Attack]:
    return [attack for attack in attacks(place) if attack.kind in kinds]


def test_nothing_executes_wherever_it_is_shown(watched: tuple[Page, Watch], tmp_path: Path) -> None:
    page, watch = watched
    texts = [one.text for one in (*hostile("title", *MARKUP), *hostile("review", "html"))]
    rows = [{"title": text, "rating": 5} for text in (*texts, "Heat")]  # which is known
    page.locator("#history-text textarea").fill(json.dumps(rows))
    page.locator("#read").click()
    wait_until_written(page)
    assert page.locator("#history-table tbody tr").count() > len(texts) * 0.9
    expect(page.locator("#history-table")).to_contain_text("<img src=x onerror=")
    watch.check(page)

    for drawer in ("Why", "Compare", "Ask", "Map", "Take it away"):
        open_drawer(page, drawer)
    page.locator("#map .plot[data-drawn], .figure .plot[data-drawn]").first.wait_for(timeout=60_000)
    written = [one.text for one in hostile("profile", *MARKUP) if len(one.text) < 300]
    batches = [written[start : start + 4] for start in range(0, len(written), 4)]
    for batch in batches:
        type_profile(page, "\n".join((*batch, "Lonely space films.")))
        page.wait_for_timeout(500)
        watch.check(page)
    write_profile(page, "\n".join((*written[:3], "Heist films with a code of honour.")))
    expect(page.locator("#taste-1")).to_contain_text(written[0][:12])
    page.locator("#question input, #question textarea").first.fill(hostile("question", "html")[1].text)
    page.locator("#ask").click()
    expect(page.locator("#ask")).to_be_enabled(timeout=60_000)
    watch.check(page)

    page.get_by_label("my history").check()
    with page.expect_download() as download:
        page.locator("#save").click()
    saved = tmp_path / "session.json"
    download.value.save_as(saved)
    session = json.loads(saved.read_text())
    session["versions"][-1]["origin"] = texts[1]
    saved.write_text(json.dumps(session))
    choose_file(page, "#open-session", saved)
    expect(page.locator("#share-status")).to_contain_text("Opened")
    expect(page.locator("#compare-new input")).to_have_value(re.compile("<img src=x"))
    watch.check(page)

    with page.expect_download() as download:  # a figure as a page of its own
        page.locator('.figure:not(.empty) button[data-save="html"]').filter(visible=True).first.click()
    figure = tmp_path / "figure.html"
    download.value.save_as(figure)
    alone = page.context.new_page()
    watch.over(alone)
    alone.goto(figure.as_uri())
    alone.locator(".main-svg").first.wait_for()
    assert alone.evaluate("window.__owned === undefined")
    assert watch.dialogs == []


def test_a_hostile_file_name_and_a_bad_file(watched: tuple[Page, Watch], tmp_path: Path) -> None:
    page, watch = watched
    file = tmp_path / "<img src=x onerror=window.__owned=1>.csv"
    file.write_bytes(b"PK\x03\x04" + b"\x00" * 100)
    choose_file(page, "#upload", file)
    expect(page.locator("#report .error")).to_contain_text("zip archive")
    watch.check(page)


def test_a_reloaded_tab_comes_back_to_its_own_state(browser: Browser, app_url: str) -> None:
    with browser.new_context() as mine, browser.new_context() as other:
        page = mine.new_page()
        open_app(page, app_url)
        write_profile(page, "Courtroom dramas with a twist.")
        page.locator("#taste-1 input").focus()
        ranked = titles(page)
        page.wait_for_timeout(1_000)  # what supports the taste is told, and the session is kept
        page.reload()
        expect(page.locator("#profile-text textarea")).to_have_value("Courtroom dramas with a twist.")
        expect(page.locator("#report")).to_contain_text("Where you were")
        expect_titles(page, ranked)
        page.locator("#undo").click()  # its versions too
        expect(page.locator("#profile-text textarea")).not_to_have_value("Courtroom dramas with a twist.")
        stranger = other.new_page()
        open_app(stranger, app_url)
        assert "Courtroom" not in profile(stranger)
        page.locator("#clear").click()
        expect(page.locator("#ranking tbody tr")).to_have_count(0)
        page.wait_for_timeout(1_000)
        open_app(page, app_url)  # cleared is forgotten: the first example, as for anybody
        assert "Courtroom" not in profile(page)
