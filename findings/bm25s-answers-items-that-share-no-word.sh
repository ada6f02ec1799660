#!/usr/bin/env bash
# bm25s 0.3.16: one-letter words and English stop words are no words, and what matches nothing is answered too.
#
# Expected: the title "M" or "It" finds the film of that name; a query has as many results as match, none where nothing
# does.
# Seen: tokenize() drops one-letter words and, by default, "it", "they", "not" and the like, so such titles have no
# words at all; and retrieve() always answers k documents, the last of the collection first, with score 0. Their
# ranks are counted as if they had been found: an item that nobody's words match has a hit at the first place.
# So: stopwords=None and a token_pattern of one letter, and keep only what scores above 0.
#
# Output seen:
#   words of 'M', 'It', 'Them!', 'Heat': [], [], ['them'], ['heat']
#   asked 'It': Heat 0.00, Them! 0.00, It 0.00
#   asked 'Heat': Heat 0.33, Them! 0.00, It 0.00
#   asked 'It' with every word kept: It 0.48
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile bm25s==0.3.16 numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
import bm25s

TITLES = ["M", "It", "Them!", "Heat"]
EVERY_WORD = {"stopwords": None, "token_pattern": r"(?u)\b\w+\b"}


def asked(query: str, **how) -> list[tuple[str, float]]:
    index = bm25s.BM25()
    index.index(bm25s.tokenize(TITLES, show_progress=False, **how), show_progress=False)
    words = bm25s.tokenize(query, show_progress=False, **how)
    rows, scores = index.retrieve(words, k=3, show_progress=False)
    return [(TITLES[row], float(score)) for row, score in zip(rows[0], scores[0])]


def told(found: list[tuple[str, float]]) -> str:
    return ", ".join(f"{title} {score:.2f}" for title, score in found)


words = bm25s.tokenize(TITLES, return_ids=False, show_progress=False)
print(f"words of {', '.join(map(repr, TITLES))}: {', '.join(map(str, words))}")
nothing, heat = asked("It"), asked("Heat")
print(f"asked 'It': {told(nothing)}\nasked 'Heat': {told(heat)}")
kept = [(title, score) for title, score in asked("It", **EVERY_WORD) if score > 0]
print(f"asked 'It' with every word kept: {told(kept)}")
assert words[:2] == [[], []], "short titles have words now"
assert len(nothing) == 3 and not any(score for _, score in nothing), "only what matches is answered now"
assert heat[0][0] == "Heat" and [title for title, _ in kept] == ["It"]
PYTHON
