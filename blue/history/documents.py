"""A decoded source in the shapes an importer reads: plain lines, or the records of a table, JSON or XML."""

from dataclasses import dataclass
from functools import cached_property

from blue.history.headerless import read_headerless
from blue.history.json_records import read_json
from blue.history.records import Records
from blue.history.tables import read_table
from blue.history.xml_records import read_xml

# What follows this line is plain lines, whatever its first title looks like.
LINES_HEADING = "# title (year) | stars | date"


@dataclass(frozen=True)
class Document:
    """Clean text and the name of its file; the shapes are worked out when an importer first asks."""

    text: str
    filename: str = ""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Physical lines without their ends."""
        return tuple(self.text.split("\n"))

    @cached_property
    def records(self) -> Records | None:
        """The records of JSON, XML or a table; None if the text is none of these, HistoryError if broken."""
        if self.text.startswith(LINES_HEADING):
            return None
        return (
            read_json(self.text)
            or read_xml(self.text)
            or read_table(self.lines)
            or read_headerless(self.lines)
        )

    def has(self, *headers: str) -> bool:
        """Whether this is a table or JSON records with all these folded headers."""
        return self.records is not None and self.records.has(*headers)
