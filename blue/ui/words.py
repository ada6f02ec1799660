"""The page's words in four languages, from assets/words.

What stands still is translated in the browser, by Gradio's i18n: labels, placeholders, choices and values,
but only the first marker of a text, and nothing is filled in. So HTML that stands still is made once in every
language (`block`); and what handlers tell (`say`) is made in the language that Gradio takes, too: the first
that the browser asks for, or English.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from zlib import crc32

import gradio as gr
from gradio.context import LocalContext

from blue.shipped import ASSETS

LANGUAGES = ("en", "de", "fr", "es")

_block: ContextVar[str] = ContextVar("language of the block that is being made", default="")


def _flat(words: Mapping, section: str = "") -> Iterator[tuple[str, str]]:
    for name, word in words.items():
        if isinstance(word, str):
            yield section + name, word
        else:
            yield from _flat(word, f"{section}{name}.")


def read(language: str) -> dict[str, str]:
    """The words of a language by key, such as "history.read"."""
    return dict(_flat(tomllib.loads((ASSETS / "words" / f"{language}.toml").read_text("utf-8"))))


WORDS = {language: read(language) for language in LANGUAGES}
I18N = gr.I18n(**{language: dict(words) for language, words in WORDS.items()})


def still(key: str) -> str:
    """A word that the browser translates; KeyError if there is none."""
    return str(I18N(key)) if WORDS["en"][key] else ""


def block(make: Callable[[], str]) -> str:
    """HTML with several words, which never changes; `make` is called once for every language."""
    made = {}
    for language in LANGUAGES:
        token = _block.set(language)
        made[language] = make()
        _block.reset(token)
    key = f"block.{crc32(made['en'].encode()):08x}"
    for language, html in made.items():
        I18N.translations[language][key] = html
    return str(I18N(key))


def hint(key: str, **values: object) -> str:
    """A paragraph that never changes."""
    return block(lambda: f'<p class="hint">{say(key, **values)}</p>')


def language() -> str:
    """The language of who is being served."""
    if made := _block.get():
        return made
    headers = getattr(LocalContext.request.get(None), "headers", None) or {}
    first = headers.get("accept-language", "").split(",")[0].split(";")[0]
    spoken = first.split("-")[0].strip().lower()
    return spoken if spoken in LANGUAGES else "en"


def say(key: str, **values: object) -> str:
    """A word in the language of who is being served, filled in; numbers are written as that language does.

    A key with the forms "one" and "other" takes the one for the number `n`. KeyError: no such word.

    >>> say("writing.reading", n=1), say("writing.reading", n=1200)
    ('Reading 1 title', 'Reading 1,200 titles')
    """
    words = WORDS[language()]
    if key not in words:
        key = f"{key}.{'one' if values['n'] == 1 else 'other'}"
    shown = {name: number(value) if isinstance(value, int) else value for name, value in values.items()}
    return words[key].format(**shown)


def number(value: float, digits: int = 0) -> str:
    """A number as it is written where the language is spoken.

    >>> number(1234.56, 1)
    '1,234.6'
    """
    words = WORDS[language()]
    signs = str.maketrans({",": words["number.thousands"], ".": words["number.decimal"]})
    return f"{value:,.{digits}f}".translate(signs)
