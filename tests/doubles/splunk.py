"""A double of Splunk, by its public REST interface: there is no package with a server of it.

It knows sign-in, tokens, info, indexes, roles, and search jobs, which the unmodified `splunk-sdk` also accepts. Searches are
only as clever as the tests need: the indexes and the `field=value` terms of the first command, and `head`.
"""

import json
import re
import threading
import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from tests.ports import free_port

ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest"'
UNKNOWN = re.compile(r"\|\s*(nosuchcommand)\b")


@dataclass
class Job:
    sid: str
    search: str
    arguments: dict[str, str]
    results: list[dict[str, Any]]
    done_at: float
    canceled_at: float = 0.0

    @property
    def is_done(self) -> bool:
        return time.monotonic() >= self.done_at


@dataclass
class SplunkDouble:
    """`events` by index; a job takes `seconds`. `requests` are the paths asked, `jobs` the searches that arrived."""

    __test__: ClassVar[bool] = False

    events: dict[str, list[dict[str, Any]]]
    user: str = "graphkeep"
    password: str = "splunk-canary-password"
    token: str = "splunk-canary-token"
    roles: tuple[str, ...] = ("graphkeep_reader",)
    capabilities: tuple[str, ...] = ("rest_properties_get", "rtsearch", "search")
    allowed_indexes: tuple[str, ...] = ("net", "auth")
    version: str = "9.3.0"
    seconds: float = 0.0
    port: int = field(default_factory=free_port)
    requests: list[str] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)

    def __post_init__(self) -> None:
        handler = type("Handler", (SplunkHandler,), {"splunk": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def start_job(self, arguments: dict[str, str]) -> Job:
        sid = f"{time.time():.0f}.{len(self.jobs) + 1}"
        search = arguments["search"]
        job = Job(sid, search, arguments, self.find(search), time.monotonic() + self.seconds)
        self.jobs[sid] = job
        return job

    def find(self, search: str) -> list[dict[str, Any]]:
        """Events of the indexes that every group of `index=` names, with the fields that are compared."""
        first, *commands = search.split(" | ")
        restriction = re.match(r"search \((index=[^()]*)\) ", first)
        groups = [restriction[1], first[restriction.end() :]] if restriction else [first]
        names = set(self.events)
        for group in groups:
            named = re.findall(r'index="?([\w*-]+)', group)
            named += [
                name
                for part in re.findall(r"index IN \(([^)]*)\)", group)
                for name in re.findall(r"[\w*-]+", part)
            ]
            if named:
                names = {name for name in names if any(fnmatchcase(name, each) for each in named)}
        terms = re.findall(r'\b(?!index\b)(\w+)="?([\w.-]+)"?', groups[-1])
        found = [
            {"index": name, **event}
            for name in sorted(names)
            for event in self.events[name]
            if all(str(event.get(key)) == value for key, value in terms)
        ]
        for command in commands:
            if match := re.fullmatch(r"head (\d+)", command.strip()):
                found = found[: int(match[1])]
        return found


class SplunkHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    splunk: SplunkDouble

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.handle_request(address.path, dict(parse_qsl(address.query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.handle_request(urlsplit(self.path).path, dict(parse_qsl(body)))

    def do_DELETE(self) -> None:
        self.do_GET()

    def handle_request(self, path: str, arguments: dict[str, str]) -> None:
        path = re.sub(r"^/servicesNS/[^/]+/[^/]+/", "/services/", path).rstrip("/")
        path = path.replace("/services/search/v2/", "/services/search/")
        self.splunk.requests.append(path)
        if path == "/services/auth/login":
            self.sign_in(arguments)
        elif not self.is_signed_in():
            self.messages(401, "WARN", "call not properly authenticated")
        elif path == "/services/server/info":
            self.feed([("info", {"version": self.splunk.version, "isFree": "0"})])
        elif path == "/services/authentication/current-context":
            context = {"username": self.splunk.user, "roles": list(self.splunk.roles), "capabilities": list(self.splunk.capabilities)}  # fmt: skip
            self.json({"entry": [{"name": "context", "content": context}]})
        elif path.startswith("/services/authorization/roles/"):
            self.json({"entry": [{"name": path.rpartition("/")[2], "content": {"srchIndexesAllowed": list(self.splunk.allowed_indexes)}}]})  # fmt: skip
        elif path == "/services/data/indexes":
            self.indexes(arguments)
        elif path == "/services/saved/searches":
            self.feed([])
        elif path == "/services/search/jobs" and self.command == "POST":
            self.create(arguments)
        elif path == "/services/search/jobs/export":
            self.export(arguments)
        elif match := re.fullmatch(r"/services/search/jobs/([\d.]+)(?:/(\w+))?", path):
            self.job(match[1], match[2] or "", arguments)
        else:
            self.messages(404, "ERROR", "Not Found")

    def is_signed_in(self) -> bool:
        return self.headers.get("Authorization") in {
            "Splunk double-session-key", f"Bearer {self.splunk.token}",
        }  # fmt: skip

    def sign_in(self, arguments: dict[str, str]) -> None:
        if (arguments.get("username"), arguments.get("password")) != (
            self.splunk.user,
            self.splunk.password,
        ):
            self.messages(401, "WARN", "Login failed")
            return
        self.answer(200, "<response><sessionKey>double-session-key</sessionKey></response>")

    def indexes(self, arguments: dict[str, str]) -> None:
        if arguments.get("output_mode") == "json":
            self.json(
                {"entry": [{"name": name, "content": {}} for name in sorted(self.splunk.events)]}
            )
        else:
            self.feed([(name, {}) for name in sorted(self.splunk.events)])

    def create(self, arguments: dict[str, str]) -> None:
        if match := UNKNOWN.search(arguments["search"]):
            self.messages(400, "FATAL", f"Unknown search command '{match[1]}'.")
            return
        job = self.splunk.start_job(arguments)
        if arguments.get("exec_mode") == "oneshot":
            self.json(results_of(job, 0, 1 << 30))
            return
        self.answer(201, f"<response><sid>{job.sid}</sid></response>")

    def export(self, arguments: dict[str, str]) -> None:
        job = self.splunk.start_job(arguments)
        lines = [{"preview": True, "lastrow": True}]
        lines += [
            {"preview": False, "offset": n, "result": row} for n, row in enumerate(job.results)
        ]
        self.answer(200, "".join(json.dumps(line) + "\n" for line in lines), "application/json")

    def job(self, sid: str, part: str, arguments: dict[str, str]) -> None:
        job = self.splunk.jobs.get(sid)
        if job is None or job.canceled_at:
            self.messages(404, "FATAL", "Unknown sid.")
        elif part == "control":
            job.canceled_at = time.monotonic()
            self.messages(200, "INFO", "Search job cancelled.")
        elif part in {"results", "results_preview", "events"}:
            if not job.is_done:
                self.answer(204, "")
                return
            count = int(arguments.get("count", 100))
            self.splunk.pages.append(count)
            self.json(results_of(job, int(arguments.get("offset", 0)), count))
        else:
            state = {
                "isDone": str(int(job.is_done)), "isFailed": "0", "doneProgress": "1" if job.is_done else "0.5",
                "dispatchState": "DONE" if job.is_done else "RUNNING", "sid": sid,
                "resultCount": str(len(job.results)), "eventCount": str(len(job.results)), "scanCount": "0",
            }  # fmt: skip
            self.answer(200, f"<entry {ATOM}>{entry_body(sid, state)}</entry>")

    def feed(self, entries: list[tuple[str, dict[str, str]]]) -> None:
        inner = "".join(f"<entry>{entry_body(name, content)}</entry>" for name, content in entries)
        self.answer(200, f"<feed {ATOM}><title>feed</title>{inner}</feed>")

    def messages(self, status: int, kind: str, text: str) -> None:
        self.answer(status, f'<response><messages><msg type="{kind}">{escape(text)}</msg></messages></response>')  # fmt: skip

    def json(self, content: Any) -> None:
        self.answer(200, json.dumps(content), "application/json")

    def answer(self, status: int, body: str, media_type: str = "text/xml") -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        # Without this header the SDK closes the connection before it has read the body.
        self.send_header("Connection", "Keep-Alive")
        self.end_headers()
        self.wfile.write(data)


def entry_body(name: str, content: dict[str, str]) -> str:
    keys = "".join(f'<s:key name="{key}">{escape(value)}</s:key>' for key, value in content.items())
    acl = '<s:key name="eai:acl"><s:dict><s:key name="app">search</s:key><s:key name="owner">nobody</s:key><s:key name="sharing">app</s:key></s:dict></s:key>'
    link = f'<link href="/servicesNS/nobody/search/data/{escape(name)}" rel="alternate"/>'
    return f'<title>{escape(name)}</title>{link}<content type="text/xml"><s:dict>{keys}{acl}</s:dict></content>'


def results_of(job: Job, offset: int, count: int) -> dict[str, Any]:
    rows = job.results[offset : offset + count]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {
        "preview": False, "init_offset": offset, "messages": [],
        "fields": [{"name": name} for name in names], "results": rows,
    }  # fmt: skip
