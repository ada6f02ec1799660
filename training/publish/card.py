"""The model card of a published profiler, made by huggingface_hub from `card_template.md`."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from huggingface_hub import ModelCard, ModelCardData, constants

from blue.hub import Base, Manifest
from training.evaluate import Table, figure
from training.publish.staging import SHOWN, Publication
from training.runs import RunFolder

TEMPLATE = Path(__file__).parent / "card_template.md"
SMALL = 500_000_000  # parameters below which a language model is small
OTHER_LICENCE = {"license_name": "as-the-base-and-the-training-data", "license_link": "README.md"}
TAGS = ["blue", "recommendation", "sequential-recommendation", "user-profile", "explainability"]


def make_card(
    described: Manifest, publication: Publication, run: RunFolder, examples: Sequence[dict]
) -> ModelCard:
    """The card of what the manifest describes: metadata, what it is for, data, results, limits."""
    base = described.base or Base(
        name=described.name, model=publication.preset.profiler.name, repository="-", revision="0" * 40
    )
    return ModelCard.from_template(
        _metadata(described, publication),
        template_path=str(TEMPLATE),
        name=described.name,
        repository=publication.name,
        hub=constants.ENDPOINT,
        base=base,
        embedder=described.embedder,
        form=_form(described),
        prompt_version=described.prompt_version,
        scoring=_SCORINGS[described.scoring],
        decoding=_decoding(described),
        sources=publication.sources,
        training_config=run.config is not None,
        cost=_cost(run.cost),
        results=[_shown(table) for table in publication.tables],
        figure=bool(run.log),
        examples=[_example(example) for example in examples],
        small=_small(base.name),
        objective=_objective(run),
        licence=publication.licence,
    )


_SCORINGS = {
    "facets": "by taste: every sentence is embedded on its own",
    "single": "as one text: one embedding of the whole profile",
}


def _metadata(described: Manifest, publication: Publication) -> ModelCardData:
    has_adapter = described.weights.adapter is not None
    return ModelCardData(
        base_model=described.base.model if described.base else None,
        base_model_relation="adapter" if has_adapter else "finetune",
        datasets=[source.name for source in publication.sources] or None,
        language="en",
        library_name="peft" if has_adapter else "transformers",
        license=publication.licence,
        **(OTHER_LICENCE if publication.licence == "other" else {}),
        metrics=list(SHOWN) if publication.tables else None,
        model_name=described.name,
        pipeline_tag="text-generation",
        tags=[*TAGS, *(["lora"] if has_adapter else [])],
    )


def _form(described: Manifest) -> str:
    weights = described.weights
    forms = []
    if weights.adapter is not None:
        forms.append("LoRA adapter (PEFT, safetensors)")
    if weights.merged is not None:
        forms.append(f"merged weights in `{weights.merged}/` (safetensors)")
    return " and ".join(forms)


def _decoding(described: Manifest) -> str:
    chosen = described.generation
    kind = (
        "greedy" if chosen.temperature == 0 else f"temperature {chosen.temperature:g}, top-p {chosen.top_p:g}"
    )
    return f"{kind}, at most {chosen.max_new_tokens} tokens"


def _objective(run: RunFolder) -> str:
    """What the run optimised, as far as it recorded that."""
    if "weights" in run.settings or any("reward" in row for row in run.log):
        return "It was rewarded for retrieving what people chose next, not for being right about them."
    if any("loss" in row for row in run.log):
        return "It was trained on given sentences, without reinforcement learning, and has their gaps."
    return "How it was trained was not recorded."


def _cost(cost: dict) -> str:
    if not cost:
        return ""
    machine = cost.get("machine", {})
    hours = cost.get("seconds", 0) / 3600
    processor = f"{machine.get('cores', '?')} cores of {machine.get('processor', 'an unnamed processor')}"
    return (
        f"Training took {cost.get('steps', 0):,} steps and {hours:.1f} hours on {processor} "
        f"(GPU: {machine.get('gpus', 'none')})."
    )


def _shown(table: Table) -> SimpleNamespace:
    """A row a method and pool, with the two metrics that are shown."""
    figures = {(row.method, row.pool, row.metric): figure(row) for row in table.rows}
    rows = [
        SimpleNamespace(
            method=method,
            pool={"sampled": "1 + 99", "full": "full catalogue"}[pool],
            **{metric.partition("@")[0]: figures.get((method, pool, metric), "") for metric in SHOWN},
        )
        for method, pool in dict.fromkeys((row.method, row.pool) for row in table.rows)
    ]
    return SimpleNamespace(name=table.dataset, users=table.n_users, seed=table.seed, rows=rows)


def _example(example: dict) -> SimpleNamespace:
    titles = [line.partition(" | ") for line in example["history"].splitlines()]
    named = ", ".join(f"{title} ({stars})" for title, _, stars in titles)
    return SimpleNamespace(titles=named, lines=example["profile"].splitlines())


def _small(name: str) -> str:
    """A warning for small bases, from the size that their name states."""
    found = re.search(r"(\d+(?:\.\d+)?)\s*([mb])\b", name.lower().replace("-", " "))
    if not found:
        return ""
    parameters = float(found[1]) * (1e6 if found[2] == "m" else 1e9)
    if parameters >= SMALL:
        return ""
    return f"The base has about {parameters / 1e6:,.0f} million parameters. Its sentences are plain."
