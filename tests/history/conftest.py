from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from blue.datatypes import ParsedHistory
from blue.history import parse_history

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 1, 1)


@pytest.fixture
def read_fixture() -> Callable[[str], ParsedHistory]:
    """Parse a file of the fixtures as an upload, on the first of January 2026."""

    def read(name: str) -> ParsedHistory:
        return parse_history((FIXTURES / name).read_bytes(), name, now=NOW)

    return read
