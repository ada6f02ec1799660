#!/usr/bin/env bash
# implicit 0.7.3: precision_at_k divides by the items held out where these are fewer than k, so it is no precision.
#
# Expected: of ten recommendations one is right, so precision at 10 is 0.1, as in trec_eval and RecTools.
# Seen: it is 1.0, for hits are divided by min(k, items held out), summed over all users. With one item held out of
# each user, the usual split, "precision" is the hit rate, ten times the figure beside it in a table; and of users
# with unequal numbers it is neither a mean over users nor recall: 2 hits of 2 and 1 of 10 give .25, means .15.
# So: compute the metric from the recommendations oneself.
#
# Output seen:
#   one held out, found, of 10 shown: precision_at_k 1.000; hits / 10 is 0.100
#   two users, 2 of 2 and 1 of 10 found, of 10 shown: precision_at_k 0.250; hits / 10 is 0.150
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile implicit==0.7.3 numpy==2.4.6 scipy==1.17.1
OPENBLAS_NUM_THREADS=1 "$folder/env/bin/python" - <<'PYTHON'
import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares
from implicit.evaluation import precision_at_k

ITEMS, K = 40, 10


def looked_at(held_out: list[list[int]]) -> tuple[float, float]:
    """precision_at_k, and hits / k, where every user is shown item 0 first, 1 next and so on."""
    model = AlternatingLeastSquares(factors=ITEMS, num_threads=1)
    model.user_factors = np.tile(np.arange(ITEMS, 0, -1, dtype="float32"), (len(held_out), 1))
    model.item_factors = np.eye(ITEMS, dtype="float32")
    users = [user for user, items in enumerate(held_out) for _ in items]
    taken = (np.ones(len(users), dtype="float32"), (users, sum(held_out, [])))
    shape = (len(held_out), ITEMS)
    test, train = sparse.csr_matrix(taken, shape=shape), sparse.csr_matrix(shape, dtype="float32")
    shown, _ = model.recommend(np.arange(len(held_out)), train, N=K)
    assert (shown == np.arange(K)).all()
    own = precision_at_k(model, train, test, K=K, show_progress=False, num_threads=1)
    return own, float(np.mean([len(set(items) & set(range(K))) / K for items in held_out]))


for words, held_out, expected in (
    ("one held out, found", [[0]], 1.0),
    ("two users, 2 of 2 and 1 of 10 found", [[0, 1], [0, *range(20, 29)]], 0.25),
):
    own, plain = looked_at(held_out)
    print(f"{words}, of {K} shown: precision_at_k {own:.3f}; hits / {K} is {plain:.3f}")
    assert abs(own - expected) < 1e-6, "precision is over k now"
PYTHON
