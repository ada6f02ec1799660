"""What counts as copying a title."""

from blue.profile.title_overlap import copies_title


def test_six_words_of_a_title_are_a_copy_and_five_are_not():
    title = "Eternal Sunshine of the Spotless Mind"
    assert copies_title("Loves eternal sunshine of the spotless mind!", [title])
    assert not copies_title("Loves eternal sunshine of the spotless kind.", [title])


def test_words_of_two_titles_are_no_copy():
    assert not copies_title("one two three four five six", ["one two three", "four five six"])
