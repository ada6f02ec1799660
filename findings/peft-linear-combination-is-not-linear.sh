#!/usr/bin/env bash
# peft 0.21.2: add_weighted_adapter(combination_type="linear"), the default, does not add what two adapters do.
#
# Expected: adapters a and b with weights .5 and .5 change a layer by .5 times what a does and .5 times what b does.
# Seen: the factors are added, not the products: (A1 + A2)(B1 + B2) has the cross terms B1 A2 and B2 A1 beside the
# wanted ones. For two independent adapters they are as large as the sum itself: the error is 99 % of it. An adapter
# combined with itself is exact, and so is a weight of 0, so the usual small checks pass.
# So: combination_type="cat", whose rank is the sum of the ranks and which is exact.
#
# Output seen:
#   linear: error 99 % of the sum; cat: 0 %
#   linear, one adapter with weight 0: error 0 %
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile peft==0.21.2 torch==2.13.0 transformers==5.23.0 accelerate==1.15.0
"$folder/env/bin/python" - <<'PYTHON'
import torch
from peft import LoraConfig, get_peft_model

torch.manual_seed(0)
torch.set_num_threads(1)
lora = LoraConfig(r=8, lora_alpha=8, target_modules=["0"])
model = get_peft_model(torch.nn.Sequential(torch.nn.Linear(64, 64)), lora, adapter_name="first")
model.add_adapter("second", lora)
for name, values in model.named_parameters():
    if "lora_A" in name or "lora_B" in name:
        torch.nn.init.normal_(values)


def change(adapter: str) -> torch.Tensor:
    """(64, 64): what the adapter adds to the layer's weight."""
    return model.base_model.model[0].get_delta_weight(adapter).detach()


def error(kind: str, *weights: float) -> float:
    """Of the combination against the weighted sum, as a share of the sum's norm."""
    made = f"{kind} {weights}".replace(".", "_")
    model.add_weighted_adapter(["first", "second"], list(weights), made, combination_type=kind)
    wanted = weights[0] * change("first") + weights[1] * change("second")
    return float((change(made) - wanted).norm() / wanted.norm())


linear, cat, alone = error("linear", 0.5, 0.5), error("cat", 0.5, 0.5), error("linear", 1.0, 0.0)
print(f"linear: error {linear:.0%} of the sum; cat: {cat:.0%}".replace("%", " %"))
print(f"linear, one adapter with weight 0: error {alone:.0%}".replace("%", " %"))
assert linear > 0.8, "linear is linear now"
assert cat < 1e-5 and alone < 1e-5
PYTHON
