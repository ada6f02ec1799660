"""Example profiles of a published profiler, written by it from histories that nobody owns."""

import json
from pathlib import Path

from blue.datatypes import SamplingSettings, TextGenerator
from blue.history import TitleMatcher, match_history, parse_history
from blue.items import load_catalog
from blue.profile import ONE_SENTENCE, Grouper, Rarity, TasteWriter, shipped_support, shipped_weights
from training.data import NO_VECTORS

FILE = "examples.json"
HISTORIES = (  # ours: nobody's real history
    "Alien (1979) | 5\nBlade Runner (1982) | 5\nMoon (2009) | 4\nArrival (2016) | 4.5\nGrease (1978) | 1",
    "Heat (1995) | 5\nRonin (1998) | 4\nThe Sting (1973) | 4\nThe Godfather (1972) | 5\nCats (1998) | 1.5",
    "Pride and Prejudice | 5\nJane Eyre | 4.5\nEmma | 4\nThe Hunger Games | 2",
)


def profile_of(generator: TextGenerator, history: str, settings: SamplingSettings = ONE_SENTENCE) -> str:
    """What a trained profiler writes of a history: taste by taste, as in the app over the shipped catalogue.

    Which lines make a taste is told by their words alone, so that no embedder is needed.
    """
    catalog = load_catalog()
    known = match_history(parse_history(history), TitleMatcher(catalog.items)).interactions
    tastes = Grouper(Rarity(catalog.items), NO_VECTORS, shipped_weights())(known, catalog.by_id)
    writer = TasteWriter(generator, shipped_support(), settings)
    return "\n".join(sentence.text for sentence in writer.write(tastes, known, catalog.by_id))


def write_examples(generator: TextGenerator, settings: SamplingSettings, path: Path) -> list[dict]:
    """Write and return [{"history", "profile"}] of the made-up histories."""
    examples = [
        {"history": history, "profile": profile_of(generator, history, settings)} for history in HISTORIES
    ]
    path.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return examples
