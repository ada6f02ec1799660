"""A browser that visits under load: it types a profile, and times how long the ranking takes to follow."""

import random
import shutil
import time
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SUBJECTS = ("robots", "gangsters", "orphans", "sailors", "painters", "spies", "witches", "farmers", "boxers")
MOODS = ("Quiet", "Bleak", "Playful", "Tense", "Dreamlike", "Tender", "Sarcastic", "Slow", "Grand")
THINK_SECONDS = 4.0

_RANKED = "() => [...document.querySelectorAll('#ranking tbody .name')].map((one) => one.textContent).join()"


def type_edits(url: str, seen: Any, until: float) -> None:
    """Open the page, then edit and wait for the other ranking, until the time is over; see load.Seen."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        seen.errors["browser: there is no Chromium"] += 1
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page()
        page.on("pageerror", lambda error: seen.errors.update([f"browser: {str(error)[:80]}"]))
        try:
            page.goto(url)
            page.locator("#ranking tbody tr").first.wait_for(timeout=120_000)
            page.wait_for_function("!document.querySelector('#write').disabled", timeout=120_000)
            while time.monotonic() < until:
                seen.seconds["browser: typed edit"].append(_edit(page))
                page.wait_for_timeout(1_000 * min(random.expovariate(1 / THINK_SECONDS), 30))
        except Error as error:
            seen.errors[f"browser: {str(error).splitlines()[0][:80]}"] += 1
        finally:
            browser.close()


def _edit(page: Page) -> float:
    """Seconds from the last key to another ranking."""
    before = page.evaluate(_RANKED)
    page.locator("#profile-text textarea").focus()
    page.keyboard.press("ControlOrMeta+a")
    text = f"{random.choice(MOODS)} films about {random.choice(SUBJECTS)} {random.randrange(1_000)}."
    page.keyboard.insert_text(text)
    start = time.monotonic()
    page.wait_for_function(f"(old) => {{ const now = ({_RANKED})(); return now && now !== old }}", arg=before)
    return time.monotonic() - start
