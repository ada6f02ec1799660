"""A claim about the person is flagged; a taste for works about the same thing is not."""

import pytest

from blue.inspection.sensitive import TOPICS, sensitive_claims

CLAIMS = {
    "health": (
        "Suffers from depression and seeks comfort.",
        "As a diabetic, avoids food shows.",
        "Living with anxiety, they prefer calm stories.",
        "Their depression draws them to quiet films.",
        "Is recovering from cancer.",
        "I am autistic and love trains.",
        "Has ADHD and prefers short films.",
        "A recovering alcoholic.",
    ),
    "religion": (
        "The user is a devout Catholic.",
        "Was raised Jewish and loves family dramas.",
        "A Muslim viewer who likes comedies.",
        "Of Jewish heritage, reads memoirs.",
    ),
    "politics": (
        "Votes left and loves political thrillers.",
        "Is a conservative who likes war films.",
        "A left-wing viewer with a taste for satire.",
        "Your progressive views show in documentaries.",
    ),
    "orientation": (
        "Probably gay, drawn to tender romances.",
        "They're bisexual and like indie films.",
        "Identifies as queer.",
    ),
    "ethnicity": (
        "This person is black and enjoys soul music films.",
        "An immigrant from Mexico, likes family sagas.",
    ),
    "pregnancy": ("You may be pregnant and want light films.", "Pregnant and looking for comfort."),
}
TASTES = (
    "Catholic school films.",
    "Films about depression.",
    "Gay romances and coming-of-age stories.",
    "Jewish novels about memory.",
    "Loves black comedy and film noir.",
    "Stories of pregnancy and motherhood.",
    "Political thrillers about Republicans.",
    "Loves films with gay characters.",
    "War films about the Japanese front.",
    "Korean revenge thrillers.",
    "Indian family dramas.",
    "Likes straight to the point thrillers.",
    "Dark stories of addiction and recovery.",
    "Holocaust dramas about Jewish families.",
    "Films where the hero is gay.",
    "Novels about a woman who suffers from depression.",
    "Black and white classics.",
    "Is drawn to religious epics.",
    "Loves white-knuckle thrillers.",
    "Has a soft spot for Japanese horror.",
    "A fan of Chinese martial arts films.",
    "Loves Black Panther and superhero films.",
    "Dramas about living with cancer.",
    "Can't stand religious films.",
    "Has a taste for queer cinema.",
    "Is not a fan of Indian musicals.",
    "Liberal arts college comedies.",
    "Is addicted to heist films.",
)


def test_every_topic_has_examples():
    assert set(CLAIMS) == set(TOPICS)


@pytest.mark.parametrize(
    ("topic", "sentence"), [(topic, one) for topic, sentences in CLAIMS.items() for one in sentences]
)
def test_a_claim_about_the_person_is_flagged(topic, sentence):
    (claim,) = sensitive_claims([sentence])
    assert (claim.sentence, claim.topic) == (0, topic)
    assert claim.words in sentence


@pytest.mark.parametrize("sentence", TASTES)
def test_a_taste_is_no_claim(sentence):
    assert sensitive_claims([sentence]) == ()


def test_a_claim_names_its_sentence():
    claims = sensitive_claims(["Space films.", "Is a devout Catholic.", "Suffers from depression."])
    assert [(one.sentence, one.topic) for one in claims] == [(1, "religion"), (2, "health")]
