"""Inspections as plain JSON-able dicts: what the command line prints and the endpoints answer."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from blue.answering import Answer, RatingEstimate
from blue.datatypes import Item, Movement, Profile
from blue.inspection import (
    Both,
    ChoiceReport,
    Edit,
    Evidence,
    Explanation,
    Reading,
    RewardReport,
    SentenceEffect,
    VersionComparison,
    WhatIf,
)
from blue.records.json_records import ranking_record
from blue.session import Replay, word_changes

Record = dict[str, Any]


def both_record(found: Both) -> Record:
    """What two would both like: items with each one's rank and sentence, and the tastes that they share."""
    texts = [[one.text for one in person.profile.sentences] for person in found.people]

    def of_each(numbers: Sequence[int | None]) -> list[str | None]:
        return [None if number is None else said[number] for said, number in zip(texts, numbers, strict=True)]

    return {
        "profiles": [person.profile.text for person in found.people],
        "candidates": found.candidates,
        "items": [
            {"rank": rank, **item_record(one.item), "score": one.score, "ranks": list(one.ranks)}
            | {"sentences": of_each(one.sentences)}
            for rank, one in enumerate(found.items, start=1)
        ],
        "shared": [
            {"sentences": of_each(pair.sentences), "similarity": pair.similarity} for pair in found.shared
        ],
    }


def score_record(report: RewardReport) -> Record:
    """The rewards of one profile.

    "profile" and "target" are texts, "next_item_choice" is the probability of the target (null where the
    judge was not asked), "guards" maps each guard to its value, "total" is the weighted sum of all these.
    """
    contrastive = report.contrastive
    return {
        "profile": report.profile.text,
        "target": report.holdout.target.title,
        "contrastive": {
            "profile_to_item": contrastive.profile_to_item,
            "item_to_profile": contrastive.item_to_profile,
            "total": contrastive.total,
        },
        "next_item_choice": report.choice.reward if report.choice else None,
        "guards": {guard.name: guard.value for guard in report.guards},
        "total": report.total,
        "weights": {reward.name: reward.weight for reward in report.rewards},
        "temperature": contrastive.temperature,
        "scoring": report.scoring,
        "seed": report.seed,
        "target_item": item_record(report.holdout.target),
        "similarity": report.similarity,
        "rank": report.rank,
        "candidates": report.candidates,
        "held_out_rows": [interaction.title for interaction in report.holdout.dropped],
        "negatives": [
            {**item_record(negative.item), "negative": negative.kind, "similarity": negative.similarity}
            for negative in report.negatives
        ],
        "other_profiles": [asdict(other) for other in report.others],
        "options": _choice(report.choice),
        "sentences": [
            {"text": report.profile.sentences[contribution.sentence].text, **asdict(contribution)}
            for contribution in report.contributions
        ],
    }


def explanation_record(explained: Explanation) -> Record:
    """{"profile", "sentences" (with evidence and claims), "items" (with "effects"), "what_if" or null}."""
    record = ranking_record(explained.profile, explained.ranking)
    effects = explained.attribution.effects
    for column, entry in enumerate(record["items"]):
        entry["brought_by"] = explained.attribution.brought_by[column]
        entry["effects"] = [_number(value) for value in effects[:, column]]
    claims = explained.sensitive
    record["sentences"] = [
        {
            "text": explained.profile.sentences[evidence.sentence].text,
            **_evidence(evidence),
            "sensitive": [
                {"topic": claim.topic, "words": claim.words}
                for claim in claims
                if claim.sentence == evidence.sentence
            ],
        }
        for evidence in explained.evidence
    ]
    record["what_if"] = what_if_record(explained.what_if) if explained.what_if else None
    return record


def what_if_record(what: WhatIf) -> Record:
    """{"item", "rank", "candidates", "helps", "hurts", "edits" (best rank first, each with its profile)}."""
    return {
        "item": item_record(what.item),
        "rank": what.rank,
        "candidates": what.candidates,
        "in_history": what.in_history,
        "similarity": what.similarity,
        "helps": _effect(what.helps),
        "hurts": _effect(what.hurts),
        "edits": [_edit(edit) for edit in what.edits],
    }


def readings_record(readings: Sequence[Reading]) -> Record:
    """{"readings": [{"name", "note", "profile" or null, "query", "items", "rewards" or null}]}."""
    return {
        "readings": [
            {
                "name": reading.name,
                "note": reading.note,
                "profile": reading.profile.text if reading.profile else None,
                "query": reading.text,
                "scoring": reading.ranking.scoring,
                "items": ranking_record(reading.profile or Profile(()), reading.ranking)["items"],
                "rewards": score_record(reading.rewards) if reading.rewards else None,
            }
            for reading in readings
        ]
    }


def comparison_record(old: Profile, new: Profile, compared: VersionComparison) -> Record:
    """{"old", "new", "words", "overlap", "top", "moved", "left", "rewards"}."""
    return {
        "old": old.text,
        "new": new.text,
        "words": [asdict(change) for change in word_changes(old.text, new.text)],
        "overlap": compared.overlap,
        "top": compared.top,
        "moved": [_movement(movement) for movement in compared.arrived],
        "left": [_movement(movement) for movement in compared.left],
        "rewards": [{**asdict(reward), "difference": reward.difference} for reward in compared.rewards],
    }


def answer_record(answer: Answer, profile: Profile) -> Record:
    """{"question", "intent", "conditions", "answer", "sentences", "items", "history", "rating", "given"}."""
    return {
        "question": answer.question.text,
        "intent": answer.question.intent,
        "conditions": answer.question.filters.told,
        "answer": answer.text,
        "sentences": [profile.sentences[number].text for number in answer.sentences],
        "items": [item_record(item) for item in answer.items],
        "history": [{"title": row.title, "year": row.year, "rating": row.rating} for row in answer.rows],
        "rating": _rating(answer.rating),
        "given": {
            "context": answer.given.context,
            "text": answer.given.text,
            "candidates": [
                {
                    **item_record(candidate.item),
                    "similarity": candidate.similarity,
                    "sentence": candidate.sentence,
                }
                for candidate in answer.given.candidates
            ],
        },
    }


def replay_record(replayed: Replay) -> Record:
    """{"profile", "items", "version", "settings", "models", "differences"}."""
    settings = replayed.session.settings
    return {
        **ranking_record(replayed.version.profile, replayed.ranking),
        "version": replayed.version.number,
        "settings": asdict(settings),
        "models": asdict(replayed.models),
        "differences": list(replayed.differences),
    }


def item_record(item: Item) -> Record:
    """What names an item."""
    return {"item_id": item.item_id, "title": item.title, "kind": item.kind, "year": item.year}


def _choice(choice: ChoiceReport | None) -> list[Record] | None:
    if choice is None:
        return None
    return [
        {**item_record(option.item), "probability": option.probability, "is_target": option.is_target}
        for option in choice.options
    ]


def _evidence(one: Evidence) -> Record:
    return {
        "supported": one.supported,
        "rejects": one.rejects,
        "missing": list(one.missing),
        "evidence": [
            {
                "title": support.interaction.title,
                "rating": support.interaction.rating,
                "row": support.row,
            }
            for support in one.support
        ],
    }


def _effect(effect: SentenceEffect | None) -> Record | None:
    return asdict(effect) if effect else None


def _edit(edit: Edit) -> Record:
    return {
        "kind": edit.kind,
        "sentence": edit.sentence,
        "words": edit.words,
        "rank": edit.rank,
        "profile": [asdict(sentence) for sentence in edit.profile.sentences],
    }


def _movement(one: Movement) -> Record:
    return {**item_record(one.item), "old_rank": one.old_rank, "new_rank": one.new_rank}


def _rating(rating: RatingEstimate | None) -> Record | None:
    if rating is None:
        return None
    return {
        "item": item_record(rating.item),
        "stars": rating.stars,
        "user_mean": rating.user_mean,
        "from_rows": list(rating.from_rows),
        "formula": rating.formula,
    }


def _number(value: np.floating) -> float | None:
    """A number for JSON, which has no NaN."""
    return None if math.isnan(value) else float(value)
