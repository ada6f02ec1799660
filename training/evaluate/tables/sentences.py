"""What ten sentences that a person would write find: the first ten works, now and with an earlier catalogue.

    python -m training.evaluate.tables.sentences --out docs/sentences.md

Each sentence is a profile of its own, searched as the app does by default (by taste, with the prior), among
works of the kind it speaks of. `--keep FILE` writes what is found as JSON instead: before.json was written so
by commit cfa1f7e, whose catalogue had films to 2018 and books to 2017, no series and few themes.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from blue.catalog import load_retriever
from blue.datatypes import Profile, Sentence
from blue.retrieval import Retriever

TOP = 10
SENTENCES = {
    "Neo-noir set in Los Angeles": "movie",
    "Quiet films about grief": "movie",
    "Cosy village mysteries": "book",
    "Hard science fiction about first contact": "book",
    "Movies without violence": "movie",
    "Slow-burning Korean thrillers": "movie",
    "Heist films with a clever plan": "movie",
    "Workplace comedy series": "series",
    "Coming-of-age novels set in the American South": "book",
    "Popular science about the brain": "book",
}


def found(retriever: Retriever) -> dict[str, list[str]]:
    """Sentence -> the titles it finds, best first; among all works where the catalogue lacks the kind."""
    return {sentence: _titles(retriever, sentence, kind) for sentence, kind in SENTENCES.items()}


def _titles(retriever: Retriever, sentence: str, kind: str) -> list[str]:
    kinds = [kind] if kind in retriever.catalog.kinds else []
    ranking = retriever.rank(Profile((Sentence(f"{sentence}."),)), top=TOP, kinds=kinds)
    return [
        f"{one.item.title} ({one.item.year})" if one.item.year else one.item.title for one in ranking.items
    ]


def page(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]], embedder: str) -> str:
    """One table a sentence."""
    lines = [
        "# Ten sentences",
        "",
        "Made by `python -m training.evaluate.tables.sentences`: the first ten works that a sentence finds "
        f"on its own, by taste and with the prior, among works of its kind; {embedder}. *Before* is commit "
        "`cfa1f7e`, with its own catalogue and code.",
    ]
    for sentence, kind in SENTENCES.items():
        lines += ["", f"## {sentence}", "", f"| | before | now ({kind}) |", "|---|---|---|"]
        both = zip(before[sentence], now[sentence], strict=True)
        lines += [f"| {rank} | {old} | {new} |" for rank, (old, new) in enumerate(both, start=1)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Rank, and write the page or what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", type=Path, default=Path("results/sentences/before.json"))
    parser.add_argument("--out", type=Path, default=Path("docs/sentences.md"))
    parser.add_argument("--keep", type=Path, help="write what is found as JSON, and no page")
    options = parser.parse_args()
    retriever = load_retriever()
    now = found(retriever)
    if options.keep:
        options.keep.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    before = json.loads(options.before.read_text(encoding="utf-8"))
    options.out.write_text(page(before, now, retriever.encoder.name), encoding="utf-8")
    print(options.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
