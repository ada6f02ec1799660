"""axe-core finds nothing serious on the page with every drawer open; the keyboard alone is enough."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import drawer_button, open_app, open_drawer
from tests.e2e.test_why import hold_out_the_last_title

DRAWERS = ("Why", "Map", "Compare", "Two people", "Ask", "Take it away", "How to read this")
TABS = ("Rewards", "Items", "Evidence", "What if?")
GRAVE = ("serious", "critical")


def grave_findings(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    ("width", "theme"),
    [
        pytest.param(390, "light", marks=pytest.mark.slow),
        (1440, "dark"),
        pytest.param(390, "dark", marks=pytest.mark.slow),
        pytest.param(1440, "light", marks=pytest.mark.slow),
    ],
)
def test_no_serious_finding_and_no_sideways_scrolling(
    browser: Browser, app_url: str, width: int, theme: str
) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        open_app(page, f"{app_url}/?__theme={theme}")
        for drawer in DRAWERS[1:]:
            open_drawer(page, drawer)
        hold_out_the_last_title(page)
        findings = grave_findings(page)
        for tab in TABS[1:]:
            page.get_by_role("tab", name=tab).click()
            page.wait_for_timeout(1000)
            findings += grave_findings(page)
        assert findings == []
        widest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('#drawers, #drawers .drawer, #columns > *')]"
            ".map(one => one.getBoundingClientRect().right))"
        )
        assert widest <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone_opens_a_drawer_changes_the_tab_and_asks(page: Page) -> None:
    drawer_button(page, "Why").focus()
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Rewards").focus()
    page.keyboard.press("Tab")  # every tab is a stop of its own
    page.keyboard.press("Enter")
    expect(page.locator("#heat tbody tr").first).to_be_visible(timeout=60_000)
    drawer_button(page, "Ask").focus()
    page.keyboard.press("Space")
    page.locator("#question textarea, #question input").first.focus()
    page.keyboard.insert_text("What do I avoid?")
    page.keyboard.press("Enter")
    expect(page.locator("#transcript .answer").first).to_be_visible(timeout=120_000)


def test_every_table_has_headers_and_every_number_a_tooltip(page: Page) -> None:
    hold_out_the_last_title(page)
    without = page.evaluate(
        "[...document.querySelectorAll('#drawers table')].filter("
        "table => !table.querySelector('thead th[scope=col]') || !table.querySelector('tbody th[scope=row]'))"
        ".map(table => table.outerHTML.slice(0, 100))"
    )
    assert without == []
    numbers = page.locator("#drawers .num")
    assert numbers.count() > 20
    assert numbers.evaluate_all("all => all.every(one => one.title.length > 20)")
