"""The maps as a sentence-transformers model: its own modules, queries and items routed apart."""

import shutil
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Router

from training.encoder.maps import Maps

CONFIG = "config_sentence_transformers.json"
BEHIND = ("3_Router", "4_Normalize", "modules.json", CONFIG)  # what the maps add to the base's folder


def save_whole(maps: Maps, base: Path, folder: Path) -> None:
    """Base and maps, loadable with `SentenceTransformer(folder)`; all of it or nothing."""
    model = SentenceTransformer(str(base), device="cpu", local_files_only=True)
    routes = {"query": [_dense(maps.query)], "document": [_dense(maps.item)]}
    whole = SentenceTransformer(
        modules=[*model, Router(routes, default_route="document"), Normalize()], device="cpu"
    )
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    whole.save_pretrained(str(part), create_model_card=False)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def save_maps(whole: Path, folder: Path) -> None:
    """What the app ships beside the base that it has anyway: of a whole folder, all but the base."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in BEHIND:
        source, target = whole / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)


def _dense(linear: torch.nn.Linear) -> Dense:
    weight = linear.weight.detach().clone()
    size = weight.shape[0]
    return Dense(size, size, bias=False, activation_function=torch.nn.Identity(), init_weight=weight)
