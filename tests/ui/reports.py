"""Inspections by hand, small enough to be checked by eye."""

import numpy as np

from blue.datatypes import Interaction, Item, Movement, Profile, RankedItem, Ranking, Sentence
from blue.inspection.reports import (
    Attribution,
    ChoiceOption,
    ChoiceReport,
    ContrastiveReport,
    Edit,
    Evidence,
    Holdout,
    NegativeItem,
    OtherProfile,
    RewardReport,
    RewardValue,
    SensitiveClaim,
    SentenceContribution,
    SentenceEffect,
    Support,
    VersionComparison,
    WhatIf,
)

SCRIPT = "<script>alert(1)</script>"
HEAT = Item("ml:6", "Heat", "movie", 1995)
RONIN = Item("ml:2", "Ronin", "movie", 1998)
HOSTILE = Item("ml:3", SCRIPT, "movie")
PROFILE = Profile((Sentence("Heist films with a code of honour."), Sentence(f"Films of {SCRIPT}.")))
HISTORY = (Interaction("Ronin", 4.0, item_id="ml:2"), Interaction(SCRIPT, None))
HELD = Holdout(HEAT, HISTORY, row=2)


def reward_report(contrastive: float = -0.5, rank: int = 7) -> RewardReport:
    """The target at 0.62; a hard negative at 0.70, a random one at 0.40."""
    return RewardReport(
        profile=PROFILE,
        holdout=HELD,
        scoring="facets",
        seed=3,
        similarity=0.62,
        rank=rank,
        candidates=9000,
        negatives=(NegativeItem(HOSTILE, "hard", 0.70), NegativeItem(RONIN, "random", 0.40)),
        others=(OtherProfile("Musicals.", 0.1),),
        contrastive=ContrastiveReport(-0.6, -0.4, contrastive, 0.05),
        choice=None,
        rewards=(
            RewardValue("contrastive", contrastive, -np.inf, 0.0, 1.0, "The mean."),
            RewardValue("format", 1.0, 0.0, 1.0, 0.5, "One sentence a line."),
        ),
        contributions=(
            SentenceContribution(0, 1.25, 0.2, 1.25, 40),
            SentenceContribution(1, -0.25, -0.1, -0.25, None),
        ),
    )


CHOICE = ChoiceReport((ChoiceOption(HEAT, 0.6, True), ChoiceOption(HOSTILE, 0.4, False)), 0.6, "Base")
ATTRIBUTION = Attribution(
    items=(RONIN, HOSTILE),
    scoring="facets",
    closeness=np.array([[0.6, 0.2], [0.3, np.nan]]),
    effects=np.array([[0.3, 0.1], [0.0, -0.05]]),
    brought_by=(0, 0),
)
EVIDENCE = (
    Evidence(0, (Support(HISTORY[0], 0),), True, (), rejects=False),
    Evidence(1, (Support(HISTORY[1], 1),), False, ("devout",), rejects=False),
)
CLAIMS = (SensitiveClaim(1, "religion", "devout"),)
WHAT_IF = WhatIf(
    item=HEAT,
    rank=120,
    similarity=0.31,
    candidates=9000,
    in_history=False,
    helps=SentenceEffect(0, 400, 280),
    hurts=SentenceEffect(1, 60, -60),
    edits=(Edit("drop", 1, "Drop sentence 2", Profile(PROFILE.sentences[:1]), 60),),
)


def ranking(*items: Item) -> Ranking:
    return Ranking(tuple(RankedItem(rank, item, 0.5, 0) for rank, item in enumerate(items, 1)), "facets")


COMPARISON = VersionComparison(
    arrived=(Movement(HEAT, 3, 1), Movement(RONIN, None, 2)),
    left=(Movement(HOSTILE, 1, 9),),
    overlap=0.5,
    top=2,
    rewards=(),
)
