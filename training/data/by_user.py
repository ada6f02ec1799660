"""Rows sorted by user, a slice at a time: memory does not grow with them, no history is cut in two."""

from collections.abc import Iterator

import numpy as np

ROWS_A_PART = 1_000_000


def parts_by_user(users: np.ndarray, size: int | None = None) -> Iterator[slice]:
    """(N,) sorted user codes -> slices of about `size` rows that end where a user does, over all rows.

    A slice is longer where one user has more rows than that.

    >>> list(parts_by_user(np.array([0, 0, 1, 1, 1, 2]), size=3))
    [slice(0, 2, None), slice(2, 5, None), slice(5, 6, None)]
    """
    size = size or ROWS_A_PART
    start = 0
    while start < len(users):
        stop = min(start + size, len(users))
        if stop < len(users):
            begin, end = np.searchsorted(users, [users[stop], users[stop] + 1])
            stop = int(begin if begin > start else end)
        yield slice(start, stop)
        start = stop


def parts(rows: int, size: int = ROWS_A_PART) -> Iterator[slice]:
    """Slices of `size` rows, the last one shorter.

    >>> list(parts(5, size=3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


def occurrences(codes: np.ndarray) -> np.ndarray:
    """(N,) codes -> (largest code + 1,) how often each occurs; uint32."""
    counts = np.zeros(int(codes.max()) + 1 if len(codes) else 0, dtype=np.uint32)
    for part in parts(len(codes)):  # bincount takes 8 bytes a row, and 8 a code
        low = codes[part].min()
        found = np.bincount(codes[part] - low)
        counts[low : low + len(found)] += found.astype(np.uint32)
    return counts
