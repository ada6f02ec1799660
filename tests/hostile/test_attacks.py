"""The corpus of attacks through everything a visitor's text passes: read, prompt, rank, show, export.

A text from outside may be refused with a sentence. If it is not, it is data wherever it goes: it adds no tag
to a page, no turn to a prompt, no formula to a table.
"""

import csv
import dataclasses
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from blue.control_characters import strip_control_characters
from blue.datatypes import Interaction, Item, Movement, ParsedHistory, Profile, RankedItem, Ranking, Sentence
from blue.errors import BlueError
from blue.inspection.reports import CatalogMap, MapLabel, MapPoint, NegativeItem
from blue.profile.prompts import MAX_TITLE_CHARACTERS
from blue.profile.sentences import parse_generated, parse_profile
from blue.records.json_records import history_record, profile_record, ranking_record
from blue.session.replaying import ranking_csv
from blue.session.versions import Session, Version, export_session, import_session
from blue.ui import html, plots, ranking_html, rows
from blue.ui.drawers import ask_html, compare_html, origins_html, rewards_html
from tests.hostile.corpus import ATTACKS, Attack, attacks
from tests.hostile.markup import dangerous, read, skeleton
from tests.ui import reports
from tests.ui.test_drawers_html import answer

PROFILE = Profile((Sentence("Lonely space films."), Sentence("Heist films with a code of honour.")))
HARMLESS = "Zqxv Wrrlk"  # no title of any catalogue
CONTROL_CHARACTERS = {
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
} - {9, 10}


def in_every_form(text: str) -> dict[str, str]:
    """A history with this title, as the formats that visitors bring."""
    table = io.StringIO()
    csv.writer(table).writerows([("title", "rating"), (text, 5), ("Heat", 4)])
    return {
        "lines": f"{text} | 5\nHeat | 4",
        "csv": table.getvalue(),
        "json": json.dumps([{"title": text, "rating": 5}, {"title": "Heat", "rating": 4}]),
        "jsonl": json.dumps({"title": text, "rating": 5}) + "\n" + json.dumps({"title": "Heat", "rating": 4}),
    }


def tried(call: Callable[[], Any]) -> tuple[Any, str]:
    """What a call gives, or the sentence it is refused with: short, so that it cannot repeat a bomb."""
    try:
        return call(), ""
    except BlueError as error:
        refusal = str(error)
    assert 10 < len(refusal) < 600
    return None, refusal


def swapped(value: Any, text: str) -> Any:
    """A report with another hostile text in every place that `reports` has one."""
    if isinstance(value, str):
        return value.replace(reports.SCRIPT, text)
    if dataclasses.is_dataclass(value):
        return replace(
            value, **{f.name: swapped(getattr(value, f.name), text) for f in dataclasses.fields(value)}
        )
    if isinstance(value, tuple):
        return tuple(swapped(one, text) for one in value)
    if isinstance(value, dict):
        return {key: swapped(one, text) for key, one in value.items()}
    return value


def panels(text: str) -> dict[str, str]:
    """Every panel of every drawer, with this text wherever one of a visitor or of a catalogue may stand."""
    report, profile = swapped(reports.reward_report(), text), swapped(reports.PROFILE, text)
    compared, hostile = swapped(reports.COMPARISON, text), swapped(reports.HOSTILE, text)
    versions = (Version(1, Profile((Sentence("Old."),)), text), Version(2, profile, text))
    return {
        "held out": rewards_html.held_out(report.holdout),
        "rewards": rewards_html.rewards(report, (), None),
        "gains": rewards_html.sentence_gains(report),
        "drawn": rewards_html.drawn_items(report),
        "choice": rewards_html.choice(swapped(reports.CHOICE, text)),
        "attribution": origins_html.attribution(swapped(reports.ATTRIBUTION, text), profile),
        "evidence": origins_html.evidence(swapped(reports.EVIDENCE, text), reports.CLAIMS, profile),
        "grounds": "".join(
            origins_html.ground(one, reports.CLAIMS, ()) for one in swapped(reports.EVIDENCE, text)
        ),
        "what if": origins_html.what_if(replace(swapped(reports.WHAT_IF, text), item=hostile)),
        "versions": compare_html.versions(*versions, compared),
        "moves": compare_html.movements(*versions, compared),
        "exchange": ask_html.exchange(text, [swapped(answer(), text)], text),
        "titles": ask_html.titles([hostile]),
        "next": ask_html.next_choice(swapped(reports.CHOICE, text)),
    }


HARMLESS_PANELS = {name: skeleton(panel) for name, panel in panels(HARMLESS).items()}


def test_there_are_200_attacks_and_each_has_a_name():
    assert len(ATTACKS) >= 200
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)
    assert {attack.place for attack in ATTACKS} == {
        "title", "review", "profile", "question", "filename", "file", "session",
    }  # fmt: skip


@pytest.mark.parametrize("attack", attacks("title", "review"), ids=lambda attack: attack.id)
def test_a_title_is_data(attack: Attack, profiler):
    for form, source in in_every_form(attack.text).items():
        parsed, refusal = tried(lambda source=source: profiler.read(source))
        if refusal:
            continue
        titles = [interaction.title for interaction in parsed.interactions]
        assert not {ord(letter) for title in titles for letter in title} & CONTROL_CHARACTERS, form
        _check_prompt(profiler, parsed)
        ranked = profiler.rank(PROFILE, parsed.interactions, top=5)
        assert len(ranked.items) == 5
        json.dumps(history_record(parsed))
        json.dumps(ranking_record(PROFILE, ranked), allow_nan=False)
        _check_table(parsed)
        kept = import_session(_exported(parsed))
        assert [one.title for one in kept.history] == titles


def _check_prompt(profiler, parsed: ParsedHistory) -> None:
    """As many turns as there are messages, whatever the titles say."""
    generator = profiler.generator
    for conversation in profiler.conversations(parsed.interactions):
        filled = generator._prompt(conversation.messages, profiler.settings)
        turns = len(conversation.messages)
        assert filled.count("<|im_start|>") == turns + 1  # and the one that the model answers in
        assert filled.count("<|im_end|>") == turns
        lines = conversation.messages[-1]["content"].splitlines()
        works = [line for line in lines if not line.startswith("Shared: ")]  # the one line of our own
        assert len(lines) - 1 <= len(works) <= max(1, len(parsed.interactions))  # a title is one line
        assert not any(token in "".join(lines) for token in generator._control_tokens)
        assert max(map(len, lines)) < 6 * MAX_TITLE_CHARACTERS


def _check_table(parsed: ParsedHistory) -> None:
    """The table has the tags that it has with harmless titles in the same rows."""
    harmless = tuple(replace(interaction, title=HARMLESS) for interaction in parsed.interactions)
    facts = tuple(replace(interaction, year=None, creator=None) for interaction in parsed.interactions)
    plain = tuple(replace(one, year=None, creator=None) for one in harmless)
    for item_id in ("", "x:1"):  # not in the catalogue; matched by an item with the same title
        shown, quiet = (_table([replace(one, item_id=item_id) for one in these]) for these in (facts, plain))
        assert skeleton(shown) == skeleton(quiet)
        assert not dangerous(shown)
    said = html.report(parsed)
    plainly = replace(
        parsed,
        skipped=tuple(replace(row, text=HARMLESS) for row in parsed.skipped),
    )
    assert skeleton(said) == skeleton(html.report(plainly))
    assert not dangerous(said)


def _table(history: Sequence[Interaction]) -> str:
    items = {one.item_id: Item(one.item_id, one.title, "movie") for one in history if one.item_id}
    return rows.table(history, items)


def _exported(parsed: ParsedHistory) -> str:
    session = Session(parsed.interactions).commit(PROFILE, "written")
    return export_session(session, with_history=True, with_versions=True)


@pytest.mark.parametrize("attack", attacks("title", "review", "profile", "question"), ids=lambda one: one.id)
def test_no_panel_gets_a_tag_from_a_text(attack: Attack):
    text = " ".join(attack.text.split())  # a title or a sentence is one line wherever it is shown
    for name, panel in panels(text).items():
        assert skeleton(panel) == HARMLESS_PANELS[name], name
        assert not dangerous(panel), name
    hostile = Item(
        "x:1", text, "movie", 1999, makers=(text,), genres=(text,), themes=(text,), link=f"javascript:{text}"
    )
    profile = Profile((Sentence(text), Sentence("Space.")))
    shown = Ranking((RankedItem(1, hostile, 0.5, 0), RankedItem(2, reports.HEAT, 0.4, 1)), "facets")
    page = ranking_html.ranking(shown, profile, None, (), 20) + html.message(text, "error")
    assert not dangerous(page)
    assert {tag for tag, _ in skeleton(page)} <= {
        "table", "caption", "thead", "tbody", "tr", "th", "td", "abbr", "span", "svg", "circle", "rect", "p",
        "a", "button", "details", "summary", "dl", "div", "dt", "dd",
    }  # fmt: skip


def test_no_plot_gets_a_tag_from_a_text():
    """Plotly's own text knows tags too: a figure with every attack in it has those of a harmless one."""
    texts = [
        " ".join(strip_control_characters(attack.text).split()) for attack in attacks("title", "profile")
    ]
    for hostile, plain in zip(figures(texts), figures([HARMLESS] * len(texts)), strict=True):
        tags, expected = (
            [tag for tag in _drawn_tags(json.loads(figure)) if tag[0] != "br"] for figure in (hostile, plain)
        )  # where a long text is broken into lines depends on its words
        assert tags == expected


def figures(texts: Sequence[str]) -> list[str]:
    """Every figure, with each of these texts as a title or a sentence in it."""
    items = [Item(f"x:{number}", text, "movie", 1999) for number, text in enumerate(texts)]
    report = replace(
        reports.reward_report(), negatives=tuple(NegativeItem(item, "hard", 0.5) for item in items)
    )
    moves = tuple(Movement(item, rank + 1, rank) for rank, item in enumerate(items, 1))
    points = [MapPoint(role, text, 0.1, 0.2, 0) for text in texts for role in ("history", "sentence")]
    labels = tuple(MapLabel(text, 0.1, 0.2) for text in texts)
    places = CatalogMap(np.zeros((len(items), 2)), labels)
    return [
        *(plots.strip(replace(report, holdout=replace(reports.HELD, target=item))) for item in items[:5]),
        plots.slopes(replace(reports.COMPARISON, arrived=moves, left=moves, top=len(items)), 1, 2),
        plots.catalog_background(items, places),
        plots.places(points),
    ]


def _drawn_tags(value: Any, key: str = "") -> list:
    """The tags in every text that Plotly draws; the figure in words (`meta`) is no drawn text."""
    if key == "meta":
        return []
    if isinstance(value, str):
        return skeleton(value)
    if isinstance(value, dict):
        return [tag for name, one in value.items() for tag in _drawn_tags(one, name)]
    if isinstance(value, list):
        return [tag for one in value for tag in _drawn_tags(one, key)]
    return []


@pytest.mark.parametrize("attack", attacks("profile", "title"), ids=lambda attack: attack.id)
def test_a_profile_is_data(attack: Attack, profiler):
    """It ranks, is shown, is exported and comes back; or it is refused with a sentence."""
    profile, refusal = tried(lambda: parse_profile(f"{attack.text}\nLonely space films."))
    if refusal:
        return
    generated = parse_generated(attack.text + "\nLonely space films.")
    assert 1 <= len(generated.sentences) <= 5
    ranked = profiler.rank(profile, top=5)
    texts = tuple(sentence.text for sentence in profile.sentences)
    json.dumps(profile_record(profile))
    json.dumps(ranking_record(profile, ranked), allow_nan=False)
    kept = import_session(
        export_session(Session().commit(profile, "edited"), with_history=False, with_versions=True)
    )
    assert kept.current.profile == profile
    hostile = replace(ranked, items=(*ranked.items, RankedItem(6, Item("=1", attack.text, "+x"), 0.1, 0)))
    _check_csv(ranking_csv(hostile, texts), len(hostile.items))
    label = html.sentence_label(profile.sentences[0])
    assert attack.text.strip()[:5] in label or profile.sentences[0].text in label


def _check_csv(text: str, items: int) -> None:
    """A line an item, and no cell that a spreadsheet runs."""
    table = list(csv.reader(io.StringIO(text)))
    assert len(table) == items + 1
    assert {len(row) for row in table} == {7}
    for row in table[1:]:
        for cell in row:
            first = cell.lstrip(" ")[:1]
            assert first not in tuple("=+-@\t\r\n|＝＋－＠｜") or _is_number(cell), cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("attack", attacks("filename"), ids=lambda attack: attack.id)
def test_a_file_name_only_hints(attack: Attack, profiler):
    parsed = profiler.read(b"Heat | 5\nRonin | 4", attack.text)
    assert [interaction.title for interaction in parsed.interactions] == ["Heat", "Ronin"]


@pytest.mark.parametrize("attack", attacks("file"), ids=lambda attack: attack.name or attack.id)
@pytest.mark.timeout(30)
def test_a_bomb_is_refused_or_read_and_never_hangs(attack: Attack, profiler):
    parsed, refusal = tried(lambda: profiler.read(attack.content))
    if refusal:
        return
    assert len(parsed.interactions) <= 20_000
    assert all(
        interaction.rating is None or 0.5 <= interaction.rating <= 5 for interaction in parsed.interactions
    )


@pytest.mark.parametrize("attack", attacks("session"), ids=lambda attack: attack.id)
def test_a_session_file_is_read_whole_or_refused(attack: Attack, profiler):
    parsed = profiler.read("Alien (1979) | 5\nHeat | 4")
    content = json.loads(_exported(parsed))
    for path, value in attack.set.items():
        _set(content, path.split("."), value)
    session, refusal = tried(lambda: import_session(json.dumps(content)))
    if refusal:
        return
    assert not dangerous(_table(session.interactions))
    ranked = profiler.rank(session.current.profile, session.history, top=min(session.settings.top, 20))
    shown = ranking_html.ranking(ranked, session.current.profile, None, (), 20)
    assert not dangerous(shown)
    assert not {ord(letter) for one in session.history for letter in one.title} & CONTROL_CHARACTERS


def _set(content: Any, path: list[str], value: Any) -> None:
    *parents, last = path
    for part in parents:
        content = content[int(part) if isinstance(content, list) else part] or {}
    if isinstance(content, dict):
        content[last] = value


@pytest.mark.parametrize("attack", attacks("question"), ids=lambda attack: attack.id)
def test_a_question_is_data(attack: Attack, profiler, answerer):
    """What the language model would get of it holds no other turn, no system prompt, nobody else's data."""
    question, refusal = tried(lambda: answerer.understand(attack.text, ()))
    if refusal:
        return
    assert question.text
    shown = html.message(attack.text)
    assert not dangerous(shown)


@pytest.fixture(scope="module")
def answerer(profiler):
    from blue.answering import Answerer
    from blue.inspection import Inspector

    return Answerer(Inspector(profiler))


def test_the_checks_themselves_notice(profiler):
    """What would have to fail, fails."""
    assert dangerous("<p onclick='x'>Heat</p>")
    assert dangerous("<a href='javascript:x'>Heat</a>")
    assert skeleton("<td><b>Heat</b></td>") != skeleton("<td>&lt;b&gt;Heat&lt;/b&gt;</td>")
    assert read("<p>a &lt;b&gt;</p>").words == ["a <b>"]
    with pytest.raises(AssertionError):
        _check_csv("rank,title,year,kind,similarity,sentence,item_id\n1,=1+1,,movie,0.1,x,y\n", 1)
    assert answer().question.text == reports.SCRIPT
