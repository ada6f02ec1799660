"""A service's export: the headers that only it writes, and where they depart from their usual meaning."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from blue.history.columns import CROWD, MEANINGS, RATING, fold_header
from blue.history.documents import Document
from blue.history.entries import Importer, Reading
from blue.history.generic import read_records
from blue.history.objects import flattened
from blue.history.records import Record
from blue.history.source_columns import SourceColumns, Usage


@dataclass(frozen=True)
class Service:
    """`header` is the first line of the export (of JSON, a record's keys) as it is publicly known.

    `told_by`: any of these sets of folded headers tells that a file is the service's.
    """

    name: str
    label: str
    told_by: tuple[tuple[str, ...], ...]
    header: str
    source: str
    usage: Usage = field(default_factory=Usage)
    newest_first: bool = False
    adapt: Callable[[Record], Record] | None = None

    def importer(self) -> Importer:
        """As the list of importers wants it."""
        return Importer(self.name, self.label, self._recognises, self._read, self._columns(), self.source)

    def _recognises(self, document: Document) -> bool:
        return document.records is not None and any(
            document.records.has(*headers) for headers in self.told_by
        )

    def _read(self, document: Document) -> Reading:
        records = document.records
        if self.adapt:
            records = replace(records, records=tuple(map(self.adapt, map(flattened, records.records))))
        reading = read_records(records, self.usage, document.filename)
        return replace(reading, newest_first=self.newest_first)

    def _columns(self) -> str:
        """The columns by what they are read for: "title: Name; own mark (of 10): Your Rating"."""
        written = {fold_header(name.rpartition(".")[2]): name.strip() for name in self.header.split(",")}
        source = SourceColumns((Record(1, "", dict.fromkeys(written, "")),), self.usage)
        scale = f" (of {self.usage.scale:g})" if self.usage.scale else ""
        return "; ".join(
            f"{meaning}{scale if role == RATING else ''}: {', '.join(map(written.get, columns))}"
            for role, meaning in MEANINGS.items()
            if role != CROWD and (columns := source.columns(role))
        )
