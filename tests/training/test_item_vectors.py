"""Item embeddings are made once for each embedder and list of texts."""

import numpy as np
import pytest

from training.data.vectors import item_vectors


class Counting:
    """An embedder that counts what it is asked for."""

    def __init__(self, name: str) -> None:
        self.name, self.asked = name, 0

    def encode_items(self, texts):
        self.asked += len(texts)
        return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32)


def test_the_same_texts_are_read_once(tmp_path):
    encoder, texts = Counting("mini@1"), ["heat", "alien"]
    first = item_vectors(texts, encoder, tmp_path)
    again = item_vectors(texts, encoder, tmp_path)
    assert encoder.asked == len(texts)
    assert np.array_equal(first, again)


def test_another_embedder_other_texts_or_another_order_are_read_anew(tmp_path):
    one, other = Counting("mini@1"), Counting("mini@2")
    item_vectors(["heat", "alien"], one, tmp_path)
    assert item_vectors(["alien", "heat"], one, tmp_path)[0][0] == 5
    item_vectors(["heat", "alien"], other, tmp_path)
    assert (one.asked, other.asked) == (4, 2)


def test_a_run_that_was_killed_while_writing_leaves_nothing_that_is_read(tmp_path, monkeypatch):
    encoder = Counting("mini@1")

    def killed(path, vectors):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("training.data.vectors.np.save", killed)
    with pytest.raises(KeyboardInterrupt):
        item_vectors(["heat"], encoder, tmp_path)
    monkeypatch.undo()
    assert item_vectors(["heat"], encoder, tmp_path)[0][0] == 4
