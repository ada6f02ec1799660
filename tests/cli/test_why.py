"""The inspections on the command line, as people run them."""

import json

import pytest

from blue.catalog import load_retriever
from blue.catalog.examples import EXAMPLES_FOLDER
from blue.profile.sentences import parse_profile
from blue.session.versions import Session, Settings, export_session
from tests.cli.test_commands import blue

HISTORY = "Alien (1979) | 5\nThe Terminator (1984) | 5\nBlade Runner (1982) | 4\nGrease (1978) | 1\n"
PROFILE = "Dark science fiction about androids.\nCan't stand musicals."


def test_score_prints_the_rewards_of_a_profile_that_never_saw_the_title(tmp_path):
    file = tmp_path / "history.txt"
    file.write_text(HISTORY)
    done = blue("score", str(file), "--next", "Blade Runner", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert {"profile", "target", "contrastive", "next_item_choice", "guards", "total"} <= set(printed)
    assert set(printed["contrastive"]) == {"profile_to_item", "item_to_profile", "total"}
    assert printed["target"] == "Blade Runner"
    assert printed["held_out_rows"] == ["Blade Runner"]
    assert printed["contrastive"]["total"] == pytest.approx(
        (printed["contrastive"]["profile_to_item"] + printed["contrastive"]["item_to_profile"]) / 2
    )
    assert 0 < printed["next_item_choice"] < 1
    assert set(printed["guards"]) == {"format", "length", "copy", "grounding", "repetition"}
    values = {"contrastive": printed["contrastive"]["total"], "next_item_choice": printed["next_item_choice"]}
    weighted = sum(printed["weights"][name] * value for name, value in (values | printed["guards"]).items())
    assert printed["total"] == pytest.approx(weighted)


def test_explain_compare_and_ask_answer_as_json():
    def asked(*arguments: str) -> dict:
        done = blue(*arguments, "--json", stdin=HISTORY)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    explained = asked("explain", "-", "--profile", PROFILE, "--item", "Gattaca", "--top", "5")
    assert len(explained["items"]) == len(explained["items"][0]["effects"]) + 3 == 5
    assert [one["supported"] for one in explained["sentences"]] == [True, True]
    assert explained["what_if"]["item"]["title"] == "Gattaca"
    assert all(edit["rank"] < explained["what_if"]["rank"] for edit in explained["what_if"]["edits"])

    compared = asked("compare", "-", "--profile", PROFILE, "--other", "Tender romances.", "--next", "Heat")
    assert 0 <= compared["overlap"] <= 1
    assert [one["name"] for one in compared["rewards"]][-2:] == ["total", "rank"]
    assert {one["change"] for one in compared["words"]} == {"added", "removed"}

    answered = asked("ask", "-", "Would I like Grease 2?", "--profile", PROFILE)
    assert answered["intent"] == "would like"
    assert answered["answer"].startswith(("Probably not", "Perhaps"))
    assert "Can't stand musicals." in answered["sentences"]


def test_both_ranks_by_the_less_pleased(tmp_path):
    other = tmp_path / "yours.txt"
    other.write_text("Notting Hill | 5")
    profiles = ("--profile", PROFILE, "--other-profile", "London love stories.")
    done = blue(
        "both", "-", str(other), *profiles, "--json", "--top", "3", "--domain", "movie", stdin=HISTORY
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert printed["profiles"] == [PROFILE, "London love stories."]
    worst = [max(one["ranks"]) for one in printed["items"]]
    assert worst == sorted(worst)
    assert [one["sentences"] for one in printed["items"]] == [
        [PROFILE.splitlines()[0], "London love stories."]
    ] * 3


def test_replay_gives_the_ranking_of_the_page(tmp_path):
    retriever = load_retriever()
    session = Session().with_settings(Settings(top=7, kinds=("movie",), scoring="single"))
    session = session.commit(parse_profile("Space horror.\nQuiet westerns."), "edited")
    file = tmp_path / "session.json"
    file.write_text(export_session(session, with_history=True, with_versions=True))
    done = blue("replay", str(file), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    before = retriever.rank(session.current.profile, (), top=7, kinds=("movie",), scoring="single")
    assert [one["item_id"] for one in printed["items"]] == [item.item.item_id for item in before.items]
    assert printed["settings"]["top"] == 7
    assert any("does not say which models" in one for one in printed["differences"])


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("score", "-"), HISTORY, "--next"),
        (("score", "-", "--next", "Alien", "--hard", "-1"), HISTORY, "--hard"),
        (("score", "-", "--next", "Alien", "--profile", " "), HISTORY, "profile is empty"),
        (("score", "no/such/file", "--next", "Alien"), "", "Cannot read no/such/file"),
        (("both", "-", "no/such/file"), HISTORY, "Cannot read no/such/file"),
        (("replay", "no/such/file"), "", "Cannot read no/such/file"),
        (("replay", str(EXAMPLES_FOLDER / "crime.txt")), "", "not a session file"),
    ],
)
def test_bad_input_ends_with_status_2_and_one_line_before_anything_is_loaded(arguments, stdin, said):
    done = blue(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert said in line


def test_an_unknown_title_is_answered_with_the_nearest():
    done = blue("score", "-", "--next", "Blaid Runer", "--profile", "Space films.", stdin=HISTORY)
    assert (done.returncode, done.stdout) == (2, "")
    assert "The catalogue has no 'Blaid Runer'. Did you mean" in done.stderr
    assert "'Blade Runner (1982)'" in done.stderr
