"""Example profiles of a published profiler, written by it from histories that nobody owns."""

import json
from pathlib import Path

from blue.catalog import load_catalog
from blue.datatypes import SamplingSettings, TextGenerator
from blue.history import TitleMatcher, match_history, parse_history
from blue.prompts import most_recent, one_pass

FILE = "examples.json"
HISTORIES = (  # ours: nobody's real history
    "Alien (1979) | 5\nBlade Runner (1982) | 5\nMoon (2009) | 4\nArrival (2016) | 4.5\nGrease (1978) | 1",
    "Heat (1995) | 5\nRonin (1998) | 4\nThe Sting (1973) | 4\nThe Godfather (1972) | 5\nCats (1998) | 1.5",
    "Pride and Prejudice | 5\nJane Eyre | 4.5\nEmma | 4\nThe Hunger Games | 2",
)


def write_examples(generator: TextGenerator, settings: SamplingSettings, path: Path) -> list[dict]:
    """Write and return [{"history", "profile"}]: the same prompts, so the same texts, as in the app."""
    catalog = load_catalog()
    matcher = TitleMatcher(catalog.items)
    examples = []
    for history in HISTORIES:
        known = match_history(parse_history(history), matcher).interactions
        conversation = one_pass(most_recent(known, catalog.by_id, generator.count_tokens), catalog.by_id)
        profile = "".join(generator.stream(conversation.messages, settings, prefill=conversation.opening))
        examples.append({"history": history, "profile": profile})
    path.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return examples
