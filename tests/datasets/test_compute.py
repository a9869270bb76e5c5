"""Queries and Python on a dataset: the gates, the language, the limits, and what comes back."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from django.test import Client

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import AuditEvent
from graphkeep.accounts.operations.permissions import set_permission
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.graph.errors import NotAllowedError
from graphkeep.sandbox.isolation import LAYERS, IsolationReport
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.pool import SandboxPool
from tests.people import make, person

TASK = "def task(g):\n    return {'edges': len(g._edges)}"
NODE = {"type": "Node", "filter_dict": {"kind": "x"}}


@pytest.fixture(scope="module")
def sandbox_pool(tmp_path_factory):
    pool = SandboxPool(
        "graphkeep.compute.sandbox_entry",
        scratch=tmp_path_factory.mktemp("scratch"),
        limits=Limits(memory_bytes=512 << 20, seconds=30, result_bytes=16 << 20),
        max_processes=1,
        queue_timeout_s=0.2,
    )
    yield pool
    pool.close()


@pytest.fixture
def alice(db, settings, tmp_path, monkeypatch, sandbox_pool):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    monkeypatch.setattr("graphkeep.datasets.remote.run.compute_pool", lambda: sandbox_pool)
    return make("alice")


@pytest.fixture
def graph(alice):
    return graph_of(alice)


def graph_of(user, privacy="private", first="a"):
    actor = person(user)
    dataset = create_dataset(
        DatasetFields(
            name="calls",
            metadata={},
            node_encodings={"bindings": {"node": "n"}},
            edge_encodings={"bindings": {"source": "s", "destination": "d"}},
        ),
        actor=actor,
        privacy=privacy,
    )
    edges = pa.table(
        {"s": [first, "b", "c", first], "d": ["b", "c", first, "c"], "w": [1, 2, 3, 4]}
    )
    nodes = pa.table({"n": [first, "b", "c"], "kind": ["x", "y", "x"]})
    attach_table(dataset, "edges", edges, actor=actor)
    attach_table(dataset, "nodes", nodes, actor=actor)
    dataset.refresh_from_db()
    return dataset


def ask(user, dataset_id, path, **said):
    return Client().post(
        f"/api/v2/{path.format(dataset_id)}",
        json.dumps(said),
        content_type="application/json",
        headers={"Authorization": f"Bearer {issue_token(user)}"},
    )


def query(user, dataset, output="all", **said):
    return ask(user, dataset.dataset_id, "etl/datasets/{}/gfql/" + output, **said)


def run(user, dataset, **said):
    return ask(user, dataset.dataset_id, "datasets/{}/python", **{"execute": TASK, **said})


# --- queries ---------------------------------------------------------------------------------------


def test_ad09_a_query_brings_what_matches_and_nobody_else_may_ask(alice, graph):
    said = {"gfql_operations": [NODE], "format": "json"}

    answer = query(alice, graph, **said)

    assert answer.json() == {
        "nodes": [{"n": "a", "kind": "x"}, {"n": "c", "kind": "x"}],
        "edges": [],
    }
    assert answer.headers["Content-Type"] == "application/json"
    stranger = query(make("mallory"), graph, **said)
    assert (stranger.status_code, stranger.json()["error"]) == (404, "Not found.")


def test_ad09_another_dataset_is_read_only_by_who_sees_it(alice, graph):
    hidden, shown = graph_of(make("bob")), graph_of(make("charlie"), "public")

    def let(other):
        bindings = {"there": {"type": "RemoteGraph", "dataset_id": other},
                    "some": {"type": "Ref", "ref": "there", "chain": [NODE]}}  # fmt: skip
        return query(alice, graph, "nodes", gfql_query={"type": "Let", "bindings": bindings})

    assert let(hidden.dataset_id).status_code == 404
    assert let("0" * 32).content == let(hidden.dataset_id).content
    assert [row["n"] for row in let(shown.dataset_id).json()] == ["a", "c"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"gfql_operations": [{"type": "Node", "query": "n == 'a'"}]}, "an expression, which is not supported"),
        ({"gfql_operations": [{"type": "Node", "query": "@__import__('os').system('id')"}]}, "an expression"),
        ({"gfql_operations": [{"type": "Edge", "direction": "forward", "edge_query": "w > 1"}]}, "an expression"),
        ({"gfql_operations": [{"type": "Call", "function": "hop", "params": {"edge_query": "1"}}]}, "an expression"),
        ({"gfql_operations": [{"type": "Call", "function": "umap"}]}, "is not supported"),
        ({"gfql_operations": [{"type": "Call", "function": "layout_graphviz"}]}, "is not supported"),
        ({"gfql_operations": [{"type": "Call", "function": "__class__"}]}, "is not supported"),
        ({"gfql_operations": [{"type": "Eval"}]}, "which is not one of Node, Edge"),
        ({"gfql_operations": [{"type": "Node", "strange": 1}]}, "'strange', which is not known"),
        ({"gfql_operations": [{"type": "Edge", "direction": "forward", "hops": 33}]}, "more than 32 hops"),
        ({"gfql_operations": [{"type": "Edge", "direction": "forward", "hops": 17}] * 2}, "more than 32 hops"),
        ({"gfql_operations": [NODE] * 201}, "200"),
        ({"gfql_operations": "MATCH (a) RETURN a"}, "must be a list"),
        ({"gfql_operations": [{"type": "Node", "filter_dict": {"n": {"type": "Match", "pat": "(a+)+$"}}}]}, "has nested repetition"),
        ({"gfql_operations": [{"type": "Node", "filter_dict": {"n": {"type": "Contains", "pat": r"(a)\1"}}}]}, "reference to a group"),
        ({"gfql_operations": [{"type": "Node", "filter_dict": {"n": {"type": "Contains", "pat": "("}}}]}, "no regular expression"),
        ({"gfql_operations": [{"type": "Node", "filter_dict": {"n": {"type": "Call"}}}]}, "predicate 'Call'"),
        ({"gfql_query": {"type": "Let", "bindings": {"a": {"type": "Let", "bindings": {}}}}}, "type 'Let'"),
        ({"gfql_query": {"type": "Let", "bindings": {"a": {"type": "RemoteGraph", "dataset_id": "../x"}}}}, "no dataset's id"),
        ({"gfql_query": {"type": "Let", "bindings": {"a": {"type": "RemoteGraph", "dataset_id": "0" * 32, "token": "x"}}}}, "'token'"),
        ({"gfql_query": {"type": "Let", "bindings": {"a": NODE}}, "gfql_output": "b"}, "no binding"),
        ({"format": "pickle"}, "is not one of json, csv, parquet"),
        ({"engine": "os"}, "is not one of pandas"),
        ({"format": "csv", "df_export_args": {"path_or_buf": "/tmp/x"}}, "is not supported"),
        ({"format": "csv", "df_export_args": {"compression": "zip"}}, "is not supported"),
        ({"format": "parquet", "df_export_args": {"filesystem": "x"}}, "is not supported"),
        ({"node_col_subset": ["nothing"]}, "no node column 'nothing'"),
    ],
)  # fmt: skip
def test_ad09_what_is_not_in_the_language_is_refused_by_name(alice, graph, said, words):
    answer = query(alice, graph, **said)

    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert "/work" not in answer.json()["error"]
    assert "/usr" not in answer.json()["error"]


def test_ad09_rows_are_bounded(alice, graph, settings):
    settings.GRAPHKEEP_COMPUTE_ROWS = 6

    answer = query(alice, graph)

    assert (answer.status_code, answer.json()["error"][:38]) == (
        400,
        "The result has 7 rows; the limit is 6.",
    )


def test_ad09_it_is_off_by_one_setting_and_for_one_person(alice, graph, settings):
    assert query(alice, graph).status_code == 200
    set_permission(alice, actor=CONSOLE, permission="queries", is_given=False)
    refused = query(alice, graph)
    assert (refused.status_code, refused.json()["error"]) == (
        403,
        "Your account may not run queries: ask an Admin of this server.",
    )
    set_permission(alice, actor=CONSOLE, permission="queries", is_given=True)

    settings.ENABLE_GFQL_ENDPOINT = False

    off = query(alice, graph)
    assert (off.status_code, off.json()["error"][:41]) == (
        403,
        "Queries are disabled on this server; an a",
    )


def test_ad09_a_request_beyond_the_running_ones_is_refused(alice, graph, sandbox_pool):
    assert sandbox_pool._slots.acquire(timeout=5)
    try:
        answer = query(alice, graph)
    finally:
        sandbox_pool._slots.release()

    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["error"]) == (
        503,
        "5",
        "1 requests of this kind are running. Ask again in a moment.",
    )


def test_a_kept_result_is_private_and_leaves_its_lines(alice, graph):
    answer = query(alice, graph, gfql_operations=[NODE], format="json", persist=True)

    made = Dataset.objects.get(dataset_id=answer.json()["dataset_id"])
    assert (made.privacy, made.owner, made.name) == ("private", alice, "calls (query)")
    events = AuditEvent.objects.filter(target=f"datasets.Dataset:{made.pk}").order_by("pk")
    assert list(events.values_list("event", flat=True)) == [
        "dataset.created",
        "dataset.data",
        "dataset.data",
    ]


@pytest.mark.parametrize("format_name", ["json", "csv", "parquet"])
def test_a_value_that_looks_like_a_placeholder_is_answered_as_it_is(alice, format_name):
    graph = graph_of(alice, first="a-new-dataset")

    answer = query(alice, graph, format=format_name, persist=True)

    if format_name == "json":
        body = answer.json()
        kept, nodes = body["dataset_id"], [row["n"] for row in body["nodes"]]
    else:
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        kept = json.loads(archive.read("metadata.json"))["dataset_id"]
        table = io.BytesIO(archive.read(f"nodes.{format_name}"))
        read = pyarrow.csv.read_csv if format_name == "csv" else pyarrow.parquet.read_table
        nodes = read(table)["n"].to_pylist()
    assert nodes == ["a-new-dataset", "b", "c"]
    assert Dataset.objects.get(dataset_id=kept).name == "calls (query)"


# --- Python ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_on", "is_permitted", "status", "words"),
    [
        (False, False, 403, "Python is disabled on this server"),
        (False, True, 403, "Python is disabled on this server"),
        (True, False, 403, "Your account may not run Python"),
        (True, True, 200, ""),
    ],
)
def test_ad08_python_needs_the_setting_and_the_permission(
    alice, graph, settings, is_on, is_permitted, status, words
):
    settings.ENABLE_PYTHON_ENDPOINT = is_on
    if is_permitted:
        set_permission(alice, actor=CONSOLE, permission="python", is_given=True)

    answer = run(alice, graph)

    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"edges": 4}
    else:
        assert answer.json()["error"].startswith(words)
    ran = AuditEvent.objects.filter(event="python.run", actor="alice").count()
    refused = AuditEvent.objects.filter(event="refused", actor="alice").count()
    assert (ran, refused) == ((1, 0) if status == 200 else (0, 1))


def test_ad07_code_of_people_is_off_unless_the_administrator_says_otherwise(alice, graph, settings):
    assert (settings.ENABLE_PYTHON_ENDPOINT, settings.ENABLE_GFQL_ENDPOINT) == (False, True)
    assert (alice.may_run_python, alice.may_query) == (False, True)

    assert run(alice, graph).status_code == 403


def test_ad08_only_an_admin_gives_the_permission(alice):
    with pytest.raises(NotAllowedError):
        set_permission(alice, actor=person(alice), permission="python", is_given=True)

    alice.refresh_from_db()
    assert alice.may_run_python is False
    set_permission(alice, actor=CONSOLE, permission="python", is_given=True)
    line = AuditEvent.objects.get(event="user.permission-changed")
    assert (line.actor, line.details) == ("cli", {"permission": "python", "is_given": True})


def test_ad08_without_full_isolation_python_is_refused(
    alice, graph, settings, sandbox_pool, monkeypatch
):
    settings.ENABLE_PYTHON_ENDPOINT = True
    set_permission(alice, actor=CONSOLE, permission="python", is_given=True)
    sandbox_pool.close()
    monkeypatch.setattr(sandbox_pool, "_is_closed", False)
    sandbox_pool.warm()
    report = IsolationReport(
        namespaces=True, own_root=True, unprivileged=True, landlock=False, seccomp=True
    )
    monkeypatch.setattr(sandbox_pool._warm[0], "report", report, raising=False)

    answer = run(alice, graph)

    assert answer.status_code == 503
    assert answer.json()["error"] == (
        "This server cannot isolate people's code fully, so it runs none: it lacks Landlock. "
        "`graphkeep doctor --topic api` shows more."
    )


@pytest.mark.parametrize(
    ("execute", "words"),
    [
        ("x = 1", "The code must define task(g)."),
        ("def task(g):\n    return 1 / 0", "ZeroDivisionError in line 2: division by zero"),
        ("def task(g) return 1", "SyntaxError in line 1: expected ':'"),
        ("def task(g):\n    raise SystemExit('x')", "SystemExit in line 2: x"),
        ("", "execute is missing: send the code, which defines task(g)."),
    ],
)
def test_an_error_of_the_code_is_told_with_its_line(alice, graph, settings, execute, words):
    settings.ENABLE_PYTHON_ENDPOINT = True
    set_permission(alice, actor=CONSOLE, permission="python", is_given=True)

    answer = run(alice, graph, execute=execute)

    assert (answer.status_code, answer.json()["error"]) == (400, words)


# --- sandbox -----------------------------------------------------------------------------------------


NOT_ROOT = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]


def can_run_as_somebody() -> bool:
    again = "import subprocess, sys, graphkeep.sandbox.pool; subprocess.run([sys.executable, '-c', ''], check=True)"
    words = [*NOT_ROOT, sys.executable, "-c", again]
    return (
        shutil.which("setpriv") is not None
        and os.geteuid() == 0
        and subprocess.run(words, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(
    not can_run_as_somebody(), reason="this Python is for root alone, or there is no setpriv"
)
def test_ad08_a_server_without_root_isolates_as_far(tmp_path):
    tmp_path.chmod(0o777)
    for one in tmp_path.parents:
        if one.name.startswith("pytest-"):
            one.chmod(0o755)
    words = (
        "from pathlib import Path; from dataclasses import asdict; import json\n"
        "from graphkeep.sandbox.limits import Limits\nfrom graphkeep.sandbox.pool import SandboxPool\n"
        "limits = Limits(memory_bytes=1 << 28, seconds=5, result_bytes=1 << 20)\n"
        f"pool = SandboxPool('graphkeep.compute.sandbox_entry', scratch=Path({str(tmp_path)!r}), limits=limits, max_processes=1)\n"
        "print(json.dumps(asdict(pool.report())))"
    )
    done = subprocess.run(
        [*NOT_ROOT, sys.executable, "-c", words],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    full = dict.fromkeys(LAYERS, True)
    assert json.loads(done.stdout) == full


def test_no_web_process_loads_the_engine():
    words = "import graphkeep.server.urls, sys; print([m for m in ('graphistry', 'pandas') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {words}"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "graphkeep.server.settings"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.stdout.strip() == "[]", done.stderr
