"""What every command shares: reading its input, options, progress on standard error, JSON."""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blue.datatypes import DEFAULT_PRIOR, MOST_PRIOR
from blue.errors import CatalogError, HistoryError, SessionError, WeightsError

if TYPE_CHECKING:
    from blue.datatypes import Interaction, ParsedHistory
    from blue.models import Preset
    from blue.profiler import Profiler
    from blue.retrieval import Retriever


def parsed_history(file: str) -> "ParsedHistory":
    """A history from a file, or from standard input where it is "-"; HistoryError if it cannot be read."""
    from blue.history import parse_history

    return parse_history(*_read(file))


def wishes_of(file: str) -> "tuple[Interaction, ...]":
    """The titles of a wish list, to rank within; HistoryError if it cannot be read."""
    from blue.history import parse_wishes

    return parse_wishes(*_read(file))


def _read(file: str) -> tuple[bytes, str | None]:
    """A file's bytes and name, or standard input's; no more than tells that it is too large."""
    from blue.history import MAX_BYTES

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
    """The folder of a catalogue that was named; None for the shipped one. Says if a kept copy stands in."""
    if name is None:
        return None
    from blue.hub import open_catalog

    opened = open_catalog(name, progress)
    _warn(opened.outage)
    return opened.folder


@dataclass(frozen=True)
class ChosenModels:
    """The models of a command: a preset or path with its adapter, or a published profiler."""

    model: "str | Preset"
    adapter: Path | None = None
    published: str | None = None

    def opened(self, progress: "Progress") -> "ChosenModels":
        """A published profiler's own models, once it is here and checked; else the same."""
        if self.published is None:
            return self
        from blue.hub import open_profiler

        found = open_profiler(self.published, progress)
        _warn(found.outage)
        return ChosenModels(found.preset, found.adapter)


def chosen_models(chosen: argparse.Namespace) -> ChosenModels:
    """What `--model` or `--profiler` say; where neither is given, the environment, as for the app.

    Raises:
        WeightsError: the environment names a published profiler beside a model or an adapter.
    """
    from blue.models import DEFAULT_PRESET

    if chosen.profiler or chosen.model:
        return ChosenModels(chosen.model or DEFAULT_PRESET, published=chosen.profiler)
    model, adapter, published = (
        os.environ.get(name) or None for name in ("BLUE_MODEL", "BLUE_ADAPTER", "BLUE_PROFILER")
    )
    if published and (model or adapter):
        raise WeightsError(
            f"BLUE_PROFILER is {published}, with its own model: unset BLUE_MODEL and BLUE_ADAPTER, or it."
        )
    return ChosenModels(model or DEFAULT_PRESET, Path(adapter) if adapter else None, published)


def loaded_profiler(chosen: argparse.Namespace, progress: "Progress") -> "Profiler":
    """The profiler and catalogue that a command names, loaded."""
    from blue.profiler import load_profiler

    models = chosen_models(chosen)
    profiler = load_profiler(
        models.model, adapter=models.adapter, published=models.published, catalog=chosen.catalog,
        progress=progress,
    )  # fmt: skip
    for outage in profiler.outages:
        _warn(outage)
    return profiler


def loaded_retriever(chosen: argparse.Namespace, progress: "Progress") -> "tuple[Retriever, ChosenModels]":
    """The embedder and catalogue that a command names, loaded, and the models that belong to them.

    The language model among them is not loaded.
    """
    from blue.catalog import load_retriever

    models = chosen_models(chosen).opened(progress)
    path = catalog_path(chosen.catalog, progress)
    return load_retriever(models.model, catalog_path=path, progress=progress), models


def _warn(outage: str | None) -> None:
    """A kept copy stands in for what cannot be reached: results may be older than what is published."""
    if outage:
        print(f"warning: {' '.join(outage.split())}", file=sys.stderr)


def positive(text: str) -> int:
    """A number of items, 1 or more, as argparse reads it."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of items; write 1 or more")
    return int(text)


def add_scoring(command: argparse.ArgumentParser) -> None:
    """How items are scored: `--scoring` and `--prior`."""
    command.add_argument(
        "--scoring",
        choices=("facets", "single"),
        default="facets",
        help="by its sentences, or by the whole profile as one text (default: facets)",
    )
    command.add_argument(
        "--prior",
        type=_prior,
        default=DEFAULT_PRIOR,
        metavar="WEIGHT",
        help="how much being well known counts, from 0, not at all, to 1; below 0, down to -1, the little "
        f"known come first (default: {DEFAULT_PRIOR:g})",
    )


def _prior(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = float("nan")
    if not abs(weight) <= MOST_PRIOR:
        raise argparse.ArgumentTypeError(f"'{text}' is not a weight; write a number from -1 to 1, e.g. 0.1")
    return weight


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
    """The options of commands that load models."""
    from blue.models import DEFAULT_PRESET, PRESETS

    options = argparse.ArgumentParser(add_help=False)
    which = options.add_mutually_exclusive_group()
    which.add_argument(
        "--model",
        help=f"{', '.join(PRESETS)}, or the path of a model (BLUE_MODEL; default: {DEFAULT_PRESET})",
    )
    which.add_argument(
        "--profiler",
        metavar="NAME[@REVISION]|DIR",
        help="a profiler on the Hub, or a folder of training.publish.push_to_hub --out (BLUE_PROFILER)",
    )
    return options


def catalog_option() -> argparse.ArgumentParser:
    """The option of commands that need items."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--catalog",
        metavar="NAME[@REVISION]|DIR",
        default=os.environ.get("BLUE_CATALOG") or None,
        help="a catalogue on the Hub, or a folder of `catalog build` (BLUE_CATALOG; default: movies, books)",
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
    """Says what is going on, on standard error: a line that changes in a terminal, lines with --verbose.

    Lines come `every` so many seconds at most, but for one that says that an earlier run goes on.
    """

    def __init__(self, verbose: bool, every: float = 0.0) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = verbose or self._terminal
        self._last, self._every, self._said = "", every, -math.inf

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def __call__(self, message: str, fraction: float | None = None) -> None:
        text = message if fraction is None else f"{message} ({fraction:.0%})"
        if not self._shown or text == self._last:
            return
        now = time.monotonic()
        if not self._terminal and now - self._said < self._every and not message.startswith("Going on"):
            return
        self._last, self._said = text, now
        shown = f"\r{text}\033[K" if self._terminal else f"{text}\n"
        print(shown, end="", file=sys.stderr, flush=True)
