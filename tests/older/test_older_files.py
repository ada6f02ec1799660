"""What an earlier program wrote is opened as it was meant, or refused with what to do instead."""

import json
import lzma
import shutil
from pathlib import Path

import numpy as np
import pytest

from blue.catalog import load_retriever
from blue.errors import CatalogError, ManifestError
from blue.hub import open_profiler
from blue.item_text import item_text
from blue.items import load_catalog
from blue.models import read_adapter, require_fit
from blue.retrieval import load_or_build_index
from blue.session import exported_models, import_session, replay

HERE = Path(__file__).parent
OLD_TOP = ["ml:170289", "ml:166526", "ml:5833", "ml:196", "ml:53280"]  # of the older embeddings and formula


@pytest.fixture
def published(tmp_path) -> Path:
    folder = Path(shutil.copytree(HERE / "published", tmp_path / "published"))
    packed = folder / "tokenizer.json.xz"
    (folder / "tokenizer.json").write_bytes(lzma.decompress(packed.read_bytes()))
    packed.unlink()
    return folder


@pytest.mark.parametrize("name", ["session-shipped.json", "session-own.json"])
def test_a_session_opens_to_the_same_state(name):
    session = import_session((HERE / name).read_text())

    assert [line.title for line in session.history[:2]] == ["Alien", "Heat"]
    assert [version.number for version in session.versions] == [1, 2, 3]
    assert session.current.number == 2
    assert session.current.profile.text.splitlines()[1] == "Enjoys horror with animals."
    assert session.versions[2].profile.sentences[0].weight == 0.5
    assert (session.settings.top, session.settings.kinds) == (5, ("movie",))
    assert session.settings.held_out.row == 0


def test_fame_counts_for_nothing_where_the_file_is_older_than_it():
    text = (HERE / "session-shipped.json").read_text()
    assert import_session(text).settings.prior == 0.0

    named = json.loads(text)
    named["settings"]["prior"] = 0.05
    assert import_session(json.dumps(named)).settings.prior == 0.05


def test_a_replay_says_that_catalogue_and_profiler_are_others(profiler):
    text = (HERE / "session-shipped.json").read_text()
    replayed = replay(
        import_session(text), profiler.retriever, exported_models(text), profiler.generator.about
    )

    told = " ".join(replayed.differences)
    assert "Made over another catalogue (7f3533b26c1b" in told
    assert "a new profile would be another" in told
    found = [entry.item.item_id for entry in replayed.ranking.items]
    assert len(found) == 5
    assert found != OLD_TOP
    assert not {"ml:1214", "ml:6", "ml:1380"} & set(found[1:])  # Alien is held out; Heat and Grease were seen


def test_a_catalogue_of_older_item_texts_is_refused_with_the_command_that_renews_it():
    with pytest.raises(CatalogError, match=r"earlier program, with other item texts.*blue catalog build"):
        load_retriever(catalog_path=HERE / "catalog")


def test_a_profiler_of_an_older_prompt_is_refused_after_its_files_were_checked(published):
    with pytest.raises(ManifestError, match=r"version 3 of the prompt.*train again"):
        open_profiler(str(published))
    (published / "run.json").write_text("{}")
    with pytest.raises(Exception, match=r"run\.json is not the file"):
        open_profiler(str(published))


def test_an_older_adapter_still_fits_its_base(profiler):
    adapter = read_adapter(HERE / "published", "SmolLM2-135M-Instruct")
    require_fit(profiler.generator.about.base, adapter)
    assert adapter.scaling == 2.0


def test_a_kept_index_of_older_item_texts_is_not_taken_for_todays(profiler, tmp_path):
    shutil.copytree(HERE / "cache" / "index", tmp_path / "index")
    catalog = load_catalog(HERE / "catalog" / "items.parquet")

    index = load_or_build_index(catalog, profiler.encoder, tmp_path / "index")

    expected = profiler.encoder.encode_items([item_text(item) for item in catalog.items])
    np.testing.assert_allclose(index.embeddings(), expected, atol=1e-6)
    old = np.load(next((HERE / "cache").rglob("embeddings.npy")))
    assert np.abs(old - expected).max() > 0.01  # another text was embedded then
