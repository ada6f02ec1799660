"""200 attacks, one a line of attacks.jsonl: what a visitor may put into a title, a profile, a file.

{"id", "kind", "place": title | review | profile | question | filename | file | session, "text", ...}
A "file" may be its text `repeat` times, or `base64`; a "session" holds what is `set` in an exported one, by
dotted path. Scripts count in `window.__owned`, so that a browser can tell whether one ran.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Attack:
    """One of them."""

    id: str
    kind: str
    place: str
    text: str = ""
    name: str = ""
    repeat: int = 1
    base64: str = ""
    set: dict[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> str | bytes:
        """What is pasted or uploaded."""
        return base64.b64decode(self.base64) if self.base64 else self.text * self.repeat


ATTACKS = tuple(
    Attack(**json.loads(line))
    for line in Path(__file__).with_name("attacks.jsonl").read_text(encoding="utf-8").splitlines()
)


def attacks(*places: str) -> list[Attack]:
    """Those on any of these places."""
    return [attack for attack in ATTACKS if attack.place in places]
