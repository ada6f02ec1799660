r"""A trained checkpoint -> the folder that is shipped: float16 factors and the public name of their base.

    python -m training.publish.export_adapter runs/warm-start/adapter assets/profiler \
        --base HuggingFaceTB/SmolLM2-135M-Instruct

Optimiser state, tokenizer and pickled files stay behind.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from blue.models import CONFIG, VERSIONS, WEIGHTS
from training.runs import parser_of


def export(checkpoint: Path, folder: Path, base: str) -> None:
    """Write the files of an adapter; `base` is the model id that its configuration names."""
    folder.mkdir(parents=True, exist_ok=True)
    factors = {name: factor.to(torch.float16) for name, factor in load_file(checkpoint / WEIGHTS).items()}
    overflown = [name for name, factor in factors.items() if not torch.isfinite(factor).all()]
    if overflown:
        raise SystemExit(f"{overflown[0]} does not fit float16 or is not finite: the run has diverged.")
    save_file(factors, folder / WEIGHTS, metadata={"format": "pt"})
    describe(checkpoint, folder, base)


def describe(checkpoint: Path, folder: Path, base: str) -> None:
    """The adapter's configuration, which names its public base, and the versions it was trained with."""
    config = json.loads((checkpoint / CONFIG).read_text(encoding="utf-8"))
    config |= {"base_model_name_or_path": base, "target_modules": sorted(config["target_modules"])}
    (folder / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if (checkpoint / VERSIONS).is_file():
        shutil.copyfile(checkpoint / VERSIONS, folder / VERSIONS)


def main() -> None:
    """Read the command line and export."""
    parser = parser_of(__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", required=True)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.folder, arguments.base)


if __name__ == "__main__":
    main()
