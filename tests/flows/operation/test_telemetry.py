"""A server that is watched: figures, traces, a support bundle, what people take, planned restarts."""

import io
import json
import re
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.ports import free_port
from tests.servers import sign_in_page
from tests.waiting import wait_until

pytestmark = pytest.mark.flow
TOKEN = "kD8s_mZ0qpWx7Tn3LhVb5Rc2Yf9Gj1Ea4Ui6Oo"
OTEL_PASSWORD = "collector-canary-88-xyz"
CANARY = "canary-in-a-column-4711"


class Collector:
    """A double: takes whatever is posted, as a collector of traces or a support desk would."""

    def __init__(self):
        taken = self.taken = []

        class Take(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.append((self.path, dict(self.headers), body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self):
        return [
            span
            for path, _, body in self.taken
            if path == "/v1/traces"
            for resource in json.loads(body)["resourceSpans"]
            for scope in resource["scopeSpans"]
            for span in scope["spans"]
        ]

    def bundles(self):
        return [body for path, _, body in self.taken if path == "/desk"]


@pytest.fixture
def watched(own_server):
    collector = Collector()
    port = free_port()
    server = own_server(
        GRAPHKEEP_METRICS_LISTEN=f"127.0.0.1:{port}",
        GRAPHKEEP_METRICS_TOKEN=TOKEN,
        ENABLE_OPEN_TELEMETRY="true",
        OTEL_COLLECTOR_OTLP_HTTP_ENDPOINT=collector.url,
        OTEL_COLLECTOR_OTLP_HTTP_USERNAME="graphkeep",
        OTEL_COLLECTOR_OTLP_HTTP_PASSWORD=OTEL_PASSWORD,
        SUPPORT_URL=f"{collector.url}/desk",
        SUPPORT_CONTACT="the desk, extension 12",
        TRUSTED_PROXIES="127.0.0.1/32",
        GRAPHKEEP_WORKERS="2",
        LOG_LEVEL="DEBUG",
    )
    yield server, collector, f"http://127.0.0.1:{port}"
    collector.server.shutdown()
    collector.server.server_close()


def plot(server, canary=CANARY):
    """A graph of two edges, whose column `secret` nothing is bound to."""
    rows = f"s,d,secret\na,b,{canary}\nb,c,{canary}\n"
    made = server.post("/api/v2/files/", json={"file_type": "csv"}).json()["file_id"]
    server.post(f"/api/v2/upload/files/{made}", data=rows)
    said = {
        "node_encodings": {"bindings": {}},
        "metadata": {},
        "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
        "edge_files": [made],
        "node_files": [],
        "name": "watched",
    }
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    server.ready(made)
    return made


def figures(text):
    found = re.findall(r"^(graphkeep_\w+)(\{[^}]*\})? (\S+)$", text, re.MULTILINE)
    return {name + labels: float(value) for name, labels, value in found}


def test_ad33_ad05_figures_and_traces_are_told_to_who_may_and_hold_no_secret(watched):
    server, collector, place = watched
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"X-Request-ID": "0af7651916cd43dd", "traceparent": parent}
    answer = requests.get(f"{server.url}/api/view/{'0' * 32}/", headers=headers, timeout=120)
    dataset = plot(server)
    sign_in_page(server, "alice", "a-wrong-guess-of-mine")

    shown = {"Authorization": f"Bearer {TOKEN}"}
    refused = [
        requests.get(f"{place}/metrics", headers=said, timeout=120)
        for said in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": f"Basic {TOKEN}"})
    ]
    assert [(one.status_code, "graphkeep_" in one.text) for one in refused] == [(401, False)] * 3
    assert requests.get(f"{place}/elsewhere", headers=shown, timeout=120).status_code == 404
    public = [requests.get(f"{server.url}{path}", headers=shown, timeout=120) for path in ("/metrics", "/prometheus/")]  # fmt: skip
    assert [one.status_code for one in public] == [404, 404]

    def told():
        found = figures(requests.get(f"{place}/metrics", headers=shown, timeout=120).text)
        is_whole = found.get('graphkeep_jobs_finished_total{kind="thumbnail",outcome="done"}')
        return found if is_whole and found.get("graphkeep_graphs") else None

    found = wait_until(told)
    text = requests.get(f"{place}/metrics", headers=shown, timeout=120).text
    assert found['graphkeep_jobs_finished_total{kind="prepare",outcome="done"}'] == 1
    assert found['graphkeep_sign_in_failures_total{why="wrong"}'] == 1
    assert found['graphkeep_requests_total{route="upload",status="2xx"}'] == 2
    assert found['graphkeep_uploads_total{outcome="received"}'] == 1
    assert found["graphkeep_graphs"] == 1
    assert found["graphkeep_layout_seconds_count"] == 1
    assert found["graphkeep_parse_seconds_count"] == 1
    assert found['graphkeep_egress_connections_total{component="traces",outcome="connected"}'] >= 1
    assert found['graphkeep_process_resident_bytes{part="web"}'] > 50e6
    for name in ("alice", dataset, "127.0.0.1", CANARY, TOKEN, "watched"):
        assert name not in text

    spans = wait_until(
        lambda: (
            {"layout", "parse", "view"} <= {one["name"] for one in collector.spans()}
            and collector.spans()
        )
    )
    assert {"job prepare", "request view", "request upload"} <= {one["name"] for one in spans}
    first = next(one for one in spans if one["traceId"] == parent.split("-")[1])
    assert (first["parentSpanId"], first["name"]) == (parent.split("-")[2], "request view")
    assert answer.headers["X-Request-ID"] == "0af7651916cd43dd"
    layout = next(one for one in spans if one["name"] == "layout")
    job = next(one for one in spans if one["name"] == "job prepare")
    assert (layout["traceId"], layout["parentSpanId"]) == (job["traceId"], job["spanId"])
    sent = b"".join(body for _, _, body in collector.taken)
    for name in ("alice", dataset, CANARY, OTEL_PASSWORD, TOKEN, server.passwords["alice"]):
        assert name.encode() not in sent

    # Support: what is written, what is sent, and what air gap leaves of it.
    file = server.home / "help.zip"
    server.run("support", "bundle", "--to", str(file))
    bundle = zipfile.ZipFile(file)
    whole = b"".join(bundle.read(name) for name in bundle.namelist())
    assert {name.rpartition("/")[2] for name in bundle.namelist()} == {
        "README.txt", "versions.json", "settings.txt", "doctor.json", "health.json", "jobs.json",
        "ways-out.json", "log.txt",
    }  # fmt: skip
    for name in (TOKEN, OTEL_PASSWORD, server.passwords["alice"], server.env["DJANGO_SECRET_KEY"]):
        assert name.encode() not in whole
    assert b"GRAPHKEEP_METRICS_TOKEN=[hidden]" in whole
    assert "sent to 127.0.0.1" in server.run("support", "send")
    assert len(collector.bundles()) == 1
    assert zipfile.ZipFile(io.BytesIO(collector.bundles()[0])).testzip() is None
    line = json.loads(server.run("audit", "--event", "support.sent"))
    assert (line["actor"], line["target"]) == ("cli", "127.0.0.1")

    server.run("config", "set", "IS_AIR_GAPPED", "true")
    assert "Air gap is on: support does not connect" in server.refused("support", "send")
    listed = server.run("egress", "list")
    states = {one.split()[0]: "disabled by air gap" in one for one in listed.splitlines()}
    assert (states["support"], states["traces"]) == (True, True)
    lines = [
        json.loads(one) for one in server.run("audit", "--event", "egress.refused").splitlines()
    ]
    assert "support" in {one["target"] for one in lines}
    time.sleep(3)
    before = len(collector.taken)
    server.get("/api/v2/datasets/")
    time.sleep(3)
    assert len(collector.taken) == before

    log = (server.home / "server.log").read_text()
    for name in (TOKEN, OTEL_PASSWORD, "a-wrong-guess-of-mine", server.passwords["alice"]):
        assert name not in log
