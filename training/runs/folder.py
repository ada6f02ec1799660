"""What a training run left in its folder, whichever stage it was: the parts that are published.

A run folder holds `adapter/` (or is an adapter folder itself, such as the shipped ones), or merged weights;
and, where they were made, `encoder/`, the configuration, the log, the results, and profiles to read.
"""

import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path

import yaml

from blue.errors import BlueError
from training.runs.log import entries


class RunError(BlueError):
    """A run folder does not hold what publishing needs."""


@dataclass(frozen=True)
class RunFolder:
    """Paths of a run's parts; None where there is none. `log` has a row a step: figures only."""

    path: Path
    adapter: Path | None
    merged: Path | None
    encoder: Path | None
    config: Path | None
    settings: dict  # of the configuration file
    log: tuple[dict[str, float], ...]
    results: Path | None  # what training.evaluate wrote
    cost: dict  # of run.json


def find_run(
    path: Path,
    *,
    encoder: Path | None = None,
    config: Path | None = None,
    results: Path | None = None,
) -> RunFolder:
    """Look through a run's folder; explicit paths win.

    Raises:
        RunError: there is neither an adapter nor merged weights, or a file that was named is not there.
    """
    for named in (encoder, config, results):
        if named is not None and not named.exists():
            raise RunError(f"There is no {named}.")
    adapter = _first(path, "adapter", ".", holding="adapter_config.json")
    merged = _first(path, "merged", "." if adapter is None else "merged", holding="config.json")
    if merged is not None and not list(merged.glob("*.safetensors")):
        merged = None
    if adapter is None and merged is None:
        raise RunError(
            f"{path} holds neither an adapter (adapter/adapter_config.json) nor merged weights in "
            "safetensors. Give the folder that training wrote as OUT."
        )
    config = config or _first_file(path, "config.yaml", "config.yml")
    cost = _first_file(path, "run.json")
    return RunFolder(
        path=path,
        adapter=adapter,
        merged=merged,
        encoder=encoder or _first(path, "encoder", holding="modules.json"),
        config=config,
        settings=_settings(config),
        log=_log(path),
        results=results or _first_file(path, "results.json"),
        cost=json.loads(cost.read_text(encoding="utf-8")) if cost else {},
    )


def _first(path: Path, *folders: str, holding: str) -> Path | None:
    return next((path / name for name in folders if (path / name / holding).is_file()), None)


def _first_file(path: Path, *names: str) -> Path | None:
    return next((path / name for name in names if (path / name).is_file()), None)


def _settings(config: Path | None) -> dict:
    if config is None:
        return {}
    try:
        values = yaml.safe_load(config.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise RunError(f"{config} is not YAML: {error}.") from error
    if not isinstance(values, dict):
        raise RunError(f"{config} is not a configuration: it holds no settings.")
    return values


def _log(path: Path) -> tuple[dict[str, float], ...]:
    """The log of rewards (GRPO) or losses (warm start); what training users chose or got stays behind."""
    if (lines := path / "log.jsonl").is_file():
        rows = list(entries(lines))
    elif (table := path / "training_log.csv").is_file():
        with table.open(encoding="utf-8", newline="") as file:
            rows = [{name: _number(text) for name, text in row.items()} for row in csv.DictReader(file)]
    else:
        return ()
    return tuple({name: value for name, value in row.items() if _is_figure(value)} for row in rows)


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _is_figure(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
