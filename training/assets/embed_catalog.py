"""Embed the shipped catalogue, so that a first start of the app need not: about a minute on two cores.

    python -m training.assets.embed_catalog

Reads assets/catalog.parquet and the default preset's embedder; writes assets/catalog-embeddings. Again after
either has changed: a test compares them.
"""

from blue.item_text import item_text
from blue.items import load_catalog
from blue.models import DEFAULT_PRESET, get_preset
from blue.retrieval import load_encoder, write_shipped_embeddings
from training.runs import parser_of


def main() -> None:
    """Embed and write."""
    parser_of(__doc__).parse_args()
    catalog, encoder = load_catalog(), load_encoder(get_preset(DEFAULT_PRESET).embedder).encoder
    embeddings = encoder.encode_base([item_text(item) for item in catalog.items])
    for path in write_shipped_embeddings(embeddings, catalog, encoder):
        print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
