"""`python -m blue ... --profiler`: a published profiler behind the commands, by name and from a folder."""

import json
import shutil
from pathlib import Path

import pytest

from blue.catalog.folder import load_catalog_folder
from blue.cli.arguments import ChosenModels, chosen_models
from blue.cli.commands import _parser
from blue.errors import WeightsError
from blue.inspection.models import models_of
from blue.models.presets import MINILM
from blue.profile.sentences import parse_profile
from blue.session.versions import Session, export_session
from tests.cli.test_commands import blue
from tests.hub.conftest import PROJECT, environment, write_manifest

HISTORY = "Alien (1979) | 5\nHeat (1995) | 4.5\nGrease (1978) | 1\n"
COMMANDS = (
    ("profile", "-"),
    ("rank", "-"),
    ("score", "-", "--next", "Heat"),
    ("explain", "-"),
    ("compare", "-"),
    ("ask", "-", "Would I like Dune?"),
    ("replay", "session.json"),
    ("catalog", "build", "items.csv", "--out", "catalog"),
)
MODEL_VARIABLES = ("BLUE_MODEL", "BLUE_ADAPTER", "BLUE_PROFILER")


def chosen(monkeypatch, *arguments: str, **variables: str) -> ChosenModels:
    for name in MODEL_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return chosen_models(_parser().parse_args(["profile", "-", *arguments]))


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The project's own adapter, published into a folder."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors", "README.md"):
        shutil.copyfile(PROJECT / "assets" / "profiler" / name, folder / name)
    write_manifest(folder)
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_with_models_takes_a_profiler_instead_of_a_model(command, capsys):
    assert _parser().parse_args([*command, "--profiler", "alice/tiny@v2"]).profiler == "alice/tiny@v2"
    with pytest.raises(SystemExit):
        _parser().parse_args([*command, "--profiler", "alice/tiny", "--model", "embedded"])
    assert "not allowed with argument --profiler" in capsys.readouterr().err


def test_what_is_written_in_the_command_goes_before_the_environment(monkeypatch):
    assert chosen(monkeypatch) == ChosenModels("embedded")
    assert chosen(monkeypatch, BLUE_PROFILER="alice/tiny") == ChosenModels("embedded", published="alice/tiny")
    assert chosen(monkeypatch, BLUE_MODEL="paper", BLUE_ADAPTER="a") == ChosenModels("paper", Path("a"))
    assert chosen(monkeypatch, "--model", "paper", BLUE_PROFILER="alice/tiny") == ChosenModels("paper")
    named = chosen(monkeypatch, "--profiler", "alice/b", BLUE_PROFILER="alice/a", BLUE_MODEL="paper")
    assert named.published == "alice/b"
    with pytest.raises(WeightsError, match="unset BLUE_MODEL"):
        chosen(monkeypatch, BLUE_PROFILER="alice/tiny", BLUE_MODEL="paper")


def test_a_profiler_in_a_folder_writes_what_the_same_adapter_writes_in_the_app(profiler, shipped):
    done = blue("profile", "-", "--profiler", str(shipped), "--json", stdin=HISTORY)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["profile"] == profiler.write(profiler.read(HISTORY).interactions).text


def test_a_session_is_replayed_with_a_profiler_by_name(newest, hub, folder, profiler, tmp_path):
    commit = newest("push", folder=str(folder), repo="alice/tiny")["commit"]
    session = Session().commit(parse_profile("Space horror.\nQuiet westerns."), "edited")
    models = models_of(profiler.generator.about, profiler.retriever)
    file = tmp_path / "session.json"
    file.write_text(export_session(session, with_history=True, with_versions=True, models=models))
    env = environment(hub.url, tmp_path / "hf")
    done = blue("replay", str(file), "--profiler", f"alice/tiny@{commit}", "--json", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    before = profiler.rank(session.current.profile)
    assert [one["item_id"] for one in printed["items"]] == [item.item.item_id for item in before.items]
    assert printed["models"]["adapter_digest"] != models.adapter_digest
    assert any("here is SmolLM2-135M" in one for one in printed["differences"])


def test_while_the_hub_is_down_the_kept_copy_is_used_and_that_is_said(newest, hub, folder, tmp_path):
    newest("push", folder=str(folder), repo="alice/tiny")
    command = ("rank", "--profile", "Space horror.", "--profiler", "alice/tiny", "--top", "3", "--json")
    online = blue(*command, env=environment(hub.url, tmp_path / "hf"))
    assert (online.returncode, online.stderr) == (0, "")
    offline = blue(*command, env=environment("http://127.0.0.1:9", tmp_path / "hf"))
    (line,) = offline.stderr.splitlines()
    assert line.startswith("warning: ")
    assert "alice/tiny" in line
    assert offline.stdout == online.stdout


def test_a_catalogue_is_built_with_the_embedder_of_a_profiler(folder, tmp_path):
    items = tmp_path / "items.csv"
    items.write_text("title,genres\nRose Toner,Skin Care\nCake Tin,Bakeware\nMint Tea,Tea\n")
    out = tmp_path / "catalog"
    done = blue("catalog", "build", str(items), "--out", str(out), "--profiler", str(folder))
    assert done.returncode == 0, done.stderr
    assert load_catalog_folder(out).manifest.encoder.weights_sha256 == MINILM.sha256
    wrong = blue("catalog", "build", str(items), "--out", str(out), "--profiler", str(tmp_path))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "has no blue.json" in wrong.stderr
