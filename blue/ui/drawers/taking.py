"""The drawer "Take it away": the session as a file that opens to the same state, the list, the profile."""

from dataclasses import dataclass

import gradio as gr

from blue.errors import SessionError
from blue.session import Session, export_session, exported_models, import_session, ranking_csv, to_fragment
from blue.ui import events, html
from blue.ui.core import Core
from blue.ui.handlers import Handlers
from blue.ui.parts import Parts
from blue.ui.screen import Screen, choices
from blue.ui.telling import Updates, told
from blue.ui.uploads import session_text, take
from blue.ui.words import block, hint, say, still

SHARED = {"take.history": "history", "take.versions": "versions"}

# Builds the file in the browser, so that the server never stores it.
DOWNLOAD = """(text, name) => { if (!text || !name) return;
  const types = {json: 'application/json', csv: 'text/csv', txt: 'text/plain'};
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: types[name.split('.').pop()] + ';charset=utf-8'}));
  link.download = name; link.click(); URL.revokeObjectURL(link.href); }"""


# What a link holds, taken off the address, so that a reload comes back to what was made of it.
FRAGMENT = """() => { const kept = location.hash.slice(1);
  if (!/^[\\w-]{40,}$/.test(kept)) return '';
  history.replaceState(null, '', location.pathname + location.search);
  return kept; }"""
LINK = """(fragment) => { if (!fragment) return;
  const link = location.origin + location.pathname + '#' + fragment;
  const box = document.querySelector('#share-link');
  box.hidden = false; box.value = link; box.select();
  navigator.clipboard?.writeText(link).catch(() => {}); }"""


@dataclass(frozen=True)
class TakingActions:
    """The buttons of the drawer; what they fill in is among the page's common parts."""

    save: gr.Button
    opened: gr.UploadButton
    ranking: gr.Button
    profile: gr.Button
    link: gr.Button


def lay_out() -> tuple[TakingActions, dict]:
    """The drawer."""
    with events.drawer(still("take.drawer"), "share"):
        gr.HTML(hint("take.hint"))
        chosen = gr.CheckboxGroup(choices(SHARED), label=still("take.include"), elem_id="share-parts")
        small = dict(size="sm", min_width=120)
        with gr.Row(elem_id="share-actions"):
            save = gr.Button(still("take.save"), elem_id="save", **small)
            opened = gr.UploadButton(
                still("take.open"), file_types=[".json"], type="filepath", elem_id="open-session", **small
            )
            ranking = gr.Button(still("take.csv"), elem_id="save-ranking", **small)
            link = gr.Button(still("take.link"), elem_id="save-link", **small)
            profile = gr.Button(still("take.text"), elem_id="save-profile", **small)
        gr.HTML(hint("take.plots"))
        told_ = gr.HTML(elem_id="share-status")
        gr.HTML(
            block(lambda: f'<input id="share-link" readonly hidden aria-label="{say("take.link_label")}">')
        )
        text = gr.Textbox(visible="hidden", elem_id="shared")
        name = gr.Textbox(visible="hidden", elem_id="shared-name")
    actions = TakingActions(save, opened, ranking, profile, link)
    return actions, dict(share=chosen, share_status=told_, shared=text, shared_name=name)


class TakingHandlers:
    """The actions of the drawer. Files are built for the browser and stored nowhere."""

    def __init__(self, core: Core, parts: Parts, screen: Screen) -> None:
        self._core = core
        self._parts = parts
        self._screen = screen

    @told("share_status")
    def export(self, session: Session, chosen: list[str]) -> Updates:
        """The session with what the visitor chose to take away."""
        text = export_session(
            session,
            with_history="history" in chosen,
            with_versions="versions" in chosen,
            models=self._core.inspector.models(),
        )
        held = [say("take.the_profile"), *(say(f"take.{part}") for part in chosen)]
        what = f" {say('take.and')} ".join(held)
        return self._file(text, "blue-session.json", say("take.holds", what=what))

    @told("share_status")
    def ranking(self, session: Session) -> Updates:
        """The list on the screen as CSV."""
        profile = self._current(session).profile
        shown = self._core.rank(session, profile, session.settings.top)
        text = ranking_csv(shown, tuple(sentence.text for sentence in profile.sentences))
        return self._file(text, "blue-ranking.csv", say("take.titles", n=len(shown.items)))

    @told("share_status")
    def profile_text(self, session: Session) -> Updates:
        """The profile on the screen as text."""
        text = self._current(session).profile.text + "\n"
        return self._file(text, "blue-profile.txt", say("take.a_line"))

    @told("share_status")
    def link(self, session: Session) -> Updates:
        """The profile and the settings as the fragment of an address, which the browser makes a link of."""
        note = say("take.in_link_list" if session.settings.within else "take.in_link")
        return self._file(to_fragment(session), "", note)

    def _current(self, session: Session):
        if session.current is None:
            raise SessionError("There is no profile to take away yet. Write one first.")
        return session.current

    def _file(self, text: str, name: str, told_: str) -> Updates:
        parts = self._parts
        return {
            parts.shared: text,
            parts.shared_name: name,
            parts.share_status: html.message(told_, "done"),
        }

    @told("share_status")
    def open_file(self, path: str) -> Updates:
        """Open an exported file: the same history, versions, settings and ranking as where it was made."""
        text = session_text(take(path))
        session, models = import_session(text), exported_models(text)
        kinds, scoring = self._screen.choices_of(session)
        same = models is None or models == self._core.inspector.models()
        note = (
            html.message(say("take.opened"), "done")
            if same
            else html.message(say("take.opened_other"), "warn")
        )
        parts = self._parts
        return self._screen.show(session, kinds, scoring) | {
            parts.kinds: kinds,
            parts.scoring: scoring,
            parts.table: self._screen.table(session),
            parts.report: html.message(say("take.opened_titles", n=len(session.interactions)), "done"),
            parts.status: "",
            parts.share_status: note,
        }


def wire(parts: Parts, actions: TakingActions, core: Core, page: Handlers) -> None:
    """Connect the drawer to its handlers."""
    on = TakingHandlers(core, parts, page.screen)
    file = [parts.shared, parts.shared_name, parts.share_status]
    for button, handler, inputs in (
        (actions.save, on.export, [parts.session, parts.share]),
        (actions.ranking, on.ranking, [parts.session]),
        (actions.profile, on.profile_text, [parts.session]),
    ):
        button.click(handler, inputs, file, **events.EDITS).then(
            None, [parts.shared, parts.shared_name], None, js=DOWNLOAD, api_visibility="private"
        )
    actions.link.click(on.link, parts.session, file, **events.EDITS).then(
        None, parts.shared, None, js=LINK, api_visibility="private"
    )
    opening = page.intentions.at_once(on.open_file)
    actions.opened.upload(opening, actions.opened, parts.everything(), **events.EDITS)
