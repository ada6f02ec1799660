"""Folders are checked by name; people are found by text and by exact filters, in pages."""

import json
from threading import Thread

import numpy as np
import pytest

from blue.errors import PeopleError
from blue.people import Filters, PeopleStore
from blue.people.sentences import kept_for
from tests.people import conftest as known
from tests.people.making import Somebody, write_folder, write_shard


def ids(page) -> list[str]:
    return [hit.person.user_id for hit in page.hits]


class TestOpening:
    def test_eight_people_and_their_sentences_in_the_order_of_the_shards(self, store, encoder):
        assert (len(store), len(store.sentences)) == (8, 11)
        assert ids(store.search(encoder)) == [person.user_id for person in known.PEOPLE]
        assert store.find("none").error == "The history has 0 titles."
        assert store.find("bob").history == known.PEOPLE[1].history
        assert [store.people([row])[0].sentences for row in (6, 0)] == [
            (known.HOSTILE,),
            known.PEOPLE[0].sentences,
        ]

    def test_a_truncated_shard_is_refused_by_its_name(self, folder):
        shard = folder / "profiles-00001.parquet"
        shard.write_bytes(shard.read_bytes()[:-100])
        with pytest.raises(PeopleError, match=r"profiles-00001\.parquet is truncated or no Parquet file"):
            PeopleStore.open(folder)

    def test_a_foreign_parquet_and_one_of_another_embedder_are_refused(self, folder, encoder):
        import polars as pl

        pl.DataFrame({"user_id": ["x"]}).write_parquet(folder / "profiles-00009.parquet")
        with pytest.raises(PeopleError, match=r"profiles-00009\.parquet holds no profiles"):
            PeopleStore.open(folder)
        write_shard(folder, 9, [Somebody("gus", (known.SPACE,))], encoder, embedder="other 12")
        with pytest.raises(PeopleError, match=r"profiles-00009\.parquet was embedded by other 12"):
            PeopleStore.open(folder)
        write_shard(folder, 9, [Somebody("gus", (known.SPACE,))], encoder, embeddings="profile")
        with pytest.raises(PeopleError, match="Profile again with --embeddings both"):
            PeopleStore.open(folder)

    def test_what_the_manifest_says_is_held_to(self, folder, encoder, tmp_path):
        write_shard(folder, 0, [Somebody("eve2", (known.SPACE,))], encoder)
        with pytest.raises(PeopleError, match=r"profiles-00000\.parquet is not the file"):
            PeopleStore.open(folder)
        (folder / "profiles-00000.parquet").unlink()
        with pytest.raises(PeopleError, match=r"profiles-00000\.parquet is missing"):
            PeopleStore.open(folder)
        (folder / "manifest.json").write_text("{")
        with pytest.raises(PeopleError, match=r"manifest\.json is damaged"):
            PeopleStore.open(folder)
        with pytest.raises(PeopleError, match=r"holds no manifest\.json"):
            PeopleStore.open(tmp_path)

    def test_a_shard_added_later_counts_and_nobody_may_be_there_twice(self, folder, encoder):
        write_shard(folder, 9, [Somebody("gus", (known.SPACE,))], encoder, profiler="Other 1")
        store = PeopleStore.open(folder)
        assert len(store) == 9
        assert ids(store.search(encoder, filters=Filters(model="Other"))) == ["gus"]
        write_shard(folder, 9, [Somebody("ann", (known.SPACE,))], encoder)
        with pytest.raises(PeopleError, match=r"profiles-00000\.parquet and profiles-00009\.parquet hold"):
            PeopleStore.open(folder)

    def test_the_index_is_kept_and_no_text_is_in_it(self, store):
        kept = kept_for(store.folder)
        before = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
        assert {"vectors.npy", "starts.npy", "people.parquet"} <= set(before)
        PeopleStore.open(store.folder.path)
        assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == before
        assert not any(b"isolation" in path.read_bytes() for path in kept.iterdir())


class TestSearching:
    def test_the_nearest_sentence_of_each_person_is_marked(self, store, encoder):
        page = store.search(encoder, "lonely astronauts far from earth")
        assert ids(page)[:2] == ["ann", "dee"]  # equally near: in the order of the shards
        first = page.hits[0]
        assert first.person.sentences[first.near.number] == known.SPACE
        (query,), (said,) = (
            encoder.encode_queries(["lonely astronauts far from earth"]),
            encoder.encode_queries([known.SPACE]),
        )
        assert first.near.similarity == pytest.approx(float(query @ said), abs=1e-5)
        assert (page.total, page.pages) == (7, 1)
        similarities = [hit.near.similarity for hit in page.hits]
        assert similarities == sorted(similarities, reverse=True)

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(least_titles=2), ["bob", "dee"]),
            (Filters(least_titles=2, most_titles=2), ["bob"]),
            (Filters(user=known.HOSTILE_ID), [known.HOSTILE_ID]),
            (Filters(user="' OR 1=1 --"), []),
            (Filters(failed=True), ["none"]),
            (Filters(kind="book"), []),
            (Filters(rows=np.array([0, 4])), ["ann", "eve"]),
            (Filters(rows=np.array([], int)), []),
            (Filters(kind="movie", least_titles=3), ["dee"]),
        ],
    )
    def test_filters_are_exact(self, store, encoder, filters, expected):
        assert ids(store.search(encoder, filters=filters)) == expected
        if filters.failed is None:
            assert sorted(ids(store.search(encoder, "heists", filters))) == sorted(expected)

    def test_pages_are_disjoint_and_bounded(self, tmp_path, encoder):
        crowd = [Somebody(f"u{n}", (f"Loves films about space, number {n}.",) * 2) for n in range(45)]
        store = PeopleStore.open(write_folder(tmp_path / "crowd", crowd, encoder))
        pages = [store.search(encoder, "space", number=number) for number in (1, 2, 3, 4)]
        assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
        assert sorted(one for page in pages for one in ids(page)) == sorted(one.user_id for one in crowd)
        assert (pages[0].total, pages[0].pages) == (45, 3)
        assert [len(store.search(encoder, number=number).hits) for number in (1, 3)] == [20, 5]
        with pytest.raises(PeopleError, match="counted from 1"):
            store.search(encoder, number=0)
        with pytest.raises(PeopleError, match="shows 50 pages"):
            store.search(encoder, "space", number=51)

    def test_another_embedder_is_refused(self, folder, encoder):
        class Turned:
            name, dimension = "turned", 384

            def encode_queries(self, texts):
                return np.roll(encoder.encode_queries(texts), 1, axis=1)

        with pytest.raises(PeopleError, match="turned is loaded"):
            PeopleStore.open(folder).search(Turned(), "space")

    def test_two_analysts_at_once_get_their_own_answers(self, store, encoder):
        found: dict[str, list] = {}

        def ask(text: str) -> None:
            found[text] = [ids(store.search(encoder, text))[0] for _ in range(10)]

        analysts = [Thread(target=ask, args=(text,)) for text in ("musicals", "depression")]
        for one in analysts:
            one.start()
        for one in analysts:
            one.join(30)
        assert found == {"musicals": ["cy"] * 10, "depression": ["eve"] * 10}


def test_a_manifest_of_the_bulk_command_is_what_is_read(shared_folder):
    manifest = json.loads((shared_folder / "manifest.json").read_text())
    assert (manifest["users"], manifest["failed"], len(manifest["files"])) == (8, 1, 3)
