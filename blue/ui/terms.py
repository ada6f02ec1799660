"""The numbers on the page: what each one is, its formula and its range, as its tooltip says it."""

from html import escape

SIMILARITY = (
    "Cosine of two embeddings, the profile's and the item's; by taste, the mixture of its sentences' "
    "cosines, in which the nearest counts most. From -1 to 1: 1 is the same, 0 unrelated."
)
RANK = "Place among all items of its kind that your history lacks, nearest first. 1 is best."
PROFILE_TO_ITEM = (
    "Does the profile find the item? log of exp(s+/t) over the sum of exp(s/t) for the held-out item and the "
    "others drawn; s is the similarity, t the temperature. In nats, at most 0, no lower end."
)
ITEM_TO_PROFILE = (
    "Does the item find the profile? The same form, with the profiles of other people in place of the other "
    "items. In nats, at most 0, no lower end."
)
CONTRASTIVE = "The mean of the two directions. In nats, at most 0, no lower end."
GUESSING = (
    "What a profile earns that cannot tell the candidates apart: minus the log of their number, in each "
    "direction, then the mean. A profile below it is worse than none."
)
TEMPERATURE = "How sharply near and far are told apart: similarities are divided by it. Above 0."
PROBABILITY = (
    "How expected the title is after your profile, for the frozen language model: e to the mean "
    "log-probability of its tokens, as a share of the sum over all options. From 0 to 1."
)
WEIGHT = "How much this reward counts in the total; training uses the same weights. 0 or more."
ADDS = "Weight times value: what this reward adds to the total."
TOTAL = "The sum of weight times value over the rewards shown. Higher is better."
CHANGE = "This version minus the version before, in the reward's own unit."
CONTRIBUTION = (
    "The contrastive reward with this sentence minus that without. In nats; above 0 the sentence helps."
)
SIMILARITY_GAIN = (
    "Similarity of the held-out item with this sentence minus that without. From -2 to 2; above 0 it helps."
)
RANK_WITHOUT = "Rank that the held-out item would have if this sentence were gone. 1 is best."
CLOSENESS = (
    "How close what this sentence likes is to the item: the cosine of their embeddings. Mostly 0 to 1."
)
EFFECT = "What the item's score would lose without this sentence, in cosines. 0 means: nothing."
WOULD_RANK = (
    "The rank it would have after this edit: computed with the edited profile on the whole catalogue."
)
OVERLAP = "Share of the first items that two rankings have in common. From 0 to 1."
STARS = "Mean of your ratings of similar titles, weighted by similarity. From 0.5 to 5 stars."
MEAN_STARS = "The plain mean of all your ratings: what anybody would guess. From 0.5 to 5 stars."


def number(shown: str, term: str, classes: str = "") -> str:
    """A number with its tooltip."""
    return f'<span class="num {classes}" title="{escape(term)}">{escape(shown)}</span>'


def head(name: str, term: str) -> str:
    """A column's header with its tooltip."""
    return f'<th scope="col"><abbr title="{escape(term)}">{escape(name)}</abbr></th>'


def table(label: str, head: str, rows: str, kind: str = "", *, foot: str = "", scroll: str = "scroll") -> str:
    """A table of numbers that scrolls by itself where it is wide; header cells, rows and foot are HTML."""
    return (
        f'<div class="{scroll}" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="numbers {kind}"><caption class="sr-only">{label}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>{foot}</table></div>"
    )
