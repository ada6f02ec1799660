"""What was pasted or uploaded -> clean text: size limit, file signatures, encoding, control characters."""

from blue.control_characters import CONTROL_CHARACTERS, strip_control_characters
from blue.errors import HistoryError

MAX_BYTES = 5 * 1024 * 1024
MAX_LINES = 500_000  # 20,000 rows of 25 lines each; more are blank lines by the million

_UNZIP = (
    "Unzip it and choose the file inside, e.g. ratings.csv (Letterboxd) or ViewingActivity.csv (Netflix)."
)
SAVE_AS_CSV = "Open it in your spreadsheet program, save it as CSV, and choose that file."
_NOT_TEXT = "Choose a text, CSV or JSON file with one title a line."
_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive", _UNZIP),
    (b"PK\x05\x06", "an empty zip archive", _UNZIP),
    (b"\x1f\x8b", "a gzip archive", _UNZIP),
    (b"BZh", "a bzip2 archive", _UNZIP),
    (b"\xfd7zXZ\x00", "an xz archive", _UNZIP),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNZIP),
    (b"Rar!\x1a\x07", "a RAR archive", _UNZIP),
    (b"\x89PNG", "an image", _NOT_TEXT),
    (b"\xff\xd8\xff", "an image", _NOT_TEXT),
    (b"GIF8", "an image", _NOT_TEXT),
    (b"%PDF-", "a PDF", _NOT_TEXT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file", SAVE_AS_CSV),
    (b"SQLite format 3\x00", "a database", _NOT_TEXT),
    (b"PAR1", "a Parquet file", _NOT_TEXT),
)
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decode(source: str | bytes) -> str:
    """Text with `\\n` line ends and without unwanted characters; HistoryError if it is not text at all."""
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    check_size(size)
    text = source if isinstance(source, str) else decode_bytes(source)
    text = strip_control_characters(text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.count("\n") > MAX_LINES:
        raise HistoryError(f"The history has more than {MAX_LINES:,} lines. Remove the blank ones.")
    if not text.strip():
        raise HistoryError("The history is empty. Write one title a line, e.g. 'Dune | 5'.")
    return text


def check_size(size: int) -> None:
    """HistoryError above the limit of bytes."""
    if size > MAX_BYTES:
        raise HistoryError(
            f"The history has {size / 2**20:.1f} MB; at most 5 MB can be read. Keep its most recent part."
        )


def decode_bytes(source: bytes) -> str:
    """The characters of a text in whatever encoding; HistoryError, naming what it is, if it is no text."""
    for signature, what, advice in _SIGNATURES:
        if source.startswith(signature):
            if what == "a zip archive" and b"xl/" in source:
                what, advice = "an Excel file", SAVE_AS_CSV
            raise HistoryError(f"This is {what}, not text. {advice}")
    text = _first_that_decodes(source)
    control = len(CONTROL_CHARACTERS.findall(text.replace("\r", "")))
    if control > max(8, 0.02 * len(text)):
        raise HistoryError(f"This is a binary file, not text. {_NOT_TEXT}")
    return text


def _first_that_decodes(source: bytes) -> str:
    for encoding in (*_announced_encodings(source), "utf-8", "cp1252"):
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    return source.decode("latin-1")  # every byte is a character: this one cannot fail


def _announced_encodings(source: bytes) -> list[str]:
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if source.startswith(mark)][:1]
    if marked or b"\x00" not in source:
        return marked
    head = source[:1000]
    odd_zeros, even_zeros = head[1::2].count(0), head[::2].count(0)  # Latin text in UTF-16: every other is 0
    if odd_zeros > 0.4 * len(head) / 2 and even_zeros == 0:
        return ["utf-16-le"]
    if even_zeros > 0.4 * len(head) / 2 and odd_zeros == 0:
        return ["utf-16-be"]
    return []
