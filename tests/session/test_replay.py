"""A ranking for other programs; and what a session file says of how it was made."""

import csv
import io
import json
from dataclasses import replace

import pytest

from blue.datatypes import Interaction, Item, Profile, RankedItem, Ranking, Sentence
from blue.errors import CatalogError, SessionError
from blue.inspection.models import models_of
from blue.models.generator import LoadedProfiler
from blue.rewards.negatives import Counts
from blue.session.link import from_fragment, to_fragment
from blue.session.replaying import CSV_COLUMNS, ranking_csv, replay
from blue.session.versions import HeldOut, Session, Settings, export_session, exported_models, import_session
from tests.inspection.compass import DIRECTIONS, compass

ABOUT = LoadedProfiler("Tiny", "openvino", "hub", digest="a" * 64)
HISTORY = tuple(Interaction(f"Way {d}", item_id=str(n)) for n, d in enumerate(DIRECTIONS[:3]))


def session_over(**settings) -> Session:
    session = Session(HISTORY).with_settings(Settings(**settings))
    return session.commit(Profile((Sentence("10 degrees.", weight=1.5), Sentence("170 degrees."))), "edited")


def replayed(session: Session, models=None, about=ABOUT, **shared):
    retriever = compass()
    models = models or models_of(ABOUT, retriever)
    chosen = {"with_history": True, "with_versions": True} | shared
    text = export_session(session, models=models, **chosen)
    return replay(import_session(text), retriever, exported_models(text), about)


def ids(ranking: Ranking) -> list[str]:
    return [entry.item.item_id for entry in ranking.items]


@pytest.mark.parametrize("scoring", ["facets", "single"])
@pytest.mark.parametrize("held_out", [None, HeldOut("0", 0), HeldOut("4")])
def test_a_session_ranks_as_it_did(scoring, held_out):
    session = session_over(scoring=scoring, top=4, kinds=("movie",), held_out=held_out, seed=7)
    told = replayed(session)
    read = [one for one in HISTORY if held_out is None or one.item_id != held_out.item_id]
    before = compass().rank(session.current.profile, read, top=4, scoring=scoring)
    assert told.ranking == before
    assert told.differences == ()
    assert told.session.settings == session.settings


def test_decades_and_genres_survive_the_file_the_link_and_the_replay():
    session = session_over(decades=(2000, 1990), genres=("90 degrees", "180 degrees"))
    told = replayed(session)
    assert sorted(ids(told.ranking)) == ["3", "4"]
    settings = from_fragment(to_fragment(session)).settings
    assert (settings.decades, settings.genres) == ((2000, 1990), ("90 degrees", "180 degrees"))
    with pytest.raises(CatalogError, match="1980s, 90 degrees"):
        replayed(session_over(decades=(1980,), genres=("90 degrees",)))


def test_a_list_to_rank_within_survives_the_file_the_link_and_the_replay():
    session = session_over(within=("5", "4", "gone"))
    told = replayed(session)
    assert sorted(ids(told.ranking)) == ["4", "5"]
    assert told.session.settings.within == ("5", "4", "gone")
    assert from_fragment(to_fragment(session)).settings.within == ("5", "4", "gone")
    assert session.undo().settings == session.redo().settings == session.settings


def test_what_differs_is_said():
    session, here = session_over(), models_of(ABOUT, compass())
    embedder = replace(here, embedder="other@1234")
    assert "embedder other@1234" in replayed(session, embedder).differences[0]
    assert "another catalogue" in replayed(session, replace(here, catalog_digest="b" * 64)).differences[0]
    retrained = replace(ABOUT, adapter="ours", adapter_digest="c" * 64)
    assert "with adapter cccccccccccc" in replayed(session, about=retrained).differences[0]
    (told,) = replayed(session, with_history=False).differences
    assert "no history" in told


def test_a_file_of_the_first_format_still_opens():
    text = export_session(session_over(), with_history=True, with_versions=True)
    old = json.loads(text)
    for later in ("settings", "models"):
        del old[later]
    for version in old["versions"]:
        del version["without"]
    old["format"] = "blue-session/1"
    opened = import_session(json.dumps(old))
    assert (opened.settings, opened.current) == (Settings(prior=0.0), session_over().current)
    assert exported_models(json.dumps(old)) is None
    told = replay(opened, compass(), None, ABOUT)
    assert "does not say which models" in told.differences[0]


def test_without_the_history_a_file_does_not_name_what_of_it_was_held_out():
    session = session_over(held_out=HeldOut("0", 0))
    session = session.commit(Profile((Sentence("20 degrees."),)), "written", written=True)
    assert session.current.without == "0"
    text = export_session(session, with_history=False, with_versions=True)
    opened = import_session(text)
    assert opened.settings.held_out is None
    assert {version.without for version in opened.versions} == {None}


@pytest.mark.parametrize(
    "changed",
    [
        {"top": 0},
        {"top": 100_000},
        {"negatives": {"random": -1, "popular": 0, "hard": 0}},
        {"held_out": {"item_id": "0", "row": 1}},
        {"held_out": {"item_id": "0", "row": 9}},
        {"scoring": "best"},
    ],
)
def test_settings_out_of_range_are_refused(changed):
    text = json.loads(export_session(session_over(), with_history=True, with_versions=True))
    text["settings"] |= changed
    with pytest.raises(SessionError, match="damaged"):
        import_session(json.dumps(text))


def test_an_edit_goes_back_to_what_was_written_and_a_rewrite_does_not():
    session = Session(HISTORY).with_settings(Settings(held_out=HeldOut("0", 0), negatives=Counts(1, 1, 1)))
    written = session.commit(Profile((Sentence("a"),)), "written", written=True)
    edited = written.edit(Profile((Sentence("b"),)), "edited")
    assert [version.without for version in edited.versions] == ["0", "0"]
    free = edited.with_settings(Settings())
    again = free.commit(Profile((Sentence("b"),)), "written", written=True)  # equal, but it read everything
    assert [version.without for version in again.versions] == ["0", "0", None]


def test_an_item_this_catalogue_lacks_cannot_be_held_out():
    with pytest.raises(SessionError, match="--catalog"):
        replayed(session_over(held_out=HeldOut("gb:999")))
    with pytest.raises(SessionError, match="no profile"):
        replay(Session(HISTORY), compass(), None, ABOUT)


def test_a_ranking_as_csv_holds_no_formula():
    items = (
        Item("1", '=HYPERLINK("http://x")', "movie", 1999),
        Item("2", "+1, +1", "movie"),
        Item("3", "9 to 5", "movie", 1980),
        Item("4", " @home", "movie"),
    )
    ranking = Ranking(tuple(RankedItem(n, item, 0.51234, 0) for n, item in enumerate(items, 1)), "facets")
    rows = list(csv.DictReader(io.StringIO(ranking_csv(ranking, ("-Space films.",)))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["title"] for row in rows] == ['\'=HYPERLINK("http://x")', "'+1, +1", "9 to 5", "' @home"]
    assert {row["sentence"] for row in rows} == {"'-Space films."}
    assert (rows[2]["rank"], rows[2]["year"], rows[2]["similarity"]) == ("3", "1980", "0.5123")
    assert ids(ranking) == [row["item_id"] for row in rows]
