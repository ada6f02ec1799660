"""How fast the inspections are on this machine: each goal beside its value.

python -m benchmarks.why                # about two minutes on an idle 2-core machine

Every repeat asks about a profile with a sentence that was never seen before, as an edit does.
"""

import os
import platform
import time
from itertools import islice, product

from benchmarks.app import MOODS, SUBJECTS, Measured
from blue.catalog import list_examples
from blue.datatypes import Profile, Sentence
from blue.inspection import Inspector
from blue.profile import rule_profile
from blue.profiler import load_profiler
from training.runs import parser_of

EDITS, JUDGED = 30, 5
SHOWN = 20  # items of a ranking that are attributed


def main() -> None:
    """Measure and print."""
    parser_of(__doc__).parse_args()
    profiler = load_profiler()
    inspector = Inspector(profiler)
    example = list_examples()[0]
    history = profiler.read(example.read(), example.file).interactions
    held = inspector.hold_out(history)
    written = rule_profile(held.history, profiler.catalog.by_id, profiler.grouper).sentences
    edits = [
        Profile((Sentence(f"{mood} films about {subject}."), *written[1:]))
        for mood, subject in islice(product(MOODS, SUBJECTS), EDITS)
    ]
    inspector.rewards(Profile(written), held)  # the pools and the other profiles, once
    items = [entry.item for entry in profiler.rank(edits[0], held.history, top=SHOWN).items]
    asked = inspector.find("Gattaca", history)
    map_made = timed(inspector.map)
    reports = [inspector.rewards(edit, held) for edit in edits[:JUDGED]]
    judge_loaded = timed(inspector.judge)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"{len(written)} sentences, {len(history)} titles\n"
    )
    rewards = _each(edits, lambda edit: inspector.rewards(edit, held))
    facets = _each(edits, lambda edit: inspector.attribution(edit, items, "facets"))
    single = _each(edits, lambda edit: inspector.attribution(edit, items, "single"))
    grounds = _each(edits, lambda edit: inspector.evidence(edit, held.history))
    what_if = _each(edits[:10], lambda edit: inspector.what_if(asked, edit, history))
    for measured in (
        Measured("rewards after an edit", rewards, "ms", 500),
        Measured("the judge's choice", _each(reports, inspector.judged), "ms", 3_000),
        Measured("attribution, by taste", facets, "ms", 500),
        Measured("attribution, as one text", single, "ms", 500),
        Measured("evidence", grounds, "ms"),
        Measured("what would bring X up", what_if, "ms"),
        Measured("map, once", (map_made,), "ms", 1_000),
        Measured("loading the judge, once", (judge_loaded,), "ms"),
    ):
        print(measured)


def timed(call) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    call()
    return 1_000 * (time.perf_counter() - start)


def _each(arguments, call) -> tuple[float, ...]:
    return tuple(timed(lambda one=one: call(one)) for one in arguments)


if __name__ == "__main__":
    main()
