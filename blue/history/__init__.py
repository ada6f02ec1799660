"""A text or an export file -> interactions: `parse_history`; to the catalogue's items: `match_history`;
and back to plain lines: `write_history`."""

from blue.history.matching import TitleMatcher, match_history
from blue.history.parsing import FORMATS, parse_history
from blue.history.writing import write_history

__all__ = ["FORMATS", "TitleMatcher", "match_history", "parse_history", "write_history"]
