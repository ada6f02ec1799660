"""Who is not logged in sees nothing of anybody, on any route; over real HTTP. No language model is loaded."""

import json
from collections.abc import Iterator

import pytest

from blue.errors import PeopleError
from blue.people import Library
from blue.ui.loading import LoadingProfiler
from blue.ui.serving.access import Access, access_to
from tests.people import conftest as known
from tests.serving.fixtures import Served, serving

PASSWORD = "correct horse battery"
PEOPLES_OWN = ("people-text", "people-table", "Find people", *(one.user_id for one in known.PEOPLE[:3]))
CLOSED = (
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/gradio_api/heartbeat/abc"),
    ("GET", "/gradio_api/queue/data?session_hash=abc"),
    ("GET", "/gradio_api/file=/etc/hostname"),
    ("GET", "/gradio_api/mcp/schema"),
    ("GET", "/gradio_api/user"),
    ("GET", "/gradio_api/token"),
    ("POST", "/gradio_api/mcp/"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/call/rank"),
    ("POST", "/gradio_api/run/rank"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/component_server"),
)


@pytest.fixture(scope="module")
def locked(shared_folder) -> Iterator[Served]:
    with serving(LoadingProfiler(), Library(shared_folder), Access({"ana": PASSWORD})) as one:
        yield one


def test_every_door_is_closed_to_who_is_not_logged_in(locked):
    with locked.client() as client:
        for path in ("/", "/people"):
            page = client.get(path)
            assert page.status_code == 200
            assert '"auth_required":true' in page.text.replace(" ", "")
            assert not [word for word in PEOPLES_OWN if word in page.text]
        for method, path in CLOSED:
            answer = client.request(method, path)
            assert (path, answer.status_code, answer.json()) == (path, 401, {"detail": "Log in first."})
        forged = {"Cookie": f"access-token-unsecure-{locked.page.app.cookie_id}=guess"}
        assert client.get("/config", headers=forged).status_code == 401


def test_who_logs_in_has_the_page_and_guessing_is_slow(locked):
    with locked.client() as client:
        login = client.post("/login", data={"username": "ana", "password": PASSWORD})
        assert login.json() == {"success": True}
        assert all(word in client.get("/people").text for word in ("people-text", "people-table"))
        index = next(
            number for number, fn in locked.page.fns.items() if getattr(fn.fn, "__name__", "") == "find"
        )
        call = {"data": ["", 0, 0, "", "", "", None], "fn_index": index, "session_hash": "ana1"}
        assert client.post("/gradio_api/queue/join", json=call).status_code == 200
        client.get("/logout")
        assert client.post("/gradio_api/queue/join", json=call).status_code == 401
    with locked.client() as client:
        tries = [
            client.post("/login", data={"username": "ana", "password": f"guess {n}"}).status_code
            for n in range(12)
        ]
        assert tries[0] == 400
        assert tries[-1] == 429


def test_without_profiles_there_is_no_such_page(fresh):
    with fresh.client() as client:
        assert client.get("/people").status_code == 404
        config = json.dumps(client.get("/config").json())
        assert not [word for word in ("people-text", "people-filters") if f'"{word}"' in config]


class TestWhoMustLogIn:
    @pytest.fixture(autouse=True)
    def plain(self, monkeypatch):
        for name in ("HOST", "BLUE_HOSTS", "SPACE_ID"):
            monkeypatch.delenv(name, raising=False)

    def test_nobody_on_this_computer_and_everybody_from_outside(self, shared_folder, monkeypatch):
        library = Library(shared_folder)
        assert access_to(library, None) is None
        for name, value in (("HOST", "0.0.0.0"), ("BLUE_HOSTS", "people.example"), ("SPACE_ID", "a/b")):
            with monkeypatch.context() as patch:
                patch.setenv(name, value)
                assert access_to(None, None) is None
                with pytest.raises(PeopleError, match="can be reached from outside"):
                    access_to(library, None)

    @pytest.mark.parametrize(
        ("text", "mode", "message"),
        [
            ("ana:correct horse\n", 0o644, "chmod 600"),
            ("ana correct horse\n", 0o600, "line 1: write user:password"),
            ("ana:correct horse\nbo:short\n", 0o600, "line 2"),
            ("ana:correct horse\nana:correct horse\n", 0o600, "line 2"),
            ("\n", 0o600, "names nobody"),
        ],
    )
    def test_a_file_that_is_no_list_of_users_is_refused(self, shared_folder, tmp_path, text, mode, message):
        file = tmp_path / "users"
        file.write_text(text)
        file.chmod(mode)
        with pytest.raises(PeopleError, match=message):
            access_to(Library(shared_folder), file)
        with pytest.raises(PeopleError, match="Cannot read"):
            access_to(Library(shared_folder), tmp_path / "none")

    def test_passwords_are_compared_whole(self, shared_folder, tmp_path):
        file = tmp_path / "users"
        file.write_text(f"ana:{PASSWORD}\n\nbo:with:colons\n")
        file.chmod(0o600)
        access = access_to(Library(shared_folder), file)
        assert access.check("ana", PASSWORD)
        assert access.check("bo", "with:colons")
        assert not any(access.check(*tried) for tried in (("ana", ""), ("zoe", ""), ("ana", PASSWORD[:-1])))
