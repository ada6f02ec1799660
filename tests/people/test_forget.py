"""Who is removed is nowhere any more, also after a kill at any step; a correction changes no shard."""

import hashlib
import json
import os

import polars as pl
import pytest

from blue.cli import main
from blue.errors import PeopleError, ProfileError
from blue.models import cache_folder
from blue.people import Filters, PeopleStore, corrections, forget, forgetting, propose, segment
from blue.people.library import Library
from tests.people import conftest as known
from tests.people.making import Somebody, write_shard

REST = [person.user_id for person in known.PEOPLE if person.user_id != "eve"]


def everywhere(folder, user_id: str) -> list[str]:
    """The files of a folder and of the cache that hold an id, as bytes or as a column."""
    found = []
    caches = list((cache_folder() / "people").glob("*/*"))
    for file in [*folder.rglob("*"), *caches]:
        if file.suffix == ".parquet":
            if user_id in pl.read_parquet(file)["user_id"].to_list():
                found.append(file.name)
        elif file.is_file() and f'"{user_id}"'.encode() in file.read_bytes():
            found.append(file.name)
    return found


@pytest.fixture
def looked_at(folder) -> PeopleStore:
    """A folder with an index, segments, and a proposal for eve and one for bob."""
    store = PeopleStore.open(folder)
    segment(store, 2)
    for user_id in ("eve", "bob"):
        propose(folder, store.find(user_id), "Loves quiet films.", "analyst")
    return store


def test_a_removed_person_is_nowhere_and_the_others_are_as_they_were(looked_at, folder, encoder):
    assert {"profiles-00001.parquet", "corrections.parquet", "people.parquet"} <= set(
        everywhere(folder, "eve")
    )
    before = looked_at.find("dee")
    (receipt,) = forget(folder, "eve")
    assert everywhere(folder, "eve") == []
    assert receipt.person == hashlib.sha256(f"{receipt.salt}eve".encode()).hexdigest()
    assert (receipt.files, receipt.corrections) == (("profiles-00001.parquet",), 1)
    kept = [json.loads(line) for line in (folder / "receipts.jsonl").read_text().splitlines()]
    assert [one["person"] for one in kept] == [receipt.person]
    assert receipt.salt not in (folder / "receipts.jsonl").read_text()
    store = PeopleStore.open(folder)
    assert [hit.person.user_id for hit in store.search(encoder).hits] == REST
    assert store.find("dee").sentences == before.sentences
    assert store.find("dee").history == before.history
    assert [hit.person.user_id for hit in store.search(encoder, "depression", number=1).hits][:1] != ["eve"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["users"], manifest["profiled"], manifest["failed"]) == (7, 6, 1)
    assert [one.user_id for one in corrections.read(folder)] == ["bob"]


@pytest.mark.parametrize("step", range(1, 6))
def test_a_kill_at_any_step_is_gone_on_from(looked_at, folder, encoder, monkeypatch, step):
    calls, replace = [], os.replace

    def killed(source, target):
        calls.append(target)
        if len(calls) > step:
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patch:  # pending, shard, corrections, manifest, receipt
        patch.setattr(forgetting.os, "replace", killed)
        try:
            forget(folder, "eve")
        except KeyboardInterrupt:
            assert (folder / "forgetting.json").exists()
            with pytest.raises(PeopleError, match="was interrupted"):
                PeopleStore.open(folder)
    assert len(calls) == min(step + 1, 5)
    assert main(["people", "forget", str(folder)]) == 0
    assert everywhere(folder, "eve") == []
    assert len((folder / "receipts.jsonl").read_text().splitlines()) == 1
    assert [hit.person.user_id for hit in PeopleStore.open(folder).search(encoder).hits] == REST


def test_nobody_of_that_id_and_an_open_page(looked_at, folder, encoder, capsys):
    with pytest.raises(PeopleError, match="Nobody here has this id"):
        forget(folder, "zoe")
    assert not (folder / "forgetting.json").exists()
    library = Library(folder)
    store, _ = library.store()
    forget(folder, "dee")  # eve is now in dee's place
    with pytest.raises(PeopleError, match=r"has changed\. Search again"):
        store.search(encoder)
    assert [hit.person.user_id for hit in library.store()[0].search(encoder).hits] == [
        person.user_id for person in known.PEOPLE if person.user_id != "dee"
    ]
    assert main(["people", "forget", str(folder)]) == 0
    assert capsys.readouterr().out == "Nothing was left to remove.\n"


def test_a_folder_that_grows_while_it_is_open(folder, encoder):
    library = Library(folder)
    assert len(library.store()[0]) == 8
    added = write_shard(folder, 9, [Somebody("gus", (known.MUSICALS,))], encoder)
    store, remark = library.store()
    assert (len(store), remark) == (9, "")
    whole = added.read_bytes()
    added.write_bytes(whole[:200])
    store, remark = library.store()
    assert len(store) == 9
    assert "profiles-00009.parquet is truncated" in remark
    added.write_bytes(whole)
    assert library.store()[1] == ""


def test_a_proposal_is_a_file_of_its_own(folder):
    before = {file.name: file.read_bytes() for file in folder.glob("profiles-*")}
    person = PeopleStore.open(folder).find("ann")
    made = propose(folder, person, "Loves space films.\nAvoids gore.", "analyst")
    assert {file.name: file.read_bytes() for file in folder.glob("profiles-*")} == before
    assert corrections.read(folder) == [made]
    assert (made.user_id, made.by, made.before) == ("ann", "analyst", person.sentences)
    assert made.after == ("Loves space films.", "Avoids gore.")
    with pytest.raises(PeopleError, match="Nothing is changed"):
        propose(folder, person, "\n".join(person.sentences), "analyst")
    with pytest.raises(ProfileError, match="Keep at most 5"):
        propose(folder, person, "\n".join(f"Loves films of kind {n}." for n in range(6)), "analyst")
    (folder / "corrections.parquet").write_bytes(b"PAR1")
    with pytest.raises(PeopleError, match=r"corrections\.parquet is damaged"):
        corrections.read(folder)
    assert PeopleStore.open(folder).rows(Filters()).tolist() == list(range(8))
