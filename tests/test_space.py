"""What a Space needs of the repository itself; `python -m benchmarks.space` builds and runs one."""

import shutil

import pytest

from benchmarks.space import HELD, PROJECT, copy_held, front_matter, require_agreement
from blue.models.weights import cache_folder, files


def test_the_front_matter_says_what_the_repository_holds(tmp_path):
    copy_held(tmp_path / "space")
    assert {path.name for path in (tmp_path / "space").iterdir()} == set(HELD)
    require_agreement(front_matter(PROJECT / "README.md"), tmp_path / "space", "3.11")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"sdk": "docker"}, "sdk is not gradio"),
        ({"sdk_version": "5.0.0"}, "sdk_version is not the gradio"),
        ({"app_file": "main.py"}, "app_file is not there"),
        ({"python_version": "3.8"}, "python_version is not"),
        ({"short_description": "x" * 61}, "longer than 60"),
    ],
)
def test_a_front_matter_that_would_not_build_is_found(tmp_path, changed, complaint):
    shutil.copyfile(PROJECT / "app.py", tmp_path / "app.py")
    shutil.copyfile(PROJECT / "requirements.txt", tmp_path / "requirements.txt")
    with pytest.raises(SystemExit, match=complaint):
        require_agreement(front_matter(PROJECT / "README.md") | changed, tmp_path, "3.11")


def test_an_unpinned_requirement_is_found(tmp_path):
    shutil.copyfile(PROJECT / "app.py", tmp_path / "app.py")
    requirements = (PROJECT / "requirements.txt").read_text()
    (tmp_path / "requirements.txt").write_text(f"{requirements}\nnumpy>=2\n")
    with pytest.raises(SystemExit, match="a requirement is not pinned"):
        require_agreement(front_matter(PROJECT / "README.md"), tmp_path, "3.11")


class TestTheCache:
    @pytest.fixture(autouse=True)
    def storage(self, tmp_path, monkeypatch):
        (tmp_path / "data").mkdir()
        monkeypatch.setattr(files, "SPACE_STORAGE", tmp_path / "data")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
        monkeypatch.delenv("BLUE_CACHE", raising=False)
        monkeypatch.delenv("SPACE_ID", raising=False)

    def test_on_a_space_with_persistent_storage_it_is_there(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SPACE_ID", "you/blue-studio")
        assert cache_folder() == tmp_path / "data" / "blue-studio"

    def test_elsewhere_a_folder_of_that_name_is_left_alone(self, tmp_path):
        assert cache_folder() == tmp_path / "home" / "blue-studio"
        assert not list((tmp_path / "data").iterdir())

    def test_on_a_space_without_storage_it_is_the_users(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SPACE_ID", "you/blue-studio")
        (tmp_path / "data").rmdir()
        assert cache_folder() == tmp_path / "home" / "blue-studio"

    def test_the_variable_wins(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SPACE_ID", "you/blue-studio")
        monkeypatch.setenv("BLUE_CACHE", str(tmp_path / "mine"))
        assert cache_folder() == tmp_path / "mine"
