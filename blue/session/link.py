"""A profile and its settings as the fragment of an address: what stands after # is never sent to a server.

The same file that is exported without history and versions, compressed. Whoever opens the address hands the
fragment in, and it is held to everything that an opened file is.
"""

import base64
import binascii
import zlib

from blue.errors import SessionError
from blue.session.versions import MAX_EXPORT_BYTES, Session, export_session, import_session

_NO_LINK = "This link holds no profile, or only a part of it. Copy it whole, or ask for a file."


def to_fragment(session: Session, *, with_history: bool = False) -> str:
    """The profile on the screen and the settings; neither history nor what is held out of it unless asked.

    Raises:
        SessionError: there is no profile yet.
    """
    content = export_session(session, with_history=with_history, with_versions=False)
    return base64.urlsafe_b64encode(zlib.compress(content.encode(), 9)).rstrip(b"=").decode()


def from_fragment(fragment: str) -> Session:
    """The session of a link.

    Raises:
        SessionError: it is no such link, it is cut, or a value is out of its range.
    """
    try:
        packed = base64.b64decode(fragment + "=" * (-len(fragment) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, MAX_EXPORT_BYTES)
        text = content.decode()
    except (binascii.Error, ValueError, zlib.error) as error:
        raise SessionError(_NO_LINK) from error
    if not unpacking.eof:
        raise SessionError(_NO_LINK)
    return import_session(text)
