"""Results as plain JSON-able dicts: what the command line prints and the endpoints answer."""

from typing import Any

from blue.datatypes import Interaction, Match, ParsedHistory, Profile, RankedItem, Ranking

Record = dict[str, Any]


def history_record(parsed: ParsedHistory) -> Record:
    """{"format", "interactions" (oldest first), "skipped", "notes", "wish_list"}.

    Times are ISO 8601, ratings 0.5-5 or null; "watches" is null where the source does not count, "match"
    where the source itself names the item.
    """
    return {
        "format": parsed.format,
        "interactions": [_interaction_record(interaction) for interaction in parsed.interactions],
        "skipped": [{"line": row.line, "text": row.text, "reason": row.reason} for row in parsed.skipped],
        "notes": list(parsed.notes),
        "wish_list": [_interaction_record(wish) for wish in parsed.wish_list],
    }


def profile_record(profile: Profile) -> Record:
    """{"profile": one sentence a line, "sentences": [text]}."""
    return {"profile": profile.text, "sentences": [sentence.text for sentence in profile.sentences]}


def ranking_record(profile: Profile, ranking: Ranking) -> Record:
    """{"profile", "items" (best first)}; "sentence" is the text that brought an item, null under single."""
    return {
        "profile": profile.text,
        "items": [_ranked_record(entry, profile) for entry in ranking.items],
    }


def _interaction_record(one: Interaction) -> Record:
    return {
        "title": one.title,
        "rating": one.rating,
        "time": one.time.isoformat() if one.time else None,
        "kind": one.kind,
        "year": one.year,
        "item_id": one.item_id,
        "watches": one.watches,
        "match": one.match and _match_record(one.match),
    }


def _match_record(match: Match) -> Record:
    """The item that a title was taken for, how sure that is, and the other items it may be."""
    return {
        "item_id": match.item_id,
        "sure": match.sure,
        "certain": match.certain,
        "chosen": match.chosen,
        "alternatives": list(match.alternatives),
    }


def _ranked_record(entry: RankedItem, profile: Profile) -> Record:
    return {
        "rank": entry.rank,
        "item_id": entry.item.item_id,
        "title": entry.item.title,
        "kind": entry.item.kind,
        "similarity": entry.similarity,
        "prior": entry.prior,
        "sentence": None if entry.sentence is None else profile.sentences[entry.sentence].text,
        "year": entry.item.year,
    }
