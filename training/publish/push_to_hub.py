r"""Publish what a training run made: one repository a profiler, one commit a version.

    python -m training.publish.push_to_hub runs/grpo --repo owner/name
    python -m training.publish.push_to_hub runs/grpo --out published/     # the same files, pushed nowhere

The repository holds the adapter and/or merged weights, tokenizer, generation settings, the training
configuration, the log of rewards, results, example profiles, a model card and `blue.json`, the manifest by
which the app checks all of it: `python app.py --profiler owner/name`. Log in with `hf auth login`, or set
HF_TOKEN.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from blue.datatypes import Scoring
from blue.errors import BlueError
from blue.hub import manifest, open_profiler, relative_names
from blue.models import PRESETS, load_generator, read_adapter, require_fit, resolve, sha256_of
from training.data import Source, read_sources
from training.evaluate import Table
from training.publish.card import make_card
from training.publish.examples_shown import write_examples
from training.publish.figures import draw_log
from training.publish.staging import Publication, preset_of, seal, stage
from training.publish.upload import full_name, push_files
from training.runs import RunError, RunFolder, find_run


def prepare(run: RunFolder, folder: Path, publication: Publication, *, with_examples: bool = True) -> None:
    """Everything that is published, in `folder`, checked and (with examples) loaded as its readers will."""
    described = stage(run, folder, publication, progress=report)
    examples: list[dict] = []
    if with_examples:
        opened = open_profiler(str(folder))
        report("writing the example profiles with what is published")
        generator = load_generator(opened.preset, adapter=opened.adapter, progress=report)
        examples = write_examples(generator, opened.settings, folder / "examples.json")
    elif run.adapter is not None:
        base = publication.preset.profiler
        require_fit(resolve(base, report).path, read_adapter(folder, base.name))
    if run.log:
        draw_log(run.log, folder / "rewards.png")
    make_card(described, publication, run, examples).save(folder / "README.md")
    seal(folder, described)


def publication_of(arguments: argparse.Namespace, run: RunFolder) -> Publication:
    """What the command line and the run say about what is published."""
    preset = preset_of(run, arguments.preset)
    name = arguments.repo or arguments.out.resolve().name
    given = dict(pair.partition("=")[::2] for pair in arguments.benchmark)
    owner = name.rpartition("/")[0] or "unnamed"
    tables = Table.of_file(run.results) if run.results else ()
    scoring = arguments.scoring or run.settings.get("scoring") or "facets"
    if scoring not in get_args(Scoring):
        raise RunError(f"'{scoring}' is no scoring. Write --scoring facets or --scoring single.")
    sources = read_sources(run.path, list(run.settings.get("mixture", {})), arguments.data_licence)
    return Publication(
        name=name,
        preset=preset,
        scoring=scoring,
        licence=arguments.license or _licence(preset.profiler.licence, sources),
        sources=sources,
        tables=tables,
        benchmarks={
            table.dataset: given.get(table.dataset) or f"{owner}/{table.dataset}" for table in tables
        },
        page=f"{_endpoint()}/{name}" if arguments.repo else "",
        also_merged=arguments.merged,
    )


def _licence(stated: str, sources: Sequence[Source]) -> str:
    """The Hub's identifier: the base model's, unless data with terms of their own went in."""
    if any(source.restricts for source in sources):
        return "other"
    return {"Apache-2.0": "apache-2.0", "Gemma terms": "gemma"}.get(stated, "other")


def _endpoint() -> str:
    from huggingface_hub import constants

    return constants.ENDPOINT


def report(what: str, share: float | None = None) -> None:
    """Progress, on standard error."""
    print(what if share is None else f"{what} ({share:.0%})", file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line, publish, say where; what a person can mend ends with status 2."""
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except BlueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.repo and not arguments.out:
        raise RunError(
            "Say where to: --repo owner/name to push, --out DIR to write the same files to a folder."
        )
    if arguments.out and arguments.out.exists() and any(arguments.out.iterdir()):
        raise RunError(f"{arguments.out} is not empty. Give a new folder.")
    named = {"encoder": arguments.encoder, "config": arguments.config, "results": arguments.results}
    run = find_run(arguments.run, **named)
    if arguments.repo:
        arguments.repo = full_name(arguments.repo, progress=report)
    publication = publication_of(arguments, run)
    for dataset, name in publication.benchmarks.items() if arguments.repo else ():
        report(f"results on {dataset} are named {name}; --benchmark {dataset}=OWNER/NAME changes that")
    with tempfile.TemporaryDirectory(prefix="blue-publish-") as temporary:
        folder = arguments.out or Path(temporary) / "profiler"
        prepare(run, folder, publication, with_examples=not arguments.no_examples)
        if not arguments.repo:
            print(f"{folder}: load it with python app.py --profiler {folder}")
            return 0
        pushed = push_files(
            {name: folder / name for name in relative_names(folder)},
            arguments.repo,
            private=arguments.private,
            revision=arguments.revision,
            message=f"Profiler of {publication.preset.profiler.name}, manifest {_digest(folder)}",
            progress=report,
        )
    print(json.dumps({"repo": pushed.repo_id, "commit": pushed.commit, "url": pushed.url}))
    print(f"load it with python app.py --profiler {pushed.repo_id}@{pushed.commit}")
    return 0


def _digest(folder: Path) -> str:
    return sha256_of(folder / manifest.FILE)[:12]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.publish.push_to_hub",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "run", type=Path, metavar="RUN_DIR", help="what training wrote as OUT, or an adapter folder"
    )
    parser.add_argument("--repo", metavar="OWNER/NAME", help="the repository; made if it is not there")
    parser.add_argument("--private", action="store_true", help="make a new repository private")
    parser.add_argument("--revision", metavar="BRANCH", help="the branch to push to (default: main)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write what is published to this folder too")
    parser.add_argument("--merged", action="store_true", help="also publish the adapter merged into its base")
    parser.add_argument(
        "--encoder", type=Path, help="a trained embedder (default: RUN_DIR/encoder if it is there)"
    )
    parser.add_argument(
        "--config", type=Path, help="the training configuration (default: RUN_DIR/config.yaml)"
    )
    parser.add_argument(
        "--results", type=Path, help="results of the evaluation (default: RUN_DIR/results.json)"
    )
    parser.add_argument(
        "--preset", help=f"what it was trained from, if nothing says so: {', '.join(PRESETS)}"
    )
    parser.add_argument("--scoring", help="facets or single (default: the configuration's, else facets)")
    parser.add_argument("--license", help="the Hub's identifier for the weights (default: the base model's)")
    parser.add_argument(
        "--data-licence", nargs="+", default=[], metavar="NAME=TEXT", help="terms of a training data set"
    )
    parser.add_argument(
        "--benchmark",
        nargs="+",
        default=[],
        metavar="NAME=OWNER/DATASET",
        help="a data set of the results on the Hub",
    )
    parser.add_argument("--no-examples", action="store_true", help="publish without loading the model first")
    return parser


if __name__ == "__main__":
    sys.exit(main())
