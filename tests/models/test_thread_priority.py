"""What is long steps back: the threads of a language model let the threads of rankings go first."""

import os
import subprocess
import sys
import threading

import pytest

from blue.models.thread_priority import NICENESS, in_background

linux = pytest.mark.skipif(sys.platform != "linux", reason="niceness is a thread's own on Linux only")

# In a process of its own: the threads that compute are started once, by whoever needs them first.
WRITE_AND_WATCH = """
import os, pathlib
from blue.datatypes import SamplingSettings
from blue.retrieval import load_encoder
from blue.models.thread_priority import NICENESS
from blue.models import get_preset, load_generator

def seconds():
    found = {}
    for task in pathlib.Path("/proc/self/task").iterdir():
        try:
            fields = (task / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # the thread has ended
            continue
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        found[int(task.name)] = used, int(fields[16])
    return found

encoder = load_encoder(get_preset("embedded").embedder).encoder
encoder.encode_queries(["Slow films about space."])
generator = load_generator()
before, most = seconds(), {}
ask = [{"role": "user", "content": "Tell me a long story about the sea."}]
for _ in generator.stream(ask, SamplingSettings(max_new_tokens=60)):
    most |= {task: (used - before.get(task, (0, 0))[0], nice) for task, (used, nice) in seconds().items()}
behind = sum(used for used, nice in most.values() if nice >= NICENESS)
print(sum(used for used, _ in most.values()) - behind, behind)
"""


def test_the_result_comes_back():
    assert in_background(lambda: 42) == 42


def test_an_error_is_raised_where_it_was_asked_for():
    def fail():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        in_background(fail)


@linux
def test_the_work_steps_back_and_its_caller_does_not():
    def niceness():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    assert in_background(niceness) == max(before, NICENESS)
    assert niceness() == before


@linux
def test_a_profile_is_written_by_threads_that_stepped_back():
    ran = subprocess.run(
        [sys.executable, "-c", WRITE_AND_WATCH], capture_output=True, text=True, check=True, timeout=300
    )
    at_the_front, behind = map(float, ran.stdout.split()[-2:])
    assert behind > 5 * at_the_front
    assert behind > 0.2
