"""A week in an hour: the app under the load test's visitors while what can go wrong does.

python -m benchmarks.week --minutes 60 --visitors 50
python -m benchmarks.week --minutes 3 --visitors 5           # to see that all fits

The real `app.py` is started with a cache of its own and a profiler on a Hub whose first answers break off (it
asks a Hub at no other time). Then, while visitors of `benchmarks.load` and tabs of a browser are there: the
cache is deleted, the disk is full for ten seconds, the clock goes back an hour, worker threads end at work;
2 % of the calls are malformed, and tabs sleep and come back. Written to --out every minute and at the end:
what visitors were told, what they saw of each other, the memory, and whether saved sessions replay to the
list they were saved beside. The status is 1 if anything is wrong. Linux; the clock needs a C compiler.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.load import PROJECT, app, record, told, visit
from benchmarks.records import commit
from benchmarks.week_faults import (
    PUBLISHED,
    Faults,
    Target,
    clock_that_can_go_back,
    end_a_worker,
    hub_that_breaks_off,
)
from benchmarks.week_visitors import WeekSeen, WeekVisitor, come_and_go

OUT = PROJECT / "results" / "benchmarks" / "week.json"
WARM_UP = 0.1  # of the time, in which memory may grow
SWING = 0.03  # either side of the middle, beyond which memory is not steady
OUR_MISTAKE = "it is our mistake"


def per_minute(samples: Sequence[tuple[float, float]]) -> list[float]:
    """(seconds, MB) samples -> the median of each minute that has any."""
    minutes: dict[int, list[float]] = {}
    for at, megabytes in samples:
        minutes.setdefault(int(at // 60), []).append(megabytes)
    return [statistics.median(minutes[minute]) for minute in sorted(minutes)]


def steadiness(minutes: Sequence[float]) -> dict[str, float]:
    """Memory after the warm-up: first and last minute, and half the range as a share of its middle."""
    late = minutes[round(WARM_UP * len(minutes)) :]
    if not late:
        return {}
    swing = (max(late) - min(late)) / (max(late) + min(late))
    return {"start_mb": round(late[0]), "end_mb": round(late[-1]), "swing": round(swing, 4)}


def wrong(found: dict, ended: int) -> list[str]:
    """What did not hold of a finished record; `ended` workers may each have cost one visitor an apology."""
    memory, replayed = found["memory"], found["replayed"]
    apologies = sum(count for text, count in found["busy"].items() if OUR_MISTAKE in text)
    said = {
        f"{sum(found['errors'].values())} errors that are not polite": bool(found["errors"]),
        f"{apologies} apologies for {ended} ended workers": apologies > ended,
        f"{found['leaks']} times another visitor's data": bool(found["leaks"]),
        f"memory ± {memory.get('swing', 0):.1%}": memory.get("swing", 0) > SWING,
        f"{replayed['equal']} of {replayed['count']} sessions replay alike": (
            replayed["equal"] < replayed["count"] or not replayed["count"]
        ),
        "a fault that was planned did not happen": any(
            outcome.startswith(("failed", "none")) for _, _, outcome in found["faults"]
        ),
    }
    return [what for what, holds in said.items() if holds]


def replay_all(exports: Sequence[tuple[Path, list[str]]]) -> dict[str, int]:
    """Open every saved session and rank it again, with the models as they are loaded here."""
    from blue.profiler import load_profiler
    from blue.session import exported_models, import_session, replay

    profiler, equal = load_profiler(), 0
    for path, shown in exports:
        text = path.read_text(encoding="utf-8")
        again = replay(
            import_session(text), profiler.retriever, exported_models(text), profiler.generator.about
        )
        equal += [entry.item.item_id for entry in again.ranking.items] == shown
    return {"count": len(exports), "equal": equal}


def found_so_far(seen: WeekSeen, faults: Faults, visitors: int) -> dict:
    """The record without the replays."""
    minutes = per_minute(tuple(seen.memory))
    return record(visitors, seen) | {
        "memory_mb": [round(megabytes) for megabytes in minutes],
        "memory": steadiness(minutes),
        "faults": list(faults.done),
        "malformed": len(seen.seconds.get("malformed", ())),
        "slept": len(seen.seconds.get("sleep", ())) + len(seen.seconds.get("tab: comes back", ())),
        "exported": len(seen.exports),
        "commit": commit(),
    }


def keep_writing(out: Path, *state: object) -> None:
    """A record every minute, so that a run that is cut off leaves what it found."""
    while True:
        time.sleep(60)
        with suppress(RuntimeError):  # a visitor adds to it just now; the next minute is soon
            out.write_text(json.dumps(found_so_far(*state), indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Run it, print what was seen, write the record."""
    chosen = _parser().parse_args()
    chosen.seconds, chosen.greedy = 60 * chosen.minutes, False
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        seen = WeekSeen(folder=folder)
        cache = folder / "cache"
        shutil.copytree(chosen.cache, cache) if chosen.cache else cache.mkdir()
        with (
            hub_that_breaks_off(folder) as hub,
            clock_that_can_go_back(folder) as clock,
            app(
                chosen.log, ("-m", "benchmarks.week_app", "--profiler", PUBLISHED),
                **hub | clock | {"BLUE_CACHE": str(cache)},
            ) as (url, process),
        ):  # fmt: skip
            faults = Faults(Target(url, process, cache, chosen.log), chosen.seconds)
            faults.start()
            state = seen, faults, chosen.visitors
            threading.Thread(target=keep_writing, args=(chosen.out, *state), daemon=True).start()
            visit(url, process, chosen, chosen.visitors, seen, WeekVisitor, come_and_go)
            alive = process.poll() is None
        found = found_so_far(*state) | {
            "hub_outages": chosen.log.read_text().count("Trying again every"),
            "alive": alive,
            "replayed": replay_all(seen.exports),
        }
    chosen.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(told(chosen.visitors, seen))
    print(f"  after the warm-up: {found['memory']}; replayed: {found['replayed']}; the app lives: {alive}")
    ended = Counter(what for _, what, outcome in faults.done if outcome == "one ended")
    if failures := wrong(found, ended[end_a_worker.__name__.replace("_", " ")]) + ([] if alive else ["dead"]):
        raise SystemExit("; ".join(failures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--browsers", type=int, default=1, help="tabs that save, sleep and come back")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="begin with a copy of it, not empty")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--log", type=Path, default=Path("week-app.log"), help="what the app prints")
    return parser


if __name__ == "__main__":
    main()
