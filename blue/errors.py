"""The one family of errors that a person may cause and can mend.

Everything here carries a message written for the reader of the app or of the command line: where,
what is wrong, what to do instead. Any other exception is a bug and stays loud.
"""

from typing import Any


class BlueError(Exception):
    """Root of every error that BLUE raises on purpose; `str(error)` is shown to the user as it is."""


class HistoryError(BlueError):
    """The history as a whole cannot be read (empty, binary, too large, no row with a title)."""


class WishListError(HistoryError):
    """The source is a wish list as a whole; `wish_list` holds its titles, to rank within."""

    def __init__(self, message: str, wish_list: tuple[Any, ...] = ()) -> None:
        super().__init__(message)
        self.wish_list = wish_list  # of `blue.datatypes.Interaction`, which this floor does not know


class ProfileError(BlueError):
    """The profile cannot be used (empty, far too long, every sentence switched off)."""


class CatalogError(BlueError):
    """The catalogue or its index cannot be used (missing columns, unknown kind, wrong hash)."""


class WeightsError(BlueError):
    """Model files cannot be had: unknown preset, unreachable source, gated model, wrong hash."""


class ManifestError(WeightsError):
    """The manifest of something published is missing, unknown, too old or incomplete."""


class FilesError(WeightsError):
    """A file of something published is not what its manifest says, or of a kind that is never loaded."""


class GenerationError(BlueError):
    """The generation engine cannot do what was asked (prompt too long, engine failed)."""


class SessionError(BlueError):
    """A version or a session file cannot be used (gone, damaged, not ours)."""


class AnsweringError(BlueError):
    """A question cannot be answered (nothing asked, too long, too few options)."""


class PeopleError(BlueError):
    """A folder of many people's profiles cannot be used (truncated, foreign, of another model)."""
