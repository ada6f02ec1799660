r"""Train the maps of the shipped embedder: frozen MiniLM, then one linear map for queries and one for items.

    python -m training.encoder.train_maps --config training/configs/encoder-maps.yaml --out runs/maps \
        --data movies=DIR beauty=DIR toys=DIR

Every position of every training user may be a target (`training.encoder.pairs`); each step takes one domain
in turn (`training.encoder.maps` has the loss). The maps that rank the validation users' next items best are
kept, by the protocol of the tables. A term holds both maps near the identity: what no pair speaks of stays
where the frozen embedder put it.

    OUT/log.jsonl   loss, distance from the identity and NDCG@10 of the validation users, every few steps
    OUT/encoder     the best maps behind their base: SentenceTransformer("OUT/encoder") loads it
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import yaml

from blue.models import cache_folder, get_preset, resolve
from blue.retrieval import SentenceEncoder, ndcg_at_k
from training.data import load_all
from training.encoder.maps import Maps, batch_loss, padded, pooled
from training.encoder.pairs import (
    PARTS,
    Amounts,
    Domain,
    Pair,
    domain_of,
    judged_domains,
    kept,
    liked,
    taught_domains,
)
from training.encoder.saving import save_whole
from training.evaluate import Benchmark, EvaluationContext, EvaluationData, make_benchmark

VALIDATION_USERS = 300  # a data set
VALIDATION_CUTS = {"movies": 5}  # targets a user where users are few


@dataclass(frozen=True)
class MapsRun:
    """The values of a configuration file."""

    preset: str
    windows: int  # of each training user, at most
    profiles: int  # rule-written ones, a data set
    taught: bool  # also sentences as a person would write them
    judged: bool  # and sentences with what a reader found to fit them, and not to
    steps: int
    batch: int
    negatives: int
    learning_rate: float
    dropout: float
    identity: float  # weight of the distance from the identity
    validate_every: int
    seed: int


@dataclass(frozen=True)
class Held:
    """Validation users of one data set; their recent items stand for the sentences."""

    domain: Domain
    evaluation: EvaluationContext
    benchmark: Benchmark

    def ndcg(self, maps: Maps) -> tuple[float, float]:
        """Mean NDCG@10 among 1 + 99 and over the whole catalogue."""
        ranks = self.benchmark.ranks(Recent(self, maps))
        return float(ndcg_at_k(ranks.sampled).mean()), float(ndcg_at_k(ranks.full).mean())


@dataclass(frozen=True)
class Recent:
    """Scores by the last items that were liked."""

    held: Held
    maps: Maps

    @torch.no_grad()
    def scores(self, cases) -> np.ndarray:
        """(B, I)."""
        pairs = [Pair(liked(case.history, self.held.evaluation)[-PARTS:], 0) for case in cases]
        parts, mask = padded(pairs, np.random.default_rng(0))
        queries = torch.from_numpy(self.held.domain.queries[parts])
        return pooled(self.maps, queries, mask, torch.from_numpy(self.held.domain.items)).numpy()


def train(run: MapsRun, domains: list[Domain], held: list[Held], out: Path) -> Maps:
    """The steps; the best maps on the validation users."""
    torch.manual_seed(run.seed)
    dice = np.random.default_rng(run.seed)
    maps = Maps(domains[0].items.shape[1], run.dropout, [domain.name for domain in domains])
    optimiser = torch.optim.AdamW(maps.parameters(), lr=run.learning_rate, weight_decay=0.0)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, run.learning_rate, total_steps=run.steps, pct_start=0.05
    )
    best, kept_state = validated(maps, held, out, 0, 0.0), None
    for step in range(1, run.steps + 1):
        domain = domains[step % len(domains)]
        batch = [domain.pairs[n] for n in dice.integers(0, len(domain.pairs), run.batch)]
        drawn = dice.integers(0, len(domain.items), run.negatives)
        loss = batch_loss(maps.train(), domain, batch, drawn, dice)
        optimiser.zero_grad()
        (loss + run.identity * maps.distance()).backward()
        optimiser.step()
        rate.step()
        if step % run.validate_every == 0 or step == run.steps:
            found = validated(maps, held, out, step, float(loss.detach()))
            if found > best:
                best, kept_state = found, {name: value.clone() for name, value in maps.state_dict().items()}
    if kept_state:
        maps.load_state_dict(kept_state)
    return maps.eval()


def validated(maps: Maps, held: list[Held], out: Path, step: int, loss: float) -> float:
    """Log where the maps are; the mean over data sets of both pools' NDCG@10."""
    maps.eval()
    figures = {one.domain.name: one.ndcg(maps) for one in held}
    row = {
        "step": step,
        "loss": round(loss, 4),
        "distance": round(float(maps.distance().detach()), 2),
        "ndcg@10": figures,
    }
    with (out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(row, flush=True)
    return float(np.mean([np.mean(pair) for pair in figures.values()]))


def main() -> None:
    """Configuration, base, data, training, the embedder; in this order."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", nargs="+", required=True, metavar="[NAME=]DIR")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    run = MapsRun(**yaml.safe_load(arguments.config.read_text()))
    arguments.out.mkdir(parents=True, exist_ok=True)
    source = get_preset(run.preset).embedder
    base = resolve(source).path
    encoder = SentenceEncoder(base, name=source.name, on_openvino=True)
    cache = cache_folder() / "training"
    domains, held = [], []
    for name, dataset in load_all(arguments.data).items():
        data = EvaluationData.of(dataset)
        evaluation = EvaluationContext(data, encoder, cache)
        domains.append(
            domain_of(data, evaluation, kept(encoder, cache), Amounts(run.windows, run.profiles, run.seed))
        )
        cuts = VALIDATION_CUTS.get(name, 1)
        held.append(
            Held(domains[-1], evaluation, make_benchmark(data, "validation", VALIDATION_USERS, cuts=cuts))
        )
        print(f"{name}: {len(domains[-1].pairs):,} pairs", flush=True)
    if run.taught:
        domains += taught_domains(kept(encoder, cache))
    if run.judged:
        domains += judged_domains(kept(encoder, cache))
    maps = train(run, domains, held, arguments.out)
    save_whole(maps, base, arguments.out / "encoder")


if __name__ == "__main__":
    main()
