#!/usr/bin/env bash
# pytrec-eval-terrier 0.5.11: scores are compared as 32-bit floats, and what is equal then is ranked by its name.
#
# Expected: Python's floats, given in a dict, decide the order: 0.90000002 is before 0.90000001, and of scores made
# from ranks as 1e9 - rank each is a place of its own.
# Seen: both are ties, for trec_eval keeps a score in a C float (24 bits: whole numbers up to 16,777,216), and of
# ties the name that sorts last comes first, the ranking's own order is not looked at. A perfect ranking of ten items
# named item01 to item10 has NDCG@10 .289; with the same items named the other way round it has 1.
# So: hand over small whole numbers, the count of items minus the rank, as scores.
#
# Output seen:
#   the relevant item first, scores 10 to 1: NDCG@10 1.000; named the other way round 1.000
#   the relevant item first, scores 1e9 - rank: NDCG@10 0.289; named the other way round 1.000
#   the relevant item first, scores 0.9 - rank / 1e9: NDCG@10 0.289; named the other way round 1.000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile pytrec-eval-terrier==0.5.11
"$folder/env/bin/python" - <<'PYTHON'
import pytrec_eval

NAMES = [f"item{number:02}" for number in range(1, 11)]
SCORES = {
    "10 to 1": [11.0 - rank for rank in range(1, 11)],
    "1e9 - rank": [1e9 - rank for rank in range(1, 11)],
    "0.9 - rank / 1e9": [0.9 - rank / 1e9 for rank in range(1, 11)],
}


def ndcg(names: list[str], scores: list[float]) -> float:
    """Of one user, whose one relevant item has the highest score."""
    assert scores == sorted(set(scores), reverse=True), "ten different scores, descending"
    judge = pytrec_eval.RelevanceEvaluator({"user": {names[0]: 1}}, {"ndcg_cut.10"})
    return judge.evaluate({"user": dict(zip(names, scores))})["user"]["ndcg_cut_10"]


for form, scores in SCORES.items():
    there, back = ndcg(NAMES, scores), ndcg(NAMES[::-1], scores)
    print(f"the relevant item first, scores {form}: NDCG@10 {there:.3f}; named the other way round {back:.3f}")
    assert back == 1
    assert (there < 0.3) == (form != "10 to 1"), "scores are compared as doubles now"
PYTHON
