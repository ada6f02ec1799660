#!/usr/bin/env bash
# rectools 0.19.0: NDCG(k) divides by what k relevant items would give, so a perfect ranking of fewer is far from 1.
#
# Expected: the N of NDCG: the user's own ideal ranking has 1, whatever the number of relevant items (Järvelin and
# Kekäläinen, trec_eval, scikit-learn). MAP in the same package does that.
# Seen: with one item held out and found at the first place NDCG@10 is .220, at the tenth .064: the plain figure
# over 4.54. Tables of two papers differ by a factor that depends on k and on the split, and no column shows it.
# So: NDCG(k, divide_by_achievable=True), or trec_eval's ndcg_cut.
#
# Output seen:
#   found at place 1: rectools NDCG@10 0.220, MAP@10 1.000; divide_by_achievable 1.000; trec_eval 1.000
#   found at place 3: rectools NDCG@10 0.110, MAP@10 0.333; divide_by_achievable 0.500; trec_eval 0.500
#   found at place 10: rectools NDCG@10 0.064, MAP@10 0.100; divide_by_achievable 0.289; trec_eval 0.289
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile rectools==0.19.0 pytrec-eval-terrier==0.5.11
"$folder/env/bin/python" - <<'PYTHON'
import warnings

import pandas as pd
import pytrec_eval

warnings.simplefilter("ignore")
from rectools import Columns
from rectools.metrics import MAP, NDCG, calc_metrics

METRICS = {"plain": NDCG(10), "map": MAP(10), "achievable": NDCG(10, divide_by_achievable=True)}
SHOWN = [f"item{rank:02}" for rank in range(1, 11)]
table = pd.DataFrame({Columns.User: 1, Columns.Item: SHOWN, Columns.Rank: range(1, 11)})
for place in (1, 3, 10):
    hit = SHOWN[place - 1]
    taken = pd.DataFrame({Columns.User: [1], Columns.Item: [hit]})
    found = calc_metrics(METRICS, table, taken)
    judge = pytrec_eval.RelevanceEvaluator({"1": {hit: 1}}, {"ndcg_cut.10"})
    ranked = {"1": {item: float(10 - row) for row, item in enumerate(SHOWN)}}
    trec = judge.evaluate(ranked)["1"]["ndcg_cut_10"]
    print(
        f"found at place {place}: rectools NDCG@10 {found['plain']:.3f}, MAP@10 {found['map']:.3f}; "
        f"divide_by_achievable {found['achievable']:.3f}; trec_eval {trec:.3f}"
    )
    assert abs(found["plain"] - trec / 4.5436) < 1e-4, "a perfect ranking has NDCG 1 now"
    assert abs(found["achievable"] - trec) < 1e-6 and abs(found["map"] - 1 / place) < 1e-6
PYTHON
