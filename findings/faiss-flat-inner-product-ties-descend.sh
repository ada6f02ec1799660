#!/usr/bin/env bash
# faiss-cpu 1.15.1: of equal rows, a flat inner-product index answers the first ones in descending order.
#
# Expected: rows of equal similarity come in the order in which they were added, as IndexFlatL2 gives them and
# as a stable sort of the same scores does; duplicates of an item keep their order.
# Seen: IndexFlatIP keeps the first k of them and answers them last to first: 2, 1, 0. A comparison with a stable
# sort, or a page of results that is asked for with another k, then differs although no score does.
# So: break ties oneself, by the row's number, over a few more results than are shown.
#
# Output seen:
#   30 equal rows, the nearest 3: IndexFlatL2 [0, 1, 2], IndexFlatIP [2, 1, 0]
#   30 equal rows, the nearest 6: IndexFlatL2 [0, 1, 2, 3, 4, 5], IndexFlatIP [5, 4, 3, 2, 1, 0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet faiss-cpu==1.15.1 numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
import faiss
import numpy as np

rows = np.tile(np.eye(1, 8, dtype="float32"), (30, 1))
for k in (3, 6):
    found = {}
    for kind in (faiss.IndexFlatL2, faiss.IndexFlatIP):
        index = kind(8)
        index.add(rows)
        found[kind.__name__] = index.search(rows[:1], k)[1][0].tolist()
    print(f"{len(rows)} equal rows, the nearest {k}: " + ", ".join(f"{name} {ids}" for name, ids in found.items()))
    assert found["IndexFlatL2"] == list(range(k))
    assert found["IndexFlatIP"] == list(range(k))[::-1], "ties of IndexFlatIP are in another order now"
PYTHON
