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


def test_segments_audit_and_diff_as_json_and_as_text(shared_folder, tmp_path, capsys):
    folder = str(shared_folder)
    found = json.loads(run(capsys, "segments", folder, "--segments", "2", "--json"))["segments"]
    assert [one["segment"] for one in found] == [1, 2]
    assert sum(one["people"] for one in found) == 7
    assert len(found[0]["items"]) == 8
    report = tmp_path / "report.html"
    figures = json.loads(run(capsys, "audit", folder, "--segments", "2", "--report", str(report), "--json"))[
        "figures"
    ]
    sensitive = next(one for one in figures if (one["mark"], one["group"]) == ("sensitive", "everybody"))
    assert (sensitive["marked"], sensitive["sentences"], sensitive["behind"]) == (1, 11, ["eve"])
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
    same = json.loads(run(capsys, "diff", folder, folder, "--json"))
    assert (same["shared"], same["moved"], same["kept"], same["came"], same["moves"]) == (8, 0, 11, 0, [])
    assert "8 people are in both" in run(capsys, "diff", folder, folder)
