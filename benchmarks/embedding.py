"""Item texts -> embeddings: the app's encoder beside sentence-transformers with its defaults."""

from collections.abc import Mapping

import numpy as np

from benchmarks.machine import limits
from benchmarks.material import texts
from benchmarks.measuring import Line, Report, Timing, at_least, faster, side_by_side
from blue.items import load_catalog
from blue.models import DEFAULT_PRESET, get_preset, resolve
from blue.retrieval import OpenVinoBert, SentenceEncoder

ITEMS = 20_000
MEASURED = 800  # texts a round; their time is scaled to ITEMS
COMPARED = 3_000  # texts whose nearest neighbours are compared
GOAL = 4.0


def measure() -> Report:
    """Time, and whether the rows and their neighbours are the same."""
    from sentence_transformers import SentenceTransformer

    source = get_preset(DEFAULT_PRESET).embedder
    folder = resolve(source).path
    catalog = load_catalog()
    some = texts(catalog, MEASURED)
    plain = SentenceTransformer(str(folder), local_files_only=True)
    ours = SentenceEncoder(folder, name=source.name, on_openvino=True)

    def encode_plainly(many: list[str]) -> np.ndarray:
        return plain.encode(many, normalize_embeddings=True, show_progress_bar=False)

    found = side_by_side(
        {"plain": lambda _: encode_plainly(some), "ours": lambda _: ours.encode_items(some)}, rounds=3
    )
    one = side_by_side(
        {
            "plain": lambda n: encode_plainly([f"Quiet stories about nuns, {n}."]),
            "ours": lambda n: ours.encode_queries([f"Quiet stories about nuns, {n}."]),
        },
        rounds=15,
    )
    rows, expected = (encode(texts(catalog, COMPARED)) for encode in (ours.encode_items, encode_plainly))
    cosine = float((rows * expected).sum(axis=1).mean())
    overlap = neighbours_shared(rows, expected)
    return Report(
        (
            *_speeds(found, one),
            Line("mean cosine to its rows", f"{cosine:.5f}", goal="≥ .999", reached=cosine >= 0.999),
            Line(
                "share of the ten nearest that are the same",
                f"{overlap:.4f}",
                goal="≥ .99",
                reached=overlap >= 0.99,
            ),
        ),
        (
            _limit(plain, some, found["ours"].median, ours),
            f"Measured on {MEASURED} texts, scaled to {ITEMS:,}.",
        ),
    )


def _speeds(many: Mapping[str, Timing], one: Mapping[str, Timing]) -> tuple[Line, Line]:
    """MEASURED texts, and one: "ours" beside "plain"."""
    scale, ratio = ITEMS / MEASURED, faster(many["plain"], many["ours"])
    return (
        Line(
            f"{ITEMS:,} item texts",
            f"{many['ours'].median * scale:.0f} s ({MEASURED / many['ours'].median:.0f} texts/s)",
            f"sentence-transformers, float32: {many['plain'].median * scale:.0f} s",
            *ratio,
            f"≥ {GOAL:g} ×",
            at_least(ratio, GOAL),
        ),
        Line(
            "one sentence never seen before",
            f"{1e3 * one['ours'].median:.1f} ms",
            f"sentence-transformers, float32: {1e3 * one['plain'].median:.1f} ms",
            *faster(one["plain"], one["ours"]),
        ),
    )


def neighbours_shared(rows: np.ndarray, expected: np.ndarray, count: int = 10) -> float:
    """Two embeddings (I, D) of the same texts -> the share of the nearest texts they agree on, in [0, 1]."""
    nearest = []
    for one in (rows, expected):
        similarities = one @ one.T
        np.fill_diagonal(similarities, -1)
        nearest.append(np.argpartition(-similarities, count, axis=1)[:, :count])
    return float(np.mean([len(set(a) & set(b)) / count for a, b in zip(*nearest, strict=True)]))


def _limit(plain: object, some: list[str], seconds: float, ours: SentenceEncoder) -> str:
    """How much of the machine's arithmetic is used."""
    tokens = sum(map(len, plain.tokenizer(some)["input_ids"]))
    layers = plain[0].auto_model.encoder
    weights = sum(parameter.numel() for parameter in layers.parameters())
    needed = 2 * weights * tokens / 1e9
    engine = "OpenVINO" if isinstance(ours._model, OpenVinoBert) else "PyTorch"
    used, most = needed / seconds, limits().gflops
    return (
        f"{tokens / len(some):.0f} tokens a text, {needed / len(some):.2f} GFLOP: on {engine} {used:.0f} "
        f"GFLOP/s of the {most:.0f} that float32 products reach here. So float32 alone cannot be more than "
        f"{most / used:.1f} times faster than this; more needs instructions for bfloat16 (used where the "
        "processor has them) or 8-bit weights, whose neighbours differ."
    )
