"""Twelve people bring their lists: what the page makes of each, as text and as a picture, to be judged.

python -m benchmarks.visits http://127.0.0.1:7860            # of an app that runs; about ten seconds a list
python -m benchmarks.visits http://127.0.0.1:7860 --only j_noir.txt

1. open the page in a browser 1,440 pixels wide and upload one list of tests/history/lists, as a visitor does
2. wait until its profile is written and ranked
3. write docs/visits/NAME.md (the profile with what supports it, the first ten results) and NAME.jpg beside it

What is right or wrong with them nobody can compute: docs/visits/README.md says it, and is written by hand.
"""

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.load_browser import BROWSERS, FLAGS

PROJECT = Path(__file__).resolve().parents[1]
LISTS, VISITS = PROJECT / "tests/history/lists", PROJECT / "docs/visits"
WIDTH, HEIGHT = 1440, 1180
MOST_BYTES = 150_000  # of a picture
SHOWN = 10  # results
MOST_SECONDS = 180  # until a profile is written

WAIT = "(said) => document.querySelector('#status').textContent.includes(said)"
GROUNDED = """() => [...document.querySelectorAll('.sentence')].every((one) =>
  !one.offsetParent || (one.querySelector('.ground-line p')
    && !one.querySelector('.ground-line .progress-text')))"""

# What a visitor reads off the page, as Markdown.
READ = """(shown) => {
  const text = (one, place) => one.querySelector(place)?.textContent.trim() ?? '';
  const tastes = [...document.querySelectorAll('.sentence')].filter((one) => one.offsetParent).map((one) =>
    `1. ${text(one, 'label > span')}  \\n   ${text(one, '.ground-line p')}`);
  const rows = [...document.querySelectorAll('#ranking tbody tr')].slice(0, shown).map((row) => {
    const taste = row.querySelector('.taste .mark')?.getAttribute('aria-label') ?? '';
    return `1. ${text(row, '.name')} ${text(row, '.facts').replace(/\\s+/g, ' ')}, for ${taste}`;
  });
  return [text(document, '#report p'), tastes.join('\\n'), rows.join('\\n')];
}"""


def main() -> None:
    """Walk the lists."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="where the app runs")
    parser.add_argument("--only", metavar="LIST", help="one list instead of all")
    chosen = parser.parse_args()
    lists = [file for file in sorted(LISTS.iterdir()) if file.suffix in (".txt", ".csv")]
    with sync_playwright() as playwright:
        path = next(found for name in BROWSERS if (found := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        page.goto(chosen.url)
        page.locator("#ranking tbody tr").first.wait_for(timeout=MOST_SECONDS * 1000)
        page.wait_for_function("!document.querySelector('#write').disabled")
        for file in lists:
            if chosen.only in (None, file.name):
                visit(page, file)
        browser.close()


def visit(page: Page, file: Path) -> None:
    """Bring one list and keep what the page says to it."""
    with page.expect_file_chooser() as chooser:
        page.locator("#upload").click()
    chooser.value.set_files(file)
    for said in ("Writing", "Written in"):
        page.wait_for_function(WAIT, arg=said, timeout=MOST_SECONDS * 1000)
    page.wait_for_function(GROUNDED)  # what supports the tastes follows the list
    report, tastes, results = page.evaluate(READ, SHOWN)
    VISITS.mkdir(exist_ok=True)
    picture = f"![The page]({file.stem}.jpg)"
    text = "\n\n".join((f"# {file.name}", report, tastes, "## The first ten", results, picture)) + "\n"
    (VISITS / f"{file.stem}.md").write_text(text, encoding="utf-8")
    (VISITS / f"{file.stem}.jpg").write_bytes(_picture(page))
    print(text, flush=True)


def _picture(page: Page) -> bytes:
    """The screen as JPEG, as good as the limit allows."""
    for quality in range(70, 10, -5):
        taken = page.screenshot(type="jpeg", quality=quality)
        if len(taken) <= MOST_BYTES:
            break
    return taken


if __name__ == "__main__":
    main()
