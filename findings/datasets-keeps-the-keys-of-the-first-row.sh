#!/usr/bin/env bash
# datasets 5.2.0: Dataset.from_list keeps the keys of the first row and drops those that only later rows have.
#
# Expected: rows whose keys differ give a column for every key, None where a row lacks it, as pandas.DataFrame of the
# same list does; or an error.
# Seen: a key that the first row lacks is lost for all rows, silently. Rows that carry an optional value (a reward's
# weight, a negative, a seed) lose it or not by which of them is first, and so by a shuffle. Inside a nested
# value the keys are joined: there nothing is lost.
# So: give every row every key.
#
# Output seen:
#   the row with both keys last: ['prompt']; first: ['prompt', 'negative']
#   nested, the row with both keys last: [{'prompt': 'a', 'negative': None}, {'prompt': 'b', 'negative': 'c'}]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile datasets==5.2.0
HF_HOME="$folder/home" HF_HUB_OFFLINE=1 "$folder/env/bin/python" - <<'PYTHON'
import datasets

datasets.disable_progress_bars()
ONE, BOTH = {"prompt": "a"}, {"prompt": "b", "negative": "c"}


def columns(*rows: dict) -> list[str]:
    return datasets.Dataset.from_list(list(rows)).column_names


last, first = columns(ONE, BOTH), columns(BOTH, ONE)
print(f"the row with both keys last: {last}; first: {first}")
assert last == ["prompt"], "keys of later rows are kept now"
assert first == ["prompt", "negative"]
nested = datasets.Dataset.from_list([{"row": ONE}, {"row": BOTH}])["row"][:]
print(f"nested, the row with both keys last: {nested}")
assert nested[1]["negative"] == "c"
PYTHON
