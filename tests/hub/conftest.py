"""A Hub on loopback, both generations of its client as processes, and a small published folder."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from blue.hub import manifest
from blue.hub.manifest import Base, Embedder, Generation, Manifest, Weights
from blue.item_text import ITEM_TEXT_VERSION
from blue.models.presets import MINILM, SMOLLM2_135M
from blue.models.weights import sha256_of
from blue.profile import ONE_SENTENCE, PROMPT_VERSION
from tests.hub.loopback import WRITER, Hub

PROJECT = Path(__file__).parents[2]
OLD_CLIENT = "huggingface-hub==1.33.0"


@pytest.fixture(scope="session")
def served() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture
def hub(served: Hub) -> Hub:
    """The Hub, empty and well."""
    served.repositories.clear()
    served.large.clear()
    served.faults.clear()
    served.hits.clear()
    return served


def environment(hub_url: str, home: Path, **more: str) -> dict[str, str]:
    """What a process needs to see this Hub alone, and to keep nothing anywhere else."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "BLUE_PROFILER"))
    }
    return kept | {
        "HF_ENDPOINT": hub_url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",  # this Hub stores large files as Git LFS does
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONPATH": str(PROJECT),
        **more,
    }


@dataclass(frozen=True)
class Client:
    """A process with one version of the client; `cache` is this test's own."""

    process: subprocess.Popen
    version: str
    cache: Path

    def __call__(self, do: str, *, token: str = WRITER, **order: object) -> dict:
        line = {"do": do, "cache": str(self.cache), "token": token, **order}
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the client's process died"
        return json.loads(answer)

    def with_cache(self, cache: Path) -> "Client":
        return replace(self, cache=cache)


@pytest.fixture(scope="session")
def start_client(served: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Client]]:
    started: dict[str, Client] = {}

    def start(generation: str) -> Client:
        if generation not in started:
            home = tmp_path_factory.mktemp(f"hub-{generation}")
            path = [str(PROJECT)] if generation == "2" else [str(_old_client(home)), str(PROJECT)]
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.hub.worker"],
                cwd=home,
                env=environment(served.url, home) | {"PYTHONPATH": os.pathsep.join(path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            started[generation] = Client(process, json.loads(process.stdout.readline())["version"], home)
        return started[generation]

    yield start
    for client in started.values():
        client.process.stdin.close()
        client.process.wait(30)


def _old_client(home: Path) -> Path:
    """The last release of the first generation, beside the installed one."""
    target = home / "packages"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*command, "--target", str(target), OLD_CLIENT], check=True)
    return target


@pytest.fixture(params=["2", "1"], ids=["hub 2.4", "hub 1.33"])
def client(request: pytest.FixtureRequest, start_client, hub: Hub, tmp_path: Path) -> Client:
    """Each generation of the client in turn, with a clean cache."""
    return start_client(request.param).with_cache(tmp_path / "cache")


@pytest.fixture
def newest(start_client, hub: Hub, tmp_path: Path) -> Client:
    """The client that the project pins, with a clean cache."""
    return start_client("2").with_cache(tmp_path / "cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published profiler in the small: every file real, the adapter of one layer and random."""
    return make_folder(tmp_path / "published")


def make_folder(folder: Path, seed: int = 0, rank: int = 64) -> Path:
    folder.mkdir()
    dice = np.random.default_rng(seed)
    layer = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"
    save_file(
        {
            layer.format("A"): dice.normal(size=(rank, 576)).astype(np.float32),
            layer.format("B"): dice.normal(size=(576, rank)).astype(np.float32),
        },
        folder / "adapter_model.safetensors",
    )
    config = {
        "peft_type": "LORA", "r": rank, "lora_alpha": 2 * rank, "bias": "none",
        "base_model_name_or_path": SMOLLM2_135M.original, "target_modules": ["q_proj"],
    }  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0", "seed": seed}))
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n\n# A profiler\n")
    write_manifest(folder)
    return folder


def write_manifest(folder: Path, **changes: object) -> Manifest:
    """The manifest of what lies in the folder now."""
    names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    described = Manifest(
        name="tiny",
        base=Base(
            name=SMOLLM2_135M.name,
            model=SMOLLM2_135M.original,
            repository=SMOLLM2_135M.hub.repo_id,
            revision=SMOLLM2_135M.hub.revision,
            file=SMOLLM2_135M.hub.file,
            sha256=SMOLLM2_135M.sha256,
            preset="embedded",
        ),
        weights=Weights(adapter="."),
        embedder=Embedder(MINILM.name, MINILM.hub.repo_id, MINILM.hub.revision, MINILM.sha256, 384),
        prompt_version=PROMPT_VERSION,
        item_text_version=ITEM_TEXT_VERSION,
        scoring="facets",
        generation=Generation(max_new_tokens=ONE_SENTENCE.max_new_tokens, top_p=ONE_SENTENCE.top_p),
        files={name: sha256_of(folder / name) for name in names if name != manifest.FILE},
        versions={"blue-studio": "0.1.0"},
    )
    described = replace(described, **changes)
    manifest.write(folder, described)
    return described


def change_manifest(folder: Path, **changes: object) -> None:
    """Change values of the manifest as a person with an editor would; None removes one."""
    path = folder / manifest.FILE
    values = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({name: value for name, value in values.items() if value is not None}))
