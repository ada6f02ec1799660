"""A browser that visits under load: it types a profile, and times how long the ranking takes to follow."""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SUBJECTS = ("robots", "gangsters", "orphans", "sailors", "painters", "spies", "witches", "farmers", "boxers")
MOODS = ("Quiet", "Bleak", "Playful", "Tense", "Dreamlike", "Tender", "Sarcastic", "Slow", "Grand")
THINK_SECONDS = 4.0

_RANKED = "() => [...document.querySelectorAll('#ranking tbody .name')].map((one) => one.textContent).join()"


@contextmanager
def opened(url: str, seen: Any) -> Iterator[Page]:
    """A page whose models are there; what goes wrong with it is counted; see load.Seen."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        seen.errors["browser: there is no Chromium"] += 1
        raise FileNotFoundError(BROWSERS[0])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page()
        page.on("pageerror", lambda error: seen.errors.update([f"browser: {str(error)[:80]}"]))
        try:
            page.goto(url)
            wait_for_page(page)
            yield page
        except Error as error:
            seen.errors[f"browser: {str(error).splitlines()[0][:80]}"] += 1
        finally:
            browser.close()


def wait_for_page(page: Page) -> None:
    """Until it shows a ranking and may be written in."""
    page.locator("#ranking tbody tr").first.wait_for(timeout=300_000)
    page.wait_for_function("!document.querySelector('#write').disabled", timeout=300_000)


def type_edits(url: str, seen: Any, until: float) -> None:
    """Open the page, then edit and wait for the other ranking, until the time is over."""
    with opened(url, seen) as page:
        while time.monotonic() < until:
            text = f"{random.choice(MOODS)} films about {random.choice(SUBJECTS)} {random.randrange(1_000)}."
            seen.seconds["browser: typed edit"].append(edit(page, text))
            page.wait_for_timeout(1_000 * min(random.expovariate(1 / THINK_SECONDS), 30))


def edit(page: Page, text: str) -> float:
    """Seconds from the last key to another ranking."""
    before = page.evaluate(_RANKED)
    page.locator("#profile-text textarea").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
    start = time.monotonic()
    page.wait_for_function(f"(old) => {{ const now = ({_RANKED})(); return now && now !== old }}", arg=before)
    return time.monotonic() - start
