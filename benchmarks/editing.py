"""One sentence of five is edited and the list ranked again, beside encoding all and scoring all in NumPy."""

from dataclasses import replace

import numpy as np

from benchmarks.material import edits, grown
from benchmarks.measuring import Line, Report, faster, percentile, side_by_side
from blue.catalog import load_retriever
from blue.datatypes import DEFAULT_PRIOR, Profile
from blue.items import Catalog
from blue.retrieval import ItemIndex, Query, Retriever, baselines_of, best_first, score

SIZES = ((None, 50.0), (1_000_000, 60.0))  # items (None: the shipped catalogue), goal in ms
EDITS, EDITS_OF_MANY = 30, 10
TOP = 20


def measure() -> Report:
    """Median and 95th percentile, and whether the list is that of the full comparison."""
    from sentence_transformers import SentenceTransformer

    from blue.models import MINILM, resolve

    shipped = load_retriever()
    plain = SentenceTransformer(str(resolve(MINILM).path), local_files_only=True)
    lines: list[Line] = []
    for size, goal in SIZES:
        retriever = shipped if size is None else enlarged(shipped, size)
        lines += _lines(retriever, plain, EDITS if size is None else EDITS_OF_MANY, goal)
    return Report(
        tuple(lines),
        (
            "Sentences that did not change are not encoded again: BLUE Studio keeps their embeddings.",
            "1,000,000 items: the shipped catalogue, grown between neighbours (see the search).",
        ),
    )


def enlarged(shipped: Retriever, size: int) -> Retriever:
    """The shipped catalogue grown to so many items, with its index."""
    rows, _ = grown(shipped.index.embeddings(), size)
    items = shipped.catalog.items
    more = tuple(
        item if number < len(items) else replace(item, item_id=f"{item.item_id}~{number}")
        for number, item in ((number, items[number % len(items)]) for number in range(size))
    )
    index = ItemIndex(rows, catalog_digest="grown", encoder_name=shipped.encoder.name)
    return replace(shipped, catalog=Catalog(more), index=index)


def _lines(retriever: Retriever, plain: object, count: int, goal: float) -> list[Line]:
    profiles, rows = list(edits(count + 1)), retriever.index.embeddings()
    prior = DEFAULT_PRIOR * retriever.log_popularity
    retriever.rank(profiles[-1], top=TOP)  # the four old sentences are known, as they are when somebody edits
    found = side_by_side(
        {
            "numpy": lambda n: rank_all(plain, rows, profiles[n], prior),
            "ours": lambda n: retriever.rank(profiles[n], top=TOP),
        },
        rounds=count,
    )
    same = []
    for profile in profiles[: min(count, 10)]:
        ours = [
            retriever.catalog.position_of[item.item.item_id]
            for item in retriever.rank(profile, top=TOP).items
        ]
        same.append(len(set(ours) & set(rank_all(plain, rows, profile, prior))) / TOP)
    middle = 1e3 * found["ours"].median
    name = f"{len(retriever.catalog):,} items"
    return [
        Line(
            f"{name}: median (95th percentile)",
            f"{middle:.0f} ms ({1e3 * percentile(found['ours'].wall, 0.95):.0f} ms)",
            f"sentence-transformers and NumPy: {1e3 * found['numpy'].median:.0f} ms",
            *faster(found["numpy"], found["ours"]),
            f"≤ {goal:g} ms",
            middle <= goal,
        ),
        Line(f"{name}: processor time of one", f"{1e3 * found['ours'].cpu_median:.0f} ms"),
        Line(
            f"{name}: top {TOP} as by the full comparison",
            f"{np.mean(same):.3f}",
            goal="≥ .99",
            reached=bool(np.mean(same) >= 0.99),
        ),
    ]


def rank_all(plain: object, rows: np.ndarray, profile: Profile, prior: np.ndarray) -> list[int]:
    """Encode every sentence, score every item by the app's formula: the positions of the best."""
    query = Query.of(profile)
    asked = plain.encode_query(list(query.texts), normalize_embeddings=True, show_progress_bar=False)
    cosines = asked @ rows.T
    scores = score(query, cosines, baselines_of(cosines), prior).total
    return best_first(scores, np.arange(len(rows)), TOP).tolist()
