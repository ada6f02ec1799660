#!/usr/bin/env bash
# ir-measures 0.4.3: one call breaks ties two ways, so that RR@10 is larger than RR.
#
# Expected: the measures of one call look at one ranking. RR@10 is RR, or 0 where the first hit is beyond ten: it
# is never larger, and with P@1 = 0 it is at most 1/2.
# Seen: RR@10 goes to another implementation (MS MARCO's, ties by ascending id) than RR, P@1 and nDCG@10 (trec_eval's,
# by descending id). Two items of equal score give RR@10 1.0 beside RR 0.5 and P@1 0; and with the two ids
# exchanged RR@10 0.5 beside RR 1.0. Scorers of few values (counts, stars, quantised cosines) tie often.
# So: break ties oneself, and hand over different scores.
#
# Output seen:
#   a tie, the relevant item is b of a, b: RR 1.0, RR@10 0.5, P@1 1.0, nDCG@10 1.000
#   a tie, the relevant item is b of b, c: RR 0.5, RR@10 1.0, P@1 0.0, nDCG@10 0.631
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile ir-measures==0.4.3 pytrec-eval-terrier==0.5.11
"$folder/env/bin/python" - <<'PYTHON'
import ir_measures
from ir_measures import RR, P, nDCG

MEASURES = [RR, RR @ 10, P @ 1, nDCG @ 10]


def measured(run: dict[str, float]) -> list[float]:
    found = ir_measures.calc_aggregate(MEASURES, {"user": {"b": 1}}, {"user": run})
    return [found[measure] for measure in MEASURES]


for other in "ac":
    reciprocal, cut, precision, ndcg = measured({"b": 1.0, other: 1.0})
    ids = ", ".join(sorted(("b", other)))
    print(
        f"a tie, the relevant item is b of {ids}: "
        f"RR {reciprocal}, RR@10 {cut}, P@1 {precision}, nDCG@10 {ndcg:.3f}"
    )
    assert (reciprocal, cut) == ((1.0, 0.5) if other == "a" else (0.5, 1.0)), "ties are broken alike now"
assert measured({"b": 1.0, "c": 0.5}) == [1.0, 1.0, 1.0, 1.0]
PYTHON
