"""The drawer "Why": rewards, items and sentences, evidence, and what would bring an item up."""

from dataclasses import dataclass

import gradio as gr

from blue.session import Session
from blue.ui import events
from blue.ui.core import Core
from blue.ui.drawers import origins, rewards
from blue.ui.drawers.origins import OriginHandlers, OriginParts, Wanted
from blue.ui.drawers.rewards import Judged, RewardHandlers, RewardParts
from blue.ui.handlers import Handlers
from blue.ui.intentions import Intentions
from blue.ui.parts import Parts
from blue.ui.telling import Updates
from blue.ui.words import still


@dataclass(frozen=True)
class WhyParts:
    """The drawer and its tabs."""

    drawer: gr.Accordion
    tabs: dict[str, gr.Tab]
    rewards: RewardParts
    origins: OriginParts


def lay_out(core: Core) -> WhyParts:
    """The drawer with its tabs."""
    with events.drawer(still("why.drawer"), "why") as drawer, gr.Tabs(elem_id="why-tabs"):
        tabs = {}
        with gr.Tab(still("why.rewards"), id="rewards") as tabs["rewards"]:
            reward_parts = rewards.lay_out(core)
        with gr.Tab(still("why.items"), id="items") as tabs["items"]:
            heat = origins.lay_out_items()
        with gr.Tab(still("why.evidence"), id="evidence") as tabs["evidence"]:
            evidence = origins.lay_out_evidence()
        with gr.Tab(still("why.up"), id="up") as tabs["up"]:
            title, what_if = origins.lay_out_up(core)
    return WhyParts(drawer, tabs, reward_parts, OriginParts(heat, evidence, title, what_if, gr.State(None)))


class _Refresher:
    """Fills in the tab that is seen, after every change of the session."""

    def __init__(self, on_rewards: RewardHandlers, on_origins: OriginHandlers) -> None:
        self._rewards = on_rewards
        self._origins = on_origins

    def refresh(
        self, session: Session, opened: bool, tab: str, judged: Judged, wanted: Wanted | None
    ) -> Updates:
        if not opened:
            return gr.skip()
        match tab:
            case "rewards":
                return self._rewards.refresh(session, judged)
            case "items":
                return self._origins.items(session)
            case "evidence":
                return self._origins.evidence(session)
            case _:
                return self._origins.up(session, wanted)


def wire(parts: Parts, why: WhyParts, core: Core, page: Handlers) -> None:
    """Connect the drawer to its handlers and to the session it follows."""
    on_rewards = RewardHandlers(core, why.rewards, page.screen, page.writer)
    on_origins = OriginHandlers(core, why.origins, page.screen)
    opened, tab = events.openness(why.drawer), gr.State("rewards")
    for name, component in why.tabs.items():
        component.select(lambda name=name: name, None, tab, **events.QUICK)
    gr.on(
        [parts.session.change, opened.change, tab.change],
        _Refresher(on_rewards, on_origins).refresh,
        [parts.session, opened, tab, why.rewards.judged, why.origins.wanted],
        [*why.rewards.panel(), *why.origins.panel()],
        **events.FOLLOW,
    )
    _wire_rewards(parts, why.rewards, on_rewards, page.intentions)
    _wire_origins(parts, why.origins, on_origins, page.intentions)


def _wire_rewards(parts: Parts, tab: RewardParts, on: RewardHandlers, asked: Intentions) -> None:
    look, chosen = [parts.kinds, parts.scoring], [tab.chosen, tab.held]
    quick = dict(show_progress="hidden", api_visibility="private")
    tab.rows.input(on.choose_row, [parts.session, tab.rows], chosen, **quick)
    tab.title.input(on.choose_title, parts.session, chosen, **quick)
    everything = [*parts.everything(), *chosen]
    tab.hold.click(asked.lasting(on.hold), [parts.session, tab.chosen, *look], everything, **events.WRITING)
    tab.give_back.click(asked.at_once(on.give_back), [parts.session, *look], everything, **events.EDITS)
    for number in (*tab.counts, tab.seed):
        number.input(
            asked.at_once(on.count), [parts.session, *tab.counts, tab.seed], everything,
            trigger_mode="always_last", **events.EDITS,
        )  # fmt: skip
    tab.ask.click(on.judge, [parts.session, tab.judged], tab.panel(), **events.ASK)
    judging = [parts.session, tab.always, tab.judged]
    follow = events.ASK | dict(trigger_mode="always_last")
    gr.on([tab.shown.change, tab.always.input], on.judge_if, judging, tab.panel(), **follow)


def _wire_origins(parts: Parts, tab: OriginParts, on: OriginHandlers, asked: Intentions) -> None:
    answer = [tab.what_if, tab.wanted]
    tab.title.input(on.want, parts.session, answer, **events.FOLLOW)
    offered = [parts.session, tab.wanted, parts.kinds, parts.scoring]
    tab.what_if.input(asked.at_once(on.apply), offered, [*parts.everything(), *answer], **events.EDITS)
