"""What is found about many people, as plain JSON-able dicts: the command line's and the report's."""

from typing import Any

from blue.people.auditing import Audit, Figure
from blue.people.differing import Diff
from blue.people.phrases import Phrase
from blue.people.segments import Described
from blue.people.store import Hit, Page, PeopleStore, Person

Record = dict[str, Any]


def page_record(page: Page) -> Record:
    """{"page", "pages", "total", "people": [person with "nearest" and "similarity"]}."""
    return {
        "page": page.number,
        "pages": page.pages,
        "total": page.total,
        "people": [hit_record(hit) for hit in page.hits],
    }


def hit_record(hit: Hit) -> Record:
    """A person; "nearest" is the sentence that the text found, null without a text."""
    near = hit.near
    return person_record(hit.person) | {
        "nearest": near and hit.person.sentences[near.number],
        "similarity": near and near.similarity,
    }


def person_record(person: Person) -> Record:
    """{"user_id", "sentences", "titles_read", "error", "profiler"}."""
    return {
        "user_id": person.user_id,
        "sentences": list(person.sentences),
        "titles_read": person.titles_read,
        "error": person.error,
        "profiler": person.profiler,
    }


def segment_record(one: Described) -> Record:
    """{"segment" (1-based), "name", "people", "phrases", "examples", "items"}."""
    return {
        "segment": one.number + 1,
        "name": one.name,
        "people": one.people,
        "phrases": [_phrase_record(phrase) for phrase in one.phrases],
        "examples": list(one.examples),
        "items": [{"item_id": item.item_id, "title": item.title} for item in one.items],
    }


def _phrase_record(phrase: Phrase) -> Record:
    return {
        "phrase": phrase.text,
        "people": phrase.here,
        "of": phrase.of_here,
        "people_elsewhere": phrase.elsewhere,
        "of_elsewhere": phrase.of_elsewhere,
        "z": phrase.z,
    }


def diff_record(found: Diff) -> Record:
    """Every number of a comparison; segments are counted from 1."""
    moves = [
        {"from": move.old + 1, "to": move.new + 1, "people": move.people, "examples": list(move.examples)}
        for move in found.moves
    ]
    return vars(found) | {
        "segments": list(found.segments),
        "moves": moves,
        "most_came": [{"sentence": text, "people": people} for text, people in found.most_came],
        "most_went": [{"sentence": text, "people": people} for text, people in found.most_went],
        "said_more": [_phrase_record(phrase) for phrase in found.said_more],
        "said_less": [_phrase_record(phrase) for phrase in found.said_less],
    }


def audit_record(found: Audit, store: PeopleStore, shown: int = 20) -> Record:
    """What was counted, and every figure with the ids of the first people behind it."""
    return {
        "people": found.people,
        "profiled": found.profiled,
        "sentences": found.sentences,
        "with_history": found.with_history,
        "repeated_from": found.repeated_from,
        "segments": list(found.names),
        "figures": [_figure_record(figure, found, store, shown) for figure in found.figures],
    }


def _figure_record(one: Figure, found: Audit, store: PeopleStore, shown: int) -> Record:
    low, high = one.interval
    return {
        "mark": one.mark,
        "group": one.group,
        "sentences": one.sentences,
        "marked": one.marked,
        "share": one.share,
        "people": one.people,
        "people_marked": one.people_marked,
        "share_of_people": one.share_of_people,
        "interval": [low, high],
        "behind": [person.user_id for person in store.people(found.behind(one)[:shown])],
    }
