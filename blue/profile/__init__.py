"""What is said of a person: the prompt, the profile's sentences, what they reject, what supports them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["phrases", "prompts"],
    submod_attrs={
        "affinity": ["Background"],
        "grouping": ["Grouper", "polarity_of", "shipped_weights"],
        "interests": ["Taste", "attributes_of", "group_tastes", "inverse_frequencies"],
        "merge": ["NamesOfHistory", "names_of"],
        "polarity": ["stance"],
        "prompts": [
            "Conversation",
            "HISTORY_TOKENS",
            "ITEM_GENRES",
            "PROMPT_VERSION",
            "SYSTEM",
            "history_line",
            "liked",
            "most_recent",
            "one_pass",
            "shown_attributes",
            "whole_history",
        ],
        "rules": ["rule_profile", "taste_subjects"],
        "sentences": [
            "MAX_SENTENCES",
            "carry_settings",
            "parse_generated",
            "parse_profile",
            "split_sentences",
        ],
        "taste_prompt": ["TASTE_PROMPT_VERSION", "taste_prompt"],
        "support": ["Support", "SupportModel", "Words", "line_words", "shipped_support"],
        "title_overlap": ["copies_title"],
        "traits": ["Rarity", "traits_of"],
        "words": ["content_stems", "stem", "words_of"],
    },
)
