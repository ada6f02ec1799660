"""A configuration file over the one it is based on: a variant is the lines in which it differs."""

from pathlib import Path

import yaml


def read_values(path: Path) -> dict:
    """A YAML file over the one that its `based_on` names in its folder; weights are merged one by one.

    Raises:
        SystemExit: there is no such file.
    """
    if not path.is_file():
        raise SystemExit(f"There is no configuration {path}.")
    values = yaml.safe_load(path.read_text())
    if (below := values.pop("based_on", None)) is None:
        return values
    base = read_values(path.parent / below)
    merged = base | values
    if "weights" in base:
        merged["weights"] = base["weights"] | values.get("weights", {})
    return merged
