"""Research data -> one schema: items, and each user's interactions oldest first."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "folders": ["DataError", "data_folder", "data_folders"],
        "mixture": ["gather"],
        "books": ["mixed_histories", "synthetic_readers", "synthetic_visitors"],
        "loaders": [
            "NO_VECTORS",
            "grouper_of",
            "load",
            "load_all",
            "movielens",
            "prepared_items",
            "product_items",
        ],
        "pipeline": ["Steps", "filtered"],
        "prepare": ["steps_table"],
        "raw": ["SOURCES"],
        "raw.staging": ["Staged"],
        "schema": ["Case", "Dataset", "Split", "cut", "split_of", "users_of"],
        "sources": ["Source", "as_records", "note_sources", "read_sources"],
        "tables": ["write_tables"],
        "teaching": [
            "MARKED",
            "TEACHING",
            "WORKS",
            "Taught",
            "TeachingProfile",
            "known_items",
            "read_teaching",
        ],
        "vectors": ["item_vectors"],
        "windows": ["Example", "WindowSettings", "examples"],
    },
)
