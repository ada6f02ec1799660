"""The table of the READMEs: whose users, what is decided, and where it is put."""

import pytest

from training.evaluate.data import EvaluationError
from training.evaluate.tables.files import Provenance, write
from training.evaluate.tables.results import Row, Table
from training.evaluate.tables.summary import BEGIN, END, put_between_marks, summary
from training.evaluate.write_results import main


def table(dataset: str, users: int, **gains: tuple[float, float, float]) -> Table:
    """A source table in which BLUE stands at .3; gains: method -> BLUE minus method, low, high."""
    rows = [Row("blue-facets", "sampled", "ndcg@10", 0.3, 0.25, 0.35)]
    differences = []
    for name, (value, low, high) in gains.items():
        method = name.replace("_", "-")
        rows.append(Row(method, "sampled", "ndcg@10", 0.3 - value, 0.0, 0.5))
        differences.append(Row(f"blue-facets minus {method}", "sampled", "ndcg@10", value, low, high))
    return Table("source", dataset, users, 0, tuple(rows), tuple(differences))


def test_a_difference_comes_from_the_table_with_the_most_users_that_has_the_method():
    large = table("toys", 1_500, raw_history=(0.03, 0.01, 0.05), best_match=(-0.005, -0.02, 0.01))
    small = table("toys", 120, raw_history=(0.5, 0.4, 0.6), untrained=(0.065, 0.035, 0.095))
    *_, line = summary([small, large], {"toys"})
    cells = [one.strip() for one in line.strip("|").split("|")]
    assert cells == [
        "toys", "1,500", ".300 [.250, .350]",
        "**+.065 [+.035, +.095]** (120 users)", "**+.030 [+.010, +.050]**", "–", "-.005 [-.020, +.010]",
    ]  # fmt: skip


def test_data_sets_that_were_trained_on_stand_first():
    lines = summary([table("a", 5), table("b", 5)], {"b"})[2:]
    assert [line.split("|")[1].strip() for line in lines] == ["b", "a (never trained on)"]


def test_only_what_lies_between_the_marks_is_replaced(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    put_between_marks(path, ["new"])
    put_between_marks(path, ["newer"])
    assert path.read_text() == f"above\n{BEGIN}\n\nnewer\n\n{END}\nbelow\n"


@pytest.mark.parametrize(
    "text", ["", BEGIN, f"{END} {BEGIN}", f"{BEGIN}{END}{BEGIN}{END}", f"{BEGIN}{END}{END}"]
)
def test_a_file_without_two_clear_marks_is_refused_and_kept(tmp_path, text):
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(EvaluationError, match="must have one"):
        put_between_marks(path, ["new"])
    assert path.read_text() == text


def test_the_command_writes_the_table_or_says_what_the_file_lacks(tmp_path, capsys):
    made = Provenance("python -m training.evaluate source", "2026-11-28", "abc1234", "a machine")
    write([table("toys", 5, raw_history=(0.03, 0.01, 0.05))], tmp_path / "results" / "source" / "toys", made)
    readme, out = tmp_path / "README.md", tmp_path / "RESULTS.md"
    readme.write_text("no marks")
    asked = ["--results", str(tmp_path / "results"), "--out", str(out), "--summary", str(readme)]
    asked += ["--figure", str(tmp_path / "results.png"), "--each", str(tmp_path / "each")]
    assert main(asked) == 2
    assert "must have one" in capsys.readouterr().err
    readme.write_text(BEGIN + END)
    assert main(asked) == 0
    assert "**+.030 [+.010, +.050]**" in readme.read_text()
