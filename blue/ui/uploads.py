"""What a visitor uploads: read, and at once forgotten."""

from pathlib import Path

from blue.errors import SessionError
from blue.session import MAX_EXPORT_BYTES


def take(path: str) -> bytes:
    """The content of an upload, whose file is deleted: nothing that a visitor brings is kept."""
    uploaded = Path(path)
    try:
        return uploaded.read_bytes()
    finally:
        uploaded.unlink(missing_ok=True)


def session_text(content: bytes) -> str:
    """An uploaded session as text.

    Raises:
        SessionError: it is too large, or no text at all.
    """
    if len(content) > MAX_EXPORT_BYTES:
        raise SessionError(f"This file is larger than {MAX_EXPORT_BYTES // 1_000_000} MB; a session is not.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise SessionError(
            "This is not a session file: it is not text. Choose the file you exported."
        ) from error
