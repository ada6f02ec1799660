"""An exported session -> the same ranking again, on the command line or elsewhere."""

from dataclasses import dataclass

from blue.datatypes import Ranking
from blue.profiler import Profiler
from blue.session import Session


@dataclass(frozen=True)
class Replay:
    """A session replayed; `differences` says in words which models or catalogue differ, empty if none."""

    session: Session
    ranking: Ranking
    differences: tuple[str, ...]


def replay(session: Session, profiler: Profiler) -> Replay:
    """Rank the version on the screen again with the session's own settings.

    Raises:
        SessionError: the session holds no profile.
    """
    raise NotImplementedError


def ranking_csv(ranking: Ranking, profile_sentences: tuple[str, ...]) -> str:
    """A ranking as CSV (rank, title, year, kind, similarity, sentence); spreadsheet formulas neutralised."""
    raise NotImplementedError
