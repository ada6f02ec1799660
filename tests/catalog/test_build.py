"""Anyone's items -> a catalogue folder: every form and encoding, every bad row, a kill in the middle."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from blue.catalog import load_retriever
from blue.catalog.build import Build, build_catalog
from blue.catalog.build.embedding import TEXTS_A_PIECE, embed_in_pieces
from blue.catalog.folder import FILES, MANIFEST, load_catalog_folder
from blue.datatypes import Profile, Sentence
from blue.errors import CatalogError
from blue.history import TitleMatcher, match_history, parse_history
from blue.item_text import ITEM_TEXT_VERSION, item_text
from blue.models.presets import MINILM
from blue.models.weights import sha256_of
from blue.retrieval.encoder import load_encoder

HEADER = "sku,product name,brand,category,description"
ROWS = (
    "1,Rose water toner,Alma,Beauty > Skin care > Toners,<p>Gentle &amp; floral.</p>",
    "2,Argan hair oil,Nalu,Beauty > Hair care > Oils,Smooths dry hair.",
    '3,"Serum, vitamin C",Alma,Beauty > Skin care > Serums,Brightens.',
)


@pytest.fixture(scope="module")
def minilm():
    return load_encoder(MINILM)


def read(path: Path, **said: str):
    """What a file is understood as, without embedding it."""
    return build_catalog(Build(path, path.parent / "unused", columns=said), None)


def blue(*arguments: str, timeout: float = 300) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "blue", *arguments], capture_output=True, text=True, timeout=timeout
    )


def written(tmp_path: Path, content: str | bytes, name: str = "items.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


class TestFormsOfFiles:
    table = "\n".join((HEADER, *ROWS)) + "\n"

    def titles(self, path: Path) -> list[str]:
        return [item.title for item in read(path).read.items]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_any_usual_delimiter(self, tmp_path, delimiter):
        lines = [
            HEADER.replace(",", delimiter),
            f"1{delimiter}Tea, green{delimiter}Alma{delimiter}{delimiter}x",
        ]
        lines = [lines[0], lines[1].replace("Tea, green", '"Tea, green"')]
        assert self.titles(written(tmp_path, "\n".join(lines))) == ["Tea, green"]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    def test_any_usual_encoding(self, tmp_path, encoding):
        path = written(tmp_path, "sku,title\r\n1,Crème brûlée\r\n".encode(encoding))
        assert self.titles(path) == ["Crème brûlée"]

    def test_excels_hint_and_its_semicolons(self, tmp_path):
        assert self.titles(written(tmp_path, "sep=;\nsku;title\n1;Tea\n")) == ["Tea"]

    def test_quoted_line_breaks_keep_the_lines_of_the_rows_behind_them(self, tmp_path):
        report = read(written(tmp_path, 'sku,title,description\n1,Tea,"two\nlines"\n2,,x\n'))
        assert [row.line for row in report.read.skipped_rows] == [4]
        assert report.read.items[0].description == "two lines"

    def test_json_lines_a_json_list_and_parquet_say_the_same_as_the_table(self, tmp_path):
        records = pl.read_csv(self.table.encode()).to_dicts()
        lines = "\n".join(json.dumps(record) for record in records)
        paths = [
            written(tmp_path, self.table),
            written(tmp_path, lines, "items.jsonl"),
            written(tmp_path, gzip.compress(lines.encode()), "items.jsonl.gz"),
            written(tmp_path, json.dumps(records), "items.json"),
            tmp_path / "tea [2023]*.parquet",
        ]
        pl.DataFrame(records).write_parquet(paths[-1])
        reports = [read(path) for path in paths]
        assert [report.form for report in reports] == ["CSV", "JSON lines", "JSON lines", "JSON", "Parquet"]
        assert all(report.read.items == reports[0].read.items for report in reports)

    def test_the_name_of_a_file_says_nothing(self, tmp_path):
        assert read(written(tmp_path, '{"title": "Tea"}\n', "items.csv")).form == "JSON lines"

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (b"", "is empty"),
            (b"\n \n", "is empty"),
            (b"PK\x03\x04rest", "a zip archive, not text. Give a CSV"),
            (b"\x1f\x8b broken", "damaged gzip"),
            (b"PAR1 and nothing more", "not a readable Parquet"),
            (b"[1, 2", "the JSON cannot be read"),
            (b"\x00\x01\x02\x03" * 100, "binary file"),
        ],
    )
    def test_what_is_no_file_of_items_is_refused_with_what_to_give(self, tmp_path, content, complaint):
        with pytest.raises(CatalogError, match=complaint):
            read(written(tmp_path, content))

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(CatalogError, match=r"nowhere\.csv: No such file"):
            read(tmp_path / "nowhere.csv")


class TestColumns:
    def test_known_names_are_guessed_and_the_rest_is_listed(self, tmp_path):
        report = read(written(tmp_path, f"{HEADER},price\n{ROWS[0]},9\n"))
        assert report.columns.header == {
            "id": "sku", "title": "product name", "creator": "brand", "genres": "category",
            "description": "description",
        }  # fmt: skip
        assert report.columns.guessed == set(report.columns.header)
        assert report.columns.unused == ("price",)

    def test_an_items_title_wins_over_a_reviews(self, tmp_path):
        path = written(tmp_path, '{"title": "Five stars!", "product_title": "Tea", "asin": "B1"}\n')
        assert read(path).read.items[0].title == "Tea"

    def test_a_flag_names_a_column_whatever_its_case_and_empties_one(self, tmp_path):
        path = written(tmp_path, "Nr,Wie es heißt,Marke\n7,Tee,Alma\n")
        report = read(path, title="wie es heisst", id="NR", creator="")
        assert report.columns.header == {"title": "Wie es heißt", "id": "Nr"}
        assert report.read.items[0].makers == ()

    def test_without_a_column_of_titles_the_columns_found_are_named(self, tmp_path):
        with pytest.raises(CatalogError, match=r"'nr', 'wort'.*--title nr"):
            read(written(tmp_path, "nr,wort\n1,Tee\n"))

    def test_a_flag_for_a_column_that_is_not_there(self, tmp_path):
        with pytest.raises(CatalogError, match=r"--year 'jahr': .* no such column. Its columns: 'title'"):
            read(written(tmp_path, "title\nTee\n"), year="jahr")


class TestRows:
    def test_an_item_is_what_its_row_says(self, tmp_path):
        row = "title,author,year,genres,tags,popularity,type,original title\n"
        row += "Momo (1973),Michael Ende,,Fantasy|Novel,\"['time', 'Fantasy']\",\"1,204\",Book,Momo oder\n"
        (item,) = read(written(tmp_path, row)).read.items
        assert (item.title, item.year, item.kind, item.makers) == ("Momo", 1973, "book", ("Michael Ende",))
        assert (item.genres, item.themes) == (("fantasy", "novel"), ("time",))
        assert (item.ratings, item.aliases) == (1204, ("Momo oder",))
        assert item_text(item) == "Fantasy and novel book of the early 70s by Michael Ende about time: Momo."

    def test_markup_is_taken_out_and_the_leaf_of_a_path_is_the_genre(self, tmp_path):
        item = read(written(tmp_path, f"{HEADER}\n{ROWS[0]}\n")).read.items[0]
        assert item.description == "Gentle & floral."
        assert item.genres == ("toners",)
        assert item.themes[0] == "facial mists"  # what the title says it is
        assert item.themes[-2:] == ("skin care", "beauty")

    def test_bad_rows_are_counted_with_line_and_reason_and_the_rest_is_kept(self, tmp_path):
        content = "id,title\n1,Tea\n,No id\n3,\n4,Cake,more\n5,Milk\n"
        read_ = read(written(tmp_path, content)).read
        assert [item.title for item in read_.items] == ["Tea", "Milk"]
        assert (read_.rows, read_.skipped) == (5, 3)
        reasons = {row.line: row.reason for row in read_.skipped_rows}
        assert "no id" in reasons[3]
        assert "--id ''" in reasons[3]
        assert "no title" in reasons[4]
        assert "3 cells, the header has 2" in reasons[5]

    def test_of_many_bad_rows_the_first_are_kept_and_all_are_counted(self, tmp_path):
        content = "id,title\n1,Tea\n" + "".join(f"{n},\n" for n in range(2, 502))
        read_ = read(written(tmp_path, content)).read
        assert (read_.skipped, len(read_.skipped_rows)) == (500, 20)
        assert read_.reasons == (("It has no title. Fill in 'title'.", 500),)

    def test_no_usable_row_is_an_error_with_the_first_reason(self, tmp_path):
        with pytest.raises(CatalogError, match=r"none of its 2 rows can be used. Line 2: It has no title"):
            read(written(tmp_path, "id,title\n1,\n2,\n"))
        with pytest.raises(CatalogError, match="no rows below its header"):
            read(written(tmp_path, "id,title\n"))

    def test_a_file_of_reviews_is_a_catalogue_and_its_rows_are_counted(self, tmp_path):
        reviews = "user_id,item_id,title,rating\nu1,a,Tea,5\nu2,a,Tea,4\nu2,b,Cake,1\nu3,a,Tea!,5\n"
        report = read(written(tmp_path, reviews))
        assert [(item.item_id, item.ratings) for item in report.read.items] == [("a", 3), ("b", 1)]
        assert report.read.repeats == 2
        (note,) = report.notes
        assert "a is 'Tea', not 'Tea!'" in note

    def test_the_same_title_under_two_ids_is_kept_once_unless_its_maker_differs(self, tmp_path):
        content = "id,title,brand\n1,Green Tea,Alma\n2,GREEN TEA,Alma\n3,Green Tea,Nalu\n"
        report = read(written(tmp_path, content))
        assert [item.item_id for item in report.read.items] == ["1", "3"]
        assert "line 3: 2 is 1" in report.notes[0]

    def test_years_and_counts_that_cannot_be_read_cost_no_row(self, tmp_path):
        report = read(written(tmp_path, "title,year,votes\nTea,soon,many\nCake,2019-05-01,7\n"))
        assert [(item.year, item.ratings) for item in report.read.items] == [(None, 0), (2019, 7)]
        assert len(report.notes) == 2
        assert all("line 2" in note for note in report.notes)

    def test_made_ids_do_not_depend_on_the_order_of_the_rows(self, tmp_path):
        rows = ["Tea,Alma", "Cake,Nalu"]
        first = read(written(tmp_path, "\n".join(["title,brand", *rows]))).read.items
        second = read(written(tmp_path, "\n".join(["title,brand", *rows[::-1]]))).read.items
        assert {item.item_id for item in first} == {item.item_id for item in second}
        assert len({item.item_id for item in first}) == 2

    def test_a_column_of_many_kinds_is_refused_if_said_and_passed_over_if_guessed(self, tmp_path):
        path = written(tmp_path, "title,type\n" + "".join(f"Tea {n},sort {n}\n" for n in range(40)))
        report = read(path)
        assert report.kinds == (("product", 40),)
        assert "--genres 'type'" in report.notes[0]
        with pytest.raises(CatalogError, match=r"more than 24 values .*--genres 'type' --kind ''"):
            read(path, kind="type")

    def test_control_characters_and_direction_marks_do_not_reach_a_title(self, tmp_path):
        (item,) = read(written(tmp_path, '{"title": "Tea\\u202e \\u0007leaf"}')).read.items
        assert item.title == "Tea leaf"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, minilm) -> Path:
    """A built catalogue of two kinds."""
    base = tmp_path_factory.mktemp("built")
    table = "id,title,type,brand,genres\n"
    table += "l1,Cherry gloss,lipstick,Alma,gloss|fruity\nl2,Red velvet,lipstick,Nalu,matte\n"
    table += "t1,Rose water toner,toner,Alma,floral|gentle\nt2,Tea tree toner,toner,Nalu,herbal|clearing\n"
    build = Build(written(base, table), base / "shop", name="The shop", licence="CC0-1.0")
    assert build_catalog(build, lambda: minilm).folder == base / "shop"
    return base / "shop"


class TestTheFolder:
    def test_it_holds_what_its_manifest_says_and_nothing_else(self, folder, minilm):
        assert sorted(path.name for path in folder.iterdir()) == sorted((*FILES, MANIFEST))
        manifest = load_catalog_folder(folder).manifest
        assert (manifest.name, manifest.licence, manifest.items) == ("The shop", "CC0-1.0", 4)
        assert manifest.kinds == {"lipstick": 2, "toner": 2}
        assert manifest.encoder.weights_sha256 == MINILM.sha256
        assert manifest.source.sha256 == sha256_of(folder.parent / "items.csv")
        assert manifest.files["index.faiss"].sha256 == sha256_of(folder / "index.faiss")

    def test_embeddings_are_the_encoders_own_in_the_items_order(self, folder, minilm):
        items = load_catalog_folder(folder).catalog.items
        expected = minilm.encoder.encode_items([item_text(item) for item in items])
        assert np.allclose(np.load(folder / "embeddings.npy"), expected, atol=2e-2)
        assert [item.item_id for item in items] == ["l1", "l2", "t1", "t2"]

    def test_the_faiss_file_searches_like_the_index(self, folder, minilm):
        import faiss

        query = minilm.encoder.encode_queries(["Floral toners."])
        index = load_catalog_folder(folder).index(minilm.encoder, minilm.weights_sha256)
        assert np.array_equal(
            faiss.read_index(str(folder / "index.faiss")).search(query, 4)[1], index.search(query, 4)[1]
        )

    def test_the_retriever_serves_it_by_its_own_kinds(self, folder):
        retriever = load_retriever(catalog_path=folder)
        profile = Profile((Sentence("Gentle floral skin care."),))
        assert retriever.rank(profile, top=1).items[0].item.item_id == "t1"
        assert {item.item.kind for item in retriever.rank(profile, kinds=["lipstick"]).items} == {"lipstick"}
        with pytest.raises(CatalogError, match=r"no 'movie'. Choose from: lipstick, toner"):
            retriever.rank(profile, kinds=["movie"])
        assert retriever.catalog.about == "The shop (CC0-1.0)"

    def test_histories_are_matched_to_it_also_as_products(self, folder):
        matcher = TitleMatcher(load_catalog_folder(folder).catalog.items)
        history = parse_history(
            "title,type,rating\nRose Water Toner,product,5\nCherry gloss,,4\nAlien,movie,5\n"
        )
        assert [interaction.item_id for interaction in match_history(history, matcher).interactions] == [
            "t1",
            "l1",
            None,
        ]

    def test_another_embedder_is_refused(self, folder, minilm):
        with pytest.raises(
            CatalogError, match=r"embedded with all-MiniLM-L6-v2 .* Build the catalogue again"
        ):
            load_catalog_folder(folder).index(minilm.encoder, "0" * 64)

    def test_a_build_into_a_folder_of_something_else_is_refused(self, tmp_path, minilm):
        (tmp_path / "out").mkdir()
        written(tmp_path / "out", "mine", "thesis.txt")
        with pytest.raises(CatalogError, match=r"something else than a catalogue \(thesis\.txt\)"):
            build_catalog(Build(written(tmp_path, "title\nTea\n"), tmp_path / "out"), lambda: minilm)

    def test_a_new_build_replaces_the_old_one(self, tmp_path, minilm):
        for title in ("Tea", "Cake"):
            build_catalog(Build(written(tmp_path, f"title\n{title}\n"), tmp_path / "out"), lambda: minilm)
        assert [item.title for item in load_catalog_folder(tmp_path / "out").catalog.items] == ["Cake"]


class TestADamagedFolder:
    @pytest.fixture
    def copy(self, folder, tmp_path) -> Path:
        return Path(shutil.copytree(folder, tmp_path / "copy"))

    def changed(self, copy: Path, **changes: object) -> Path:
        manifest = json.loads((copy / MANIFEST).read_text())
        (copy / MANIFEST).write_text(json.dumps(manifest | changes))
        return copy

    def refused(self, copy: Path, complaint: str) -> None:
        with pytest.raises(CatalogError, match=complaint):
            load_catalog_folder(copy)

    @pytest.mark.parametrize("name", FILES)
    def test_a_file_that_is_missing_cut_or_changed(self, copy, name):
        content = (copy / name).read_bytes()
        (copy / name).write_bytes(content[:-1])
        self.refused(copy, f"{name} has .* cut or changed")
        (copy / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        self.refused(copy, f"{name} is damaged or changed: its SHA-256")
        (copy / name).unlink()
        self.refused(copy, f"{name} is missing")

    def test_a_manifest_that_is_missing_or_not_one(self, copy):
        (copy / MANIFEST).write_text("{")
        self.refused(copy, "not JSON")
        (copy / MANIFEST).write_text('{"format": "other"}')
        self.refused(copy, "not the manifest of a catalogue")
        (copy / MANIFEST).write_text(" " * 2_000_000)
        self.refused(copy, "larger than any manifest")
        (copy / MANIFEST).unlink()
        self.refused(copy, "is not a catalogue: it has no catalog.json. If its build was interrupted")

    def test_schemas_of_other_versions(self, copy):
        self.refused(self.changed(copy, schema_version=3), "schema version 3; this program knows 2. Update")
        self.refused(self.changed(copy, schema_version=1), "by an earlier program, with other item texts")
        self.refused(self.changed(copy, schema_version="one"), "unknown schema version 'one'")

    def test_items_embedded_by_other_texts(self, copy):
        wrong = self.changed(copy, item_text_version=ITEM_TEXT_VERSION + 1)
        versions = f"{ITEM_TEXT_VERSION + 1}; this program writes version {ITEM_TEXT_VERSION}"
        self.refused(wrong, f"embedded by texts of version {versions}")

    def test_absurd_sizes_and_unknown_keys(self, copy):
        self.refused(self.changed(copy, items=10**12), "is damaged: items: ")
        self.refused(self.changed(copy, items=4, secret=1), "is damaged: secret: ")

    def test_items_of_another_catalogue(self, copy):
        self.refused(self.changed(copy, catalog_digest="0" * 64), "holds other items than catalog.json says")

    def test_embeddings_that_are_none_although_their_hash_is_right(self, copy, minilm):
        for rows, complaint in (
            (np.zeros((4, 384), np.float32), "row 0: the embedding does not have length 1"),
            (np.ones((3, 384), np.float32), r"holds \(3, 384\)"),
            (np.ones((4, 384), np.float64), "float64"),
        ):
            np.save(copy / "embeddings.npy", rows)
            files = json.loads((copy / MANIFEST).read_text())["files"]
            record = {
                "sha256": sha256_of(copy / "embeddings.npy"),
                "bytes": (copy / "embeddings.npy").stat().st_size,
            }
            loaded = load_catalog_folder(self.changed(copy, files=files | {"embeddings.npy": record}))
            with pytest.raises(CatalogError, match=complaint):
                loaded.index(minilm.encoder, minilm.weights_sha256)


class CountingEncoder:
    """Unit vectors from the lengths of texts, in an instant; counts what it was asked."""

    name, dimension = "counting", 2

    def __init__(self, most: int = 10**9) -> None:
        self.asked, self.most = 0, most

    def encode_items(self, texts) -> np.ndarray:
        if self.asked + len(texts) > self.most:
            raise KeyboardInterrupt
        self.asked += len(texts)
        angles = np.array([len(text) for text in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)

    encode_queries = encode_items


class TestGoingOn:
    texts = tuple(f"item {'x' * (number % 97)}" for number in range(3 * TEXTS_A_PIECE + 7))

    def test_pieces_that_are_there_are_not_embedded_again(self, tmp_path):
        whole = np.load(embed_in_pieces(self.texts, CountingEncoder(), "key", tmp_path / "a", print))
        with pytest.raises(KeyboardInterrupt):
            embed_in_pieces(self.texts, CountingEncoder(2 * TEXTS_A_PIECE), "key", tmp_path / "b", print)
        second, told = CountingEncoder(), []
        path = embed_in_pieces(self.texts, second, "key", tmp_path / "b", lambda *said: told.append(said))
        assert second.asked == TEXTS_A_PIECE + 7
        assert np.array_equal(np.load(path), whole)
        assert (
            told[0][0] == f"Going on: {2 * TEXTS_A_PIECE:,} of {len(self.texts):,} items were embedded before"
        )
        assert told[-1] == (f"Embedding: {len(self.texts):,} of {len(self.texts):,} items, 0 s left", 1.0)

    def test_pieces_of_other_items_or_another_embedder_are_thrown_away(self, tmp_path):
        embed_in_pieces(self.texts, CountingEncoder(), "key", tmp_path / "a", print)
        again = CountingEncoder()
        embed_in_pieces(self.texts, again, "another key", tmp_path / "a", print)
        assert again.asked == len(self.texts)

    def test_a_damaged_piece_is_made_again(self, tmp_path):
        whole = np.load(embed_in_pieces(self.texts, CountingEncoder(), "key", tmp_path / "a", print))
        first = sorted((tmp_path / "a").glob("0*.npy"))[0]
        first.write_bytes(first.read_bytes()[:1000])
        again = CountingEncoder()
        assert np.array_equal(
            np.load(embed_in_pieces(self.texts, again, "key", tmp_path / "a", print)), whole
        )
        assert again.asked == TEXTS_A_PIECE

    def test_a_build_that_is_killed_goes_on_and_comes_to_the_same(self, tmp_path, minilm):
        rows = "".join(f"{n},Tea number {n} with some more words,herbal\n" for n in range(1_500))
        path = written(tmp_path, f"id,title,genres\n{rows}")
        out = tmp_path / "shop"
        command = [sys.executable, "-m", "blue", "catalog", "build", str(path), "--out", str(out)]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        patience = time.monotonic() + 240
        while not list((out / ".build" / "pieces").glob("0*.npy")):
            assert running.poll() is None, "it was done before it could be killed"
            assert time.monotonic() < patience
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert not (out / MANIFEST).exists()
        with pytest.raises(CatalogError, match="If its build was interrupted, run the same command again"):
            load_catalog_folder(out)
        kept = {piece.name: piece.stat().st_mtime_ns for piece in (out / ".build/pieces").glob("0*.npy")}
        again = blue("catalog", "build", str(path), "--out", str(out))
        assert again.returncode == 0, again.stderr
        assert "Going on: " in again.stderr
        assert kept
        assert not (out / ".build").exists()
        fresh = build_catalog(Build(path, tmp_path / "fresh"), lambda: minilm).folder
        assert np.allclose(np.load(out / "embeddings.npy"), np.load(fresh / "embeddings.npy"), atol=1e-3)


class TestTheCommand:
    def test_it_says_what_it_guessed_and_what_it_skipped(self, tmp_path):
        path = written(tmp_path, f"{HEADER},price\n" + "\n".join(f"{row},1" for row in ROWS) + "\n9,,,,,\n")
        done = blue("catalog", "build", str(path), "--out", str(tmp_path / "shop"), "--licence", "CC0-1.0")
        assert done.returncode == 0, done.stderr
        assert "title        'product name' (guessed)" in done.stdout
        assert "not used     'price'" in done.stdout
        assert "3 items (3 product)" in done.stdout
        assert "line 5: It has no title. Fill in 'product name'." in done.stdout
        checked = blue("catalog", "check", str(tmp_path / "shop"))
        assert (checked.returncode, "is whole: 3 items" in checked.stdout) == (0, True)

    def test_its_catalogue_is_ranked_and_matched_on_the_command_line(self, folder):
        shop = ("--catalog", str(folder))
        done = blue("rank", "--profile", "Gentle floral skin care.", *shop, "--domain", "toners", "--json")
        assert [one["item_id"] for one in json.loads(done.stdout)["items"]] == ["t1", "t2"]
        wrong = blue("rank", "--profile", "Gentle floral skin care.", *shop, "--domain", "movie")
        assert (wrong.returncode, wrong.stderr) == (
            2, "error: 'movie' is no domain; choose lipstick, toner or all.\n",
        )  # fmt: skip

    def test_dry_run_and_json_report_without_writing(self, tmp_path):
        path = written(tmp_path, "title\nTea\n")
        done = blue("catalog", "build", str(path), "--out", str(tmp_path / "shop"), "--dry-run", "--json")
        report = json.loads(done.stdout)
        assert (report["items"], report["out"], report["columns"]) == (1, None, {"title": "title"})
        assert not (tmp_path / "shop").exists()

    def test_bad_input_ends_with_status_2_and_one_line(self, tmp_path):
        done = blue("catalog", "build", str(written(tmp_path, "a,b\n1,2\n")), "--out", str(tmp_path / "shop"))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("error: ")
        assert "'a', 'b'" in done.stderr
        assert done.stderr.count("\n") == 1

    def test_a_hundred_thousand_rows_fit_in_memory(self, tmp_path):
        path = tmp_path / "items.csv"
        with path.open("w") as file:
            file.write("id,title,brand,category,description\n")
            for n in range(100_000):
                file.write(f"{n},Tea number {n},Maker {n % 500},Food > Tea > Sort {n % 90},{'leaf ' * 40}\n")
        program = (
            "import re, sys; from blue.cli.commands import main; status = main(sys.argv[1:]);"
            "own = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1];"  # not the parent's
            "print(own, file=sys.stderr); sys.exit(status)"
        )
        command = ["catalog", "build", str(path), "--out", str(tmp_path / "shop"), "--dry-run", "--json"]
        done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True)
        assert json.loads(done.stdout)["items"] == 100_000
        assert int(done.stderr.split()[-1]) < 600_000, "kilobytes; 258,000 were measured"


def test_of_a_long_description_the_first_words_are_embedded(tmp_path):
    (item,) = read(written(tmp_path, f"title,description\nTea,{'leaf ' * 150}\n")).read.items
    assert item_text(item) == f"Tea. {'leaf ' * 80}…"
    assert len(item.description) > 700
