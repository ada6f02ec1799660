"""Push and load over HTTP with huggingface_hub's own client, in both of its generations."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from blue.hub import manifest
from tests.hub.conftest import change_manifest, environment, make_folder, write_manifest
from tests.hub.loopback import LFS_FROM, PART, READER, WRITER

REPO = "models/alice/tiny"
ADAPTER = "adapter_model.safetensors"


def pushed(client, folder: Path, **options) -> str:
    answer = client("push", folder=str(folder), repo="alice/tiny", **options)
    assert "error" not in answer, answer
    return answer["commit"]


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestBothGenerations:
    def test_the_versions_are_the_two_that_are_promised(self, start_client):
        assert start_client("2").version.startswith("2.4")
        assert start_client("1").version.startswith("1.33")

    def test_what_is_pushed_in_one_commit_is_loaded_by_name(self, client, hub, folder):
        commit = pushed(client, folder)
        assert hub.repositories[REPO].refs["main"] == commit
        assert hub.count(r"^POST .*/commit/") == 1
        served = hub.files(REPO)
        served.pop(".gitattributes")
        assert served == content_of(folder)
        found = client("open", name="alice/tiny")
        assert (found["commit"], found["label"]) == (commit, f"alice/tiny@{commit[:7]}")
        assert content_of(Path(found["folder"])) == content_of(folder)
        assert any(f"to pin it, write alice/tiny@{commit}" in told for told in found["told"])

    def test_a_large_file_goes_up_in_parts(self, client, hub, tmp_path):
        folder = make_folder(tmp_path / "large", rank=1024)
        size = (folder / ADAPTER).stat().st_size
        assert size > PART > LFS_FROM
        pushed(client, folder)
        assert hub.count(r"^PUT /storage/[0-9a-f]+/\d+$") == -(-size // PART)
        assert hub.files(REPO)[ADAPTER] == (folder / ADAPTER).read_bytes()

    def test_a_pinned_commit_stays_what_it_was_and_then_needs_no_network(self, client, hub, folder, tmp_path):
        first = pushed(client, folder)
        second = pushed(client, make_folder(tmp_path / "second", seed=1))
        assert first != second
        found = client("open", name=f"alice/tiny@{first}")
        assert content_of(Path(found["folder"])) == content_of(folder)
        assert not any("to pin it" in told for told in found["told"])
        hub.hits.clear()
        assert client("open", name=f"alice/tiny@{first}")["folder"] == found["folder"]
        assert hub.hits.total() == 0

    def test_the_same_content_again_makes_no_commit(self, client, hub, folder):
        assert pushed(client, folder) == pushed(client, folder)
        assert len(hub.repositories[REPO].commits) == 2  # the Hub's own first one, and ours
        assert hub.count(r"^PUT /storage/") == 1

    def test_a_new_version_leaves_nothing_of_the_old_one(self, client, hub, folder):
        (folder / "rewards.jsonl").write_text("{}\n")
        write_manifest(folder)
        pushed(client, folder)
        (folder / "rewards.jsonl").unlink()
        write_manifest(folder)
        pushed(client, folder)
        assert set(hub.files(REPO)) == {*content_of(folder), ".gitattributes"}

    def test_a_branch_of_its_own(self, client, hub, folder):
        commit = pushed(client, folder, revision="trial")
        assert hub.repositories[REPO].refs["trial"] == commit != hub.repositories[REPO].refs["main"]
        assert client("open", name="alice/tiny@trial")["commit"] == commit
        refused = client("open", name="alice/tiny")
        assert refused["message"].startswith("The Hub answers 404 for alice/tiny")

    def test_a_bare_name_is_the_pushers_own(self, client, hub, folder):
        answer = client("push", folder=str(folder), repo="tiny")
        assert (answer["repo"], hub.repositories[REPO].refs["main"]) == ("alice/tiny", answer["commit"])

    def test_a_private_repository_is_seen_by_its_owner(self, client, hub, folder):
        pushed(client, folder, private=True)
        assert hub.repositories[REPO].private
        assert "error" not in client("open", name="alice/tiny")
        refused = client.with_cache(client.cache / "other")("open", name="alice/tiny", token="")
        assert "401" in refused["message"]
        assert "hf auth login" in refused["message"]

    def test_a_gated_repository_names_its_page(self, client, hub, folder):
        pushed(client, folder)
        hub.repositories[REPO].gated = True
        for token in ("", READER):
            refused = client("open", name="alice/tiny", token=token)
            assert refused["error"] == "WeightsError"
            assert f"accept its terms on {hub.url}/alice/tiny" in refused["message"]

    def test_what_does_not_exist(self, client, hub, folder):
        assert "401" in client("open", name="alice/none", token="")["message"]
        assert "404" in client("open", name="alice/none")["message"]
        pushed(client, folder)
        assert "alice/tiny has no revision 'v9'" in client("open", name="alice/tiny@v9")["message"]

    def test_who_may_not_push_is_told_so(self, client, hub, folder):
        order = {"folder": str(folder), "repo": "alice/tiny"}
        assert "401" in client("push", token="", **order)["message"]
        assert "Nobody is logged in" in client("push", token="", folder=str(folder), repo="tiny")["message"]
        assert "may not do this" in client("push", token=READER, **order)["message"]
        assert "403" in client("push", folder=str(folder), repo="bob/tiny")["message"]
        assert hub.repositories == {}

    def test_a_hub_in_a_hurry_is_given_the_time_it_asks_for(self, client, hub, folder):
        pushed(client, folder)
        hub.fail("GET", r"^/api/models/alice/tiny", status=429, headers={"Retry-After": "1"})
        found = client("open", name="alice/tiny")
        assert "error" not in found
        assert any("429" in told and "Trying again in 1 s" in told for told in found["told"])

    def test_what_passes_is_tried_again(self, client, hub, folder):
        hub.fail("POST", r"/api/repos/create", status=503)
        hub.fail("PUT", r"^/storage/", status=500)
        hub.fail("POST", r"/commit/main$", status=502)
        commit = pushed(client, folder)
        hub.fail("GET", r"^/api/models/alice/tiny", status=500, times=2)
        assert client("open", name="alice/tiny")["commit"] == commit

    def test_a_download_that_is_cut_goes_on(self, client, hub, folder):
        pushed(client, folder)
        hub.fail("GET", r"^/cdn/", cut_at=100_000)
        found = client("open", name="alice/tiny")
        assert (Path(found["folder"]) / ADAPTER).read_bytes() == (folder / ADAPTER).read_bytes()

    def test_an_upload_that_breaks_off_leaves_no_version_and_is_resumed(self, client, hub, tmp_path):
        folder = make_folder(tmp_path / "two")
        (folder / "encoder").mkdir()
        shutil.copyfile(folder / ADAPTER, folder / "encoder" / "model.safetensors")
        with (folder / "encoder" / "model.safetensors").open("ab") as file:
            file.write(b" ")  # another file
        hub.fail("POST", r"/commit/main$", status=503, times=9)
        refused = client("push", folder=str(folder), repo="alice/tiny")
        assert refused["error"] == "HubUnreachable"
        assert set(hub.files(REPO)) == {".gitattributes"}
        assert hub.count("^PUT /storage/") == 2
        hub.faults.clear()
        pushed(client, folder)
        assert hub.count("^PUT /storage/") == 2  # nothing went up twice
        assert len(hub.repositories[REPO].commits) == 2

    def test_a_commit_whose_answer_was_lost_is_not_made_twice(self, client, hub, folder):
        hub.fail("POST", r"/commit/main$", status=504, after=True)
        commit = pushed(client, folder)
        assert hub.repositories[REPO].refs["main"] == commit
        assert len(hub.repositories[REPO].commits) == 2

    def test_an_outage_leaves_the_kept_copy_and_is_said(self, client, hub, folder):
        commit = pushed(client, folder)
        before = client("open", name="alice/tiny")
        hub.fail("GET", ".", status=503, times=999)
        hub.fail("HEAD", ".", status=503, times=999)
        found = client("open", name="alice/tiny")
        assert found["folder"] == before["folder"]
        assert (
            f"could not be reached: this is the copy of alice/tiny kept at commit {commit}" in found["outage"]
        )
        assert found["outage"] in found["told"]

    def test_an_outage_without_a_copy_is_an_error_after_three_attempts(self, client, hub, folder):
        pushed(client, folder)
        hub.hits.clear()
        hub.fail("GET", ".", status=503, times=999)
        refused = client("open", name="alice/tiny")
        assert refused["error"] == "HubUnreachable"
        assert "The Hub answers 503 for alice/tiny" in refused["message"]
        assert hub.count("^GET /api/models/alice/tiny") == 3

    def test_half_a_copy_does_not_stand_in(self, client, hub, folder):
        pushed(client, folder)
        found = client("open", name="alice/tiny")
        (Path(found["folder"]) / ADAPTER).unlink()
        hub.fail("GET", ".", status=503, times=999)
        assert client("open", name="alice/tiny")["error"] == "HubUnreachable"


def test_a_hub_without_xet_gets_large_files_by_git_lfs(hub, folder, tmp_path):
    """As on a person's computer, where hf_xet is installed and nothing is switched off."""
    env = environment(hub.url, tmp_path / "home", HF_TOKEN=WRITER)
    del env["HF_HUB_DISABLE_XET"]
    order = {
        "do": "push",
        "folder": str(folder),
        "repo": "alice/tiny",
        "token": WRITER,
        "cache": str(tmp_path),
    }
    command = [sys.executable, "-m", "tests.hub.worker"]
    done = subprocess.run(command, input=json.dumps(order) + "\n", env=env, capture_output=True, text=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    assert any("has no Xet storage" in told for told in answer["told"]), done.stderr
    assert hub.repositories[REPO].refs["main"] == answer["commit"]


class TestWhatIsChecked:
    """These depend on our code alone; one generation is enough."""

    def test_content_that_changed_on_the_way_is_refused(self, newest, hub, folder):
        pushed(newest, folder)
        hub.fail("GET", r"^/cdn/", times=9, change=lambda body: b"x" + body[1:])
        refused = newest("open", name="alice/tiny")
        assert refused["error"] == "FilesError"
        assert f"{ADAPTER} is not the file that blue.json names" in refused["message"]

    def test_a_damaged_copy_is_fetched_again(self, newest, hub, folder):
        pushed(newest, folder)
        path = (Path(newest("open", name="alice/tiny")["folder"]) / ADAPTER).resolve()
        path.write_bytes(b"x" + path.read_bytes()[1:])
        found = newest("open", name="alice/tiny")
        assert (Path(found["folder"]) / ADAPTER).read_bytes() == (folder / ADAPTER).read_bytes()
        assert any("is damaged here, fetching it again" in told for told in found["told"])

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("pytorch_model.bin", "can run code when it is read"),
            ("modeling_tiny.py", "Code from a repository is never run"),
            ("setup.cab", "no use for"),
        ],
    )
    def test_a_repository_with_what_is_never_loaded(self, newest, hub, folder, name, message):
        hub.put(REPO, content_of(folder) | {name: b"content"})
        refused = newest("open", name="alice/tiny")
        assert refused["error"] == "FilesError"
        assert message in refused["message"]
        assert hub.count(rf"resolve/.*/{ADAPTER}") == 0  # refused by the listing, before anything large

    def test_an_absurd_size_is_refused_before_it_is_fetched(self, newest, hub, folder, monkeypatch):
        hub.put(REPO, content_of(folder))
        blob = hub.repositories[REPO].commits[hub.repositories[REPO].refs["main"]]["tokenizer.json"]

        class Endless(bytes):
            def __len__(self):
                return 10**12

        blob.content = Endless(blob.content)
        refused = newest("open", name="alice/tiny")
        assert "tokenizer.json has 1,000.0 GB" in refused["message"]

    def test_a_file_that_came_after_the_push_is_not_fetched(self, newest, hub, folder):
        hub.put(REPO, content_of(folder) | {"special_tokens_map.json": b"{}", "photo.png": b"png"})
        found = newest("open", name="alice/tiny")
        assert "special_tokens_map.json" not in found["files"]

    def test_a_manifest_that_lists_what_is_not_there(self, newest, hub, folder):
        files = content_of(folder)
        del files["tokenizer.json"]
        hub.put(REPO, files)
        assert (
            "lacks tokenizer.json, which its blue.json lists" in newest("open", name="alice/tiny")["message"]
        )

    def test_a_repository_that_is_no_profiler(self, newest, hub):
        hub.put(REPO, {"config.json": b"{}"})
        assert "404" in newest("open", name="alice/tiny")["message"]
        hub.put(REPO, {"blue.json": b"{}"})
        refused = newest("open", name="alice/tiny")
        assert (refused["error"], "does not describe a profiler" in refused["message"]) == (
            "ManifestError",
            True,
        )

    def test_a_path_out_of_the_repository(self, newest, hub, folder):
        described = json.loads((folder / manifest.FILE).read_text())
        outside = described["files"] | {"../../../etc/passwd": hashlib.sha256(b"").hexdigest()}
        change_manifest(folder, files=outside)
        hub.put(REPO, content_of(folder))
        assert "not a path inside the repository" in newest("open", name="alice/tiny")["message"]

    @pytest.mark.parametrize("name", ["tiny", "a/b/c", "alice/", "alice/tiny@", "../tiny", "alice/ti ny", ""])
    def test_what_is_no_name(self, newest, name):
        assert "Write owner/name" in newest("open", name=name)["message"]

    def test_a_card_that_the_hub_refuses(self, newest, hub, folder):
        (folder / "README.md").write_text("---\nlicense: {a: b}\n---\n")
        refused = newest("push", folder=str(folder), repo="alice/tiny")
        assert '"license" must be a string' in refused["message"]
        assert set(hub.files(REPO)) == {".gitattributes"}

    def test_a_push_to_a_commit(self, newest, folder):
        refused = newest("push", folder=str(folder), repo="alice/tiny", revision="0" * 40)
        assert "Push to a branch" in refused["message"]

    def test_a_longer_wait_than_is_sane_is_an_outage(self, newest, hub, folder):
        pushed(newest, folder)
        hub.fail("GET", r"^/api/models/alice/tiny", status=429, headers={"Retry-After": "3600"})
        refused = newest("open", name="alice/tiny")
        assert (refused["error"], "Try again in 3600 s" in refused["message"]) == ("HubUnreachable", True)
