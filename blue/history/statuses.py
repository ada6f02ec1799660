"""What a shelf or a status says of a row: engaged with, begun, given up, only wished for.

The words are those of the services' own exports, folded to letters: "Plan to Watch" is "plantowatch".
"""

import re
from enum import Enum
from functools import lru_cache

from blue.history.columns import fold_header


class Standing(Enum):
    """How its owner stands to the title of a row."""

    DONE = "finished"
    BEGUN = "begun"  # or waved aside: history only with a mark, a reading date or some progress
    GIVEN_UP = "given up"  # history, and a weak dislike where no mark says more
    WISHED = "wished"
    UNKNOWN = "unknown"


_WORDS = {
    Standing.DONE: """
        read, alreadyread, finished, completed, complete, watched, rewatch, rewatched, rewatching, seen, done,
        reread, rereading, repeating, owned, yourlibrary, library, returned, borrowed, readbutunowned,
        favorites, scrobble, checkin, watch,
        beaten, played, 2, gelesen, gesehen, lu, vu, leido, visto, letto, lido, przeczytane, obejrzane,
        termine, terminee, terminado, abgeschlossen
    """,
    Standing.BEGUN: """
        currentlyreading, reading, watching, inprogress, current, started, paused, onhold, hold, playing,
        notinteresting, notinterested, ignored, hidden, blocked,
        ongoing, currentlywatching, currentlyplaying, listening, readingnow, 1, lese, aktuell,
        encours, viendo, leyendo
    """,
    Standing.GIVEN_UP: """
        didnotfinish, dnf, dropped, abandoned, stoppedreading, stoppedwatching, stopped, unfinished, gaveup,
        quit, disliked, abgebrochen, abandonne, abandonado, couldnotfinish, neverfinished, notfinished
    """,
    Standing.WISHED: """
        toread, wanttoread, wanttowatch, wanttoplay, wanttosee, wanttolistento, planned, planning,
        plantowatch,
        plantoread, plantoplay, plan, wishlist, wish, wishlisted, watchlist, readlist, towatch,
        watchlisted, tosee, toplay,
        tbr, backlog, following, follow, followed, unread, notstarted, unstarted, unplayed, unwatched,
        notread, placedonhold, holdplaced, interested, queue, queued, next, someday, tobuy, preordered,
        chcezobaczyc, chceprzeczytac, merkliste, wunschliste, geplant,
        envie, avoir, alire, pendiente, porver, porleer, daleggere, davedere, pileofshame, 0
    """,
}
_STANDINGS = {
    "".join(word.split()).casefold(): standing
    for standing, words in _WORDS.items()
    for word in words.split(",")
}
_WISH_BEGINS = re.compile(
    r"(?:to|wantto|planto|must)(?:read|watch|see|play|buy|listen)|(?:un)?follow|userseries"
)
_WISH_FILE = re.compile(
    r"watch[\W_]?list|wish[\W_]?list|my[\W_]?list\b|to[\W_]?read|want[\W_]?to|plan[\W_]?to|to[\W_]?watch|back[\W_]?log",
    re.IGNORECASE,
)
_YES = frozenset({"true", "yes", "y", "1", "x", "ja", "oui", "si", "sim", "✓", "✔", "tak"})
_NO = frozenset({"false", "no", "n", "0", "nein", "non", "nao", "nie"})


@lru_cache(maxsize=4096)
def standing_of(words: tuple[str, ...]) -> Standing:
    """The standing of a row by its statuses or shelves, the strongest wish first; UNKNOWN if none says."""
    found = {_standing(word) for cell in words for word in cell.split(",")}
    for standing in (Standing.GIVEN_UP, Standing.WISHED, Standing.BEGUN, Standing.DONE):
        if standing in found and not (standing is Standing.WISHED and Standing.DONE in found):
            return standing
    return Standing.UNKNOWN


def _standing(word: str) -> Standing:
    folded = fold_header(word).replace(" ", "")
    if _WISH_BEGINS.match(folded):
        return Standing.WISHED
    return _STANDINGS.get(folded, Standing.UNKNOWN)


def is_wish_list_name(filename: str) -> bool:
    """Whether a file's name says that it holds wishes: "watchlist.csv", "lists-watchlist.json"."""
    return _WISH_FILE.search(filename) is not None


def as_switch(cell: object) -> bool | None:
    """True, "yes", "1" -> True; "no" -> False; anything else says neither."""
    if isinstance(cell, bool):
        return cell
    word = str(cell).strip().casefold() if cell is not None else ""
    return True if word in _YES else False if word in _NO else None
