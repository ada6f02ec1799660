"""Folders of people by the bulk command's own writer: sentences by hand, embedded for real."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blue.datatypes import Interaction, TextEncoder
from training.scale.cluster.plan import Making, Plan
from training.scale.cluster.results import ProfiledUser, finish, write_result

EMBEDDER = "all-MiniLM-L6-v2 53aa"


@dataclass(frozen=True)
class Somebody:
    """A person to be written: an id, sentences, and titles with stars."""

    user_id: str
    sentences: tuple[str, ...] = ()
    history: tuple[Interaction, ...] = ()
    error: str | None = None


def making(**changes) -> Making:
    settings = dict(
        inputs=(), hold_out=0, users_a_shard=3, profiler="SmolLM2 b179 a1 openvino", embedder=EMBEDDER,
        dimension=384, embeddings="both", histories=True, prompt_version="1", decoding={},
    )  # fmt: skip
    return Making(**settings | changes)


def write_shard(
    folder: Path, number: int, people: Sequence[Somebody], encoder: TextEncoder, **changes
) -> Path:
    users = [_profiled(person, encoder) for person in people]
    write_result(folder, number, users, making(**changes))
    return folder / f"profiles-{number:05}.parquet"


def write_folder(folder: Path, people: Sequence[Somebody], encoder: TextEncoder, **changes) -> Path:
    """Three people a shard, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    shards = [people[start : start + 3] for start in range(0, len(people), 3)]
    for number, shard in enumerate(shards):
        write_shard(folder, number, shard, encoder, **changes)
    finish(folder, Plan(making=making(**changes), users=len(people), shards=len(shards), rejected=0,
                        rejected_reasons=()))  # fmt: skip
    return folder


def _profiled(person: Somebody, encoder: TextEncoder) -> ProfiledUser:
    sentences = person.sentences
    return ProfiledUser(
        person.user_id,
        sentences,
        len(person.history),
        encoder.encode_queries(["\n".join(sentences)])[0] if sentences else None,
        encoder.encode_queries(sentences) if sentences else None,
        person.error,
        person.history,
    )
