#!/usr/bin/env bash
# peft 0.21.2: with init_lora_weights="pissa" or "olora" a model whose adapter is disabled is not the base model.
#
# Expected: disable_adapter() gives what the base gave before get_peft_model, as it does for every plain LoRA: a
# reference to compare with, or to measure a policy's divergence from, without a second copy of the weights.
# Seen: those two move the largest directions of the weight into the adapter and subtract them from the base. With
# the adapter the untrained model answers as the base did, without it something else, with no warning: a divergence
# that is 0 where nothing is disabled is measured from a model that nobody trained.
# So: keep a copy of the base where such an initialisation is used, or use init_lora_weights=True.
#
# Output seen (mean change of the answers as a share of their size):
#   init True: adapter on 0.00, disabled 0.00
#   init 'pissa': adapter on 0.00, disabled 0.75
#   init 'olora': adapter on 0.00, disabled 0.62
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile peft==0.21.2 torch==2.13.0 transformers==5.23.0 accelerate==1.15.0
"$folder/env/bin/python" - <<'PYTHON'
import warnings

import torch
from peft import LoraConfig, get_peft_model

torch.set_num_threads(1)
torch.manual_seed(0)
asked = torch.randn(32, 64)


def base() -> torch.nn.Module:
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64)).eval()


answers = base()(asked).detach()


def changed(init: bool | str) -> tuple[float, float]:
    lora = LoraConfig(r=8, lora_alpha=8, target_modules=["0", "2"], init_lora_weights=init)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        model = get_peft_model(base(), lora).eval()
        with torch.no_grad():
            on = model(asked)
            with model.disable_adapter():
                off = model(asked)
    assert not any("disable" in str(warning.message) for warning in warned)
    return tuple(float((seen - answers).norm() / answers.norm()) for seen in (on, off))


for init in (True, "pissa", "olora"):
    on, off = changed(init)
    print(f"init {init!r}: adapter on {on:.2f}, disabled {off:.2f}")
    assert on < 1e-4
    assert (off > 0.1) == (init is not True), "the base is whole again when its adapter is disabled"
PYTHON
