"""A catalogue on a circle: embeddings of two dimensions, so that similarities can be worked out by hand."""

from dataclasses import dataclass, field

import numpy as np

from blue.datatypes import Item
from blue.items import Catalog
from blue.retrieval.index import ItemIndex
from blue.retrieval.retriever import Retriever


def at(degrees: float) -> np.ndarray:
    """A unit vector: 0 is east, 90 north."""
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], dtype=np.float32)


@dataclass(frozen=True)
class CompassEncoder:
    """Texts name their direction: "40 degrees." lies at 40; several lines lie at the mean of theirs."""

    name: str = "compass"
    dimension: int = 2
    asked: list[str] = field(default_factory=list)

    def encode_queries(self, texts):
        self.asked.extend(texts)
        rows = [sum(at(float(line.split()[0])) for line in text.splitlines()) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32).reshape(-1, 2)

    encode_items = encode_queries


DIRECTIONS = (0, 30, 60, 90, 180, 270)


def compass() -> Retriever:
    """Movies "Way 0", "Way 30" ... in their directions."""
    items = tuple(
        Item(str(n), f"Way {degrees}", "movie", 2000, genres=(f"{degrees} degrees",), popularity=1.0)
        for n, degrees in enumerate(DIRECTIONS)
    )
    vectors = np.stack([at(degrees) for degrees in DIRECTIONS])
    return Retriever(
        Catalog(items), CompassEncoder(), ItemIndex(vectors, catalog_digest="", encoder_name="compass")
    )
