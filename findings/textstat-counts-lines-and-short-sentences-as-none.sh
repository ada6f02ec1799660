#!/usr/bin/env bash
# textstat 0.7.8: sentence_count leaves out sentences of two words, and takes lines without a full stop for one.
#
# Expected: "I agree. It works. They left. She stayed home." has four sentences; so have four of any length.
# Seen: it has one. Sentences of two words or fewer are not counted (at least one is answered), and a list of
# lines without full stops is a single sentence, however many lines there are. Every grade that divides by
# sentences (Flesch, Flesch-Kincaid, SMOG, ...) moves with it: the same three lines score 103.7 without and 109.8
# with their full stops.
# So: count sentences oneself where they are short or stand one a line.
#
# Output seen:
#   four short sentences: 1
#   three lines without full stops: 1, Flesch 103.7
#   three lines with full stops: 3, Flesch 109.8
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet textstat==0.7.8
"$folder/env/bin/python" - <<'PYTHON'
import textstat

short = textstat.sentence_count("I agree. It works. They left. She stayed home.")
lines = ("Dark space films", "Quiet heist films", "Slow crime films")
bare, ended = "\n".join(lines), "\n".join(f"{line}." for line in lines)
print(f"four short sentences: {short}")
for name, text in (("without", bare), ("with", ended)):
    count, flesch = textstat.sentence_count(text), textstat.flesch_reading_ease(text)
    print(f"three lines {name} full stops: {count}, Flesch {flesch:.1f}")
assert short == 1, "sentences of two words are counted now"
assert textstat.sentence_count(bare) == 1, "lines are sentences now"
assert textstat.sentence_count(ended) == 3
PYTHON
