"""What ten sentences that a person would write find: the first ten works, now and with an earlier catalogue.

    python -m training.evaluate.tables.sentences --out docs/sentences.md

Each sentence is a profile of its own, searched as the app does by default (by taste, with the prior), among
works of the kind it speaks of. fits.json names the works that plainly are what a sentence asks for, as a
reader judged of both lists; what is found later and was not read is not marked. `--keep FILE` writes what is
found as JSON instead: before.json was written so by commit cfa1f7e, whose catalogue had films to 2018 and
books to 2017, no series and few themes.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from blue.catalog import load_retriever
from blue.datatypes import Profile, Sentence
from blue.retrieval import Retriever
from training.runs import parser_of

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
        f"{ranked.item.title} ({ranked.item.year})" if ranked.item.year else ranked.item.title
        for ranked in ranking.items
    ]


def page(
    before: Mapping[str, Sequence[str]],
    now: Mapping[str, Sequence[str]],
    fits: Mapping[str, Collection[str]],
    embedder: str,
) -> str:
    """How many fit, then one table a sentence."""
    rows = [
        f"| {sentence} | {fitting(before[sentence], fit)} | {fitting(now[sentence], fit)} |"
        for sentence, fit in fits.items()
    ]
    old, new = (
        sum(fitting(found[sentence], fits[sentence]) for sentence in SENTENCES) for found in (before, now)
    )
    lines = [
        "# Ten sentences",
        "",
        "Made by `python -m training.evaluate.tables.sentences`: the first ten works that a sentence finds "
        f"on its own, by taste and with the prior, among works of its kind; {embedder}. *Before* is commit "
        "`cfa1f7e`, with its own catalogue and code. ✓ marks what plainly is what was asked for, as a reader "
        "judged (`results/sentences/fits.json`); a doubtful work has none, nor has one that nobody read.",
        "",
        "| of ten, plainly fitting | before | now |",
        "|---|---|---|",
        *rows,
        f"| together, of {10 * len(SENTENCES)} | {old} | {new} |",
    ]
    for sentence, kind in SENTENCES.items():
        lines += ["", f"## {sentence}", "", f"| | before | now ({kind}) |", "|---|---|---|"]
        both = zip(before[sentence], now[sentence], strict=True)
        lines += [
            f"| {rank} | {_marked(first, fits[sentence])} | {_marked(second, fits[sentence])} |"
            for rank, (first, second) in enumerate(both, start=1)
        ]
    return "\n".join(lines) + "\n"


def fitting(titles: Sequence[str], fits: Collection[str]) -> int:
    """How many of the titles plainly fit."""
    return sum(title in fits for title in titles)


def _marked(title: str, fits: Collection[str]) -> str:
    return f"{title} ✓" if title in fits else title


def main() -> None:
    """Rank, and write the page or what was found."""
    parser = parser_of(__doc__)
    parser.add_argument("--kept", type=Path, default=Path("results/sentences"))
    parser.add_argument("--out", type=Path, default=Path("docs/sentences.md"))
    parser.add_argument("--keep", type=Path, help="write what is found as JSON, and no page")
    options = parser.parse_args()
    retriever = load_retriever()
    now = found(retriever)
    if options.keep:
        options.keep.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    before, fits = (
        json.loads((options.kept / name).read_text("utf-8")) for name in ("before.json", "fits.json")
    )
    options.out.write_text(page(before, now, fits, retriever.encoder.name), encoding="utf-8")
    print(options.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
