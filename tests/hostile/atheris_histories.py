"""Coverage-guided fuzzing of the way of a history: read, match, prompt.

python -m tests.hostile.atheris_histories -runs=20000 CORPUS_FOLDER     (flags are libFuzzer's)

Ranking is left to hypothesis: it takes a history's item ids alone. Prints what was read and refused as JSON.
"""

import atexit
import json
import sys

import atheris

with atheris.instrument_imports(include=["blue"]):
    from blue.errors import BlueError
    from blue.history import parse_history
    from blue.prompts import one_pass

from blue.catalog import load_catalog
from blue.history.matching import TitleMatcher, match_history
from tests.hostile.fuzzing import EXPORTS

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

    for content in EXPORTS:
        walk(content)
    atexit.register(lambda: print(json.dumps(counts), flush=True))
    atheris.Setup([sys.argv[0], *sys.argv[1:]], walk)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
