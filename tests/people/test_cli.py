"""`blue people ...` as it is typed."""

import json

import pytest

from blue.cli import main
from tests.people import conftest as known


def run(capsys, *arguments: str) -> str:
    assert main(["people", *arguments]) == 0
    return capsys.readouterr().out


def test_search_finds_by_text_and_by_filters(shared_folder, capsys):
    found = json.loads(
        run(capsys, "search", str(shared_folder), "violent heists", "--json", "--titles", "2-")
    )
    assert [person["user_id"] for person in found["people"]] == ["bob", "dee"]
    assert found["people"][0]["nearest"] == known.CRIME
    assert (found["page"], found["pages"], found["total"]) == (1, 1, 2)
    printed = run(capsys, "search", str(shared_folder), "--failed")
    assert "1 people, page 1 of 1" in printed
    assert "The history has 0 titles." in printed
    assert "Nobody fits" in run(capsys, "search", str(shared_folder), "--user", "zoe")


def test_what_cannot_be_used_is_told_in_one_line(shared_folder, tmp_path, capsys):
    assert main(["people", "search", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path} holds no manifest.json.")
    with pytest.raises(SystemExit):
        main(["people", "search", str(shared_folder), "--titles", "many"])
    assert "'many' is no range; write 10-50, 10- or -50" in capsys.readouterr().err
