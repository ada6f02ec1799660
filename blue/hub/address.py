"""How a repository of the Hub is written: `owner/name`, and a branch, tag or commit after `@`."""

import re
from dataclasses import dataclass
from typing import Literal

from blue.errors import WeightsError

Kind = Literal["model", "dataset"]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True)
class Address:
    """`owner/name`, and the branch, tag or commit after `@` if one was given."""

    repo_id: str
    revision: str | None = None
    kind: Kind = "model"

    @property
    def is_pinned(self) -> bool:
        """Whether it names one commit for ever."""
        return bool(self.revision and _COMMIT.fullmatch(self.revision))

    def __str__(self) -> str:
        return f"{self.repo_id}@{self.revision}" if self.revision else self.repo_id


def parse_address(text: str, kind: Kind = "model") -> Address:
    """`owner/name[@revision]`; raises WeightsError if it is nothing of the kind."""
    repo_id, at, revision = text.partition("@")
    if not _NAME.fullmatch(repo_id) or ".." in text or (at and not revision) or re.search(r"\s", text):
        raise WeightsError(
            f"'{text}' is neither a folder that exists nor a repository. Write owner/name, or "
            "owner/name@revision with a branch, a tag or a commit."
        )
    return Address(repo_id, revision or None, kind)
