"""What every command shares: reading its input, options, progress on standard error, JSON."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from blue.errors import CatalogError, HistoryError, SessionError

if TYPE_CHECKING:
    from blue.datatypes import ParsedHistory


def parsed_history(file: str) -> "ParsedHistory":
    """A history from a file, or from standard input where it is "-"; HistoryError if it cannot be read."""
    from blue.history import parse_history

    return parse_history(*_read(file))


def _read(file: str) -> tuple[bytes, str | None]:
    """A file's bytes and name, or standard input's; no more than tells that it is too large."""
    from blue.history.decoding import MAX_BYTES

    if file == "-":
        if sys.stdin.isatty():
            print("Type or paste a history, one title a line, then press Ctrl-D.", file=sys.stderr)
        return sys.stdin.buffer.read(MAX_BYTES + 1), None
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1), Path(file).name
    except OSError as error:
        raise HistoryError(
            f"Cannot read {file}: {error.strerror}. Give the path of a file, or - for standard input."
        ) from error


def session_text(file: str) -> str:
    """The text of an exported session; SessionError if the file cannot be read or is no text."""
    from blue.session import MAX_EXPORT_BYTES

    try:
        with Path(file).open("rb") as opened:
            return opened.read(4 * MAX_EXPORT_BYTES).decode("utf-8")  # characters are counted later
    except OSError as error:
        raise SessionError(f"Cannot read {file}: {error.strerror}. Give the file you exported.") from error
    except UnicodeDecodeError as error:
        raise SessionError(
            f"{file} is not a session file: it is not text. Choose the file you exported."
        ) from error


def catalog_path(name: str | None, progress: "Progress") -> Path | None:
    """The folder of a catalogue that was named; None for the shipped one."""
    if name is None:
        return None
    from blue.hub import open_catalog

    return open_catalog(name, progress).folder


def positive(text: str) -> int:
    """A number of items, 1 or more, as argparse reads it."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of items; write 1 or more")
    return int(text)


def kinds_of(domain: str, known: Sequence[str]) -> tuple[str, ...]:
    """The kinds that `--domain` means: none of them (all), one of a catalogue's, also in the plural."""
    word = " ".join(domain.casefold().split())
    if word == "all":
        return ()
    if kind := next((kind for kind in known if word in (kind, f"{kind}s")), None):
        return (kind,)
    raise CatalogError(f"'{domain}' is no domain; choose {', '.join(known)} or all.")


def as_json(record: dict) -> str:
    """A record as readable JSON; a number that is none is a bug."""
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)


def common_options() -> argparse.ArgumentParser:
    """Options of every command."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--json", action="store_true", help="print JSON instead of text")
    options.add_argument(
        "-v", "--verbose", action="store_true", help="say on standard error what is going on"
    )
    return options


def model_option() -> argparse.ArgumentParser:
    """The option of commands that load models."""
    from blue.presets import DEFAULT_PRESET, PRESETS

    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--model",
        default=DEFAULT_PRESET,
        help=f"{', '.join(PRESETS)}, or the path of a model (default: {DEFAULT_PRESET})",
    )
    return options


def catalog_option() -> argparse.ArgumentParser:
    """The option of commands that need items."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--catalog",
        metavar="DIR",
        help="a folder of `catalog build`, or a catalogue's name on the Hub (default: movies and books)",
    )
    return options


def add_command(
    commands, name: str, command: Callable[[argparse.Namespace], str], parents: Sequence, summary: str
) -> argparse.ArgumentParser:
    """A command whose function takes the chosen options and returns what is printed."""
    added = commands.add_parser(name, parents=parents, help=summary, description=f"{summary.capitalize()}.")
    added.set_defaults(command=command)
    return added


class Progress:
    """Says what is going on, on standard error: a line that changes in a terminal, lines with --verbose."""

    def __init__(self, verbose: bool) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = verbose or self._terminal
        self._last = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def __call__(self, message: str, fraction: float | None = None) -> None:
        text = message if fraction is None else f"{message} ({fraction:.0%})"
        if not self._shown or text == self._last:
            return
        self._last = text
        shown = f"\r{text}\033[K" if self._terminal else f"{text}\n"
        print(shown, end="", file=sys.stderr, flush=True)
