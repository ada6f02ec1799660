"""Train, push, and load by name elsewhere: the same profile, on the real embedded models."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.hub.conftest import PROJECT, environment
from tests.hub.loopback import WRITER, Hub

HISTORY = "Alien (1979) | 5\nHeat (1995) | 4.5\nGrease (1978) | 1"
LICENCE = "books=CC BY-SA 4.0"
CONFIG = PROJECT / "training" / "configs" / "embedded.yaml"
SPEAK = f"""
import json, sys
from pathlib import Path
from blue.models import load_generator
from blue.hub import open_profiler
from training.publish.examples_shown import profile_of

how, *names = sys.argv[1:]
for what in names if how == "adapter" else ():
    print(json.dumps({{"profile": profile_of(load_generator(adapter=Path(what)), {HISTORY!r})}}))
for what in names if how == "name" else ():
    told = []
    opened = open_profiler(what, lambda message, share: told.append(message))
    generator = load_generator(opened.preset, adapter=opened.adapter)
    about = generator.about
    print(json.dumps({{
        "profile": profile_of(generator, {HISTORY!r}, opened.settings), "label": about.published,
        "trained": about.trained, "adapter": about.adapter, "outage": opened.outage, "told": told,
    }}))
"""


def run(*command: str, env: dict[str, str]) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [sys.executable, *command], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=1700
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def speak(how: str, *what: str, env: dict[str, str]) -> list[dict]:
    """What each profiler says, all loaded by one new process."""
    return [
        json.loads(line) for line in run("-c", SPEAK, how, *what, env=env).stdout.splitlines()[-len(what) :]
    ]


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """What the warm start leaves after eight small steps on readers of books."""
    folder = tmp_path_factory.mktemp("run")
    values = yaml.safe_load(CONFIG.read_text()) | {
        "mixture": {"books": 1}, "validation_examples": 4,
        "most_tokens": 240, 
        "warmup_steps": 1, "learning_rate": 2e-3, "lr_scheduler_type": "constant_with_warmup",
    }  # fmt: skip
    del values["lr_scheduler_kwargs"]
    (folder / "config.yaml").write_text(yaml.safe_dump(values))
    command = ["-m", "training.warm_start.train", "--config", str(folder / "config.yaml")]
    run(
        *command,
        "--out",
        str(folder / "out"),
        "--smoke",
        env=environment("http://127.0.0.1:9", folder / "hf"),
    )
    return folder / "out"


@pytest.fixture(scope="module")
def pushed(trained, served: Hub, tmp_path_factory) -> dict:
    home = tmp_path_factory.mktemp("pusher")
    done = run(
        "-m", "training.publish.push_to_hub", str(trained), "--repo", "alice/smoke",
        "--data-licence", LICENCE,
        env=environment(served.url, home, HF_TOKEN=WRITER),
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[0])


def test_a_run_says_what_it_was_trained_with(trained):
    assert yaml.safe_load((trained / "config.yaml").read_text())["mixture"] == {"books": 1}
    assert json.loads((trained / "sources.json").read_text()) == []


def test_another_computer_writes_the_same_profile(trained, pushed, served: Hub, tmp_path):
    [here] = speak("adapter", str(trained / "adapter"), env=environment(served.url, tmp_path / "here"))

    there = environment(served.url, tmp_path / "there")
    [found] = speak("name", "alice/smoke", env=there)
    assert found["profile"] == here["profile"]
    assert len(found["profile"]) > 20
    assert found["label"] == f"alice/smoke@{pushed['commit'][:7]}" == found["adapter"]
    assert found["trained"]
    assert any(pushed["commit"] in told for told in found["told"])

    closed = environment("http://127.0.0.1:9", tmp_path / "there")  # the Hub is gone, the cache is not
    kept, pinned = speak("name", "alice/smoke", f"alice/smoke@{pushed['commit']}", env=closed)
    assert kept["profile"] == here["profile"]
    assert "could not be reached" in kept["outage"]
    assert (pinned["profile"], pinned["outage"]) == (here["profile"], None)


def test_what_was_pushed_is_all_that_was_promised(pushed, served: Hub):
    files = served.files("models/alice/smoke", pushed["commit"])
    assert {
        "adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "generation_config.json",
        "training_config.yaml", "rewards.jsonl", "rewards.png", "sources.json", "examples.json", "README.md",
        "blue.json",
    } <= set(files)  # fmt: skip
    assert not [name for name in files if name.endswith((".bin", ".pt", ".py"))]
    examples = json.loads(files["examples.json"])
    assert all(example["history"] and example["profile"] for example in examples)
    card = files["README.md"].decode()
    assert examples[0]["profile"].splitlines()[0] in card
    metadata = yaml.safe_load(card.split("---\n")[1])
    assert metadata["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert (metadata["library_name"], metadata["datasets"]) == ("peft", ["books"])
    assert "CC BY-SA 4.0" in card
    log = [json.loads(line) for line in files["rewards.jsonl"].decode().splitlines()]
    assert all(isinstance(value, (int, float)) for row in log for value in row.values())
    for private in (b"/tmp/", b"/home/", str(PROJECT).encode()):
        assert not [name for name, body in files.items() if private in body], private


def test_pushing_again_changes_nothing(trained, pushed, served: Hub, tmp_path):
    done = run(
        "-m", "training.publish.push_to_hub", str(trained), "--repo", "alice/smoke",
        "--data-licence", LICENCE,
        env=environment(served.url, tmp_path / "hf", HF_TOKEN=WRITER),
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[0])["commit"] == pushed["commit"]


@pytest.mark.slow
def test_merged_weights_stand_alone(trained, tmp_path):
    """Adapter and base as one model folder; then that folder alone, with no base to fetch."""
    env = environment("http://127.0.0.1:9", tmp_path / "hf")
    both = tmp_path / "both"
    run(
        "-m",
        "training.publish.push_to_hub",
        str(trained),
        "--out",
        str(both),
        "--merged",
        "--no-examples",
        env=env,
    )
    described = json.loads((both / "blue.json").read_text())
    assert described["weights"] == {"adapter": ".", "merged": "merged"}
    alone = tmp_path / "alone"
    command = [
        "-m",
        "training.publish.push_to_hub",
        str(both / "merged"),
        "--preset",
        "embedded",
        "--out",
        str(alone),
    ]
    run(*command, "--no-examples", env=env)
    described = json.loads((alone / "blue.json").read_text())
    assert described["weights"] == {"adapter": None, "merged": "merged"}
    [said] = speak("name", str(alone), env=env)
    assert (said["label"], said["trained"], said["adapter"]) == ("alone", True, None)
    assert len(said["profile"]) > 20


def test_the_app_is_served_while_the_hub_is_down_and_says_so(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = environment("http://127.0.0.1:9", tmp_path / "hf", PORT=str(port), PYTHONUNBUFFERED="1")
    log = tmp_path / "log"
    command = [sys.executable, "app.py", "--profiler", "alice/smoke"]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 240
        while "Trying again every" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        assert "The Hub gave no usable answer for alice/smoke" in log.read_text()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=30) as page:
            assert page.status == 200
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize(
    ("arguments", "env", "message"),
    [
        (["--profiler", "no such name"], {}, "Write owner/name"),
        (["--profiler", "."], {}, "has no blue.json"),
        (["--profiler", "alice/x"], {"BLUE_MODEL": "embedded"}, "brings its own model"),
        ([], {"BLUE_PROFILER": "nothing"}, "Write owner/name"),
        (["--catalog", "nothing"], {}, "Write owner/name"),
        ([], {"BLUE_CATALOG": "nothing"}, "Write owner/name"),
    ],
)
def test_the_app_stops_at_what_cannot_be_right(arguments, env, message, tmp_path):
    """What waiting does not mend ends the app with one line."""
    code = (
        "import sys, app\n"
        "from blue.errors import BlueError\n"
        "try:\n    app.load(app._parser().parse_args(sys.argv[1:]), lambda *_: None)\n"
        "except BlueError as error:\n    print(error)\n"
    )
    done = run("-c", code, *arguments, env=environment("http://127.0.0.1:9", tmp_path, **env))
    assert message in done.stdout
