"""The shipped catalogue's embeddings: a first start reads them instead of encoding every item.

They are rows of the base, before the projection of an embedder that has one (`blue.retrieval.projection`):
that is applied when they are read, so that they outlive every embedder with the same base.

A folder holds `part-NNNNN-of-NNNNN.safetensors`, each with rows of "embeddings" (float16: half the size, the
same cosine similarities to about three decimals) and what they were made from. No part is larger than git
on the Hub takes as an ordinary file.

    python -m training.assets.embed_catalog    # make them again, after a text or the embedder has changed
"""

import logging
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from blue.datatypes import TextEncoder
from blue.errors import CatalogError
from blue.item_text import ITEM_TEXT_VERSION
from blue.items import Catalog
from blue.retrieval.encoder import SentenceEncoder
from blue.retrieval.similarity import normalise
from blue.shipped import ASSETS

SHIPPED_EMBEDDINGS = ASSETS / "catalog-embeddings"
_ROWS = "embeddings"
_MOST_BYTES = 9_000_000  # a part; the Hub refuses ordinary files above 10 MB
_log = logging.getLogger(__name__)


def shipped_embeddings(
    catalog: Catalog, encoder: TextEncoder, folder: Path = SHIPPED_EMBEDDINGS
) -> np.ndarray | None:
    """(I, D) float32 unit rows in the catalogue's order; None unless they are of this catalogue and base."""
    paths = sorted(folder.glob("*.safetensors"))
    try:
        parts = [_read(path, _made_from(catalog, encoder)) for path in paths]
    except (SafetensorError, OSError, CatalogError) as error:
        _log.warning("The shipped embeddings cannot be used, so the catalogue is encoded: %s", error)
        return None
    if not parts or any(part is None for part in parts):
        return None
    rows = np.concatenate(parts)
    if rows.shape != (len(catalog.items), encoder.dimension):
        _log.warning("The shipped embeddings are not whole, so the catalogue is encoded.")
        return None
    rows = normalise(rows)
    return encoder.project(rows) if isinstance(encoder, SentenceEncoder) else rows


def write_shipped_embeddings(
    embeddings: np.ndarray, catalog: Catalog, encoder: TextEncoder, folder: Path = SHIPPED_EMBEDDINGS
) -> list[Path]:
    """(I, D) unit rows of the base -> the parts, in the order of the catalogue; older parts go."""
    rows = embeddings.astype(np.float16)
    parts = np.array_split(rows, -(-rows.nbytes // _MOST_BYTES))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    written = []
    for number, part in enumerate(parts, start=1):
        path = folder / f"part-{number:05}-of-{len(parts):05}.safetensors"
        save_file({_ROWS: np.ascontiguousarray(part)}, path, _made_from(catalog, encoder))
        written.append(path)
    return written


def _made_from(catalog: Catalog, encoder: TextEncoder) -> dict[str, str]:
    return {
        "text_digest": catalog.text_digest,
        "item_text_version": str(ITEM_TEXT_VERSION),
        "encoder": encoder.base if isinstance(encoder, SentenceEncoder) else encoder.name,
    }


def _read(path: Path, made_from: dict[str, str]) -> np.ndarray | None:
    """One part's rows as float32; None where it is of another catalogue or embedder."""
    with safe_open(path, framework="numpy") as file:
        if file.metadata() != made_from:
            return None
        rows = file.get_tensor(_ROWS).astype(np.float32)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise CatalogError(f"{path} does not hold rows of finite numbers")
    return rows
