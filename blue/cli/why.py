"""`python -m blue score | explain | compare | both | ask | replay`: inspections on the command line.

python -m blue score ratings.csv --next "Blade Runner (1982)" --json
python -m blue explain ratings.csv --item Dune
python -m blue compare ratings.csv --profile 'Heist films.' --other 'Heist films. No musicals.'
python -m blue both mine.csv yours.csv
python -m blue ask ratings.csv 'Would I like Dune?'
python -m blue replay session.json
"""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from blue.cli.arguments import (
    Progress,
    add_command,
    add_scoring,
    as_json,
    kinds_of,
    loaded_profiler,
    loaded_retriever,
    parsed_history,
    positive,
    session_text,
)
from blue.errors import ProfileError

if TYPE_CHECKING:
    from blue.datatypes import Interaction, Profile
    from blue.inspection import Inspector, RewardSettings


def register(commands, common, model, catalog) -> None:
    """Add the commands; the last three are parsers of shared options."""
    shared = [common, model, catalog]
    score = add_command(commands, "score", _score, shared, "the rewards of a profile for a held-out title")
    score.epilog = "Example: python -m blue score ratings.csv --next 'Blade Runner' --json"
    explain = add_command(commands, "explain", _explain, shared, "why a profile finds what it finds")
    explain.epilog = "Example: python -m blue explain ratings.csv --item Dune"
    compare = add_command(
        commands, "compare", _compare, shared, "one history read in several ways, or two profiles"
    )
    compare.epilog = "Example: python -m blue compare ratings.csv --next Dune"
    both = add_command(commands, "both", _both, shared, "what two people would both like")
    both.epilog = "Example: python -m blue both mine.csv yours.csv --domain movie"
    for place, whose in (("file", "the first's"), ("other", "the second's")):
        both.add_argument(place, metavar=place.upper(), help=f"{whose} history; - is standard input for one")
    both.add_argument("--profile", metavar="TEXT", help="this profile of the first instead of writing one")
    both.add_argument("--other-profile", metavar="TEXT", help="the same of the second")
    _add_ranking_options(both)
    ask = add_command(commands, "ask", _ask, shared, "ask the profile a question")
    ask.epilog = "Example: python -m blue ask ratings.csv 'What should I watch tonight?'"
    replay = add_command(commands, "replay", _replay, shared, "rank an exported session again")
    replay.epilog = "Example: python -m blue replay session.json --json"
    for command in (score, explain, compare, ask):
        command.add_argument(
            "file", metavar="FILE", help="a history in any known format; - is standard input"
        )
        command.add_argument("--profile", metavar="TEXT", help="this profile instead of writing one")
    _add_score_options(score)
    _add_ranking_options(explain)
    explain.add_argument("--item", metavar="TITLE", help="also: what would bring this item up?")
    _add_ranking_options(compare)
    compare.add_argument("--other", metavar="TEXT", help="a second profile to compare --profile with")
    compare.add_argument("--next", metavar="TITLE", help="hold this title out and compare the rewards too")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument(
        "--context",
        choices=("profile", "history", "none"),
        default="profile",
        help="what the answer may rest on (default: profile)",
    )
    ask.add_argument("--domain", default="all", metavar="KIND", help="movie, book, ... (default: all)")
    replay.add_argument("file", metavar="SESSION", help="a session file that the page exported")


def _add_score_options(score: argparse.ArgumentParser) -> None:
    from blue.rewards import Counts

    score.add_argument("--next", metavar="TITLE", required=True, help="the held-out title")
    score.add_argument("--seed", type=int, default=0, help="of the negatives (default: 0)")
    for kind in ("random", "popular", "hard"):
        default = getattr(Counts(), kind)
        score.add_argument(
            f"--{kind}", type=_count, default=default, metavar="N",
            help=f"how many {kind} negatives (default: {default})",
        )  # fmt: skip
    add_scoring(score)
    score.add_argument(
        "--no-judge", action="store_true", help="without the language model's next-item choice (faster)"
    )


def _add_ranking_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--top", type=positive, default=20, help="how many items (default: 20)")
    command.add_argument("--domain", default="all", metavar="KIND", help="movie, book, ... (default: all)")
    add_scoring(command)


def _count(text: str) -> int:
    from blue.session import MAX_NEGATIVES

    if not text.isdecimal() or int(text) > MAX_NEGATIVES:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of negatives; write 0 to {MAX_NEGATIVES}")
    return int(text)


def _score(chosen: argparse.Namespace) -> str:
    from blue.records import score_record, score_text
    from blue.rewards import Counts

    with Progress(chosen.verbose) as progress:
        inspector, history = _opened(chosen, progress)
        holdout = inspector.hold_out(history, title=chosen.next)
        profile = _profile(chosen, inspector, holdout.history, progress)
        counts = Counts(chosen.random, chosen.popular, chosen.hard)
        report = inspector.rewards(profile, holdout, _settings(chosen, counts))
        if not chosen.no_judge:
            progress("Asking the base model which comes next")
            report = inspector.judged(report)
    return as_json(score_record(report)) if chosen.json else score_text(report)


def _explain(chosen: argparse.Namespace) -> str:
    from blue.records import explanation_record, explanation_text

    with Progress(chosen.verbose) as progress:
        inspector, history = _opened(chosen, progress)
        item = inspector.find(chosen.item, history) if chosen.item else None
        kinds = kinds_of(chosen.domain, inspector.profiler.catalog.kinds)
        profile = _profile(chosen, inspector, history, progress)
        explained = inspector.explain(
            profile,
            history,
            top=chosen.top,
            scoring=chosen.scoring,
            kinds=kinds,
            prior=chosen.prior,
            item=item,
        )
    return as_json(explanation_record(explained)) if chosen.json else explanation_text(explained)


def _compare(chosen: argparse.Namespace) -> str:
    from blue.profile import parse_profile
    from blue.records import comparison_record, comparison_text, readings_record, readings_text

    if chosen.other is not None and chosen.profile is None:
        raise ProfileError("There is nothing to compare --other with. Give the first profile as --profile.")
    with Progress(chosen.verbose) as progress:
        inspector, history = _opened(chosen, progress)
        holdout = inspector.hold_out(history, title=chosen.next) if chosen.next else None
        how = {
            "kinds": kinds_of(chosen.domain, inspector.profiler.catalog.kinds),
            "top": chosen.top,
            "holdout": holdout,
            "settings": _settings(chosen),
        }
        if chosen.other is not None:
            old, new = parse_profile(chosen.profile), parse_profile(chosen.other)
            compared = inspector.compare(old, new, history, scoring=chosen.scoring, **how)
            record, text = comparison_record, comparison_text
            return as_json(record(old, new, compared)) if chosen.json else text(old, new, compared)
        profile = parse_profile(chosen.profile) if chosen.profile is not None else None
        progress("Reading the history in several ways")
        found = inspector.readings(history, profile=profile, **how)
    return as_json(readings_record(found)) if chosen.json else readings_text(found)


def _both(chosen: argparse.Namespace) -> str:
    from blue.history import match_history
    from blue.inspection import Inspector, Person
    from blue.profile import parse_profile
    from blue.records import both_record, both_text

    parsed = [parsed_history(file) for file in (chosen.file, chosen.other)]
    texts = (chosen.profile, chosen.other_profile)
    given = [None if text is None else parse_profile(text) for text in texts]
    with Progress(chosen.verbose) as progress:
        profiler = loaded_profiler(chosen, progress)
        people = []
        for history, profile in zip(parsed, given, strict=True):
            known = match_history(history, profiler.matcher).interactions
            progress("Writing a profile")
            people.append(Person(profile or profiler.write(known), known))
        found = Inspector(profiler, progress).both(
            *people, scoring=chosen.scoring, top=chosen.top, prior=chosen.prior,
            kinds=kinds_of(chosen.domain, profiler.catalog.kinds),
        )  # fmt: skip
    return as_json(both_record(found)) if chosen.json else both_text(found)


def _ask(chosen: argparse.Namespace) -> str:
    from blue.answering import Answerer
    from blue.records import answer_record, answer_text

    with Progress(chosen.verbose) as progress:
        inspector, history = _opened(chosen, progress)
        answerer = Answerer(inspector)
        answerer.understand(chosen.question, history)  # a bad question needs no profile
        kinds = kinds_of(chosen.domain, inspector.profiler.catalog.kinds)
        profile = _profile(chosen, inspector, history, progress)
        progress("Answering")
        answer = answerer.ask(chosen.question, profile, history, context=chosen.context, kinds=kinds)
    return as_json(answer_record(answer, profile)) if chosen.json else answer_text(answer, profile)


def _replay(chosen: argparse.Namespace) -> str:
    from blue.models import describe_generator
    from blue.records import replay_record, replay_text
    from blue.session import exported_models, import_session, replay

    text = session_text(chosen.file)
    session, models = import_session(text), exported_models(text)
    with Progress(chosen.verbose) as progress:
        retriever, here = loaded_retriever(chosen, progress)
        about = describe_generator(here.model, here.adapter, progress)
        replayed = replay(session, retriever, models, about)
    return as_json(replay_record(replayed)) if chosen.json else replay_text(replayed)


def _opened(chosen: argparse.Namespace, progress: Progress) -> "tuple[Inspector, Sequence[Interaction]]":
    """(an inspector, the history matched to its catalogue); the file is read before anything is loaded."""
    from blue.history import match_history

    parsed = parsed_history(chosen.file)
    if chosen.profile is not None:
        from blue.profile import parse_profile

        parse_profile(chosen.profile)  # a bad one is told before anything is loaded
    from blue.inspection import Inspector

    profiler = loaded_profiler(chosen, progress)
    return Inspector(profiler, progress), match_history(parsed, profiler.matcher).interactions


def _profile(
    chosen: argparse.Namespace,
    inspector: "Inspector",
    history: "Sequence[Interaction]",
    progress: Progress,
) -> "Profile":
    """The given profile, or one that is written from this history now."""
    from blue.profile import parse_profile

    if chosen.profile is not None:
        return parse_profile(chosen.profile)
    progress("Writing the profile")
    return inspector.profiler.write(history)


def _settings(chosen: argparse.Namespace, counts=None) -> "RewardSettings":
    from blue.inspection import RewardSettings
    from blue.rewards import Counts

    seed = getattr(chosen, "seed", 0)
    return RewardSettings(counts or Counts(), seed, chosen.scoring, chosen.prior)
