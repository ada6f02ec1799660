"""Coverage-guided fuzzing of the way of a history: read, match, prompt.

python -m tests.hostile.atheris_histories -runs=20000 CORPUS_FOLDER     (flags are libFuzzer's)

Ranking is left to hypothesis: it takes a history's item ids alone. Prints what was read and refused so far as
JSON, a line every `REPORT_EVERY` inputs: libFuzzer ends the process without Python's own way out.
"""

import json
import sys

import atheris

with atheris.instrument_imports(include=["blue"]):
    from blue.errors import BlueError
    from blue.history import parse_history
    from blue.profile.prompts import one_pass

from blue.history.matching import TitleMatcher, match_history
from blue.items import load_catalog
from tests.hostile.fuzzing import EXPORTS

REPORT_EVERY = 100
counts = {"read": 0, "refused": 0}


def main() -> None:
    """Hand the walk to libFuzzer."""
    catalog = load_catalog()
    matcher = TitleMatcher(catalog.items)

    def walk(data: bytes) -> None:
        try:
            parsed = match_history(parse_history(data), matcher)
            one_pass(parsed.interactions[-50:], catalog.by_id)
            counts["read"] += 1
        except BlueError:
            counts["refused"] += 1
        if sum(counts.values()) % REPORT_EVERY == 0:
            print(json.dumps(counts), flush=True)

    for content in EXPORTS:
        walk(content)
    atheris.Setup([sys.argv[0], *sys.argv[1:]], walk)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
