"""Profiles are written once: the store, its keys, and a run that is killed."""

import os
import signal
import subprocess
import sys

from blue.datatypes import SamplingSettings
from blue.models.generator import LoadedProfiler
from training.evaluate.profile_store import BATCH, ProfileStore, StoredWriter, identity_of

GREEDY = SamplingSettings()


class Echo:
    """A generator for unit tests: says what it was asked, and counts."""

    about = LoadedProfiler("echo", "openvino", "memory", digest="d1")

    def __init__(self) -> None:
        self.asked = 0

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(self, conversations, settings):
        self.asked += len(conversations)
        return [messages[-1]["content"].upper() for messages in conversations]


def conversations(count: int) -> list:
    return [[{"role": "user", "content": f"history {n}"}] for n in range(count)]


def writer(path, identity: str = "echo d1") -> StoredWriter:
    return StoredWriter("echo", Echo(), identity, ProfileStore(path))


def test_a_profile_is_written_once(tmp_path):
    first = writer(tmp_path / "p.sqlite")
    texts = first.write(conversations(BATCH + 3), GREEDY)
    assert texts == [f"HISTORY {n}" for n in range(BATCH + 3)]
    second = writer(tmp_path / "p.sqlite")
    assert second.write(conversations(BATCH + 5), GREEDY)[: BATCH + 3] == texts
    assert (first.generator.asked, second.generator.asked) == (BATCH + 3, 2)
    assert (second.cost.profiles, second.cost.written_tokens) == (2, 4)


def test_equal_histories_are_written_together(tmp_path):
    one = writer(tmp_path / "p.sqlite")
    assert one.write(conversations(1) * 3, GREEDY) == ["HISTORY 0"] * 3
    assert one.generator.asked == 1


def test_another_model_or_other_settings_write_anew(tmp_path):
    writer(tmp_path / "p.sqlite").write(conversations(1), GREEDY)
    other_model = writer(tmp_path / "p.sqlite", "echo d2")
    other_model.write(conversations(1), GREEDY)
    warmer = writer(tmp_path / "p.sqlite")
    warmer.write(conversations(1), SamplingSettings(temperature=0.7, seed=1))
    assert (other_model.generator.asked, warmer.generator.asked) == (1, 1)


def test_the_identity_names_base_adapter_and_engine():
    assert identity_of(Echo(), "unused") == "d1 no adapter openvino"


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.training.test_evaluate_store import Echo, GREEDY, conversations
from training.evaluate.profile_store import BATCH, ProfileStore, StoredWriter

class Mortal(Echo):
    def generate(self, asked, settings):
        if self.asked == 2 * BATCH:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().generate(asked, settings)

StoredWriter("mortal", Mortal(), "echo d1", ProfileStore(Path(sys.argv[1]))).write(conversations(60), GREEDY)
"""


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    path = tmp_path / "p.sqlite"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=os.getcwd(), capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    after = writer(path)
    assert after.write(conversations(60), GREEDY) == [f"HISTORY {n}" for n in range(60)]
    assert after.generator.asked == 60 - 2 * BATCH
