"""The order of a list: the best first, and every sentence, maker and series in its turn.

Scores alone let one narrow sentence fill a list: what is near to "Greek gods" is much nearer to it than
anything is to "quiet family novels", however the two are weighed. So each of the best `IN_TURN` items is
worth less to the list for every item of its sentence, maker and series that stands there already,

    worth = score - SENTENCE log(1 + n_s w / w_s) - MAKER log(1 + n_m) - SERIES log(1 + n_c)

(n: items placed of the sentence s, which brought the item, of its maker m, unless the sentence asks for that
name, and of its series c; w_s: the sentence's weight, w their mean), and the worthiest is placed next:
diminishing returns, as in calibrated recommendations (Steck, RecSys 2018). No score changes, and nothing
comes among the best that was not there. Under "single", the paper's one vector, items stand by score alone.
"""

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace
from math import log1p

import numpy as np

from blue.datatypes import Item
from blue.retrieval.scoring import Query, Scores
from blue.retrieval.similarity import best_first

IN_TURN = 100  # of the best items are placed in turn; what comes after them follows by score
SENTENCE, MAKER, SERIES = 0.03, 0.02, 0.03  # cosines; a list's first and its hundredth are .1 to .2 apart

_Shared = tuple[tuple[str, object], float, float]  # what is shared, its price, how much sooner it is paid


def in_order(
    scores: Scores, items: Sequence[Item], positions: np.ndarray, top: int | None = None
) -> np.ndarray:
    """The order of P scored items, or its first `top`: indices into them.

    Args:
        items: the whole catalogue.
        positions: (P,) the scored items' places in it; of equal scores the first place comes first.
    """
    order = best_first(scores.total, positions, None if top is None else max(top, IN_TURN))
    if not scores.query.is_whole:
        best = order[:IN_TURN]
        placed = _in_turn(scores, best, [items[position] for position in positions[best]])
        order = np.concatenate((best[placed], order[IN_TURN:]))
    return order[:top]


def _in_turn(scores: Scores, best: np.ndarray, items: Sequence[Item]) -> list[int]:
    """The order in which the best items are placed: indices into them."""
    brought = scores.shares[:, best].argmax(axis=0)
    query, mean = scores.query, float(scores.query.liked_weights.mean())
    shared = [
        _shared(item, query, part, mean / float(query.liked_weights[part]))
        for item, part in zip(items, brought.tolist(), strict=True)
    ]
    equal = scores.total[best].astype(float).round(6).tolist()  # what `best_first` takes for equal
    placed: Counter[tuple[str, object]] = Counter()

    def worth(row: int) -> float:
        return equal[row] - sum(price * log1p(placed[what] * sooner) for what, price, sooner in shared[row])

    # Worth only falls as items are placed, so the first whose worth is still what it was is the worthiest.
    order, left = [], [(-score, row) for row, score in enumerate(equal)]  # of equals the first row
    heapify(left)
    while left:
        known, row = left[0]
        if (now := -worth(row)) > known:
            heapreplace(left, (now, row))
            continue
        heappop(left)
        order.append(row)
        placed.update(what for what, _, _ in shared[row])
    return order


def _shared(item: Item, query: Query, part: int, sooner: float) -> list[_Shared]:
    """The sentence that brought an item, its first maker and its series."""
    shared: list[_Shared] = [(("sentence", part), SENTENCE, sooner)]
    asked = query.liked[part].casefold()
    shared += [(("maker", name), MAKER, 1.0) for name in item.makers[:1] if name.casefold() not in asked]
    return shared + ([(("series", item.series), SERIES, 1.0)] if item.series else [])
