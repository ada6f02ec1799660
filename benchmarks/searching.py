"""The nearest items of one query: the structure that the size chooses, beside FAISS flat."""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.machine import limits
from benchmarks.material import grown, sentences
from benchmarks.measuring import Line, Report, faster, side_by_side, timed
from blue.catalog import load_retriever
from blue.retrieval import Clusters, Exact, structure_for

SIZES = (10_000, 100_000, 1_000_000)
QUERIES = 60
ROUNDS = 3
TOP = 10


def measure() -> Report:
    """Time of a query, recall, memory and build time at each size."""
    import faiss

    retriever = load_retriever()
    rows = retriever.index.embeddings()
    held, kept = np.arange(len(rows)) % 400 == 7, np.arange(len(rows)) % 400 != 7
    queries = np.concatenate((retriever.encoder.encode_queries(sentences()[: QUERIES // 2]), rows[held]))[
        :QUERIES
    ]
    lines, notes = [], [f"{QUERIES} queries: sentences, and items that were left out of the catalogue."]
    for size in SIZES:
        items, source = grown(rows[kept], size)
        flat = faiss.IndexFlatIP(items.shape[1])
        flat.add(items)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.npy"
            np.save(path, items)
            mapped = np.load(path, mmap_mode="r")  # as the app reads them
            built: list[Exact | Clusters] = []
            seconds, _ = timed(lambda mapped=mapped, built=built: built.append(structure_for(mapped)))
            lines += _compared(size, built[0], flat, queries, seconds)
        notes.append(f"{size:,}: {source}; {_kind(built[0])}.")
    read = 4 * 384 * SIZES[-1] / limits().gigabytes / 1e6
    notes.append(
        f"A comparison with 1,000,000 float32 rows reads 1.5 GB: at least {read:.0f} ms at this machine's "
        f"{limits().gigabytes:.1f} GB/s."
    )
    return Report(tuple(lines), tuple(notes))


def _compared(
    size: int, chosen: Exact | Clusters, flat: object, queries: np.ndarray, seconds: float
) -> list[Line]:
    def each(search) -> np.ndarray:
        return np.concatenate([search(query[None]) for query in queries])

    found = side_by_side(
        {
            "flat": lambda _: each(lambda query: flat.search(query, TOP)[1]),
            "chosen": lambda _: each(lambda query: chosen.search(query, TOP, None)[1]),
        },
        rounds=ROUNDS,
    )
    right = flat.search(queries, TOP)[1]
    got = chosen.search(queries, TOP, None)[1]
    recall = float(np.mean([len(set(a) & set(b)) / TOP for a, b in zip(got, right, strict=True)]))
    milliseconds = {name: 1e3 * timing.median / len(queries) for name, timing in found.items()}
    largest = size == SIZES[-1]
    share = memory(chosen) / (4 * 384 * size)
    return [
        Line(
            f"{size:,} items: one query",
            f"{milliseconds['chosen']:.2f} ms",
            f"FAISS flat: {milliseconds['flat']:.2f} ms",
            *faster(found["flat"], found["chosen"]),
            "≤ 1 ms" if largest else "",
            milliseconds["chosen"] <= 1 if largest else None,
        ),
        Line(f"{size:,} items: recall@10", f"{recall:.3f}", goal="≥ .99", reached=recall >= 0.99),
        Line(
            f"{size:,} items: memory of the structure",
            f"{share:.0%} of float32; built in {seconds:.1f} s",
            goal="≤ 30 %" if largest else "",
            reached=share <= 0.3 if largest else None,
        ),
    ]


def memory(chosen: Exact | Clusters) -> int:
    """Bytes of a structure, as faiss writes it; the rows that it scores again from stay on the disk."""
    import faiss

    return faiss.serialize_index(chosen._flat if isinstance(chosen, Exact) else chosen._index).nbytes


def _kind(chosen: Exact | Clusters) -> str:
    return "every item compared" if isinstance(chosen, Exact) else f"{chosen.clusters:,} clusters of codes"
