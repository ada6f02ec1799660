"""What handlers ask: one profiler, the inspections and answers over it. Nothing of a visitor is kept."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import RLock
from typing import Any

from blue.answering import Answerer
from blue.datatypes import Interaction, Profile, Ranking
from blue.inspection import Holdout, Inspector, RewardSettings
from blue.profiler import Profiler
from blue.retrieval import decades_in, genres_in, narrowed
from blue.session import Session
from blue.ui import plots
from blue.ui.html import plain_name
from blue.ui.loading import LoadingProfiler
from blue.ui.serving.line import Line

NARROWINGS = 16  # of decades and genres, whose ids are remembered
ALL = "All"  # the filter that lets every kind through


def once_loaded(make: "Callable[[Core], Any]") -> property:
    """What is made once, when the models are there. Who waits for them holds no lock that others need:
    that of functools.cached_property is, in Python 3.11, one for all objects of a class."""
    name = f"_{make.__name__}"

    def get(core: "Core") -> Any:
        if isinstance(core.profiler, LoadingProfiler):
            core.profiler.wait(None)
        with core.making:
            if name not in core.__dict__:
                core.__dict__[name] = make(core)
            return core.__dict__[name]

    return property(get, doc=make.__doc__)


class Core:
    """The profiler (perhaps still loading) with what is built over it at the first use."""

    def __init__(self, profiler: Profiler | LoadingProfiler) -> None:
        self.profiler = profiler
        self.line = Line()  # before the language model; who stops the app closes it
        self.making = RLock()
        self._narrowed = lru_cache(NARROWINGS)(lambda *chosen: narrowed(self.profiler.catalog, *chosen))

    @once_loaded
    def inspector(self) -> Inspector:
        loading = isinstance(self.profiler, LoadingProfiler)
        return Inspector(self.profiler.loaded if loading else self.profiler)

    @once_loaded
    def answerer(self) -> Answerer:
        return Answerer(self.inspector)

    @once_loaded
    def kind_choices(self) -> dict[str, tuple[str, ...]]:
        """The choices of the filter: all kinds, and each kind in the order of the catalogue."""
        kinds = dict.fromkeys(item.kind for item in self.profiler.catalog.items)
        return {ALL: ()} | {kind.capitalize().removesuffix("s") + "s": (kind,) for kind in kinds}

    @once_loaded
    def narrowing_choices(self) -> dict[tuple[str, ...], tuple[tuple[int, ...], tuple[str, ...]]]:
        """Decades and genres to choose from, for each choice of kinds."""
        items = self.profiler.catalog.items
        of_kinds = {
            kinds: [one for one in items if not kinds or one.kind in kinds]
            for kinds in self.kind_choices.values()
        }
        return {kinds: (decades_in(ones), genres_in(ones)) for kinds, ones in of_kinds.items()}

    @once_loaded
    def background(self) -> str:
        """The catalogue's points as a figure (JSON), the same for all visitors."""
        return plots.catalog_background(self.profiler.catalog.items, self.inspector.map())

    def holdout(self, session: Session) -> Holdout | None:
        """What the visitor holds out, or None.

        Raises:
            HistoryError: nothing would be left of the history.
        """
        held = session.settings.held_out
        if held is None:
            return None
        if held.row is not None:
            return self.inspector.hold_out(session.history, row=held.row)
        return self.inspector.hold_out(session.history, title=held.item_id)

    def history(self, session: Session) -> Sequence[Interaction]:
        """The interactions that a profile may be written from: without what is held out."""
        held = self.holdout(session)
        return session.history if held is None else held.history

    def rank(self, session: Session, profile: Profile, top: int) -> Ranking:
        """A profile's ranking as the visitor looks at it: the session's kinds and scoring.

        Raises:
            ProfileError: nothing in the profile can rank.
        """
        settings = session.settings
        return self.profiler.rank(
            profile,
            self.history(session),
            top=top,
            scoring=settings.scoring,
            kinds=settings.kinds,
            within=self.within(session),
            prior=settings.prior,
        )

    def within(self, session: Session) -> tuple[str, ...]:
        """Ids of what is ranked alone: a wish list's titles, of the chosen decades and genres; () means all.

        Raises:
            CatalogError: nothing is left.
        """
        settings = session.settings
        return self._narrowed(settings.within, settings.decades, settings.genres)

    def find_titles(self, words: str) -> list[tuple[str, str]]:
        """Labels and ids of the titles that fit what a visitor has typed so far."""
        return [(f"{plain_name(item)} · {item.kind}", item.item_id) for item in self.inspector.search(words)]

    @staticmethod
    def reward_settings(session: Session) -> RewardSettings:
        """The negatives and the scoring that the session names."""
        settings = session.settings
        return RewardSettings(settings.negatives, settings.seed, settings.scoring, settings.prior)
