"""A text or an export file -> interactions: `parse_history`, and back to plain lines: `write_history`."""

from blue.history.parsing import FORMATS, parse_history

__all__ = ["FORMATS", "parse_history"]
