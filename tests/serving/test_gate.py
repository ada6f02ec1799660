"""What the server refuses, over real HTTP: every refusal has a status and a sentence."""

import io
import json
import re
import socket
import threading

import httpx
import pytest
from starlette.datastructures import Headers

from benchmarks.week_visitors import MALFORMED
from blue.ui.loading import LoadingProfiler
from blue.ui.serving import gate
from blue.ui.serving.launching import doors
from blue.ui.serving.limits import Allowance
from tests.serving.fixtures import Served, serving

JOIN = "/gradio_api/queue/join"
ROUTES = ("/gradio_api/file=", "/gradio_api/file/", "/static/", "/assets/", "/svelte/")


def detail(response: httpx.Response) -> str:
    """The sentence of a refusal, which for the queue stands in a list as of Gradio's validators."""
    said = response.json()["detail"]
    return said if isinstance(said, str) else said[0]["message"]


def action(served: Served, name: str) -> int:
    """The number of an endpoint among the page's actions."""
    return next(number for number, fn in served.page.fns.items() if fn.api_name == name)


def call(served: Served, session: str, name: str = "parse", data: list | None = None) -> dict:
    return {"session_hash": session, "fn_index": action(served, name), "data": data or ["Heat | 5"]}


class TestDoors:
    def test_every_answer_has_the_headers(self, served):
        with served.client() as client:
            for path in ("/", "/config", "/nothing", "/gradio_api/file=/etc/passwd", "/monitoring"):
                headers = client.get(path).headers
                assert headers["x-content-type-options"] == "nosniff"
                assert headers["referrer-policy"] == "no-referrer"
                assert headers["x-frame-options"] == "DENY"
                assert "camera=()" in headers["permissions-policy"]
                policy = headers["content-security-policy"]
                assert "frame-ancestors 'none'" in policy
                assert "connect-src 'self' data: blob:;" in policy
                assert "object-src 'none'" in policy

    @pytest.mark.parametrize(
        "path",
        [
            "/etc/passwd",
            "/proc/self/environ",
            "app.py",
            "blue/errors.py",
            "requirements.txt",
            "assets/catalog.parquet",
            ".git/config",
            "../../../../etc/passwd",
            "%2e%2e/%2e%2e/etc/passwd",
            "/tmp/../etc/passwd",
            "//etc/passwd",
            "file:///etc/passwd",
            "C:/Windows/win.ini",
            "~/.ssh/id_rsa",
        ],
    )
    @pytest.mark.parametrize(
        "route", ["/gradio_api/file=", "/gradio_api/file/", "/static/", "/assets/", "/svelte/"]
    )
    def test_no_file_outside_its_own_folder(self, served, route, path):
        with served.client() as client:
            answer = client.get(route + path)
        assert answer.status_code in (403, 404), answer.text[:200]
        assert "root:" not in answer.text
        assert "BlueError" not in answer.text

    def test_no_address_is_fetched_for_a_visitor(self, served):
        hits = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(3)
            threading.Thread(target=lambda: hits.append(_accepted(listener)), daemon=True).start()
            target = f"http://127.0.0.1:{listener.getsockname()[1]}/secret"
            upload = next(
                n for n, fn in served.page.fns.items() if fn.targets and fn.targets[0][1] == "upload"
            )
            inputs = [None] * len(served.page.fns[upload].inputs)
            inputs[0] = {"path": target, "meta": {"_type": "gradio.FileData"}}
            with served.client() as client:
                for path in (f"/gradio_api/file={target}", f"/gradio_api/proxy={target}"):
                    assert client.get(path).status_code == 404
                refused = client.post(JOIN, json={"session_hash": "ssrf", "fn_index": upload, "data": inputs})
                assert refused.status_code == 400
                assert "nothing is fetched" in detail(refused)
                nested = call(served, "ssrf", data=[{"a": [{"path": target}]}])
                assert client.post(JOIN, json=nested).status_code == 400
        assert hits in ([], [None])

    def test_other_sites_may_not_call(self, served):
        with served.client() as client:
            for origin in (
                "https://evil.example",
                "null",
                "http://127.0.0.1.evil.example",
                "http://127.0.0.1:1",
            ):
                answer = client.post(JOIN, json=call(served, "origin"), headers={"Origin": origin})
                assert answer.status_code == 403, origin
                assert "other sites" in detail(answer)
                assert client.get("/config", headers={"Origin": origin}).status_code == 403
            own = client.post(JOIN, json=call(served, "origin"), headers={"Origin": served.url})
            assert own.status_code == 200

    def test_an_origin_is_the_pages_own_by_what_was_asked_for_or_by_a_known_name(self):
        headers = Headers({"host": "10.0.0.3:7860", "x-forwarded-host": "studio.example"})
        own = {"owner-name.hf.space"}
        assert gate._same("http://10.0.0.3:7860", headers, ())
        assert gate._same("https://studio.example", headers, ())
        assert gate._same("https://owner-name.hf.space", headers, own)
        assert not gate._same("https://owner-name.hf.space", headers, ())
        assert not gate._same("https://evil.example/owner-name.hf.space", headers, own)

    def test_a_foreign_name_that_points_to_loopback(self, served):
        with served.client() as client:
            assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
            assert client.get("/", headers={"Host": "127.0.0.1.evil.example:7860"}).status_code == 403
            assert client.get("/", headers={"Host": f"localhost:{client.base_url.port}"}).status_code == 200

    def test_who_may_call_an_app(self, monkeypatch):
        monkeypatch.setenv("BLUE_HOSTS", "Studio.example, other.example")
        for host in ("127.0.0.1", "0.0.0.0"):
            assert doors(host, False).hosts >= {"studio.example", "other.example", "localhost"}
            assert doors(host, False).proxied
        monkeypatch.delenv("BLUE_HOSTS")
        assert doors("127.0.0.1", False).hosts == gate.LOOPBACK
        monkeypatch.setenv("SPACE_HOST", "owner-name.hf.space")
        assert doors("0.0.0.0", True) == gate.Doors(hosts=None, proxied=True, own={"owner-name.hf.space"})

    def test_it_listens_on_loopback_and_shares_nothing(self, served):
        assert served.page.server_name == "127.0.0.1"
        assert served.page.share is False
        assert served.page.share_url is None
        assert served.page.analytics_enabled is False
        assert served.page.run_history is False
        assert served.page.allowed_paths == []

    def test_calls_that_skip_the_queue_are_refused(self, served):
        with served.client() as client:
            answer = client.post(
                "/gradio_api/run/rank", json={"data": ["Space.", "", "facets", "all", 5, 0.1, "", "", ""]}
            )
        assert answer.status_code == 404
        assert "queue" in detail(answer)


class TestBodies:
    def test_too_large(self, served):
        with served.client() as client:
            for path in (JOIN, "/gradio_api/upload", "/gradio_api/call/rank", "/gradio_api/component_server"):
                answer = client.post(path, content=b"x" * (gate.LARGEST_BODY + 1))
                assert answer.status_code == 413
                assert "larger than 8 MB" in detail(answer)

    def test_too_large_without_saying_so(self, served):
        def pieces():
            for _ in range(100):
                yield b"x" * 100_000

        with served.client() as client:
            assert client.post(JOIN, content=pieces()).status_code == 413

    def test_a_file_that_is_too_large(self, served):
        with served.client() as client:
            answer = client.post(
                "/gradio_api/upload", files={"files": ("a.csv", io.BytesIO(b"x" * 7_000_000))}
            )
        assert answer.status_code == 413

    def test_an_upload_stays_in_its_folder_whatever_its_name(self, served):
        with served.client() as client:
            answer = client.post(
                "/gradio_api/upload", files={"files": ("../../../../tmp/owned.csv", io.BytesIO(b"Heat | 5"))}
            )
            paths = answer.json()
            assert answer.status_code == 200
            assert "owned.csv" in paths[0]
            assert ".." not in paths[0]
            assert paths[0].startswith(str(served.page.app.uploaded_file_dir))

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            ("multipart/form-data", b"x"),
            ("multipart/form-data; boundary=b", b""),
            ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
            (
                "multipart/form-data; boundary=b",
                b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--\r\n",
            ),
            ("application/json", b"{}"),
            ("text/plain", b"Heat | 5"),
        ],
    )
    def test_what_is_no_upload(self, served, kind, content):
        with served.client() as client:
            answer = client.post("/gradio_api/upload", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 400
        assert "upload" in detail(answer)

    def test_one_that_never_ends_is_given_up(self, monkeypatch, fresh):
        monkeypatch.setattr(gate, "SLOWEST_BODY", 0.3)
        port = int(fresh.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(
                f"POST {JOIN} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
                "Content-Length: 1000\r\n\r\n{".encode()
            )
            slow.settimeout(10)
            assert b"408" in slow.recv(200)

    def test_nested_without_end(self, served):
        with served.client() as client:
            for bomb in (b"[" * 200_000, b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"):
                answer = client.post(JOIN, content=bomb)
                assert answer.status_code == 422


class TestShape:
    @pytest.mark.parametrize(("path", "body"), MALFORMED)
    def test_what_the_visitors_of_a_week_send_is_refused_with_a_sentence(self, served, path, body):
        with served.client() as client:
            answer = client.post(path, content=body)
        assert 400 <= answer.status_code < 500
        assert detail(answer)

    @pytest.mark.parametrize(
        ("path", "body", "status", "said"),
        [
            (JOIN, None, 422, "cannot be read"),
            (JOIN, [], 422, "cannot be read"),
            (JOIN, {"data": []}, 422, "session_hash"),
            (JOIN, {"data": [], "session_hash": "a", "fn_index": "0"}, 422, "fn_index"),
            (JOIN, {"data": [], "session_hash": "a", "fn_index": 99_999}, 404, "no such action"),
            (JOIN, {"data": [], "session_hash": "a", "fn_index": -1}, 404, "no such action"),
            (JOIN, {"data": {}, "session_hash": "a", "fn_index": 0}, 422, "'data'"),
            (JOIN, {"data": [], "session_hash": "a" * 200, "fn_index": 0}, 422, "session_hash"),
            (JOIN, {"data": [], "session_hash": "../../x", "fn_index": 0}, 422, "session_hash"),
            ("/gradio_api/call/nothing", {"data": []}, 404, "There are: parse, profile, rank"),
            ("/gradio_api/call/rank", {"data": ["Space."]}, 422, "9 values, not 1"),
            (
                "/gradio_api/call/rank",
                {"data": [7, "", "facets", "all", 5, 0.1, "", "", ""]},
                422,
                "profile must be text",
            ),
            (
                "/gradio_api/call/rank",
                {"data": ["S.", "", "facets", "all", "5", 0.1, "", "", ""]},
                422,
                "top must be a whole number",
            ),
            (
                "/gradio_api/call/rank",
                {"data": ["S.", "", "facets", "all", True, 0.1, "", "", ""]},
                422,
                "a whole number",
            ),
            (
                "/gradio_api/call/rank",
                {"data": ["S.", "", "best", "all", 5, 0.1, "", "", ""]},
                422,
                "scoring must be one of facets, single",
            ),
            ("/gradio_api/call/v2/rank", {"profil": "S."}, 422, "There are: profile, history"),
            ("/gradio_api/call/v2/rank", {}, 422, "profile must be given"),
            ("/gradio_api/call/v2/score", {"history": "Heat | 5"}, 422, "next must be given"),
            ("/gradio_api/call/v2/nothing", {}, 404, "no such endpoint"),
            ("/gradio_api/component_server", {"data": "x"}, 422, "component_id"),
            (
                "/gradio_api/component_server",
                {"data": "x", "component_id": 10**9, "session_hash": "a", "fn_name": "search"},
                404,
                "no such component",
            ),
            ("/gradio_api/cancel", {"session_hash": "a"}, 422, "cannot be read"),
            ("/gradio_api/reset", {}, 422, "event_id"),
        ],
    )
    def test_a_malformed_call_is_explained(self, served, path, body, status, said):
        with served.client() as client:
            answer = client.post(path, json=body)
        assert (answer.status_code, said in detail(answer)) == (status, True), answer.text

    def test_what_was_sent_is_not_repeated(self, served):
        secret = "Zanzibar Quokka"
        with served.client() as client:
            for body in (
                {secret: 1},
                {"data": [{secret: secret}], "session_hash": secret, "fn_index": secret},
            ):
                for path in (JOIN, "/gradio_api/call/rank", "/gradio_api/call/v2/rank"):
                    assert secret not in client.post(path, json=body).text

    def test_a_good_call_still_works(self, served):
        with served.client() as client:
            joined = client.post(
                "/gradio_api/call/rank",
                json={"data": ["Lonely space films.", "", "facets", "movie", 3, 0.1, "", "", ""]},
            )
            told = client.get(f"/gradio_api/call/rank/{joined.json()['event_id']}").text
        assert "event: complete" in told
        assert len(json.loads(told.partition("data: ")[2].split("\n")[0])[0]["items"]) == 3


class TestRates:
    """An app whose models never come, so that what is asked of it waits."""

    def test_a_session_that_asks_too_often(self, monkeypatch):
        monkeypatch.setattr(gate, "SESSION_CALLS", Allowance(burst=5, rate=0.01))
        with serving(LoadingProfiler()) as fresh, fresh.client() as client:
            answers = [client.post(JOIN, json=call(fresh, "fast")) for _ in range(6)]
            assert [answer.status_code for answer in answers] == [200] * 5 + [429]
            assert re.search(
                r"Busy: too many requests from you. Try again in (9\d|100) s", detail(answers[-1])
            )
            assert answers[-1].headers["retry-after"] in detail(answers[-1])
            assert client.post(JOIN, json=call(fresh, "slow")).status_code == 200  # nobody else is refused

    def test_one_session_cannot_fill_the_queue(self, fresh):
        with fresh.client() as client:
            answers = [client.post(JOIN, json=call(fresh, "greedy")) for _ in range(gate.QUEUE_OF_ONE + 5)]
            refused = answers[-1]
            assert refused.status_code == 429
            assert "Too many of your requests are waiting" in detail(refused)
            assert client.post(JOIN, json=call(fresh, "modest")).status_code == 200

    def test_a_full_queue_says_when_to_try_again(self, fresh, monkeypatch):
        monkeypatch.setattr(gate, "QUEUE_SIZE", 12)
        with fresh.client() as client:
            answers = [client.post(JOIN, json=call(fresh, f"visitor-{n}")) for n in range(20)]
        refused = answers[-1]
        assert refused.status_code == 429
        assert detail(refused).startswith("Busy: 12 requests are waiting. Try again in 2 s.")

    def test_one_address_cannot_fill_the_queue_with_invented_sessions(self, fresh, monkeypatch):
        monkeypatch.setattr(gate, "QUEUE_OF_ADDRESS", 5)
        with fresh.client() as client:
            answers = [client.post(JOIN, json=call(fresh, f"invented-{n}")) for n in range(10)]
        assert answers[-1].status_code == 429

    def test_one_address_cannot_invent_sessions_without_end(self, monkeypatch):
        monkeypatch.setattr(gate, "ADDRESS_SESSIONS", Allowance(burst=5, rate=0.1))
        with serving(LoadingProfiler()) as fresh, fresh.client() as client:
            answers = [client.post(JOIN, json=call(fresh, f"invented-{n}")) for n in range(8)]
            assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
            assert re.search(r"Try again in ([89]|10) s", detail(answers[-1]))

    def test_uploads_have_a_rate(self, monkeypatch):
        monkeypatch.setattr(gate, "ADDRESS_UPLOADS", Allowance(burst=3, rate=0.5))
        with serving(LoadingProfiler()) as fresh, fresh.client() as client:
            statuses = [
                client.post("/gradio_api/upload", files={"files": ("a.csv", b"Heat | 5")}).status_code
                for _ in range(4)
            ]
        assert statuses == [200, 200, 200, 429]

    def test_a_server_that_stops_says_so(self, fresh):
        fresh.closing.begin()
        with fresh.client() as client:
            answer = client.post(JOIN, json=call(fresh, "late"))
        assert answer.status_code == 503
        assert "about to restart" in detail(answer)
        assert answer.headers["retry-after"] == "60"


def _accepted(listener: socket.socket) -> object:
    try:
        return listener.accept()[1]
    except TimeoutError:
        return None
    except OSError:  # closed: nobody came
        return None
