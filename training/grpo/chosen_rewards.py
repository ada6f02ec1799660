"""The rewards of one run: those that its configuration computes, and whether they can teach."""

from collections.abc import Callable

from blue.datatypes import TextEncoder
from training.grpo.config import Grpo
from training.grpo.credit import Credited, InPlace
from training.grpo.negatives import ItemTable
from training.grpo.other_rewards import FutureActivity, NextItemRank, Preference
from training.grpo.reward_functions import Contrastive, NextItemChoice, guards
from training.runs import NextItemJudge


def reward_functions(
    config: Grpo, encoder: TextEncoder, table: ItemTable, judge: NextItemJudge
) -> list[Callable]:
    """The rewards that the configuration computes, in the order of `Grpo.rewards`, as those of a sentence."""
    of_profiles = [
        Contrastive(encoder, table, config.scoring, config.contrastive_temperature),
        NextItemChoice(judge, table),
        FutureActivity(judge, table),
        NextItemRank(encoder, table, config.scoring),
    ]
    in_place = [*guards(encoder, table), Preference(judge, table, config.compared_with)]
    every = [*(Credited(reward, config.credit) for reward in of_profiles), *map(InPlace, in_place)]
    by_name = {reward.__name__: reward for reward in every}
    return [by_name[name] for name in config.rewards]
