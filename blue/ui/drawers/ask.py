"""The drawer "Ask": questions answered from the profile, on request also from the raw history or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from blue.answering import Answer, Context
from blue.datatypes import Item
from blue.errors import AnsweringError, BlueError
from blue.session import Session
from blue.ui import events, html, widgets
from blue.ui.core import Core
from blue.ui.drawers import ask_html
from blue.ui.parts import Parts
from blue.ui.screen import choices
from blue.ui.telling import Updates, told, told_while
from blue.ui.words import block, say, still

ALSO: dict[str, Context] = {"ask.history": "history", "ask.none": "none"}
SUGGESTIONS = (  # in English, as all that is asked
    "What should I watch tonight?",
    "Would I like Dune?",
    "Do I like musicals?",
    "What do I avoid?",
)
KEPT_EXCHANGES = 20
MOST_TITLES = 6  # of a next-item choice

TAKE_OFF = """element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-item]');
  if (button) trigger('input', {item_id: button.dataset.item});
});"""

Talk = tuple[str, ...]  # exchanges as HTML, newest first


@dataclass(frozen=True)
class AskParts:
    """The components of the drawer."""

    question: gr.Textbox
    ask: gr.Button
    also: gr.CheckboxGroup
    suggestions: tuple[gr.Button, ...]
    said: gr.HTML
    transcript: gr.HTML
    talk: gr.State  # Talk
    title: gr.HTML
    titles: gr.HTML
    chosen: gr.State  # tuple[Item, ...]
    rate: gr.Button
    choose: gr.Button

    def conversation(self) -> list:
        """What an answer updates."""
        return [self.transcript, self.talk, self.said, self.ask, self.question]


def lay_out(core: Core) -> AskParts:
    """The drawer with its question box, its structured questions and the conversation."""
    with events.drawer(still("ask.drawer"), "ask-drawer"):
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label=still("ask.question"), placeholder=SUGGESTIONS[0], max_lines=1, elem_id="question",
                scale=4,
            )  # fmt: skip
            ask = gr.Button(still("ask.ask"), variant="primary", size="sm", elem_id="ask", min_width=80)
        with gr.Row(elem_id="suggestions"):
            suggestions = tuple(
                gr.Button(text, size="sm", min_width=0, elem_classes="example") for text in SUGGESTIONS
            )
        also = gr.CheckboxGroup(choices(ALSO), label=still("ask.also"), elem_id="ask-also")
        with gr.Row(elem_id="structured"):
            title = widgets.title_search("ask-title", "ask.about", core.find_titles)
            with gr.Column(min_width=260):
                titles = gr.HTML(
                    block(lambda: ask_html.titles(())), js_on_load=TAKE_OFF, elem_id="ask-titles"
                )
                with gr.Row():
                    rate = gr.Button(still("ask.rating"), size="sm", elem_id="rate", min_width=100)
                    choose = gr.Button(still("ask.next"), size="sm", elem_id="choose", min_width=100)
        said = gr.HTML(elem_id="ask-said")
        transcript = gr.HTML(
            html_template='<div role="log" aria-label="Answers">${value}</div>', apply_default_css=False,
            elem_id="transcript",
        )  # fmt: skip
    return AskParts(
        question, ask, also, suggestions, said, transcript, gr.State(()), title, titles, gr.State(()),
        rate, choose,
    )  # fmt: skip


class AskHandlers:
    """The actions of the drawer."""

    def __init__(self, core: Core, parts: AskParts) -> None:
        self._core = core
        self._parts = parts

    def answer(self, text: str, session: Session, talk: Talk, also: list[Context]) -> Iterator[Updates]:
        """Answer from the profile and from what else was ticked."""
        parts = self._parts
        yield {parts.ask: gr.update(interactive=False), parts.said: html.message(say("ask.looking"), "busy")}
        free = {parts.ask: gr.update(interactive=True)}
        contexts: list[Context] = ["profile", *also]
        done: list[Answer] = []
        trouble = ""
        try:
            for context in contexts:
                done.append(self._ask(text, session, context))
        except BlueError as error:
            trouble = str(error)
        if trouble and not done:
            yield {parts.said: html.message(trouble, "error")} | free
            return
        yield self._grown(talk, ask_html.exchange(text, done, trouble)) | free | {parts.said: ""}

    def _ask(self, text: str, session: Session, context: Context) -> Answer:
        if session.current is None:
            raise AnsweringError(say("why.no_profile"))
        return self._core.answerer.ask(
            text, session.current.profile, self._core.history(session), context=context,
            kinds=session.settings.kinds, within=self._core.within(session),
        )  # fmt: skip

    def _grown(self, talk: Talk, exchange: str) -> Updates:
        talk = (exchange, *talk)[:KEPT_EXCHANGES]
        return {self._parts.transcript: "".join(talk), self._parts.talk: talk}

    # --- structured questions ---

    @told("said")
    def add_title(self, chosen: tuple[Item, ...], event: gr.EventData) -> Updates:
        """One more title for the structured questions."""
        item = self._core.inspector.find(event._data.get("item_id") or event._data.get("text", ""))
        if len(chosen) >= MOST_TITLES and item not in chosen:
            raise AnsweringError(f"At most {MOST_TITLES} titles. Take one off first.")
        return self._titles(tuple(dict.fromkeys((*chosen, item))))

    def take_off(self, chosen: tuple[Item, ...], event: gr.EventData) -> Updates:
        """A title less."""
        return self._titles(tuple(item for item in chosen if item.item_id != event._data.get("item_id")))

    def _titles(self, chosen: tuple[Item, ...]) -> Updates:
        return {
            self._parts.chosen: chosen,
            self._parts.titles: ask_html.titles(chosen),
            self._parts.said: "",
        }

    @told("said")
    def rate(self, session: Session, talk: Talk, chosen: tuple[Item, ...]) -> Updates:
        """The likely rating of each chosen title."""
        self._check(session, chosen, 1)
        history = self._core.history(session)
        for item in reversed(chosen):
            estimate = self._core.answerer.rating(item, session.current.profile, history)
            talk = (ask_html.rating(estimate, history), *talk)
        return {self._parts.transcript: "".join(talk), self._parts.talk: talk[:KEPT_EXCHANGES]}

    @told_while("said")
    def choose(self, session: Session, talk: Talk, chosen: tuple[Item, ...]) -> Iterator[Updates]:
        """Which of the chosen titles comes next, by the frozen language model."""
        self._check(session, chosen, 2)
        yield {self._parts.said: html.message(say("why.asking"), "busy")}
        report = self._core.answerer.choice(session.current.profile, chosen)
        yield self._grown(talk, ask_html.next_choice(report)) | {self._parts.said: ""}

    def _check(self, session: Session, chosen: tuple[Item, ...], least: int) -> None:
        if session.current is None:
            raise AnsweringError(say("why.no_profile"))
        if len(chosen) < least:
            raise AnsweringError(
                "Choose a title first." if least == 1 else "Choose at least two titles first."
            )


def wire(parts: Parts, ask: AskParts, core: Core, clear: gr.Button) -> None:
    """Connect the drawer to its handlers; `clear` forgets the conversation too."""
    on = AskHandlers(core, ask)
    asked = [ask.question, parts.session, ask.talk, ask.also]
    running = [
        trigger(on.answer, asked, ask.conversation(), **events.ASK)
        for trigger in (ask.ask.click, ask.question.submit)
    ]
    for button in ask.suggestions:
        filled = button.click(lambda text=button.value: text, None, ask.question, **events.QUICK)
        running.append(filled.then(on.answer, asked, ask.conversation(), **events.ASK))
    _wire_structured(parts, ask, on)
    forgotten = [ask.transcript, ask.talk, ask.said, ask.question, ask.titles, ask.chosen, ask.ask]

    def forget() -> Updates:
        empty: Updates = dict.fromkeys((ask.transcript, ask.said, ask.question), "")
        return empty | {
            ask.talk: (),
            ask.chosen: (),
            ask.titles: ask_html.titles(()),
            ask.ask: gr.update(interactive=True),
        }

    clear.click(forget, None, forgotten, cancels=running, **events.QUICK)


def _wire_structured(parts: Parts, ask: AskParts, on: AskHandlers) -> None:
    titles = [ask.chosen, ask.titles, ask.said]
    quick = dict(show_progress="hidden", api_visibility="private")
    ask.title.input(on.add_title, ask.chosen, titles, **quick)
    ask.titles.input(on.take_off, ask.chosen, titles, **quick)
    talking = [parts.session, ask.talk, ask.chosen]
    ask.rate.click(on.rate, talking, ask.conversation(), **events.ASK)
    ask.choose.click(on.choose, talking, ask.conversation(), **events.ASK)
