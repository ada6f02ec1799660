#!/usr/bin/env bash
# implicit 0.7.3: where fewer than N items are left, recommend() fills up with the liked ones that it filtered.
#
# Expected: filter_already_liked_items=True, the default, never answers an item that the user has: fewer than N come
# back, or the rest is marked by -1 as an index does it.
# Seen: of twenty items the user has eighteen; asked for ten, recommend() answers the two others and then eight that
# the user has, in the order of the scores that they lost, their score being -3.4e38. Items that filter_items names
# come back too. Where N is above the number of items, item 0 with score 0 fills the rest: above all that
# was filtered, and above every negative score.
# So: keep only what has a score above -1e38, and ask for no more than there is.
#
# Output seen:
#   18 of 20 items liked, asked for 10: 2 new, 8 liked again
#   and item 18 named in filter_items: 1 new, 9 filtered
#   asked for 25 of 20: 25 answers, 6 times item 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile implicit==0.7.3 numpy==2.4.6 scipy==1.17.1
OPENBLAS_NUM_THREADS=1 "$folder/env/bin/python" - <<'PYTHON'
import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares

ITEMS, LIKED = 20, 18
model = AlternatingLeastSquares(factors=ITEMS, num_threads=1)
model.user_factors = np.arange(ITEMS, 0, -1, dtype="float32")[None]
model.item_factors = np.eye(ITEMS, dtype="float32")
taken = sparse.csr_matrix((np.ones(LIKED), (np.zeros(LIKED, int), np.arange(LIKED))), shape=(1, ITEMS), dtype="float32")

items, scores = model.recommend(0, taken[0], N=10, filter_already_liked_items=True)
again = [item for item in items if item < LIKED]
print(f"{LIKED} of {ITEMS} items liked, asked for 10: {len(items) - len(again)} new, {len(again)} liked again")
assert len(again) == 8, "liked items stay away now"
assert (scores[2:] < -1e38).all() and (scores[:2] > 0).all()
items, _ = model.recommend(0, taken[0], N=10, filter_items=[18])
filtered = [item for item in items if item != 19]
print(f"and item 18 named in filter_items: {len(items) - len(filtered)} new, {len(filtered)} filtered")
assert len(filtered) == 9
nothing = sparse.csr_matrix((1, ITEMS), dtype="float32")
items, scores = model.recommend(np.array([0]), nothing, N=25)
zero = int((items[0] == 0).sum())
print(f"asked for 25 of {ITEMS}: {items.shape[1]} answers, {zero} times item 0")
assert zero == 6 and (scores[0, ITEMS:] == 0).all()
PYTHON
