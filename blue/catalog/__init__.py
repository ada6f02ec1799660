"""A folder of items with its index: built, opened, in shards; and what ships with the project."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "loading": ["load_retriever"],
        "build.building": ["Build", "BuildReport", "build_catalog"],
        "build.cells": ["categories_of"],
        "build.columns": ["ColumnChoice"],
        "build.embedding": ["embed_in_pieces"],
        "build.items": ["MOST_KINDS"],
        "examples": ["Example", "ExampleProfiles", "list_examples"],
        "folder": [
            "CatalogManifest",
            "EMBEDDINGS",
            "EncoderRecord",
            "FAISS_INDEX",
            "FILES",
            "FileRecord",
            "ITEMS",
            "MANIFEST",
            "load_catalog_folder",
        ],
        "product_kinds": ["kind_of_product"],
        "sharded": ["ShardRecord", "ShardedManifest", "open_catalog_folder", "shard_folder"],
    },
)
