"""A layout, a metric, a format and a connector of another package: installed, they are offered and work everywhere."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.servers import GRAPHKEEP, running_server
from tests.waiting import wait_until

EXAMPLE = Path(__file__).parent / "graphkeep-example"
PAIRS = "a -> b\nb -> a\nb -> c\nno pair\n"
REGISTRIES = (
    "import json, graphkeep.plugins as plugins; from graphkeep.compute.layouts import LAYOUTS; "
    "from graphkeep.compute.metrics.registry import METRICS; from graphkeep.sources.registry import FORMATS; "
    "print(json.dumps([list(LAYOUTS), list(METRICS), [each.name for each in FORMATS], "
    "[str(each) for each in plugins.PROBLEMS]]))"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example package, as pip installs it."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
            "--no-build-isolation", "--target", str(folder), str(EXAMPLE),
        ],
        check=True,
    )  # fmt: skip
    subprocess.run(["chmod", "-R", "go+rX", str(folder)], check=True)  # the sandbox's user reads it
    return folder


def write_package(folder: Path, entry_points: str, code: str) -> Path:
    """A package that is installed in a folder: one module `broken`, and its entry points."""
    (folder / "broken.py").write_text(code)
    about = folder / "broken-2.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 2.0\n")
    (about / "entry_points.txt").write_text(entry_points)
    return folder


def run(*words: str, site: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        words,
        env={**os.environ, "PYTHONPATH": str(site), "GRAPHISTRY_HOME": str(folder / "no-home")},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_the_command_line_lists_and_draws_with_the_example(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "net.pairs").write_text(PAIRS)

    listed = run(str(GRAPHKEEP), "layout", "--list", site=installed, folder=tmp_path).stdout
    drawn = run(
        str(GRAPHKEEP), "layout", "net.pairs", "placed.csv", "--layout", "spiral",
        "--set", "gap=2", "--set", "clockwise=true", site=installed, folder=tmp_path,
    )  # fmt: skip

    assert "spiral: Nodes on a spiral, in the order of the table." in listed
    assert "  gap=0.1..10  The distance between two turns." in listed
    assert drawn.stderr == "graphkeep: 1 lines without a pair are left out.\n"
    rows = [line.split(",") for line in (tmp_path / "placed.csv").read_text().splitlines()]
    assert [row[0] for row in rows] == ["id", "a", "b", "c"]
    assert [float(value) for value in rows[1][1:]] == [0, 0]
    assert float(rows[2][2]) < 0  # clockwise


@pytest.mark.flow
def test_a_server_offers_and_uses_the_example(installed: Path, tmp_path: Path) -> None:
    with running_server(tmp_path, "alice", PYTHONPATH=str(installed)) as server:
        layouts = server.get("/api/v2/layouts/").json()["results"]
        metrics = server.get("/api/v2/metrics/").json()["metrics"]
        formats = server.get("/api/v2/formats/").json()["results"]
        file = server.post("/api/v2/files/", json={"file_type": "pairs", "name": "net"}).json()
        read = server.post(f"/api/v2/upload/files/{file['file_id']}", data=PAIRS.encode()).json()
        made = server.post(
            "/api/v2/upload/datasets/",
            json={
                "name": "net", "metadata": {}, "node_encodings": {"bindings": {}},
                "edge_encodings": {"bindings": {"source": "source", "destination": "destination"}},
                "edge_files": [file["file_id"]],
            },
        ).json()["data"]["dataset_id"]  # fmt: skip
        server.ready(made)
        path = f"/api/v2/datasets/{made}"
        layout = {"layout": "spiral", "options": {"gap": 2}}
        assert server.post(f"{path}/layout/", json=layout).status_code == 202
        assert server.post(f"{path}/metrics/", json={"metric": "reciprocity"}).status_code == 202
        state: dict = {}

        def is_done() -> bool:
            state.update(server.ready(made))
            return state["layout"]["name"] == "spiral" and state["metrics"][0]["state"] == "done"

        wait_until(is_done, lambda: state, deadline_s=120, poll_s=0.5)
        rows = server.get(f"/api/view/{made}/rows/?kind=node&rows=0,1,2").json()["rows"]
        doctor = server.attempt("doctor", "--format", "json").stdout

    assert [(each["name"], each["title"]) for each in layouts][-1] == ("spiral", "Spiral")
    assert layouts[-1]["options"][0]["type"] == "number"
    assert metrics[-1]["name"] == "reciprocity"
    assert formats[-1] == {
        "name": "pairs", "media_type": "text/x-pairs", "suffixes": [".pairs"],
    }  # fmt: skip
    assert (read["is_valid"], [each["code"] for each in read["repairs"]]) == (
        True, ["skipped-lines"],
    )  # fmt: skip
    assert [row["reciprocity"] for row in rows] == [1.0, 0.5, 0.0]
    assert "every installed plugin is loaded" in doctor


WHOIS_ANSWER = b"Domain Name: EXAMPLE.COM\r\nRegistrar: Registrar, Inc.\r\n\r\nno field\r\n"
ASK_WHOIS = """
import json, sys
from graphkeep.graph.errors import GraphkeepError
from graphkeep.sources.databases.registry import connector_kind
from tests.sources.databases.kinds import ask, check, context_of
kind = connector_kind("whois_port43")
context = context_of(kind, {"host": "127.0.0.1", "port": int(sys.argv[1])})
kind.open(context).test()
rows = ask(kind, "name", "Example.com", context).to_pylist()
try:
    check(kind, "name", "example.com", context, allowed={"labels": ("example.net",)})
except GraphkeepError as error:
    print(json.dumps([rows, str(error)]))
"""


def answer_whois(listener: socket.socket) -> None:
    for _ in range(2):  # the test of the connector sends nothing
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream:
            if stream.readline() == b"example.com\r\n":
                connection.sendall(WHOIS_ANSWER)


def test_a_connector_of_the_example_is_asked_like_a_built_in_one(
    installed: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer_whois, args=(listener,), daemon=True).start()
        port = str(listener.getsockname()[1])
        site = Path(f"{installed}{os.pathsep}{Path.cwd()}")
        done = run(sys.executable, "-c", ASK_WHOIS, port, site=site, folder=tmp_path)

    assert json.loads(done.stdout) == [
        [
            {"domain": "example.com", "field": "Domain Name", "value": "EXAMPLE.COM"},
            {"domain": "example.com", "field": "Registrar", "value": "Registrar, Inc."},
        ],
        "`example.com` is not allowed here; allowed: example.net.",
    ]


@pytest.mark.parametrize(
    ("entry_points", "code", "problem"),
    [
        (
            "[graphkeep.layouts]\nx = broken:MISSING\n",
            "",
            (
                "The plugin x of broken 2.0 (graphkeep.layouts) is left out: "
                "AttributeError: module 'broken' has no attribute 'MISSING'"
            ),
        ),
        (
            "[graphkeep.metrics]\nx = broken:X\n",
            "raise RuntimeError('no license')",
            "The plugin x of broken 2.0 (graphkeep.metrics) is left out: RuntimeError: no license",
        ),
        (
            "[graphkeep.formats]\nx = broken:X\n",
            "X = 'csv'",
            (
                "The plugin x of broken 2.0 (graphkeep.formats) is left out: "
                "broken:X is a str, not a FileFormat"
            ),
        ),
        (
            "[graphkeep.formats]\nx = broken:X\n",
            "from dataclasses import replace\nfrom graphkeep.sources.text.csv import CSV\nX = CSV",
            "The plugin x of broken 2.0 (graphkeep.formats) is left out: the name 'csv' is taken",
        ),
        (
            "[graphkeep.layouts]\nx = broken:X\ny = broken:X\n",
            (
                "from graphkeep.compute.layout import Layout\n"
                "X = Layout(name='heap', title='H', description='H.', place=print)"
            ),
            "The plugin y of broken 2.0 (graphkeep.layouts) is left out: the name 'heap' is taken",
        ),
        (
            "[graphkeep.layouts]\nx = broken:X\n",
            (
                "from graphkeep.compute.layout import Layout\n"
                "X = Layout(name='../heap', title='H', description='H.', place=print)"
            ),
            (
                "The plugin x of broken 2.0 (graphkeep.layouts) is left out: "
                "the name '../heap' does not match [a-z][a-z0-9_]{0,39}"
            ),
        ),
    ],
)
def test_a_plugin_that_does_not_work_is_left_out_and_named(
    tmp_path: Path, entry_points: str, code: str, problem: str
) -> None:
    site = write_package(tmp_path, entry_points, code)

    done = run(sys.executable, "-c", REGISTRIES, site=site, folder=tmp_path)
    layouts, metrics, formats, problems = json.loads(done.stdout)

    assert problems == [problem]
    assert problem in done.stderr  # the log, where nothing else is set up
    assert [name for name in layouts if name != "heap"] == [*layouts[:10]]
    assert (layouts[0], metrics[0], formats[0]) == ("force", "pagerank", "arrow")


@pytest.mark.flow
def test_a_server_starts_without_a_broken_plugin_and_says_so(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    write_package(site, "[graphkeep.layouts]\nx = broken:MISSING\n", "")
    home = tmp_path / "home"
    home.mkdir()
    problem = (
        "The plugin x of broken 2.0 (graphkeep.layouts) is left out: "
        "AttributeError: module 'broken' has no attribute 'MISSING'"
    )

    with running_server(home, "alice", PYTHONPATH=str(site)) as server:
        offered = server.get("/api/v2/layouts/").json()["results"]
        log = (home / "server.log").read_text()
        doctor = server.attempt("doctor").stdout

    assert next(each["name"] for each in offered) == "force"
    assert f"doctor: server.plugins: {problem}" in log
    assert problem in " ".join(doctor.split())
