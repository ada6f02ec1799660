"""What one visitor has before them: versions, export, replay."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "replaying": ["Replay", "ranking_csv", "replay"],
        "link": ["from_fragment", "to_fragment"],
        "versions": [
            "HeldOut",
            "MAX_EXPORT_BYTES",
            "MAX_NEGATIVES",
            "Session",
            "Settings",
            "Version",
            "WordChange",
            "export_session",
            "exported_models",
            "import_session",
            "word_changes",
        ],
    },
)
