"""The LLM processors of Ray Data: what vLLM is told; a run against a real server of the real model."""

import argparse
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polars as pl
import pytest

from blue.datatypes import SamplingSettings
from blue.profile import AGAIN, ONE_SENTENCE
from training.scale.cluster.plan import BulkError
from training.scale.cluster.ray_llm import Answered, request, sampling, vllm_config, whole_shards
from training.scale.cluster.ray_run import connected
from training.scale.profile_users import main

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -r training/requirements-ray.txt")


def test_vllm_is_configured_as_ray_accepts_it():
    """Ray checks the names and types of every value when the configuration is made."""
    config = vllm_config(argparse.Namespace(workers=4), Path("/models/profiler"))
    assert (config.model_source, config.concurrency) == ("/models/profiler", 4)
    assert config.engine_kwargs["enable_prefix_caching"] is True
    longest = 6 * 120 + 100 + ONE_SENTENCE.max_new_tokens  # lines, instructions and template, sentence
    assert longest <= config.engine_kwargs["max_model_len"]


def test_decoding_settings_are_those_of_the_other_engines():
    greedy = sampling(ONE_SENTENCE)
    assert (greedy["temperature"], greedy["max_tokens"], "seed" in greedy) == (0.0, 40, False)
    drawn = sampling(SamplingSettings(temperature=0.7, seed=3))
    assert (drawn["top_p"], drawn["seed"]) == (0.95, 3)


def test_the_first_draft_is_greedy_and_the_others_have_seeds_of_their_own():
    asked = json.dumps([{"role": "user", "content": "- Heat"}])
    greedy, second, third = (request({"draft": n, "asked": asked}, ONE_SENTENCE) for n in range(3))
    assert greedy["messages"] == second["messages"] == [{"role": "user", "content": "- Heat"}]
    assert (greedy["temperature"], second["temperature"]) == (0.0, 0.7)
    assert (second["seed"], third["seed"]) == (1, 2)
    answers = Answered({(asked, n): f"draft {n}" for n in range(3)})
    assert answers.generate([greedy["messages"]], ONE_SENTENCE) == ["draft 0"]
    assert answers.samples(greedy["messages"], ONE_SENTENCE, 2) == ["draft 1", "draft 2"]


def test_a_shard_that_lost_a_text_is_an_error():
    rows = [{"shard": 4, "place": 0, "of": 2, "text": "a"}]
    with pytest.raises(BulkError, match="Shard 4: only 1 texts came back"):
        list(whole_shards(iter(rows)))


@pytest.mark.timeout(120)
def test_a_cluster_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "1")
    with (
        pytest.raises(BulkError, match="--ray nonsense: the cluster cannot be reached"),
        connected("nonsense"),
    ):
        pytest.fail("connected")


@pytest.fixture
def server(profiler):
    """Chat completions by the embedded profiler over HTTP on loopback; counts what it was asked."""
    asked: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(request)
            settings = replace(ONE_SENTENCE, temperature=request["temperature"], seed=request.get("seed", 0))
            (text,) = profiler.generator.generate([request["messages"]], settings)
            body = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}/v1/chat/completions", asked
    httpd.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_server_behind_ray_writes_every_user_and_the_drafts_that_stand_as_this_machine(
    server, six_users, tmp_path, monkeypatch
):
    monkeypatch.setenv("RAY_worker_niceness", "0")
    url, asked = server
    with (six_users / "users.jsonl").open("a") as file:
        file.write('{"user_id": "empty", "history": []}\n')
    options = ["--input", str(six_users), "--users-a-shard", "2"]
    main([*options, "--out", str(tmp_path / "alone")])
    served = ["--ray", "local", "--engine", "server", "--server", url, "--served-model", "profiler"]
    main([*options, *served, "--out", str(tmp_path / "served")])

    assert len(asked) % (1 + AGAIN) == 0
    assert len(asked) >= 6 * (1 + AGAIN)
    assert {request["model"] for request in asked} == {"profiler"}
    alone, together = (
        pl.read_parquet(tmp_path / name / "profiles-*.parquet").sort("user_id")
        for name in ("alone", "served")
    )
    columns = ["user_id", "titles_read", "error"]
    assert together.select(columns).equals(alone.select(columns))
    # what is written again is drawn by other seeds; most first drafts stand, and those are greedy
    ours, theirs = ({*frame["sentences"].drop_nulls().explode()} for frame in (alone, together))
    assert len(ours & theirs) >= len(ours) / 2
