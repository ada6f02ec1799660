"""The gate before Gradio: what is refused, with which status and which sentence, before any of it is run.

1. doors that this app does not use (Gradio can proxy, fetch addresses, record, reload) are closed: 404
2. hosts and origins that are not this page's: 403; who is not logged in where that is asked for: 401
3. bodies that are too large or too slow: 413, 408
4. calls of the wrong shape: 400, 404, 422 (see calls)
5. too much, too often, or more than the queue holds: 429 with Retry-After; while stopping: 503

Refusals never repeat what was sent, and nothing is logged.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import gradio as gr
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from blue.ui.serving.calls import BadCall, Calls
from blue.ui.serving.limits import Allowance, Meter, address_of, seconds
from blue.ui.serving.line import CLOSING
from blue.ui.serving.stopping import Closing

LARGEST_BODY = 8_000_000  # bytes: a pasted history has 5 MB, an upload at most 6
SLOWEST_BODY = 60.0  # seconds
MOST_FILES = 4  # of one upload: the page sends one

QUEUE_SIZE = 256  # calls that wait, of all visitors
QUEUE_OF_ONE = 24  # of one session: an edit is at most six calls
QUEUE_OF_ADDRESS = 192  # of one address: a class, an office, a household
SECONDS_A_CALL = 0.1  # about what one takes, for "try again in"

SESSION_CALLS = Allowance(burst=200, rate=40)  # who types fast makes ten edits a second, of four calls each
ADDRESS_CALLS = Allowance(burst=2_000, rate=400)
ADDRESS_UPLOADS = Allowance(burst=60, rate=1)
ADDRESS_SESSIONS = Allowance(burst=200, rate=2)  # new ones: each holds memory for hours
ADDRESS_LOGINS = Allowance(burst=10, rate=0.1)  # nobody guesses passwords at six a minute

_API = "/gradio_api"
_CLOSED = re.compile(
    rf"^(/monitoring|/deep_link|{_API}/(deep_link|dev/|proxy=|stream/|process_recording|vibe-|undo-vibe|"
    rf"run-history|runs|profiling|file=\s*[a-z][a-z0-9+.-]*:))",
    re.IGNORECASE,
)
_RESULT = re.compile(rf"^{_API}/call/(v2/)?[^/]+/(?P<event>[^/]+)$")
_QUEUED = re.compile(rf"^{_API}/(queue/join|call/)")
# What a page to log in with is made of. Pages themselves ask for a login, and hold nothing until then.
_LOGIN = re.compile(
    rf"^(/|/people|/login/?|/logout|/(static|assets|svelte)/.*|/favicon\.ico|/robots\.txt|/manifest\.json|"
    rf"({_API})?/theme\.css|{_API}/(login_check|app_id|startup-events)/?)$"
)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Doors:
    """Whom the app answers.

    `hosts` None means by any name; `proxied` that a proxy stands before it; `own` are names that its pages
    are loaded from, whatever the proxy calls it.
    """

    hosts: Collection[str] | None = LOOPBACK
    proxied: bool = False
    own: Collection[str] = ()


class Refused(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, message: str, wait: int | None = None, *, invalid: bool = False) -> None:
        """`invalid`: worded as Gradio's validators do, which is how its clients read a 422 of the queue."""
        super().__init__(message)
        self.status, self.wait, self.invalid = status, wait, invalid


class Gate:
    """Middleware over a page."""

    def __init__(
        self, app: ASGIApp, page: gr.Blocks, doors: Doors, closing: Closing, locked: bool = False
    ) -> None:
        self._app = app
        self._page = page
        self._doors = doors
        self._calls = Calls(page)
        self._by_session, self._by_address = Meter(SESSION_CALLS), Meter(ADDRESS_CALLS)
        self._uploads, self._sessions = Meter(ADDRESS_UPLOADS), Meter(ADDRESS_SESSIONS)
        self._waiting = Waiting(page)
        self._closing = closing
        self._locked, self._logins = locked, Meter(ADDRESS_LOGINS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_door(scope)
            if scope["method"] == "POST":
                receive = await self._check_body(scope, receive)
        except Refused as refused:
            await _answer(refused)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_door(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._doors.hosts is not None and _name_of(host) not in self._doors.hosts:
            raise Refused(403, "This app answers by another name. Put yours into BLUE_HOSTS if it should.")
        origin = headers.get("origin")
        # Gradio alone would let every page of this computer in.
        if origin and not _same(origin, headers, self._doors.own):
            raise Refused(403, "Pages of other sites may not call this app.")
        if _CLOSED.match(scope["path"]):
            raise Refused(404, "There is nothing here.")
        if self._locked and not _LOGIN.match(scope["path"]) and not self._is_logged_in(scope):
            raise Refused(401, "Log in first.")
        if scope["method"] == "GET" and (asked := _RESULT.match(scope["path"].rstrip("/"))):
            self._waiting.check_known(asked["event"])

    def _is_logged_in(self, scope: Scope) -> bool:
        app, cookies = self._page.app, Request(scope).cookies
        names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
        return any(cookies.get(name) in app.tokens for name in names)

    async def _check_body(self, scope: Scope, receive: Receive) -> Receive:
        path = scope["path"].rstrip("/")
        headers = Headers(scope=scope)
        peer = (scope.get("client") or ("", 0))[0]
        address = address_of(peer, headers.get("x-forwarded-for") if self._doors.proxied else None)
        if path == f"{_API}/upload":
            _spend(self._uploads, address)
        if path == "/login":
            _spend(self._logins, address)
        body = await _read(receive, headers.get("content-length"))
        if path == f"{_API}/upload":
            await _check_upload(headers, body)
        try:
            session = self._calls.check(path, body)
        except BadCall as bad:
            joining = path == f"{_API}/queue/join"
            raise Refused(bad.status, str(bad), invalid=joining and bad.status == 422) from bad
        if _QUEUED.match(path):
            self._check_room(session, address)
        return _again(body, receive)

    def _check_room(self, session: str | None, address: str) -> None:
        if self._closing.begun:
            raise Refused(503, CLOSING, 60)
        _spend(self._by_address, address)
        if session is not None:
            _spend(self._by_session, session)
            if session not in self._page.app.state_holder:
                _spend(self._sessions, address)
        self._waiting.add(session, address)


class Waiting:
    """The calls that wait in Gradio's queue, by session and by address."""

    def __init__(self, page: gr.Blocks) -> None:
        self._page = page
        self._address_of: dict[str, str] = {}  # of the sessions that have calls waiting

    def check_known(self, event: str) -> None:
        """Raise Refused unless a call of this id waits, runs, or has a result that nobody fetched."""
        queue = self._page._queue
        if event in queue.event_ids_to_events:
            return
        if not any(event in events for events in queue.pending_event_ids_session.values()):
            raise Refused(404, "There is no such call. Its result may have been fetched already.")

    def add(self, session: str | None, address: str) -> None:
        """One more call; raises Refused if there is no room for it."""
        waiting = [
            event.session_hash
            for line in self._page._queue.event_queue_per_concurrency_id.values()
            for event in line.queue
        ]
        self._address_of = {one: self._address_of.get(one, "") for one in set(waiting)}
        if session is not None:
            self._address_of[session] = address
        wait = seconds(len(waiting) * SECONDS_A_CALL)
        here = sum(self._address_of[one] == address for one in waiting)
        if session is not None and waiting.count(session) >= QUEUE_OF_ONE:
            raise _busy("Too many of your requests are waiting", wait)
        if here >= QUEUE_OF_ADDRESS or len(waiting) >= QUEUE_SIZE:
            raise _busy(f"Busy: {len(waiting)} requests are waiting", wait)


def _spend(meter: Meter, key: str) -> None:
    if wait := meter.wait(key):
        raise _busy("Busy: too many requests from you", seconds(wait))


def _busy(what: str, wait: int) -> Refused:
    return Refused(429, f"{what}. Try again in {wait} s.", wait)


def _answer(refused: Refused) -> JSONResponse:
    headers = {"Retry-After": str(refused.wait)} if refused.wait else {}
    detail: str | list = str(refused)
    if refused.invalid:
        detail = [
            {"__type__": "validate", "is_valid": False, "parameter_name": "this call", "message": detail}
        ]
    return JSONResponse({"detail": detail}, refused.status, headers)


def _name_of(host: str) -> str:
    """The name in a Host header, without its port.

    >>> _name_of("LocalHost:7860"), _name_of("[::1]:7860")
    ('localhost', '::1')
    """
    return (urlsplit(f"//{host}").hostname or "").lower() if "/" not in host else ""


def _same(origin: str, headers: Headers, own: Collection[str]) -> bool:
    """Whether an origin is the page's own, by the name that the browser asked for or one that is known."""
    asked = {headers.get("host", "").lower(), headers.get("x-forwarded-host", "").lower()} - {""}
    at = urlsplit(origin)
    return at.netloc.lower() in asked or (at.hostname or "") in own


async def _read(receive: Receive, announced: str | None) -> bytes:
    if announced is not None and announced.isdigit() and int(announced) > LARGEST_BODY:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "The request broke off.")
                body += message.get("body", b"")
                if len(body) > LARGEST_BODY:
                    raise _too_large()
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError as error:
        raise Refused(408, f"The request did not arrive within {SLOWEST_BODY:.0f} s.") from error


async def _check_upload(headers: Headers, body: bytes) -> None:
    """Refuse what is no upload of files: Gradio's own parser breaks on other parts."""

    async def whole() -> AsyncIterator[bytes]:
        yield body
        yield b""

    try:
        form = await MultiPartParser(headers, whole(), max_files=MOST_FILES, max_fields=MOST_FILES).parse()
    except (MultiPartException, ValueError, KeyError) as error:  # KeyError: there is no Content-Type
        raise Refused(400, "This is no upload: send files as multipart/form-data.") from error
    try:
        parts = [part for _, part in form.multi_items()]
        if not parts or not all(isinstance(part, UploadFile) and part.filename for part in parts):
            raise Refused(400, "Every part of an upload must be a file with a name.")
    finally:
        await form.close()


def _too_large() -> Refused:
    return Refused(413, f"This is larger than {LARGEST_BODY // 1_000_000} MB. Keep its most recent part.")


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body once more, then what follows it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
