r"""Publish a catalogue with its index as a dataset repository, in one commit.

    python -m blue catalog build items.csv --out catalog/
    python -m training.publish.push_catalog catalog/ --repo owner/name
    python app.py --catalog owner/name

Everything is checked first as the app checks it on loading: hashes, counts, dimension.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import DatasetCard, DatasetCardData

from blue.catalog import FILES, MANIFEST, CatalogManifest, load_catalog_folder
from blue.errors import BlueError
from training.publish.push_to_hub import report
from training.publish.upload import full_name, push_files

TEMPLATE = Path(__file__).parent / "dataset_card_template.md"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
LICENCES = {"cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "mit", "apache-2.0", "odbl"}  # identifiers of the Hub


def make_card(made: CatalogManifest, repository: str, licence: str | None) -> DatasetCard:
    """The card of a catalogue: what it holds, which embedder it belongs to, where the items come from."""
    stated = made.licence.lower().replace(" ", "-")
    metadata = DatasetCardData(
        license=licence or (stated if stated in LICENCES else "other"),
        size_categories=next((name for most, name in SIZES if made.items < most), "1M<n<10M"),
        tags=["blue", "recommendation", "catalogue"],
        pretty_name=made.name,
        configs=[{"config_name": "default", "data_files": "items.parquet"}],
    )
    return DatasetCard.from_template(
        metadata,
        template_path=str(TEMPLATE),
        name=made.name,
        repository=repository,
        items=f"{made.items:,}",
        kinds=", ".join(f"{count:,} {kind}" for kind, count in made.kinds.items()),
        encoder=made.encoder,
        source=made.source,
        licence=licence or made.licence or "not stated",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line, check, publish; what a person can mend ends with status 2."""
    arguments = _parser().parse_args(argv)
    try:
        made = load_catalog_folder(arguments.folder).manifest
        files = {name: arguments.folder / name for name in (*FILES, MANIFEST)}
        repo = full_name(arguments.repo, "dataset", report)
        card = make_card(made, repo, arguments.license)
        pushed = push_files(
            files | {"README.md": str(card).encode()},
            repo,
            kind="dataset",
            private=arguments.private,
            revision=arguments.revision,
            message=f"Catalogue of {made.items:,} items, embedded by {made.encoder.name}",
            progress=report,
        )
    except BlueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps({"repo": pushed.repo_id, "commit": pushed.commit, "url": pushed.url}))
    print(f"use it with python app.py --catalog {pushed.repo_id}@{pushed.commit}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.publish.push_catalog",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="what blue catalog build wrote")
    parser.add_argument("--repo", required=True, metavar="OWNER/NAME", help="the dataset repository")
    parser.add_argument("--private", action="store_true", help="make a new repository private")
    parser.add_argument("--revision", metavar="BRANCH", help="the branch to push to (default: main)")
    parser.add_argument("--license", help="the Hub's identifier for the items (default: the folder's own)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
