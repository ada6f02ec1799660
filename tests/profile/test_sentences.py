"""Profile text to sentences and back, and what a sentence likes or rejects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blue.datatypes import Profile, Sentence
from blue.errors import ProfileError
from blue.profile.polarity import Stance, stance
from blue.profile.rules import OPENINGS, REJECTION
from blue.profile.sentences import (
    MAX_PROFILE_CHARACTERS,
    MAX_SENTENCE_CHARACTERS,
    MAX_SENTENCES,
    carry_settings,
    parse_generated,
    parse_profile,
    split_sentences,
)


def _each(texts: str) -> list[str]:
    return [text.strip() for text in texts.replace("\n", "|").split("|") if text.strip()]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Heist films.\nQuiet space films.", ["Heist films.", "Quiet space films."]),
        ("Heist films. Quiet space films!", ["Heist films.", "Quiet space films!"]),
        (
            "- Heist films\n* Westerns\n• Noir\n1. Comedies\n(2) Dramas",
            ["Heist films", "Westerns", "Noir", "Comedies", "Dramas"],
        ),
        ("Films like Dr. Strangelove and Mr. Ripley.", ["Films like Dr. Strangelove and Mr. Ripley."]),
        ("Novels by J. R. R. Tolkien. Sagas.", ["Novels by J. R. R. Tolkien.", "Sagas."]),
        ("Made in the U.S. Army during the war.", ["Made in the U.S. Army during the war."]),
        ('Says "why so serious?" Loves villains.', ['Says "why so serious?"', "Loves villains."]),
        ("Films from the 1990s... and later", ["Films from the 1990s... and later"]),
        ("Aime les westerns. Élégance et silence.", ["Aime les westerns.", "Élégance et silence."]),
        ("любит вестерны. Не любит мюзиклы.", ["любит вестерны.", "Не любит мюзиклы."]),
        (" \n\n\t\n", []),
        ("2001 and other space films", ["2001 and other space films"]),
    ],
)
def test_a_line_is_a_sentence_and_a_line_of_several_is_split(text, sentences):
    assert split_sentences(text) == sentences


@given(st.lists(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=30), min_size=1, max_size=5))
def test_a_parsed_profile_reads_back_as_itself(words):
    profile = parse_profile("\n".join(words))
    assert parse_profile(profile.text) == profile
    assert [sentence.text for sentence in profile.sentences] == words


def test_limits_of_a_profile_are_told_with_the_way_out():
    with pytest.raises(ProfileError, match=r"profile is empty\. Write"):
        parse_profile(" \n ")
    with pytest.raises(ProfileError, match=r"has 7 sentences\. Keep at most 5: join or remove 2"):
        parse_profile("\n".join(f"Taste {n}" for n in range(7)))
    with pytest.raises(ProfileError, match=r"Sentence 2 has 401 characters\. Shorten it to 400"):
        parse_profile("Westerns\n" + "x" * (MAX_SENTENCE_CHARACTERS + 1))
    with pytest.raises(ProfileError, match=r"has 50,000 characters\. Shorten it to 2,000"):
        parse_profile("x" * 50_000)


def test_five_sentences_of_the_longest_length_are_a_profile():
    text = "\n".join(letter * (MAX_PROFILE_CHARACTERS // MAX_SENTENCES - 1) for letter in "abcde")
    assert len(parse_profile(text).sentences) == 5


def test_generated_text_is_cut_to_five_different_sentences():
    written = "Noir.\nNoir.\n" + "\n".join(f"Taste {n}." for n in range(9)) + "\n" + "x" * 900
    assert [s.text for s in parse_generated(written).sentences] == [
        "Noir.",
        "Taste 0.",
        "Taste 1.",
        "Taste 2.",
        "Taste 3.",
    ]
    assert len(parse_generated("x" * 900).sentences[0].text) == MAX_SENTENCE_CHARACTERS


def test_a_taste_is_kept_once_however_its_sentence_opens():
    written = (
        "Crime films about bank robbers.\nKeeps coming back to crime films about bank robbers.\n"
        "Often picks crime films about prison."
    )
    assert [s.text for s in parse_generated(written).sentences] == [
        "Crime films about bank robbers.",
        "Often picks crime films about prison.",
    ]
    assert [s.text for s in parse_generated("!!\n??").sentences] == ["!!", "??"]  # no words, two texts


def test_a_model_that_wrote_nothing_is_an_error_and_not_an_empty_profile():
    with pytest.raises(ProfileError, match="wrote nothing"):
        parse_generated("\n \n")


def test_settings_follow_their_sentence():
    before = (Sentence("Noir.", weight=0.5), Sentence("Westerns.", enabled=False))

    moved = carry_settings(parse_profile("Westerns.\nSpace.\nNoir."), before)
    assert moved == Profile(
        (Sentence("Westerns.", enabled=False), Sentence("Space."), Sentence("Noir.", weight=0.5))
    )

    reworded = carry_settings(parse_profile("Dark noir.\nWesterns."), before)
    assert reworded == Profile((Sentence("Dark noir.", weight=0.5), Sentence("Westerns.", enabled=False)))


@pytest.mark.parametrize(
    "text",
    _each("""
    Can't stand musicals | Can’t stand musicals | Cannot stand musicals | I can not bear musicals
    Hates musicals | I really hate musicals | Dislikes musicals | Dislikes: musicals
    This user dislikes musicals | The reader does not like musicals | Doesn't enjoy musicals
    I don't care for musicals | They do not want musicals | No interest in musicals
    Has no patience for musicals | Not a fan of musicals | Is not fond of musicals
    I'm not into musicals | I’m tired of musicals | Sick of musicals | Bored by musicals
    Fed up with musicals | Avoids musicals | Tends to avoid musicals | Skip musicals
    Stays away from musicals | Steers clear of musicals | Never watches musicals | Won't watch musicals
    I would rather not see musicals | Never again musicals | No musicals | No more musicals
    Not musicals | Never musicals | Nothing with musicals | Less musicals | Fewer musicals
    Anything but musicals | Everything except musicals | musicals? No thanks | musicals are not for me
    musicals bore me | musicals leave me cold | Could do without musicals | NO MUSICALS
    """),
)
def test_rejections_in_their_many_forms(text):
    found = stance(f"{text}.")
    assert found.liked is None
    assert found.disliked.lower().rstrip(".") == "musicals"


@pytest.mark.parametrize(
    ("text", "liked", "disliked"),
    [
        ("Loves heist films but can't stand musicals.", "Loves heist films", "musicals."),
        ("Loves heist films; hates musicals.", "Loves heist films", "musicals."),
        (
            "Loves films that make you think but can't stand musicals.",
            "Loves films that make you think",
            "musicals.",
        ),
        ("Comedies, but no slapstick.", "Comedies", "slapstick."),
        ("Comedies (no slapstick)", "Comedies", "slapstick"),
        ("Crime films, except for gangster epics.", "Crime films", "gangster epics."),
        ("Enjoys noir while avoiding gore", "Enjoys noir", "gore"),
        ("Can't stand musicals but loves operettas.", "loves operettas.", "musicals"),
        ("Movies without violence.", "Movies", "violence."),
        ("Enjoys horror without all the gore.", "Enjoys horror", "gore."),
        ("Love stories with no sex or swearing.", "Love stories", "sex or swearing."),
        ("Thrillers without gore, torture or jump scares", "Thrillers", "gore, torture or jump scares"),
    ],
)
def test_a_sentence_may_like_one_thing_and_reject_another(text, liked, disliked):
    assert stance(text) == Stance(liked, disliked)


@pytest.mark.parametrize(
    "text",
    _each("""
    Notorious gangsters | Stories where people never give up | No-nonsense heroes | No nonsense heroes
    Nonstop action | Nothing is what it seems | No one is what they seem
    No Country for Old Men and other bleak westerns | Never-ending stories
    Never Let Me Go and quiet dystopias | Nothing but the truth: courtroom dramas | Hateful villains
    Haters and outcasts | People who hate each other and fall in love
    Heroes who are kind but hate violence | Hate-to-love romances
    Stories about people who don't like each other but fall in love | Detectives who can't stand still
    Notting Hill | Romances where she hates him but he can't stand losing her | Not-quite-human heroes
    Not only comedies but also dramas | Can't get enough of heist films | Can't resist musicals
    Cannot wait for the next space opera | Never misses a musical | Never gets tired of musicals
    Never a dull moment | No matter how slow, space films | Nothing beats a good western
    Doesn't mind gore | Crime dramas about family, hate and revenge | Love and hate in wartime
    Thrillers with no way out | Aging gunmen, no longer young | Hate crimes and their trials
    Thrillers without parallel | Stories without end | Without a doubt the funniest comedies
    Films without words | People without memories | Women without men | Doctors Without Borders
    Comedies without violence, set in Rome
    Skips through timelines | Avoids nothing | Comedies without a happy end | No
    """),
)
def test_words_that_only_look_like_a_rejection(text):
    assert stance(text) == Stance(text, None)


def test_the_sentences_that_rules_write_are_understood():
    for frame in OPENINGS:
        assert stance(frame.format("slow westerns")).disliked is None
    assert stance(REJECTION.format("slow westerns")) == Stance(None, "slow westerns.")


@pytest.mark.parametrize(
    "text",
    [
        "Has little patience for romantic comedies.",
        "Unmoved by family films about captive animals.",
        "Left cold by superheroes.",
        "Less taken with courtroom dramas.",
        "Cool on musicals.",
        "Shows little interest in crime stories about kidnappings.",
        "Rarely touched by family dramas.",
        "Tires quickly of gross-out comedies.",
        "Turns away from graphic horror.",
    ],
)
def test_a_polite_rejection_is_one(text):
    assert stance(text).liked is None


@pytest.mark.parametrize(
    "text",
    [
        "Has a soft spot for musicals.",
        "Cool heist films.",
        "Finds comfort in family films.",
        "Little women of the 1860s.",
    ],
)
def test_what_only_sounds_cool_is_liked(text):
    assert stance(text).disliked is None


def test_a_reworded_sentence_forgets_the_lines_it_was_written_from():
    before = (
        Sentence("Heist films.", weight=2.0, written_from=("ml:1",)),
        Sentence("Noir.", written_from=("ml:2",)),
    )
    edited = carry_settings(parse_profile("Heist films in Paris.\nNoir."), before)
    assert edited.sentences == (Sentence("Heist films in Paris.", weight=2.0), before[1])


@given(st.text(st.sampled_from("no hate but can't , a not too never except for musicals\n.( "), max_size=400))
def test_every_sentence_says_something(text):
    found = stance(text)
    assert found.liked is not None or found.disliked
