"""Visitors who come back: a tab that is reloaded, slept, or was restored after its browser had closed.

A tab makes up a secret and keeps it in its sessionStorage, which outlives a reload and a restart of the
browser but not the tab. Here the session lies under that secret, in memory alone, for hours; clearing it, or
not coming back, forgets it.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from blue.session import Session

KEPT = 1_000  # sessions
# A secret for this tab; none where the browser keeps nothing (then a reload starts anew, as ever).
SECRET = """() => { try {
  const kept = sessionStorage.getItem('blue-tab');
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  sessionStorage.setItem('blue-tab', made);
  return made;
} catch { return ''; } }"""

_SECRET = re.compile(r"[0-9a-f]{32}")


class Returning:
    """Sessions by the secrets of their tabs; thread-safe."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, tuple[Session, float]] = OrderedDict()

    def keep(self, secret: str, session: Session) -> None:
        """The tab's session as it is now; an empty one is forgotten, and so is what lay here too long."""
        if not _SECRET.fullmatch(secret or ""):
            return
        with self._lock:
            self._sessions.pop(secret, None)
            if session.interactions or session.versions:
                self._sessions[secret] = session, self._clock()
            old = [one for one, (_, at) in self._sessions.items() if self._clock() - at > self._seconds]
            for one in old:
                del self._sessions[one]
            while len(self._sessions) > KEPT:
                self._sessions.popitem(last=False)

    def back(self, secret: str) -> Session | None:
        """What a tab had, if it is not too long ago."""
        with self._lock:
            session, at = self._sessions.get(secret or "", (None, 0.0))
            return session if session is not None and self._clock() - at <= self._seconds else None
