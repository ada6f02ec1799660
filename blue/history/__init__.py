"""A text or an export file -> interactions: `parse_history`; to the catalogue's items: `match_history`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "columns": ["CREATOR", "ITEM", "KIND", "TITLE", "YEAR", "columns_for", "fold_header"],
        "decoding": ["MAX_BYTES", "decode_bytes"],
        "entries": ["MAX_TITLE_CHARACTERS", "skip"],
        "lines": ["split_year"],
        "matching": ["TitleMatcher", "choice_weight", "match_history", "match_wishes"],
        "parsing": ["FORMATS", "PLAIN", "parse_history", "parse_wishes"],
        "records": ["as_text"],
        "same_title": ["NEAR_DUPLICATE", "nearly_same_title", "normalised_title", "without_duplicate_titles"],
        "tables": ["iter_rows"],
        "title_search": ["TitleSearch"],
        "titles": ["heads_and_tails", "key_of", "words_of"],
    },
)
