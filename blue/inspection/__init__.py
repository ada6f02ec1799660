"""Why a profile finds what it finds: rewards, the origins of items, the grounds of claims, effects of edits.

inspector = Inspector(profiler)                       # loads nothing; keep one for all visitors
held = inspector.hold_out(history)                    # the last row; or row=3, or title="Dune"
profile = profiler.write(held.history)                # never saw the held-out item
report = inspector.rewards(profile, held)             # without the judge: tens of milliseconds
report = inspector.judged(report)                     # the language model's choice too: a second or two
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "both": ["Both", "Person", "SHARED_TASTE"],
        "catalogmap": ["principal_plane", "within_unit", "write_shipped_map"],
        "comparing": ["raw_query"],
        "evidence": ["evidence"],
        "full_ranking": ["FullRanking"],
        "holdout": ["hold_out_item", "hold_out_row"],
        "inspector": ["Inspector"],
        "items": ["ItemFinder"],
        "models": ["Models", "models_of"],
        "negative_profiles": ["NEGATIVE_PROFILES"],
        "reports": [
            "Attribution",
            "CatalogMap",
            "ChoiceReport",
            "Edit",
            "Evidence",
            "Explanation",
            "Holdout",
            "MapLabel",
            "MapPoint",
            "Reading",
            "RewardChange",
            "RewardReport",
            "RewardValue",
            "SensitiveClaim",
            "SentenceEffect",
            "Support",
            "VersionComparison",
            "WhatIf",
        ],
        "scoring": ["RewardSettings"],
        "sensitive": ["sensitive_claims"],
    },
)
