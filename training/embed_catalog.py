"""Embed the shipped catalogue, so that a first start of the app need not: about a minute on two cores.

    python -m training.embed_catalog

Reads assets/catalog.parquet and the default preset's embedder; writes assets/catalog-embeddings. Again after
either has changed: a test compares them.
"""

import argparse

from blue.catalog import load_catalog
from blue.encoder import load_encoder
from blue.index import build_index
from blue.presets import DEFAULT_PRESET, get_preset
from blue.shipped_embeddings import write_shipped_embeddings


def main() -> None:
    """Embed and write."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    catalog, encoder = load_catalog(), load_encoder(get_preset(DEFAULT_PRESET).embedder).encoder
    embeddings = build_index(catalog, encoder, lambda what, share: print(f"\r{what}", end="")).embeddings()
    print()
    for path in write_shipped_embeddings(embeddings, catalog, encoder):
        print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
