"""A run folder -> the folder that is published: weights, tokenizer, settings, log, results, card, manifest.

Nothing is fetched or pushed here. The folder that results is what `blue.hub.open_profiler` loads, and it is
checked by the very same function before anybody sees it.
"""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from blue import __version__
from blue.datatypes import Scoring
from blue.hub import Base, Embedder, Generation, Manifest, Weights, check, manifest, relative_names
from blue.item_text import ITEM_TEXT_VERSION
from blue.models import (
    CONFIG,
    PRESETS,
    WEIGHTS,
    ModelSource,
    Preset,
    Progress,
    get_preset,
    resolve,
    sha256_of,
    silent,
)
from blue.profile import ONE_SENTENCE, PROMPT_VERSION
from blue.retrieval import SentenceEncoder
from training.data import Source, as_records
from training.evaluate import Row, Table
from training.publish import export_adapter
from training.runs import RunError, RunFolder, save_merged, trainable_base, versions

if TYPE_CHECKING:
    from huggingface_hub import EvalResultEntry

MERGED, ENCODER, EVAL_RESULTS = "merged", "encoder", ".eval_results"
SHOWN = ("ndcg@10", "recall@10")
TOKENIZER = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja",
)  # fmt: skip


@dataclass(frozen=True)
class Publication:
    """What the person who publishes decides, beside the run itself."""

    name: str  # "owner/name"
    preset: Preset
    scoring: Scoring
    licence: str  # an identifier of the Hub, of the published weights
    sources: tuple[Source, ...]
    tables: tuple[Table, ...]  # results of the evaluation
    benchmarks: dict[str, str]  # data set of the results -> the Hub's dataset id
    page: str = ""  # the repository's address, named as the source of the results
    also_merged: bool = False


def preset_of(run: RunFolder, chosen: str | None) -> Preset:
    """The preset that a run was trained from: chosen, or of its configuration, or of its adapter's base."""
    named = chosen or run.settings.get("preset")
    if named:
        return get_preset(str(named))
    if run.adapter is not None:
        config = json.loads((run.adapter / CONFIG).read_text(encoding="utf-8"))
        base = Path(str(config.get("base_model_name_or_path"))).name.casefold()
        for preset in PRESETS.values():
            if preset.profiler.name.casefold() == base:
                return preset
    raise RunError(
        f"Nothing in {run.path} says which base model it was trained from. "
        f"Name its preset, e.g. --preset embedded (there are {', '.join(PRESETS)})."
    )


def stage(run: RunFolder, folder: Path, publication: Publication, progress: Progress = silent) -> Manifest:
    """Write everything but the card and the examples into `folder`, and the manifest of what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    nameable = publication.preset.profiler.hub is not None
    base = public_base(publication.preset) if run.adapter is not None or nameable else None
    if run.adapter is not None:
        progress("copying the adapter", None)
        copy_adapter(run.adapter, folder, base)
        copy_tokenizer(run, publication.preset, folder)
    if run.merged is not None:
        copy_weights(run.merged, folder / MERGED)
    elif publication.also_merged:
        progress("merging the adapter into its base", None)
        base_folder = trainable_base(publication.preset.name, run.path / "base")
        save_merged(base_folder, run.adapter, folder / MERGED)
    if run.encoder is not None:
        progress("copying the trained embedder", None)
        copy_weights(run.encoder, folder / ENCODER)
    write_records(run, publication, folder)
    described = describe(run, publication, folder, base)
    manifest.write(folder, described)
    return described


def seal(folder: Path, described: Manifest) -> Manifest:
    """Write the manifest again after files were added, and check the folder as its readers will."""
    sealed = replace(described, files=_hashes(folder))
    manifest.write(folder, sealed)
    check(folder, manifest.read(folder))
    return sealed


def describe(run: RunFolder, publication: Publication, folder: Path, base: Base | None) -> Manifest:
    """The manifest of what is in `folder` now."""
    weights = Weights(
        adapter="." if run.adapter is not None else None,
        merged=MERGED if (folder / MERGED).is_dir() else None,
    )
    return Manifest(
        name=publication.name.rpartition("/")[2],
        base=base,
        weights=weights,
        embedder=public_embedder(publication.preset, folder),
        prompt_version=PROMPT_VERSION,
        item_text_version=ITEM_TEXT_VERSION,
        scoring=publication.scoring,
        generation=Generation(
            max_new_tokens=ONE_SENTENCE.max_new_tokens,
            temperature=ONE_SENTENCE.temperature,
            top_p=ONE_SENTENCE.top_p,
            repetition_penalty=ONE_SENTENCE.repetition_penalty,
        ),
        files=_hashes(folder),
        versions={"blue-studio": __version__} | versions(),
    )


def public_base(preset: Preset) -> Base:
    """How others get the base model of a preset; RunError if they cannot."""
    source = preset.profiler
    if source.hub is None:
        raise RunError(
            f"The base {source.name} is a path of this computer, which others do not have. "
            "Train from a preset, or publish merged weights alone."
        )
    return Base(
        name=source.name,
        model=source.original or source.hub.repo_id,
        repository=source.hub.repo_id,
        revision=source.hub.revision,
        file=source.hub.file,
        sha256=source.sha256,
        preset=preset.name.partition("@")[0],
        licence=source.licence,
    )


def public_embedder(preset: Preset, folder: Path) -> Embedder:
    """The embedder of a preset, or the trained one in `folder`, known by the SHA-256 of its weights."""
    source: ModelSource = preset.embedder
    own = folder / ENCODER
    path = own if own.is_dir() else resolve(source).path
    weights = path / "model.safetensors"
    if not weights.is_file():
        raise RunError(
            f"{path} keeps its weights in several files; save the embedder as one model.safetensors."
        )
    return Embedder(
        name=f"{source.name} (trained)" if own.is_dir() else source.name,
        repository=source.hub.repo_id,
        revision=source.hub.revision,
        sha256=sha256_of(weights),
        dimension=SentenceEncoder(path).dimension,
        folder=ENCODER if own.is_dir() else None,
        query_prompt=source.query_prompt,
        licence=source.licence,
    )


def copy_adapter(adapter: Path, folder: Path, base: Base) -> None:
    """The weights byte for byte; the configuration names the public base, not a folder of the trainer's."""
    if not (adapter / WEIGHTS).is_file():
        raise RunError(
            f"{adapter} has no {WEIGHTS}. Save the adapter in safetensors; pickles are not published."
        )
    shutil.copyfile(adapter / WEIGHTS, folder / WEIGHTS)
    export_adapter.describe(adapter, folder, base.model)


def copy_tokenizer(run: RunFolder, preset: Preset, folder: Path) -> None:
    """The run's own tokenizer files, or the base model's where the run kept none."""
    for place in (run.adapter, run.path / "base"):
        if place is not None and (place / "tokenizer.json").is_file():
            for name in TOKENIZER:
                if (place / name).is_file():
                    shutil.copyfile(place / name, folder / name)
            return
    from transformers import AutoTokenizer

    found = resolve(preset.profiler).path
    where = {"gguf_file": found.name} if found.is_file() else {}
    AutoTokenizer.from_pretrained(found.parent if found.is_file() else found, **where).save_pretrained(folder)


def copy_weights(source: Path, target: Path) -> None:
    """A model folder without what is never loaded: pickles, optimiser state, code, other people's cards."""
    suffixes = {".safetensors", ".json", ".txt", ".jinja", ".model"}
    for name in relative_names(source):
        if Path(name).suffix in suffixes and not name.startswith(("checkpoint", "adapter_", "runs/")):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)


def write_records(run: RunFolder, publication: Publication, folder: Path) -> None:
    """What is there to be read by people and programs, not by models."""
    settings = {
        "max_new_tokens": ONE_SENTENCE.max_new_tokens,
        "do_sample": ONE_SENTENCE.temperature > 0,
        "repetition_penalty": ONE_SENTENCE.repetition_penalty,
    }
    _json(folder / "generation_config.json", settings)
    _json(folder / "sources.json", as_records(publication.sources))
    if run.config is not None:
        shutil.copyfile(run.config, folder / "training_config.yaml")
    if run.cost:
        _json(folder / "run.json", run.cost)
    if run.log:
        lines = "".join(json.dumps(row) + "\n" for row in run.log)
        (folder / "rewards.jsonl").write_text(lines, encoding="utf-8")
    if publication.tables:
        _json(folder / "results.json", [table.record() for table in publication.tables])
    write_eval_results(publication, folder / EVAL_RESULTS)


def write_eval_results(publication: Publication, folder: Path) -> None:
    """`.eval_results/<data set>.yaml` in the Hub's form, of the profiler that is published as it is used."""
    from huggingface_hub import eval_result_entries_to_yaml

    for table in publication.tables:
        own = [row for row in table.rows if row.method == f"blue-{publication.scoring}"]
        entries = [_eval_result(row, table, publication) for row in own if row.metric in SHOWN]
        if not entries:
            continue
        folder.mkdir(exist_ok=True)
        text = yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False, allow_unicode=True)
        (folder / f"{table.dataset}.yaml").write_text(text, encoding="utf-8")


def _eval_result(row: Row, table: Table, publication: Publication) -> "EvalResultEntry":
    from huggingface_hub import EvalResultEntry

    pool = {"sampled": "1 + 99 candidates", "full": "the full catalogue"}[row.pool]
    return EvalResultEntry(
        dataset_id=publication.benchmarks[table.dataset],
        task_id=f"next_item_{row.pool}_{row.metric.replace('@', '_at_')}",
        value=round(row.value, 4),
        source_url=publication.page or None,
        source_name="Model card" if publication.page else None,
        notes=f"{row.method}, {pool}, {table.n_users} unseen users, seed {table.seed}, "
        f"95% bootstrap interval [{row.low:.4f}, {row.high:.4f}]",
    )


def _hashes(folder: Path) -> dict[str, str]:
    return {name: sha256_of(folder / name) for name in relative_names(folder) if name != manifest.FILE}


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
