"""Two linear maps behind a sentence-transformers model: one for queries, one for items.

The model's folder ends with a Router of one Dense a route and a Normalize (`training.encoder.saving` writes
it), so that plain `SentenceTransformer(folder)` gives the same rows. Here the maps are applied to rows that
the base made: items are encoded once, whatever maps come after, and only projected anew.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from blue.errors import WeightsError
from blue.retrieval.similarity import normalise

BASE = ("Transformer", "Pooling", "Normalize")  # the modules before the maps
PROJECTED = (*BASE, "Router", "Normalize")
_ROUTES = {"query": "query_0_Dense", "document": "document_0_Dense"}


@dataclass(frozen=True)
class Projection:
    """The maps, (D, D) each, applied from the right: row @ map, then scaled to length 1."""

    query: np.ndarray
    item: np.ndarray

    def queries(self, rows: np.ndarray) -> np.ndarray:
        """(Q, D) unit rows of the base -> (Q, D) unit rows."""
        return normalise(rows @ self.query)

    def items(self, rows: np.ndarray) -> np.ndarray:
        """(I, D) unit rows of the base -> (I, D) unit rows."""
        return normalise(rows @ self.item)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of both maps."""
        return hashlib.sha256(self.query.tobytes() + self.item.tobytes()).hexdigest()


def module_kinds(folder: Path) -> tuple[str, ...]:
    """The modules that a sentence-transformers folder names, in their order."""
    listed = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    return tuple(module["type"].rpartition(".")[2] for module in listed)


def read_projection(folder: Path) -> Projection | None:
    """The maps of a model's folder; None where it has none.

    Raises:
        WeightsError: it routes queries and items otherwise than by one linear map each.
    """
    kinds = module_kinds(folder)
    if "Router" not in kinds:
        return None
    router = folder / f"{kinds.index('Router')}_Router"
    if kinds != PROJECTED or not all(_is_linear(router / name) for name in _ROUTES.values()):
        raise WeightsError(
            f"{folder} routes queries and items in a way that is not known. Give a folder that "
            "python -m training.encoder.train_maps wrote, or an embedder without a Router."
        )
    query, item = (_weight(router / name) for name in _ROUTES.values())
    return Projection(query, item)


def _is_linear(dense: Path) -> bool:
    """Whether a module is a map and no more: without bias, activation or residual."""
    path = dense / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    plain = config.get("activation_function", "").endswith("Identity") and not config.get("bias", True)
    return plain and not config.get("use_residual", False)


def _weight(dense: Path) -> np.ndarray:
    """torch keeps a map as (out, in) and multiplies from the left."""
    weight = load_file(dense / "model.safetensors")["linear.weight"].astype(np.float32)
    if weight.ndim != 2 or not np.isfinite(weight).all():
        raise WeightsError(f"{dense} does not hold a map of finite numbers.")
    return np.ascontiguousarray(weight.T)
