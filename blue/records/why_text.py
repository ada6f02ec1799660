"""Inspections as plain text, for a terminal."""

from collections.abc import Sequence

from blue.answering import Answer
from blue.datatypes import Item, Profile
from blue.inspection import Both, Explanation, Reading, RewardReport, VersionComparison, WhatIf
from blue.records.plain_text import one_line, ranking_text, table
from blue.session import Replay, word_changes

_TOP_OF_A_READING = 5


def both_text(found: Both) -> str:
    """Both profiles, the shared tastes, and what both would like with each one's rank and taste."""
    rows = [
        (str(rank), f"{one.score:.3f}", _named(one.item), *(
            f"{place:,}" if taste is None else f"{place:,} by taste {taste + 1}"
            for place, taste in zip(one.ranks, one.sentences, strict=True)
        ))
        for rank, one in enumerate(found.items, start=1)
    ]  # fmt: skip
    shared = [
        f"{a + 1} and {b + 1} ({pair.similarity:.2f})" for pair in found.shared for a, b in [pair.sentences]
    ]
    first, second = (_numbered(person.profile) for person in found.people)
    return _paragraphs(
        f"The first:\n{first}",
        f"The second:\n{second}",
        f"Tastes of the first and the second that say the same: {', '.join(shared) or 'none'}",
        f"Of {found.candidates:,} that neither knows, by the less pleased of the two:",
        table(("#", "score", "title", "the first's rank", "the second's rank"), rows),
    )


def score_text(report: RewardReport) -> str:
    """The profile, the target, a line a reward, and what each sentence is worth."""
    rows = [
        (reward.name, f"{reward.value:.3f}", f"{reward.weight:g}", f"{reward.weighted:.3f}")
        for reward in report.rewards
    ]
    rows.append(("total", "", "", f"{report.total:.3f}"))
    contributions = [
        (
            str(contribution.sentence + 1),
            f"{contribution.contrastive:+.3f}",
            f"{contribution.similarity:+.3f}",
            "" if contribution.rank_without is None else str(contribution.rank_without),
        )
        for contribution in report.contributions
    ]
    options = report.choice.options if report.choice else ()
    return _paragraphs(
        _numbered(report.profile),
        f"Held out: {_named(report.holdout.target)}; rank {report.rank:,} of {report.candidates:,}, "
        f"cosine {report.similarity:.2f}",
        table(("reward", "value", "weight", "adds"), rows),
        "What each sentence adds (contrastive, cosine) and the rank without it:",
        table(("taste", "reward", "cosine", "rank without"), contributions),
        *_options(options),
    )


def _options(options) -> tuple[str, ...]:
    if not options:
        return ()
    rows = [
        (f"{option.probability:.2f}", _named(option.item), "held out" if option.is_target else "")
        for option in options
    ]
    return ("What the base model would choose next:", table(("chance", "title", ""), rows))


def explanation_text(explained: Explanation) -> str:
    """The ranking; then each sentence's grounds; then what would bring an item up."""
    claims = {claim.sentence: claim for claim in explained.sensitive}
    lines = []
    for evidence in explained.evidence:
        shown = ", ".join(one_line(support.interaction.title) for support in evidence.support)
        grounds = f"supported by {shown}" if evidence.supported else "nothing in the history supports this"
        claim = claims.get(evidence.sentence)
        warning = f" Careful: says something about {claim.topic} ({claim.words})." if claim else ""
        lines.append(f"{evidence.sentence + 1}. {grounds}.{warning}")
    what = (what_if_text(explained.what_if),) if explained.what_if else ()
    return _paragraphs(ranking_text(explained.profile, explained.ranking), "\n".join(lines), *what)


def what_if_text(what: WhatIf) -> str:
    """Where an item is, which sentences move it, and the edits with their ranks."""
    told = [f"{_named(what.item)} is at {what.rank:,} of {what.candidates:,}."]
    if what.helps:
        told.append(f"Sentence {what.helps.sentence + 1} helps it most: {_places(what.helps)}.")
    if what.hurts:
        told.append(f"Sentence {what.hurts.sentence + 1} hurts it most: {_places(what.hurts)}.")
    rows = [(f"{edit.rank:,}", edit.words) for edit in what.edits]
    edits = table(("rank", "edit"), rows) if rows else "No edit that was tried brings it up."
    return _paragraphs(" ".join(told), edits)


def _places(effect) -> str:
    return f"without it the rank would be {effect.rank_without:,}"


def readings_text(readings: Sequence[Reading]) -> str:
    """Each reading with its first items and, where something is held out, its rank and rewards."""
    parts = []
    for reading in readings:
        found = ", ".join(_named(entry.item) for entry in reading.ranking.items[:_TOP_OF_A_READING])
        rewards = reading.rewards
        earned = (
            f"{_named(rewards.holdout.target)}: rank {rewards.rank:,}, "
            f"contrastive {rewards.contrastive.total:.3f}"
            if rewards
            else ""
        )
        text = "\n".join(one_line(line) for line in reading.text.splitlines())
        parts.append(
            "\n".join(filter(None, (f"== {reading.name} ({reading.note})", text, f"-> {found}", earned)))
        )
    return _paragraphs(*parts)


def comparison_text(old: Profile, new: Profile, compared: VersionComparison) -> str:
    """The words that changed, what moved at the top, and how the rewards changed."""
    marks = {"same": "{}", "added": "[+{}+]", "removed": "[-{}-]"}
    words = " ".join(
        marks[word_change.change].format(word_change.text) for word_change in word_changes(old.text, new.text)
    )
    moved = [
        (
            str(movement.new_rank),
            "new" if movement.old_rank is None else str(movement.old_rank),
            _named(movement.item),
        )
        for movement in compared.arrived
    ]
    left = ", ".join(_named(movement.item) for movement in compared.left)
    rewards = [
        (reward.name, f"{reward.old:.3f}", f"{reward.new:.3f}", f"{reward.difference:+.3f}")
        for reward in compared.rewards
    ]
    return _paragraphs(
        words,
        f"{compared.overlap:.0%} of the first {compared.top} are the same.",
        table(("rank", "was", "title"), moved),
        f"Left: {left}" if left else "",
        table(("reward", "old", "new", "change"), rewards) if rewards else "",
    )


def answer_text(answer: Answer, profile: Profile) -> str:
    """The answer and the sentences it rests on."""
    cited = "\n".join(f"Taste {n + 1}: {profile.sentences[n].text}" for n in answer.sentences)
    return _paragraphs(answer.text, cited)


def replay_text(replayed: Replay) -> str:
    """What differs, then the ranking."""
    return _paragraphs(
        "\n".join(replayed.differences), ranking_text(replayed.version.profile, replayed.ranking)
    )


def _numbered(profile: Profile) -> str:
    return "\n".join(f"{n}. {sentence.text}" for n, sentence in enumerate(profile.sentences, start=1))


def _named(item: Item) -> str:
    return one_line(f"{item.title} ({item.year})" if item.year else item.title)


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
