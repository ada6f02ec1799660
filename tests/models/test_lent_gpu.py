"""ZeroGPU: its decorator is used where the Space has it, and nothing changes where it has not."""

import os
import subprocess
import sys
from pathlib import Path

# What `spaces` promises, in small: a decorated function runs in a forked process, its arguments are pickled.
FORKING_SPACES = """
import inspect, multiprocessing, sys

assert "torch" not in sys.modules, "spaces has to come before torch"
decorated = []

def GPU(task):
    decorated.append(task.__name__)
    def call(*arguments):
        context = multiprocessing.get_context("fork")
        given, results = context.Queue(), context.Queue()
        def work():
            answer = task(*given.get())
            for one in answer if inspect.isgeneratorfunction(task) else [answer]:
                results.put(one)
            results.put(None)
        worker = context.Process(target=work)
        worker.start()
        given.put(arguments)
        while (one := results.get()) is not None:
            yield one
        worker.join()
    if inspect.isgeneratorfunction(task):
        return call
    return lambda *arguments: list(call(*arguments))[0]
"""
PROGRAM = """
import sys
from blue.models import load_generator
print(sorted(sys.modules["spaces"].decorated) if "spaces" in sys.modules else "no spaces")
import torch
torch.set_num_threads(1)
from blue.datatypes import SamplingSettings
generator = load_generator("embedded", engine="transformers")
messages, settings = [{"role": "user", "content": "Name a colour."}], SamplingSettings(max_new_tokens=6)
print(repr("".join(generator.stream(messages, settings))))
print(generator.generate([messages], settings))
"""


def run(tmp_path: Path, **variables: str) -> list[str]:
    (tmp_path / "spaces.py").write_text(FORKING_SPACES)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), ".")), **variables}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_on_zero_gpu_the_model_runs_in_the_lent_process_and_says_the_same(tmp_path):
    told, streamed, generated = run(tmp_path, SPACES_ZERO_GPU="true")
    assert told == "['_pieces', '_sequences']"
    plain = run(tmp_path, SPACES_ZERO_GPU="")
    assert plain[0] == "no spaces"
    assert (streamed, generated) == (plain[1], plain[2])
    assert generated == f"[{streamed}]"


def test_the_variable_without_the_package_changes_nothing():
    program = (
        "from blue.models.generator.lent_gpu import is_zero_gpu, on_lent_gpu; print(on_lent_gpu(len) is len)"
    )
    environment = {**os.environ, "SPACES_ZERO_GPU": "true"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert done.stdout == "True\n"
