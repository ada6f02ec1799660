"""Profiles of more users than one run in memory holds: staged in shards, written by one machine or by many.

records.py    one user's history as it is written in a file -> titles the profiler reads
staging.py    the input, streamed once -> OUT/work/users-00000.parquet ...: equal shards, each user once
rejected.py   the ids that came before, and the lines that give no user
plan.py       what is being made, from what, with which models: the same command goes on after a kill
worker.py     one shard -> profiles and embeddings, by the engines of this machine
results.py    OUT/profiles-00000.parquet ..., each whole or not there; manifest.json when all are
ray_run.py    the same shards on a Ray cluster, by its CPU engines
ray_llm.py    and by Ray Data's LLM processors: vLLM on GPUs, or a server
index_parts.py, ray_index.py   the steps of training.scale.index_shards, here and on a cluster
"""
