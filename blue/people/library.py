"""A folder of people that may change while it is looked at: shards are added, people are removed."""

from pathlib import Path
from threading import Lock

from blue.errors import PeopleError
from blue.models import Progress, silent
from blue.people.shards import PENDING, open_folder, signature
from blue.people.store import PeopleStore


class Library:
    """The store of a folder, opened anew when the folder has changed; for many analysts at once."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path).expanduser()
        self.doing = "waiting for the models"  # told to who asks before the index is there
        self.failed = False  # whether there will be none
        self._store: PeopleStore | None = None
        self._seen: tuple = ()
        self._trouble = ""
        self._opening = Lock()

    def check(self) -> None:
        """Raise PeopleError if the folder cannot be used; nothing is built."""
        open_folder(self.path)

    def report(self, what: str, share: float | None = None) -> None:
        """Take in how far the index is."""
        self.doing = what if share is None else f"{what} {share:.0%}"

    def fail(self, why: str) -> None:
        """The folder cannot be shown."""
        self.doing, self.failed = why, True

    @property
    def is_open(self) -> bool:
        """Whether there is something to look at."""
        return self._store is not None

    def store(self, progress: Progress = silent) -> tuple[PeopleStore, str]:
        """The people as they are now, and a remark: why a change of the folder is left out, or "".

        Raises:
            PeopleError: the folder cannot be used, and never could since the start.
        """
        with self._opening:
            seen = signature(self.path)
            if seen != self._seen:
                self._seen = seen
                self._reopen(progress)
            return self._store, self._trouble

    def _reopen(self, progress: Progress) -> None:
        try:
            self._store, self._trouble = PeopleStore.open(self.path, progress), ""
        except PeopleError as error:
            if self._store is None or (self.path / PENDING).exists():  # nobody looks at who is being removed
                self._seen = ()
                raise
            self._trouble = f"The folder has changed, and is shown as it was: {error}"
