"""What is said of a person: the prompt, the profile's sentences, what they reject, what supports them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["phrases", "prompts"],
    submod_attrs={
        "affinity": ["Background"],
        "grouping": ["BACKGROUND_ITEMS", "Grouper", "Taste", "polarity_of", "shipped_weights"],
        "guards": ["Guarded", "Unknown", "guarded", "has_year", "restates_title", "said_twice", "strangers"],
        "polarity": ["stance"],
        "product_kinds": ["ProductKinds", "known_item", "shipped_kinds"],
        "prompts": [
            "Conversation",
            "PROMPT_VERSION",
            "history_line",
        ],
        "at_once": ["written_in_one_pass"],
        "rules": ["rule_profile", "taste_in_words"],
        "sentences": [
            "MAX_SENTENCES",
            "carry_settings",
            "first_sentence",
            "nothing_written",
            "parse_generated",
            "parse_profile",
            "split_sentences",
        ],
        "taste_writer": [
            "AGAIN",
            "ONE_SENTENCE",
            "TasteWriter",
            "about_taste",
            "writer_version",
            "written_again",
        ],
        "taste_prompts": ["taste_prompt"],
        "support": ["Verdict", "SupportModel", "Words", "line_words", "shipped_support"],
        "title_overlap": ["copies_title"],
        "traits": ["Rarity", "traits_of"],
        "words": ["FUNCTION_WORDS", "content_stems", "stem", "words_of"],
    },
)
