"""An exported session -> the same ranking again; and a ranking as a table for other programs.

A ranking depends on profile, settings, history, embedder and catalogue alone, so that no language model is
needed to repeat it. Where something is not what the session was made with, the replay says what.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from blue.datatypes import Interaction, Ranking
from blue.errors import SessionError
from blue.inspection import Models, hold_out_item, hold_out_row, models_of
from blue.models import LoadedProfiler
from blue.retrieval import Retriever, narrowed
from blue.session.versions import Session, Version

CSV_COLUMNS = ("rank", "title", "year", "kind", "similarity", "sentence", "item_id")
_BEGINS_A_FORMULA = tuple("=+-@|\t\r\n＝＋－＠｜")  # some programs take the full-width ones for the plain


@dataclass(frozen=True)
class Replay:
    """A session replayed; `differences` says in words what is not as it was, empty if nothing."""

    session: Session
    version: Version  # the one that was on the screen
    ranking: Ranking
    models: Models  # of this replay
    differences: tuple[str, ...]


def replay(session: Session, retriever: Retriever, made_with: Models | None, about: LoadedProfiler) -> Replay:
    """Rank the version on the screen again, with the session's own settings.

    Args:
        made_with: the models that the session names; None where it names none (the first format).
        about: the profiler that would be loaded here.

    Raises:
        SessionError: the session holds no profile, or holds out what this catalogue lacks.
        CatalogError: the session ranks what this catalogue lacks.
    """
    if session.current is None:
        raise SessionError("There is no profile in this session. Write one first, then export it.")
    settings = session.settings
    ranking = retriever.rank(
        session.current.profile,
        _history(session, retriever),
        top=settings.top,
        scoring=settings.scoring,
        kinds=settings.kinds,
        within=narrowed(retriever.catalog, settings.within, settings.decades, settings.genres),
        prior=settings.prior,
    )
    models = models_of(about, retriever)
    return Replay(session, session.current, ranking, models, _differences(session, made_with, models))


def _history(session: Session, retriever: Retriever) -> Sequence[Interaction]:
    """The history that is kept out of the ranking: without what is held out, as on the page."""
    held_out, history = session.settings.held_out, session.history
    if held_out is None or not history:
        return history
    if held_out.row is not None:
        return hold_out_row(history, held_out.row, retriever.catalog).history
    if held_out.item_id not in retriever.catalog.by_id:
        raise SessionError(
            f"This session holds out {held_out.item_id}, which this catalogue does not have. "
            "Give the catalogue it was made with as --catalog."
        )
    return hold_out_item(history, retriever.catalog.by_id[held_out.item_id]).history


def _differences(session: Session, made_with: Models | None, here: Models) -> tuple[str, ...]:
    told = []
    if not session.history:
        told.append("The file holds no history, so items of it may be in the ranking.")
    if made_with is None:
        told.append("The file does not say which models it was made with, so the ranking may differ.")
        return tuple(told)
    if made_with.embedder != here.embedder:
        told.append(
            f"Made with the embedder {made_with.embedder}, replayed with {here.embedder}: "
            "the ranking may differ."
        )
    if made_with.catalog_digest != here.catalog_digest:
        told.append(
            f"Made over another catalogue ({made_with.catalog_digest[:12]}, here "
            f"{here.catalog_digest[:12]}): the ranking may differ."
        )
    if _profiler_of(made_with) != _profiler_of(here):
        told.append(
            f"The profile was written with {_named(made_with)}, here is {_named(here)}: the same ranking, "
            "but a new profile would be another."
        )
    return tuple(told)


def _profiler_of(models: Models) -> tuple:
    return models.profiler, models.profiler_digest, models.adapter_digest


def _named(models: Models) -> str:
    digest = f" {models.profiler_digest[:12]}" if models.profiler_digest else ""
    adapter = f" with adapter {models.adapter_digest[:12]}" if models.adapter_digest else ""
    return f"{models.profiler}{digest}{adapter}"


def ranking_csv(ranking: Ranking, profile_sentences: Sequence[str]) -> str:
    """A ranking as CSV, in the columns of `CSV_COLUMNS`.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(CSV_COLUMNS)
    for entry in ranking.items:
        sentence = "" if entry.sentence is None else profile_sentences[entry.sentence]
        writer.writerow(
            (
                entry.rank,
                _harmless(entry.item.title),
                entry.item.year or "",
                _harmless(entry.item.kind),
                f"{entry.similarity:.4f}",
                _harmless(sentence),
                _harmless(entry.item.item_id),
            )
        )
    return table.getvalue()


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> _harmless("=HYPERLINK(1)"), _harmless("9 to 5")
    ("'=HYPERLINK(1)", '9 to 5')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text
