"""Every path of the product beside its alternative, and BENCHMARKS.md from what was found.

python -m benchmarks                    # make bench: the rows that were not measured at this commit yet
python -m benchmarks search edit        # these rows, whether measured or not
python -m benchmarks --all              # every row again
python -m benchmarks --page             # only BENCHMARKS.md, from the records there are

Each row runs in a process of its own, so that its memory is its own and a row that fails leaves the others
alone; what it found is in results/benchmarks/NAME.json as soon as it ends. A run that was interrupted goes on
with the rows that are missing. All rows together take less than half an hour on two idle cores.
"""

import argparse
import importlib
import subprocess
import sys
import time

from benchmarks import records

ROWS = {
    "machine": "What this machine can do",
    "profile": "One profile",
    "profiles": "A thousand profiles",
    "items": "Embedding items",
    "search": "Search among 10,000 to 1,000,000 items",
    "typing": "Typing ahead: a title, letter by letter",
    "edit": "An edit → the new ranking",
    "start": "Start of the app",
    "raw": "Raw Amazon files → prepared data",
    "step": "A GRPO step",
    "exports": "20,000 rows of an export",
    "growth": "How cost grows",
}
_MODULES = {
    "machine": "machine",
    "profile": "one_profile",
    "profiles": "many_profiles",
    "items": "embedding",
    "search": "searching",
    "typing": "typing_ahead",
    "edit": "editing",
    "start": "starting",
    "raw": "preparing",
    "step": "stepping",
    "exports": "exports",
    "growth": "growth",
}


def main() -> None:
    """Measure what was asked for, then write the page; the status is 1 if a row failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(ROWS)}")
    parser.add_argument("--all", action="store_true", help="measure every row again")
    parser.add_argument("--page", action="store_true", help="only write BENCHMARKS.md")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # one row, in this process
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in ROWS]
    if unknown:
        parser.error(f"There is no row {unknown[0]!r}. Choose from: {', '.join(ROWS)}.")
    if options.here:
        for name in options.names:
            measure(name)
        return
    failed = [] if options.page else run(options.names or missing(options.all))
    records.write_page(list(ROWS.items()))
    print(f"{records.PAGE.name} is written.")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; their own messages are above")


def missing(every: bool) -> list[str]:
    """The rows to measure: every one, or those without a record of this commit."""
    now = records.commit()
    return [name for name in ROWS if every or (found := records.load(name)) is None or found.commit != now]


def run(names: list[str]) -> list[str]:
    """Measure rows, each in a process of its own -> the names of those that failed."""
    failed = []
    for name in names:
        print(f"{name}: {ROWS[name]}", flush=True)
        command = [sys.executable, "-m", "benchmarks", name, "--here"]
        if subprocess.run(command, cwd=records.PROJECT, check=False).returncode:
            failed.append(name)
    return failed


def measure(name: str) -> None:
    """Measure one row in this process, keep and print what it found."""
    began = time.perf_counter()
    report = importlib.import_module(f"benchmarks.{_MODULES[name]}").measure()
    records.save(records.recorded(name, report, time.perf_counter() - began))
    for line in report.lines:
        ratio = f"{line.ratio} x (processor {line.cpu_ratio or 0:.2f})" if line.ratio else ""
        print(
            "  " + "; ".join(filter(None, (line.what, line.ours, line.beside, ratio, line.goal))), flush=True
        )
    for note in report.notes:
        print(f"  {note}", flush=True)


if __name__ == "__main__":
    main()
