"""Build `assets/negative_profiles.json`: profiles of other people, for the app's item->profile reward.

    python -m training.assets.build_negative_profiles --movielens ml-latest-small

In training the other profiles of a batch stand here; a single visitor has no batch, so a fixed one ships. The
rules write it from the last films of MovieLens train users (none of those behind the example histories) and
from synthetic readers of books, 24 of each.
"""

import argparse
import json
from pathlib import Path

from blue.inspection import NEGATIVE_PROFILES
from blue.items import load_catalog
from blue.profile import MAX_SENTENCES, Grouper, Rarity, rule_profile, shipped_weights
from training.assets.build_examples import LETTERBOXD, SOURCES
from training.data import NO_VECTORS, movielens, synthetic_readers, users_of

EACH = 24
HISTORY = 25  # last interactions that a profile is written from
LEAST = 3  # sentences


def negative_profiles(dataset, grouper: Grouper, excluded: set[str]) -> list[str]:
    """The first `EACH` full profiles of the train users of a data set."""
    texts: dict[str, None] = {}
    for user in users_of(dataset, "train"):
        if user in excluded:
            continue
        profile = rule_profile(dataset.histories[user][-HISTORY:], dataset.items, grouper)
        if LEAST <= len(profile.sentences) <= MAX_SENTENCES:
            texts[profile.text] = None
        if len(texts) == EACH:
            break
    return list(texts)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movielens", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=NEGATIVE_PROFILES)
    arguments = parser.parse_args()
    catalog = load_catalog()
    grouper = Grouper(Rarity(catalog.items), NO_VECTORS, shipped_weights())
    examples = {f"ml:{source.user_id}" for source in (*SOURCES, LETTERBOXD)}
    written = {
        "movie": negative_profiles(movielens("movies", arguments.movielens), grouper, examples),
        "book": negative_profiles(synthetic_readers(catalog, 60), grouper, set()),
    }
    arguments.out.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
