"""The rewards of a profile as formulas on arrays: InfoNCE, the next-item choice, guards."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["formulas"],
    submod_attrs={
        "formulas": ["GROUNDED", "TEMPERATURE", "grounded", "pool", "uncopied", "unrepeated", "well_formed"],
        "negatives": ["Counts", "Negative", "NegativePool", "RECENT"],
        "next_item": [
            "LETTERS",
            "MAX_PROFILE_CHARACTERS",
            "NextItemJudge",
            "Question",
            "option_line",
            "option_probabilities",
            "question_text",
        ],
        "profile_rewards": ["GuardValues", "grounding", "guard_values", "reward_vectors"],
    },
)
