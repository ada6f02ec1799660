"""A Hub on the loopback interface: real HTTP, real commits, for huggingface_hub's own client to talk to.

It keeps repositories as git does in principle (a commit is a whole listing, a branch is a name for one) and
large files by their SHA-256. `fail` makes chosen requests go wrong, a given number of times.
"""

import base64
import hashlib
import json
import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

WRITER, READER = "hf_writer", "hf_reader"  # tokens of alice, who owns alice/*, and of a visitor
LFS_FROM = 100_000  # bytes from which a file is large
PART = 4_000_000  # bytes of one part of an upload
SHA = re.compile(r"[0-9a-f]{40}")


@dataclass
class Blob:
    """A file at a commit."""

    content: bytes
    large: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def known_as(self) -> str:
        """What preupload compares by: the SHA-256 of a large file, git's id of a small one."""
        return self.sha256 if self.large else self.oid

    @property
    def oid(self) -> str:
        """The id that git gives it: of the content, or of the pointer to a large one."""
        body = self.content
        if self.large:
            body = (
                f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(body)}\n"
            ).encode()
        return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()


@dataclass
class Repository:
    private: bool = False
    gated: bool = False
    commits: dict[str, dict[str, Blob]] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    asked: dict = field(default_factory=dict)  # what its creation asked for: a Space's SDK and variables

    def commit(self, branch: str, files: dict[str, Blob], message: str) -> str:
        content = json.dumps(
            [self.refs.get(branch), message, {name: blob.oid for name, blob in files.items()}]
        )
        sha = hashlib.sha1(content.encode()).hexdigest()
        self.commits[sha], self.messages[sha], self.refs[branch] = files, message, sha
        return sha

    def find(self, revision: str) -> str | None:
        return revision if revision in self.commits else self.refs.get(revision)


@dataclass
class Fault:
    method: str
    path: re.Pattern
    times: int
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None  # bytes of the answer's body before the connection is closed
    after: bool = False  # the request is done, only its answer goes wrong
    change: object = None  # body -> another body


class Hub:
    """The server; `url` is what HF_ENDPOINT should be."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}  # "models/alice/x"
        self.large: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.faults: list[Fault] = []
        self.hits: Counter[str] = Counter()
        self.lock = threading.RLock()
        handler = type("Bound", (_Handler,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.storage = f"http://localhost:{self.server.server_port}"  # another host, as the Hub's is
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def fail(self, method: str, path: str, *, times: int = 1, **how: object) -> None:
        """The next `times` requests of this kind go wrong: status and headers, cut_at, change, after."""
        self.faults.append(Fault(method, re.compile(path), times, **how))

    def put(self, key: str, files: dict[str, bytes], branch: str = "main", **options: bool) -> str:
        """Make a commit behind the client's back; returns its hash."""
        repository = self.repositories.setdefault(key, Repository(**options))
        blobs = {name: Blob(body, len(body) >= LFS_FROM) for name, body in files.items()}
        self.large |= {blob.sha256: blob.content for blob in blobs.values() if blob.large}
        return repository.commit(branch, blobs, "put")

    def files(self, key: str, revision: str = "main") -> dict[str, bytes]:
        repository = self.repositories[key]
        return {name: blob.content for name, blob in repository.commits[repository.find(revision)].items()}

    def count(self, pattern: str) -> int:
        """How many requests matched, as "METHOD /path"."""
        return sum(times for hit, times in self.hits.items() if re.search(pattern, hit))


class Refused(Exception):
    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        self.status, self.code, self.message = status, code, message


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def answer(self) -> None:
        split = urlsplit(self.path)
        self.route, self.query = unquote(split.path), parse_qs(split.query)
        self.body = self._read_body()
        self.cut_at, self.change = None, None
        with self.hub.lock:
            self.hub.hits[f"{self.command} {self.route}"] += 1
            fault = self._fault()
            if fault and fault.status and not fault.after:
                self.send(fault.status, b"{}", fault.headers)
                return
            if fault:
                self.cut_at, self.change = fault.cut_at, fault.change
        try:
            with self.hub.lock:
                status, body, headers = self._dispatch()
        except Refused as refused:
            headers = {"X-Error-Code": refused.code, "X-Error-Message": refused.message}
            body = json.dumps({"error": refused.message}).encode()
            self.send(refused.status, body, {name: value for name, value in headers.items() if value})
            return
        if fault and fault.after:
            status, body, headers = fault.status, b"{}", fault.headers
        self.send(status, body, headers)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _fault(self) -> Fault | None:
        for fault in self.hub.faults:
            if fault.times > 0 and fault.method == self.command and fault.path.search(self.route):
                fault.times -= 1
                return fault
        return None

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        if self.change and status in (200, 206):
            body = self.change(body)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.cut_at is not None:
            self.wfile.write(body[: self.cut_at])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(body)

    # --- routes

    def _dispatch(self) -> tuple[int, bytes, dict]:
        for method, pattern, action in ROUTES:
            found = pattern.fullmatch(self.route)
            if found and (method == self.command or (method == "GET" and self.command == "HEAD")):
                return action(self, **found.groupdict())
        raise Refused(404, "", f"no such page: {self.command} {self.route}")

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _require_writer(self) -> None:
        if not self._token():
            raise Refused(401, "", "Invalid username or password.")
        if self._token() != WRITER:
            raise Refused(403, "", "You don't have the rights to do this")

    def _repository(self, kind: str | None, repo: str, *, content: bool = False) -> Repository:
        repository = self.hub.repositories.get(f"{kind or 'models'}/{repo}")
        if repository is None or (repository.private and not self._token()):
            raise Refused(401 if not self._token() else 404, "RepoNotFound", "Repository not found")
        if content and repository.gated and self._token() != WRITER:
            raise Refused(403 if self._token() else 401, "GatedRepo", "Access to it is restricted")
        return repository

    def _commit_of(self, repository: Repository, revision: str) -> str:
        commit = repository.find(revision)
        if commit is None:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commit

    def create(self) -> tuple[int, bytes, dict]:
        self._require_writer()
        wanted = json.loads(self.body)
        kind = f"{wanted.get('type') or 'model'}s"
        owner = wanted.get("organization") or "alice"
        if owner != "alice":
            raise Refused(403, "", f"You don't have the rights to create a {kind} under {owner}")
        repo = f"{owner}/{wanted['name']}"
        page = f"{self.hub.url}/{'' if kind == 'models' else kind + '/'}{repo}"
        if f"{kind}/{repo}" in self.hub.repositories:
            return _json({"error": "You already created this repo", "url": page}, 409)
        private = wanted.get("private") or wanted.get("visibility") == "private"
        attributes = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
        self.hub.put(f"{kind}/{repo}", {".gitattributes": attributes}, private=bool(private), asked=wanted)
        return _json({"url": page, "name": repo, "id": repo})

    def who(self) -> tuple[int, bytes, dict]:
        if not self._token():
            raise Refused(401, "", "Invalid username or password.")
        return _json({"type": "user", "name": "alice" if self._token() == WRITER else "visitor", "orgs": []})

    def validate(self) -> tuple[int, bytes, dict]:
        content = json.loads(self.body)["content"]
        if not content.startswith("---\n"):
            return _json({"errors": [], "warnings": [{"message": "empty or missing yaml metadata"}]})
        metadata = yaml.safe_load(content.split("---\n")[1])
        if "license" in metadata and not isinstance(metadata["license"], (str, list)):
            return _json({"errors": [{"message": '"license" must be a string'}], "warnings": []}, 400)
        return _json({"errors": [], "warnings": []})

    def branch(self, kind: str, repo: str, revision: str) -> tuple[int, bytes, dict]:
        self._require_writer()
        repository = self._repository(kind, repo)
        if revision in repository.refs:
            raise Refused(409, "", "Reference already exists")
        repository.refs[revision] = repository.refs["main"]
        return _json({})

    def info(self, kind: str, repo: str, revision: str = "main") -> tuple[int, bytes, dict]:
        repository = self._repository(kind, repo)
        commit = self._commit_of(repository, revision)
        names = [{"rfilename": name} for name in sorted(repository.commits[commit])]
        if "blobs" in self.query:
            for one in names:
                one["size"] = len(repository.commits[commit][one["rfilename"]].content)
        about = {"_id": repo, "id": repo, "modelId": repo, "sha": commit, "siblings": names}
        return _json(about | {"private": repository.private, "gated": repository.gated, "tags": []})

    def tree(self, kind: str, repo: str, revision: str) -> tuple[int, bytes, dict]:
        repository = self._repository(kind, repo)
        entries = []
        for name, blob in sorted(repository.commits[self._commit_of(repository, revision)].items()):
            entry = {"type": "file", "path": name, "size": len(blob.content), "oid": blob.oid}
            if blob.large:
                entry["lfs"] = {"oid": blob.sha256, "size": len(blob.content), "pointerSize": 134}
            entries.append(entry)
        return _json(entries)

    def preupload(self, kind: str, repo: str, revision: str) -> tuple[int, bytes, dict]:
        self._require_writer()
        repository = self._repository(kind, repo)
        there = repository.commits[self._commit_of(repository, revision)]
        return _json(
            {
                "files": [
                    {
                        "path": one["path"],
                        "uploadMode": "lfs" if one["size"] >= LFS_FROM else "regular",
                        "shouldIgnore": False,
                        "oid": there[one["path"]].known_as if one["path"] in there else None,
                    }
                    for one in json.loads(self.body)["files"]
                ]
            }
        )

    def batch(self, repo: str, kind: str | None = None) -> tuple[int, bytes, dict]:
        self._require_writer()
        objects = []
        for one in json.loads(self.body)["objects"]:
            entry = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in self.hub.large:
                where = f"{self.hub.storage}/storage/{one['oid']}"
                upload = {"href": where, "header": {}}
                if one["size"] > PART:
                    count = -(-one["size"] // PART)
                    urls = {str(number): f"{where}/{number}" for number in range(1, count + 1)}
                    upload = {"href": f"{where}/complete", "header": {"chunk_size": str(PART), **urls}}
                entry["actions"] = {"upload": upload}
            objects.append(entry)
        return _json({"transfer": "basic", "objects": objects})

    def store(self, oid: str) -> tuple[int, bytes, dict]:
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise Refused(400, "", "The content does not have this SHA-256")
        self.hub.large[oid] = self.body
        return 200, b"", {}

    def store_part(self, oid: str, number: str) -> tuple[int, bytes, dict]:
        self.hub.parts.setdefault(oid, {})[int(number)] = self.body
        return 200, b"", {"ETag": f'"{hashlib.md5(self.body).hexdigest()}"'}

    def complete(self, oid: str) -> tuple[int, bytes, dict]:
        parts = self.hub.parts.pop(oid)
        self.body = b"".join(parts[number] for number in sorted(parts))
        return self.store(oid)

    def commit(self, kind: str, repo: str, revision: str) -> tuple[int, bytes, dict]:
        self._require_writer()
        repository = self._repository(kind, repo)
        head = self._commit_of(repository, revision)
        files, message = dict(repository.commits[head]), ""
        for line in self.body.splitlines():
            one = json.loads(line)
            value = one["value"]
            if one["key"] == "header":
                message = value["summary"]
                if value.get("parentCommit") not in (None, head):
                    raise Refused(412, "", "A commit has happened since")
            elif one["key"] == "file":
                files[value["path"]] = Blob(base64.b64decode(value["content"]), large=False)
            elif one["key"] == "lfsFile":
                if value["oid"] not in self.hub.large:
                    raise Refused(400, "", f"{value['path']} was not uploaded")
                files[value["path"]] = Blob(self.hub.large[value["oid"]], large=True)
            elif one["key"] == "deletedFile":
                if value["path"] not in files:
                    raise Refused(404, "EntryNotFound", "A file with this name doesn't exist")
                del files[value["path"]]
        sha = repository.commit(revision, files, message)
        page = f"{self.hub.url}/{'' if kind == 'models' else kind + '/'}{repo}/commit/{sha}"
        return _json({"success": True, "commitOid": sha, "commitUrl": page})

    def resolve(
        self, repo: str, revision: str, path: str, kind: str | None = None
    ) -> tuple[int, bytes, dict]:
        repository = self._repository(kind, repo, content=True)
        commit = self._commit_of(repository, revision)
        blob = repository.commits[commit].get(path)
        if blob is None:
            raise Refused(404, "EntryNotFound", "Entry not found")
        headers = {"X-Repo-Commit": commit, "ETag": f'"{blob.oid}"', "Accept-Ranges": "bytes"}
        if blob.large:
            linked = {"X-Linked-ETag": f'"{blob.sha256}"', "X-Linked-Size": str(len(blob.content))}
            return 302, b"", headers | linked | {"Location": f"{self.hub.storage}/cdn/{blob.sha256}"}
        return self._ranged(blob.content, headers)

    def cdn(self, oid: str) -> tuple[int, bytes, dict]:
        return self._ranged(self.hub.large[oid], {"ETag": f'"{oid}"', "Accept-Ranges": "bytes"})

    def _ranged(self, body: bytes, headers: dict) -> tuple[int, bytes, dict]:
        headers["Content-Type"] = "application/octet-stream"
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None or not body:
            return 200, body, headers
        first, last = int(asked[1]), int(asked[2] or len(body) - 1)
        if first >= len(body):
            return 416, b"", {"Content-Range": f"bytes */{len(body)}"}
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        return 206, body[first : last + 1], headers


def _json(content: object, status: int = 200) -> tuple[int, bytes, dict]:
    return status, json.dumps(content).encode(), {"Content-Type": "application/json"}


_API = r"/api/(?P<kind>models|datasets|spaces)/(?P<repo>[^/]+/[^/]+)"
_PAGE = r"/(?:(?P<kind>datasets|spaces)/)?(?P<repo>[^/]+/[^/]+)"
ROUTES = [
    (method, re.compile(pattern), action)
    for method, pattern, action in (
        ("GET", r"/api/whoami-v2", _Handler.who),
        ("POST", r"/api/repos/create", _Handler.create),
        ("POST", r"/api/validate-yaml", _Handler.validate),
        ("POST", _API + r"/branch/(?P<revision>.+)", _Handler.branch),
        ("POST", _API + r"/preupload/(?P<revision>.+)", _Handler.preupload),
        ("POST", _API + r"/commit/(?P<revision>.+)", _Handler.commit),
        ("GET", _API + r"/tree/(?P<revision>.+)", _Handler.tree),
        ("GET", _API + r"/revision/(?P<revision>.+)", _Handler.info),
        ("GET", _API, _Handler.info),
        ("POST", _PAGE + r"\.git/info/lfs/objects/batch", _Handler.batch),
        ("PUT", r"/storage/(?P<oid>[0-9a-f]{64})", _Handler.store),
        ("PUT", r"/storage/(?P<oid>[0-9a-f]{64})/(?P<number>\d+)", _Handler.store_part),
        ("POST", r"/storage/(?P<oid>[0-9a-f]{64})/complete", _Handler.complete),
        ("GET", r"/cdn/(?P<oid>[0-9a-f]{64})", _Handler.cdn),
        ("GET", _PAGE + r"/resolve/(?P<revision>[^/]+)/(?P<path>.+)", _Handler.resolve),
    )
]
