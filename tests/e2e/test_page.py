"""What the page promises: change it, and watch. Each promise by mouse, touch or keys, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from blue.items import load_catalog
from tests.e2e.conftest import open_drawer
from tests.e2e.test_visit import (
    profile,
    titles,
    type_profile,
    wait_until_ranked_otherwise,
    wait_until_written,
)

DRAWERS = (
    "Why",
    "Compare",
    "Two people",
    "Ask",
    "Take it away",
    "How to read this",
)  # the map's plot is measured alone
WIDTHS = (320, 390, 768, 1024, 1440, 1920)
EDIT = (
    "Atmospheric science fiction about artificial intelligence.\nCan't stand zombie movies.\n"
    "Dystopias, but not comedies."
)
# Everything that is seen and reaches out of its card, or of the window; what scrolls by itself is no leak.
LEAKS = """() => {
  const scrolls = (one) => ['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX);
  const SEEN = 'th, td, p, li, label, button, input, select, textarea, summary, dd', leaks = [];
  for (const card of document.querySelectorAll('#columns > .column, #drawers .drawer, header.top')) {
    const edge = card.getBoundingClientRect();
    if (edge.right > innerWidth + 1) leaks.push(`${card.id || card.className}: the card itself`);
    for (const one of card.querySelectorAll(SEEN)) {
      const box = one.getBoundingClientRect();
      let inside = box.width && box.right > edge.right + 1 && getComputedStyle(one).position !== 'absolute';
      for (let up = one.parentElement; inside && up !== card; up = up.parentElement) inside = !scrolls(up);
      if (inside) leaks.push(`${card.id}: ${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) leaks.push('the page scrolls sideways');
  return [...new Set(leaks)].slice(0, 5);
}"""


def ranked_with(page: Page, text: str) -> None:
    """Type a profile and wait for its ranking, which comes with the switch of its last sentence."""
    type_profile(page, text)
    lines = text.splitlines()
    expect(page.locator(f"#taste-{len(lines)}")).to_contain_text(lines[-1])


def example(page: Page, name: str) -> None:
    """Start from an example, whatever was done before."""
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(500)  # what was written before says so until the page has begun
    page.wait_for_function("!document.querySelector('#write').disabled", timeout=120_000)
    expect(page.locator("#status")).to_contain_text("Written", timeout=120_000)
    rested(page)


def rested(page: Page) -> list[str]:
    """The ranking, when a second has not changed it: what was clicked before may still be on its way."""
    seen: list[str] = []
    while not seen or seen != titles(page):
        seen = titles(page)
        page.wait_for_timeout(1000)
    return seen


def leaks_at_every_width(page: Page, themes: tuple[str, ...] = ("light", "dark")) -> dict[str, list[str]]:
    found = {}
    for theme in themes:
        page.evaluate(f"document.body.classList.toggle('dark', {str(theme == 'dark').lower()})")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if leaks := lasting_leaks(page):
                found[f"{theme} {width}"] = leaks
    page.evaluate("document.body.classList.remove('dark')")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def lasting_leaks(page: Page) -> list[str]:
    """What reaches out of its card once the page has come to rest at its new width."""
    for _ in range(20):
        if not (leaks := page.evaluate(LEAKS)):
            break
        page.wait_for_timeout(100)
    return leaks


def test_nothing_leaves_its_card_before_and_after_an_edit(visit: Page) -> None:
    assert leaks_at_every_width(visit) == {}
    for drawer in DRAWERS:
        open_drawer(visit, drawer)
    ranked_with(visit, EDIT)
    expect(visit.locator("#ranking td.move").first).to_be_visible()
    for tab, theme in (("Items", "light"), ("Evidence", "dark"), ("What if?", "light"), ("Rewards", "dark")):
        visit.get_by_role("tab", name=tab).click()
        visit.wait_for_timeout(700)
        assert (tab, leaks_at_every_width(visit, (theme,))) == (tab, {})
    for drawer in DRAWERS:
        open_drawer(visit, drawer)


def test_the_map_stays_in_its_card(visit: Page) -> None:
    open_drawer(visit, "Map")
    visit.locator("#map .plot[data-drawn]").wait_for()
    for width in (320, 1440):
        visit.set_viewport_size({"width": width, "height": 900})
        assert lasting_leaks(visit) == []
    open_drawer(visit, "Map")


@pytest.mark.parametrize("hand", ["mouse", "keys"])
def test_a_weight_is_set_in_five_steps(visit: Page, hand: str) -> None:
    ranked_with(visit, f"Romantic comedies by {hand}.\nHeist films with a code, by {hand}.\nFilms of mice.")
    visit.wait_for_timeout(500)
    marks = [visit.locator(f"#ranking tbody .mark-{taste}").count() for taste in (1, 2)]
    taste = 1 + marks.index(min(marks))  # the one that brings less has room to bring more
    brought, before = visit.locator(f"#ranking tbody .mark-{taste}"), min(marks)
    steps = visit.locator(f"#weight-{taste} input")
    expect(steps).to_have_count(5)
    if hand == "mouse":
        visit.locator(f"#weight-{taste} label").nth(4).click()
    else:
        steps.nth(2).focus()
        visit.keyboard.press("ArrowRight")
        visit.keyboard.press("ArrowRight")
    expect(steps.nth(4)).to_be_checked()
    expect(brought).not_to_have_count(before)
    assert brought.count() > before


def test_seen_it_leaves_the_list_and_is_in_the_history_until_it_is_taken_out(visit: Page) -> None:
    example(visit, "Crime")
    first, rows = titles(visit)[0], visit.locator("#history-table tbody tr").count()
    visit.locator("#ranking tbody tr").first.get_by_role("button", name="Seen it").click()
    expect(visit.locator("#ranking tbody .name").first).not_to_have_text(first)
    row = visit.locator("#history-table tbody tr").first
    expect(row).to_contain_text(first)
    assert first not in titles(visit)
    assert visit.locator("#history-table tbody tr").count() == rows + 1
    expect(visit.locator("#summary")).to_contain_text("The next profile knows it")
    row.get_by_role("button", name="Take out").click()
    expect(visit.locator("#ranking tbody .name").first).to_have_text(first)


def test_not_for_me_is_a_dislike_that_can_be_read_and_undone(visit: Page) -> None:
    example(visit, "Crime")
    first = titles(visit)[0]
    visit.locator("#ranking tbody tr").first.get_by_role("button", name="Not for me").click()
    row = visit.locator("#history-table tbody tr").first
    expect(row).to_contain_text(first)
    expect(row.locator("output")).to_have_text("1")
    expect(visit.locator("#summary")).to_contain_text("as a dislike")
    row.get_by_role("button", name="Take out").click()
    expect(visit.locator("#ranking tbody .name").first).to_have_text(first)


def test_titles_are_better_or_less_known_as_is_asked_for(visit: Page) -> None:
    example(visit, "Crime")
    before = rested(visit)
    seen = {}
    for words in ("well known", "little known"):
        visit.locator("#known").get_by_text(words, exact=True).click()
        wait_until_ranked_otherwise(visit, before)
        before = seen[words] = titles(visit)
    popularity = {item.title: item.popularity for item in load_catalog().items if item.kind == "movie"}
    well, little = (sum(popularity[title] for title in seen[words]) / 20 for words in seen)
    assert well > little + 0.2  # of quantiles within the kind


def test_the_list_keeps_to_decades_and_genres_through_edits(visit: Page) -> None:
    example(visit, "Crime")
    before, films = rested(visit), [item for item in load_catalog().items if item.kind == "movie"]
    for control, choice in (("decades", "1980s"), ("genres", "Comedy")):
        visit.locator(f"#{control} input").click()
        visit.get_by_role("option", name=choice, exact=True).click()
        visit.keyboard.press("Escape")
        wait_until_ranked_otherwise(visit, before)
        before = rested(visit)
    of_both = {item.title for item in films if (item.year or 0) // 10 == 198 and "comedy" in item.genres}
    assert set(before) <= of_both
    ranked_with(visit, "Heist films.")
    wait_until_ranked_otherwise(visit, before)
    assert set(rested(visit)) <= of_both
    visit.get_by_text("Books", exact=True).click()
    expect(visit.locator("#decades .token")).to_contain_text("1980s")  # books have comedies, too
    example(visit, "Crime")
    expect(visit.locator("#decades .token")).to_have_count(0)


def test_what_is_old_looks_old_and_a_correction_survives_reading_again(visit: Page) -> None:
    shown, said = visit.locator("#ranking [aria-busy]"), visit.locator("#summary")
    paste(visit, "Parasite | 5\nHeat | 4")
    wait_until_written(visit)
    expect(shown).to_have_attribute("aria-busy", "false")
    row = visit.locator("#history-table tbody tr", has_text="Parasite")
    row.get_by_role("button", name="Not this one?").click()
    visit.locator("#no-match").click()
    expect(row).to_contain_text("not in the catalogue")
    visit.locator("#history-text textarea").press("End")
    visit.keyboard.type("\nRonin | 5")
    expect(said).to_contain_text("You changed the text")
    expect(shown).to_have_attribute("aria-busy", "true")
    visit.locator("#write").click()
    expect(said).to_contain_text("the new one is being written")
    expect(shown).to_have_attribute("aria-busy", "true")
    assert float(visit.locator("#ranking").evaluate("(one) => getComputedStyle(one).opacity")) < 0.5
    wait_until_written(visit)
    expect(shown).to_have_attribute("aria-busy", "false")
    expect(visit.locator("#history-table")).to_contain_text("Ronin")
    expect(row).to_contain_text("not in the catalogue")
    type_profile(visit, " ")
    expect(said).to_contain_text("of the profile before your last change")
    expect(shown).to_have_attribute("aria-busy", "true")


def test_two_people_see_what_both_would_like_and_why(visit: Page) -> None:
    example(visit, "Crime")
    open_drawer(visit, "Two people")
    visit.locator("#other-history textarea").fill("Notting Hill | 5\nLove Actually | 4")
    visit.locator("#other-read").click()
    rows = visit.locator("#for-both tbody tr")
    expect(rows).to_have_count(20, timeout=120_000)
    expect(visit.locator("#other-status")).to_contain_text("Written in")
    assert visit.locator("#other-profile textarea").input_value()
    first = rows.first.inner_text()
    visit.locator("#other-profile textarea").focus()
    visit.keyboard.press("ControlOrMeta+a")
    visit.keyboard.insert_text("Crime films about heists.")
    expect(rows.first).not_to_have_text(first, use_inner_text=True)
    expect(rows.first.locator("td").last).to_contain_text("Crime films about heists.")
    places = [
        [int(one.replace(",", "")) for one in row.locator(".place").all_inner_texts()] for row in rows.all()
    ]
    worst = [max(pair) for pair in places]
    assert worst == sorted(worst)
    assert lasting_leaks(visit) == []
    visit.locator("#clear").click()
    expect(visit.locator("#other-profile textarea")).to_have_value("")
    expect(rows).to_have_count(0)
    open_drawer(visit, "Two people")


def test_a_result_opens_to_why_it_is_here_and_what_it_is_about(visit: Page) -> None:
    example(visit, "Crime")
    row = visit.locator("#ranking tbody tr").first
    row.locator("summary").click()
    expect(row.locator("dl.about")).to_contain_text("Here because of")
    expect(row.locator("dl.about")).to_contain_text("Genres")


def test_stars_are_clicked_and_the_history_is_searched_and_sorted(visit: Page) -> None:
    example(visit, "Crime")
    row = visit.locator("#history-table tbody tr").first
    row.locator(".stars input").click(position={"x": 21, "y": 9})  # of 70 px: three tenths
    expect(row.locator("output")).to_have_text("1.5")
    expect(visit.locator("#status")).to_contain_text("Your history changed")
    visit.get_by_label("Order of your history").select_option("stars")
    said = visit.locator("#history-table output").all_inner_texts()
    stars = [0.0 if one == "–" else float(one) for one in said]
    assert stars == sorted(stars, reverse=True)
    name = visit.locator("#history-table tbody tr td:first-child").nth(3).inner_text().split("\n")[0][:6]
    visit.get_by_label("Search your history").fill(name)
    expect(visit.locator("#history-table tbody tr:visible").first).to_contain_text(name)
    assert visit.locator("#history-table tbody tr:visible").count() < len(said)


def test_a_title_is_typed_and_a_match_corrected(visit: Page) -> None:
    example(visit, "Crime")
    box = visit.locator("#add-title input")
    box.press_sequentially("Galaxy Que", delay=20)
    visit.locator("#add-title option").first.wait_for(state="attached")
    box.fill(visit.locator("#add-title option").first.get_attribute("value"))
    box.press("Enter")
    row = visit.locator("#history-table tbody tr").first
    expect(row).to_contain_text("Galaxy Quest")
    expect(box).to_have_value("")
    row.get_by_role("button", name="Not this one?").click()
    expect(visit.locator("#asked-which")).to_contain_text("Which title is “Galaxy Quest”?")
    which = visit.locator("#which-title input")
    which.press_sequentially("Spaceball", delay=20)
    visit.locator("#which-title option").first.wait_for(state="attached")
    which.fill(visit.locator("#which-title option").first.get_attribute("value"))
    which.press("Enter")
    expect(visit.locator("#history-table tbody tr").first).to_contain_text("Spaceballs 1987")
    visit.locator("#history-table tbody tr").first.get_by_role("button", name="Not this one?").click()
    visit.locator("#no-match").click()
    expect(visit.locator("#history-table tbody tr").first).to_contain_text("not in the catalogue")


def test_a_pasted_history_is_read_by_itself(visit: Page) -> None:
    paste(visit, "Heat | 5\nRonin | 4\nThe Sting | 5")
    expect(visit.locator("#report")).to_contain_text("3 read")
    wait_until_written(visit)


def paste(page: Page, text: str) -> None:
    box = page.locator("#history-text textarea")
    box.fill("")
    box.evaluate(
        "(box, text) => { box.focus(); document.execCommand('insertText', false, text);"
        " box.dispatchEvent(new ClipboardEvent('paste', {bubbles: true})); }",
        text,
    )


def test_a_dropped_file_is_read_by_itself(visit: Page) -> None:
    visit.evaluate(
        "() => { const files = new DataTransfer(), text = 'Alien | 5\\nAliens | 4\\nMoon | 5';"
        " files.items.add(new File([text], 'films.txt', {type: 'text/plain'}));"
        "document.querySelector('#history-text textarea')"
        ".dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true})); }"
    )
    expect(visit.locator("#history-table")).to_contain_text("Moon")
    wait_until_written(visit)


def test_writing_reads_what_was_typed_first(visit: Page) -> None:
    visit.locator("#history-text textarea").fill("Notting Hill | 5\nLove Actually | 4\nClueless | 5")
    visit.locator("#profile-text textarea").focus()
    visit.keyboard.press("Control+Enter")
    expect(visit.locator("#history-table")).to_contain_text("Notting Hill")
    wait_until_written(visit)


def test_another_example_while_one_is_written_wins(visit: Page) -> None:
    visit.locator("#history-text textarea").fill("Heat | 5\nRonin | 4\nThe Sting | 5\nRififi | 5")
    visit.locator("#read").click()
    visit.wait_for_function("document.querySelector('#status').textContent.includes('Writing')")
    visit.get_by_role("button", name="Love stories", exact=True).click()
    expect(visit.locator("#history-table")).not_to_contain_text("Rififi")
    expect(visit.locator("#status")).to_contain_text("Written", timeout=120_000)
    rows = visit.locator("#history-table tbody")
    history, written = rows.text_content(), profile(visit)
    visit.wait_for_timeout(3000)  # what the first would still say, it would have said by now
    assert rows.text_content() == history
    assert "Rififi" not in history
    assert profile(visit) == written
    expect(visit.locator("#version input")).to_have_value(re.compile(r"^1 ·"))


def test_clear_all_while_writing_leaves_an_empty_page_that_works_and_can_be_undone(visit: Page) -> None:
    example(visit, "Crime")
    before, kept = rested(visit), profile(visit)
    visit.locator("#write").click()
    visit.wait_for_function("document.querySelector('#status').textContent.includes('Writing')")
    visit.locator("#clear").click()
    expect(visit.locator("#status")).to_contain_text("Everything is cleared")
    visit.wait_for_timeout(2000)
    expect(visit.locator("#write")).to_have_text("Write profile")
    expect(visit.locator("#profile-text textarea")).to_be_editable()
    assert profile(visit) == ""
    assert visit.locator("#history-table tbody tr").count() == 0
    visit.get_by_role("button", name="Undo clear").click()
    expect(visit.locator("#profile-text textarea")).to_have_value(kept)
    assert rested(visit) == before
