"""XML -> records: each element that holds a title is a row; its children and its attributes are the cells.

`defusedxml` refuses entities and external references, so a document can neither grow nor reach out.
"""

import re
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import sax
from defusedxml.common import DefusedXmlException

from blue.errors import HistoryError
from blue.history.columns import SHOW, TITLE, fold_header, role_of
from blue.history.records import MAX_ROWS, Record, Records, too_many_rows

_MARKUP = re.compile(
    r"\s*<(?:\?xml\s|!DOCTYPE\s|!--|html[\s>]|[a-z][\w:.-]*(?:\s[^<>]*)?>\s*<)", re.IGNORECASE
)
_WEB_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!DOCTYPE\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
_ENCODING = re.compile(r"""\A(\s*<\?xml\b[^>]*?)\sencoding\s*=\s*(?:"[^">]*"|'[^'>]*')""", re.IGNORECASE)
_CLIPS = re.compile(r"youtube\.com/watch|youtu\.be/", re.IGNORECASE)
_DEEPEST = 60
_PEOPLE_AND_PARTS = frozenset(  # have names, too
    {"actor", "author", "director", "creator", "artist", "user", "set", "channel", "image", "studio",
     "genre", "tag"}
)  # fmt: skip


def read_xml(text: str) -> Records | None:
    """The records of an XML document; None if it is none, HistoryError for a web page or a broken one."""
    if not _MARKUP.match(text):
        return None
    if _WEB_PAGE.match(text):
        raise HistoryError(_about_a_web_page(text))
    rows = _Rows()
    try:
        # the encoding that it declares is the file's, which has been read: here it may be wrong or unknown
        sax.parseString(_ENCODING.sub(r"\1", text).encode(), rows)
    except DefusedXmlException:
        raise HistoryError(
            "This XML defines entities or a document type, which no export needs. Export it again."
        ) from None
    except SAXException as error:
        if not text.lstrip().startswith("<?xml"):
            return None  # a title with markup in it
        raise HistoryError(
            f"The XML cannot be read: {error.getMessage()[:150]}. Export it again, or paste plain lines."
        ) from None
    if not rows.records and not text.lstrip().startswith("<?xml"):
        return None
    records = sorted(rows.records, key=lambda record: record.line)
    headers = dict.fromkeys(header for record in records[:100] for header in record.fields)
    return Records("xml", tuple(records), headers=tuple(headers))


def _about_a_web_page(text: str) -> str:
    if _CLIPS.search(text):
        return (
            "This is a web page of video clips (YouTube), which no film or book matches. Bring what you "
            "watched as films and series, e.g. from Letterboxd, Trakt or Netflix."
        )
    return (
        "This is a web page (HTML), not an export. Export your data as CSV or JSON where the site "
        "offers it, or paste one title a line."
    )


class _Element:
    """An open element: where it begins, the text in it, and the cells that its children filled."""

    def __init__(self, tag: str, line: int, cells: dict[str, str]) -> None:
        self.tag, self.line, self.cells = tag, line, cells
        self.text: list[str] = []
        self.children: list[str] = []


class _Rows(ContentHandler):
    """Collects the rows while the document is read."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Record] = []
        self._open: list[_Element] = []

    def startElement(self, name, attrs) -> None:
        """An element begins."""
        if len(self._open) >= _DEEPEST:
            raise HistoryError("The XML is nested too deeply for an export. Export it again.")
        own = (pair for pair in attrs.items() if pair[0] != "name")  # <rating name="imdb">
        cells = {fold_header(key): value for key, value in own}
        tag = fold_header(name.rpartition(":")[2])
        self._open.append(_Element(tag, self._locator.getLineNumber(), cells))

    def characters(self, content: str) -> None:
        """Text of the innermost element."""
        self._open[-1].text.append(content)

    def endElement(self, name) -> None:
        """An element ends: a cell of its parent, or a row."""
        done = self._open.pop()
        parent = self._open[-1] if self._open else None
        text = "".join(done.text).strip()
        if parent is not None:
            parent.children.append(done.tag)
        if parent is not None and not done.children and text:
            parent.cells.setdefault(done.tag, text)
        elif _is_titled(done.cells) and parent is not None and done.tag not in _PEOPLE_AND_PARTS:
            if len(self.records) >= MAX_ROWS:
                raise too_many_rows()
            shown = "; ".join(f"{key}: {cell}" for key, cell in list(done.cells.items())[:8])
            self.records.append(Record(done.line, shown, {"type": done.tag, **done.cells}))
        elif parent is not None and len(set(done.children)) == 1 and done.cells:
            parent.cells.setdefault(done.tag, ", ".join(done.cells.values()))  # <authors><author>


def _is_titled(cells: dict[str, str]) -> bool:
    return any(role_of(header) in (TITLE, SHOW) for header, cell in cells.items() if cell)
