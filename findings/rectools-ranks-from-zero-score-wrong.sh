#!/usr/bin/env bash
# rectools 0.19.0: a table of recommendations whose ranks begin at 0 is scored without a word, and wrongly.
#
# Expected: ranks that begin at 0 (enumerate, argsort, a data frame's index) are taken for an order, or refused.
# Seen: the second place counts as the first (MRR 1.0 instead of 0.5), and a hit at the first place makes NDCG and
# MRR infinite, while precision looks as always.
# So: ranks begin at 1; check their minimum before anything is scored.
#
# Output seen:
#   hit at the second place, ranks from 0: MRR@3 1.000, NDCG@3 0.469, Precision@2 0.500; from 1: 0.500, 0.296, 0.500
#   hit at the first place, ranks from 0: MRR@3 inf, NDCG@3 inf, Precision@2 0.500; from 1: 1.000, 0.469, 0.500
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet rectools==0.19.0
"$folder/env/bin/python" - <<'PYTHON'
import math
import warnings

import pandas as pd

warnings.simplefilter("ignore")
from rectools import Columns
from rectools.metrics import MRR, NDCG, Precision, calc_metrics

METRICS = {"MRR@3": MRR(3), "NDCG@3": NDCG(3), "Precision@2": Precision(2)}


def scored(hit: str, first: int) -> list[float]:
    taken = pd.DataFrame({Columns.User: [1], Columns.Item: [hit]})
    ranks = [first, first + 1, first + 2]
    table = pd.DataFrame({Columns.User: [1, 1, 1], Columns.Item: ["a", "b", "c"], Columns.Rank: ranks})
    found = calc_metrics(METRICS, table, taken)
    return [found[name] for name in METRICS]


for place, hit in (("second", "b"), ("first", "a")):
    zero, one = scored(hit, 0), scored(hit, 1)
    named = ", ".join(f"{name} {value:.3f}" for name, value in zip(METRICS, zero))
    print(f"hit at the {place} place, ranks from 0: {named}; from 1: {', '.join(f'{value:.3f}' for value in one)}")
assert scored("b", 1)[0] == 0.5
assert scored("b", 0)[0] == 1.0, "ranks from 0 are understood now"
assert math.isinf(scored("a", 0)[0])
PYTHON
