"""One process with one version of huggingface_hub, which does what it is told: a line of JSON, an answer.

HF_ENDPOINT is read once, when the client is imported, so every version and every Hub needs a process of its
own; what changes from test to test (token, cache) is part of the order.
"""

import json
import os
import sys
from functools import partial
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants

from blue.errors import BlueError
from blue.hub import open_catalog, open_profiler, patience
from training.publish.upload import full_name, push_files

patience.PAUSES = (0.05, 0.1)


def push(folder: str, repo: str, progress, **options: str) -> dict:
    files = {path.relative_to(folder).as_posix(): path for path in Path(folder).rglob("*") if path.is_file()}
    repo = full_name(repo, progress=progress)
    pushed = push_files(files, repo, message="a version", progress=progress, **options)
    return {"repo": pushed.repo_id, "commit": pushed.commit, "url": pushed.url}


def open_(name: str, progress) -> dict:
    found = open_profiler(name, progress)
    names = sorted(p.relative_to(found.folder).as_posix() for p in found.folder.rglob("*") if p.is_file())
    return {
        "folder": str(found.folder),
        "label": found.label,
        "commit": found.commit,
        "outage": found.outage,
        "files": names,
        "adapter": str(found.adapter),
        "scoring": found.scoring,
    }


def catalog(name: str, progress) -> dict:
    found = open_catalog(name, progress)
    return {"folder": str(found.folder), "label": found.label, "outage": found.outage}


def note(told: list[str], what: str, share: float | None) -> None:
    told.append(what)


ORDERS = {"push": push, "open": open_, "catalog": catalog}


def main() -> None:
    print(json.dumps({"version": huggingface_hub.__version__}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        told: list[str] = []
        constants.HF_HUB_CACHE = order.pop("cache")
        os.environ["HF_TOKEN"] = order.pop("token")
        try:
            answer = ORDERS[order.pop("do")](progress=partial(note, told), **order)
        except BlueError as error:
            answer = {"error": type(error).__name__, "message": str(error)}
        print(json.dumps(answer | {"told": told}), flush=True)


if __name__ == "__main__":
    main()
