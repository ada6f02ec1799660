"""Characters that nobody sees and that do harm: control characters, reordering, halves of characters."""

import re

# Control characters but tab and newline, bidirectional overrides (a title must not reorder the page around
# it; plain right-to-left text needs none), lone surrogates, and the non-characters Unicode reserves for
# use inside a program.
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


def strip_control_characters(text: str) -> str:
    """Without them; tabs and newlines stay.

    >>> strip_control_characters("He\\x00at \\u202ejpg.exe")
    'Heat jpg.exe'
    """
    return CONTROL_CHARACTERS.sub("", text)
