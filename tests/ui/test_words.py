"""The page's words: the same in every language, each of use, and told in the visitor's."""

import re
from string import Formatter
from types import SimpleNamespace

import pytest
from gradio.context import LocalContext

from blue.shipped import ASSETS
from blue.ui import html, words
from tests.e2e.conftest import PROJECT

SOURCES = [*(PROJECT / "blue" / "ui").rglob("*.py"), *ASSETS.glob("*.js")]


def asked_for(language: str) -> SimpleNamespace:
    return SimpleNamespace(headers={"accept-language": language})


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", words.LANGUAGES[1:])
def test_every_language_has_the_same_words_and_fills_in_the_same(language):
    english, other = words.WORDS["en"], words.WORDS[language]
    assert list(other) == list(english)
    assert {key: places(text) for key, text in other.items()} == {
        key: places(text) for key, text in english.items()
    }
    assert all(text.strip(" ") for text in other.values())
    assert not any('"' in text for text in other.values())  # they stand in attributes, too


def test_every_word_is_used_and_every_key_has_a_word():
    source = "\n".join(path.read_text("utf-8") for path in SOURCES)
    sections = {key.partition(".")[0] for key in words.WORDS["en"]}
    keys = {re.sub(r"\.(one|other)$", "", key) for key in words.WORDS["en"]}
    named = set(re.findall(rf"""["']((?:{"|".join(sections)})\.[a-z_]+)["']""", source))
    computed = set(re.findall(r'f"([a-z]+)\.\{', source))
    assert computed - {"block"} == {"example", "kind", "topic", "take"}
    assert named - keys == {"guide.html"}  # a file
    assert {key for key in keys - named if key.partition(".")[0] not in computed} == set()


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"), ("fr", "fr"), ("ES-mx", "es"), ("it-IT,de;q=0.9", "en"),
        ("*", "en"), ("", "en"), (";q=1,,", "en"),
    ],
)  # fmt: skip
def test_the_first_language_that_a_browser_asks_for_is_spoken(asked, spoken):
    token = LocalContext.request.set(asked_for(asked))
    try:
        assert words.language() == spoken
    finally:
        LocalContext.request.reset(token)


def test_what_is_told_is_filled_in_and_counted_as_the_language_does():
    token = LocalContext.request.set(asked_for("de-CH"))
    try:
        assert words.say("writing.reading", n=1) == "Liest 1 Titel"
        assert words.say("page.back", n=1234) == "Wo du warst: 1.234 Titel."
        assert words.number(0.25, 1) == "0,2"
        assert html.origin("taste 2 switched off") == "Geschmack 2 ausgeschaltet"
        assert html.origin("Drop sentence 2") == "Drop sentence 2"
        assert words.say("history.is", title="{name} {0}", name="x") == "„{name} {0}“ ist x."
    finally:
        LocalContext.request.reset(token)


def test_html_that_stands_still_is_made_in_every_language():
    marker = words.block(lambda: f"<b>{words.say('history.title')}</b>")
    (key,) = re.findall(r'"key": "(block\.[0-9a-f]{8})"', marker)
    made = [words.I18N.translations[language][key] for language in words.LANGUAGES]
    assert made == [
        "<b>Your history</b>",
        "<b>Deine Geschichte</b>",
        "<b>Votre historique</b>",
        "<b>Tu historial</b>",
    ]
    assert words.language() == "en"
