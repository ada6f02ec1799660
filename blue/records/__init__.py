"""Results as JSON and as plain text, the same for the command line and the endpoints."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["json_records", "why_json"],
    submod_attrs={
        "json_records": ["history_record", "profile_record", "ranking_record"],
        "plain_text": ["history_text", "ranking_text"],
        "why_json": [
            "answer_record",
            "both_record",
            "comparison_record",
            "explanation_record",
            "readings_record",
            "replay_record",
            "score_record",
        ],
        "why_text": [
            "answer_text",
            "both_text",
            "comparison_text",
            "explanation_text",
            "readings_text",
            "replay_text",
            "score_text",
        ],
    },
)
