#!/usr/bin/env bash
# safetensors 0.8.0: an array in Fortran order is written by safetensors.numpy with its numbers in other places.
#
# Expected: save() keeps every value where it is, whatever the order in memory, as 0.7.0 did and numpy.save does,
# or refuses, as safetensors.torch does. Such arrays are ordinary: the transpose of a matrix, a table that was laid
# out by columns, every second row.
# Seen: the bytes are taken as they lie in memory and read back in C order. Nothing is raised, shape, type and norm
# are right, and of 1,000 embeddings none is nearest to itself any more.
# So: numpy.ascontiguousarray before every save.
#
# Output seen:
#   safetensors 0.7.0: Fortran order the same True, every second row the same True, rows nearest to themselves 1000
#   safetensors 0.8.0: Fortran order the same False, every second row the same False, rows nearest to themselves 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
cat > "$folder/look.py" <<'PYTHON'
import sys

import numpy as np
import safetensors
from safetensors.numpy import load, save

rows = np.random.default_rng(0).standard_normal((1_000, 32)).astype("float32")
rows /= np.linalg.norm(rows, axis=1, keepdims=True)


def kept(array: np.ndarray) -> np.ndarray:
    return load(save({"rows": array}))["rows"]


assert np.array_equal(kept(rows), rows)
fortran, second = kept(np.asfortranarray(rows)), kept(rows[::2])
assert fortran.shape == rows.shape and second.shape == rows[::2].shape
same = np.array_equal(fortran, rows), np.array_equal(second, rows[::2])
nearest = int(((fortran @ rows.T).argmax(1) == np.arange(len(rows))).sum())
print(
    f"safetensors {safetensors.__version__}: Fortran order the same {same[0]}, every second row the same {same[1]}, "
    f"rows nearest to themselves {nearest}"
)
sys.exit(same != (sys.argv[1] == "kept",) * 2)
PYTHON
"$folder/env/bin/pip" install --quiet safetensors==0.7.0 numpy==2.4.6
"$folder/env/bin/python" "$folder/look.py" kept
"$folder/env/bin/pip" install --quiet safetensors==0.8.0
"$folder/env/bin/python" "$folder/look.py" scrambled
