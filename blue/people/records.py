"""What is found about many people, as plain JSON-able dicts: the command line's and the report's."""

from typing import Any

from blue.people.store import Hit, Page, Person

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
