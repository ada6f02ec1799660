"""The visitors of a week: those of the load test, who also sleep and send nonsense, and tabs that save."""

import itertools
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from gradio_client import Client
from playwright.sync_api import Page

from benchmarks.load import ACTIONS, TITLES, TLS, Seen, Visitor, foreign
from benchmarks.load_browser import MOODS, SUBJECTS, edit, opened, wait_for_page

MALFORMED = (
    ("/gradio_api/queue/join", b"{"),
    ("/gradio_api/queue/join", b'{"data": [], "session_hash": "a", "fn_index": 99999}'),
    ("/gradio_api/queue/join", b"[" * 100_000),
    ("/gradio_api/call/rank", b'{"data": ["Space."]}'),
    ("/gradio_api/call/rank", b'{"data": [7, "", "facets", "all", 5, 0.1, "", "", ""]}'),
    ("/gradio_api/call/nothing", b'{"data": []}'),
    ("/gradio_api/upload", b"no upload"),
    ("/gradio_api/component_server", b'{"data": "x"}'),
)
SLEEP_SECONDS = 60.0  # of a visitor, on average
TAB_SLEEPS = 20.0
EDITS_A_SLEEP = 4
PATIENCE_MS = 180_000
_SHOWN = "() => [...document.querySelectorAll('#ranking tbody tr')].map((row) => row.dataset.item)"


@dataclass
class WeekSeen(Seen):
    """What happened, and what was taken away: (file, the ids of the list beside it)."""

    folder: Path = Path()
    exports: list[tuple[Path, list[str]]] = field(default_factory=list)


class WeekVisitor(Visitor):
    """As in the load test; two actions of a hundred are malformed calls, as many are long sleeps."""

    actions = ACTIONS | {"malformed": 2, "sleep": 2}

    def _malformed(self, client: Client) -> str:
        path, body = self._random.choice(MALFORMED)
        answer = httpx.post(self._url + path, content=body, timeout=60, verify=TLS)
        if not 400 <= answer.status_code < 500 or "detail" not in answer.json():
            raise ValueError(f"malformed {path} got {answer.status_code}: {answer.text[:40]}")
        return answer.text

    def _sleep(self, client: Client) -> None:
        left = self._until - time.monotonic()
        time.sleep(max(0.0, min(self._random.expovariate(1 / SLEEP_SECONDS), 3 * SLEEP_SECONDS, left)))


def come_and_go(url: str, seen: WeekSeen, until: float) -> None:
    """A tab with a history of its own: it edits, saves its session, sleeps, and comes back to what it had.

    One that broke is counted, and another is opened.
    """
    while time.monotonic() < until:
        with opened(url, seen) as page:
            page.set_default_timeout(PATIENCE_MS)
            _live(page, seen, until)


def _live(page: Page, seen: WeekSeen, until: float) -> None:
    mark = f"mark{random.getrandbits(40):010x}"
    page.locator("#history-text textarea").fill("\n".join((*TITLES[:4], mark)))
    page.locator("#read").click()
    page.wait_for_function(f"document.querySelector('#history-table').textContent.includes('{mark}')")
    page.wait_for_function("!document.querySelector('#write').disabled")
    _choose_history(page)
    subjects = itertools.cycle(SUBJECTS)
    while time.monotonic() < until:
        for subject in itertools.islice(subjects, EDITS_A_SLEEP):
            text = f"{random.choice(MOODS)} films about {subject}.\n{mark}."
            seen.seconds["tab: edit"].append(edit(page, text))
            page.wait_for_timeout(2_000)
            seen.leaks += bool(foreign(page.content(), mark))
            _save(page, seen)
        _sleep_and_return(page, seen, mark)


def _choose_history(page: Page) -> None:
    page.locator(".drawer > button").filter(has=page.get_by_text("Take it away", exact=True)).click()
    page.get_by_label("my history").check()


def _save(page: Page, seen: WeekSeen) -> None:
    """Keep the session's file beside the list on the screen."""
    shown = page.evaluate(_SHOWN)
    with page.expect_download() as got:
        page.locator("#save").click()
    saved = seen.folder / f"{threading.get_ident()}-{len(seen.exports)}.json"
    got.value.save_as(saved)
    seen.exports.append((saved, shown))


def _sleep_and_return(page: Page, seen: WeekSeen, mark: str) -> None:
    """The tab freezes without a network, thaws, and is loaded anew: as a laptop that was closed."""
    before = page.evaluate(_SHOWN)
    browser = page.context.new_cdp_session(page)
    page.context.set_offline(True)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    time.sleep(TAB_SLEEPS)
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    page.context.set_offline(False)
    page.wait_for_function("true")  # it thaws a moment after it is told to, and can't be loaded anew before
    start = time.monotonic()
    page.reload()
    wait_for_page(page)
    page.wait_for_function("document.querySelector('#profile-text textarea').value !== ''")
    page.wait_for_timeout(2_000)
    seen.seconds["tab: comes back"].append(time.monotonic() - start)
    if mark not in page.locator("#profile-text textarea").input_value() or page.evaluate(_SHOWN) != before:
        seen.errors["tab: came back to another profile or list"] += 1
    seen.leaks += bool(foreign(page.content(), mark))
    _choose_history(page)
