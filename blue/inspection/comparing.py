"""The same history read in several ways, and two versions of one profile."""

from collections.abc import Callable, Sequence

from blue.datatypes import Interaction, Profile, Ranking, Scoring, Sentence
from blue.inspection.reports import Reading, RewardReport, VersionComparison
from blue.inspection.scoring import reward_changes
from blue.profile import rule_profile
from blue.profiler import Profiler
from blue.retrieval import movements, overlap_at

RAW_TITLES = 10  # last titles of the history that are searched with as one text, as in the evaluation
_BEYOND = 200  # ranks below the top that are still told ("from 150")


def raw_query(history: Sequence[Interaction]) -> str:
    """The history itself as a query: its last titles, one a line."""
    return "\n".join(interaction.title for interaction in history[-RAW_TITLES:])


def readings(
    profiler: Profiler,
    untrained: Callable[[], Profiler] | None,
    history: Sequence[Interaction],
    profile: Profile | None,
    rank: Callable[[Profile, Scoring], Ranking],
    rewards: Callable[[Profile, Scoring], RewardReport] | None,
    scoring: Scoring,
) -> tuple[Reading, ...]:
    """Raw history, rule-based, untrained, BLUE; without the last where the loaded profiler is untrained.

    Args:
        untrained: loads the base model without its adapter; None where it cannot be had.
        profile: what the loaded profiler wrote, if it did already.
    """
    name = profiler.generator.name
    drafts = [
        ("raw history", f"the last {RAW_TITLES} titles as one text", None, raw_query(history)),
        ("rule-based", "the tastes that the grouping finds, named by rules, without a language model",
         rule_profile(history, profiler.catalog.by_id, profiler.grouper, profiler.vectors(history)), ""),
    ]  # fmt: skip
    written = profile or profiler.write(history)
    if not profiler.trained:
        note = f"{name}, not trained to write profiles: one sentence a taste"
        drafts.append(("untrained", note, written, ""))
    else:
        if untrained is not None:
            note = f"{name} without its adapter: one sentence a taste"
            drafts.append(("untrained", note, untrained().write(history), ""))
        drafts.append(("BLUE", f"{name}, trained to write profiles", written, ""))
    return tuple(_reading(*draft, rank, rewards, scoring) for draft in drafts)


def _reading(name, note, profile: Profile | None, raw: str, rank, rewards, scoring: Scoring) -> Reading:
    """Search with a reading; titles are searched with as one text, whatever the scoring."""
    searched = profile or Profile((Sentence(raw),))
    if not searched.sentences:
        return Reading(
            name, "nothing in this history could be put into words", None, "", Ranking((), scoring), None
        )
    by = scoring if profile else "single"
    return Reading(
        name,
        note,
        profile,
        raw or searched.text,
        rank(searched, by),
        rewards(searched, by) if rewards else None,
    )


def compare_versions(
    old: Profile,
    new: Profile,
    rank: Callable[[Profile, int], Ranking],
    rewards: Callable[[Profile], RewardReport] | None,
    top: int,
) -> VersionComparison:
    """Two versions; `rank` gives a profile's best items, and as many as it is asked for."""
    before, after = rank(old, top + _BEYOND), rank(new, top + _BEYOND)
    arrived, left = movements(before, after, top)
    ids = [[entry.item.item_id for entry in ranking.items] for ranking in (before, after)]
    return VersionComparison(
        arrived=tuple(arrived),
        left=tuple(left),
        overlap=overlap_at(*ids, top),
        top=top,
        rewards=reward_changes(rewards(old), rewards(new)) if rewards else (),
    )
