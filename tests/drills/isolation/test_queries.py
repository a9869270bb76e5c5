"""Queries that no client would send: never an error of the server's, never code, never past a limit (AD-09).

Seeded. Each one is made by planting something strange into a good query, then read by the policy; what is let
in runs on a small graph with canaries around it, many in one sandbox in which nothing may be compiled.
"""

import copy
import json
import os
import random
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pytest

from graphkeep.compute.gfql.checks import QUERIES
from graphkeep.compute.gfql.fields import EDGE_FIELDS, PREDICATES
from graphkeep.compute.gfql.functions import CALLS
from graphkeep.compute.gfql.limits import QueryLimits
from graphkeep.compute.gfql.parser import read_query
from graphkeep.graph.errors import GraphkeepError, LimitExceededError, UserInputError
from graphkeep.sandbox.isolation import require_confinement
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.pool import SandboxPool
from tests.waiting import machine_load

COUNT = 20_000 if os.environ.get("GRAPHKEEP_PROVE") else 1_500
RUN = 1_500 if os.environ.get("GRAPHKEEP_PROVE") else 4
LIMITS = QueryLimits(most_hops=8, most_rows=1000)
CODE = (
    "__import__('os').system('touch CANARY')", "@pd.io.common.os.system('touch CANARY')", "eval('1')",
    "exec('open(\"CANARY\", \"w\")')", "().__class__.__bases__[0].__subclasses__()", "{{7*7}}", "${7*7}", "`id`",
    "'; DROP TABLE users; --", "a.b.__globals__", "lambda: 0", "@x", "$(id)", "x\0y", "%s%n", "../../etc/passwd",
    "file:///etc/passwd", "\ud800", "a" * 20_000, "(a+)+$", "(?:a|a)*b", "(?=x)", r"\1", "[", "(" * 300,
)  # fmt: skip
STRANGE = (
    None, True, False, 0, -1, 10**40, 1e308, float("inf"), float("nan"), "", [], {}, [[]], [None] * 50,
    {"type": "Node"}, {"type": "Call"}, {"type": "Let"}, {"type": None}, {"type": "datetime", "value": "x"},
    {"type": "QueryDAG", "bindings": {}}, {"type": "CreateIndex", "kind": "node_id"}, *CODE,
)  # fmt: skip
GOOD = (
    {"type": "Chain", "chain": [{"type": "Node", "filter_dict": {"kind": "x"}}]},
    {
        "type": "Chain",
        "chain": [
            {"type": "Node", "filter_dict": {"n": {"type": "Contains", "pat": "a"}}, "name": "p"},
            {"type": "Edge", "direction": "forward", "hops": 1, "to_fixed_point": False, "name": "q"},
            {"type": "Node", "filter_dict": {"v": {"type": "GT", "val": 0}}, "name": "r"},
        ],
        "where": [{"eq": {"left": "p.kind", "right": "r.kind"}}],
    },
    {
        "type": "Let",
        "bindings": {
            "xs": {"type": "Chain", "chain": [{"type": "Node", "filter_dict": {"kind": "x"}}]},
            "big": {"type": "Ref", "ref": "xs", "chain": [{"type": "Node", "filter_dict": {"v": {"type": "IsIn", "options": [1, 2]}}}]},
        },
    },
    {
        "type": "Chain",
        "chain": [
            {"type": "Call", "function": "rows", "params": {"table": "nodes"}},
            {"type": "Call", "function": "select", "params": {"items": [["m", "n"], ["w", "v + 1"]]}},
            {"type": "Call", "function": "order_by", "params": {"keys": [["m", "asc"]]}},
            {"type": "Call", "function": "limit", "params": {"value": 2}},
        ],
    },
    {"type": "Chain", "chain": [{"type": "Call", "function": "get_degrees", "params": {"col": "degree"}}]},
)  # fmt: skip


def places(value, path=()):
    """Every place within a query."""
    yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from places(one, (*path, key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from places(one, (*path, at))


def planted(rng):
    query = copy.deepcopy(rng.choice(GOOD))
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        where = [one for one in places(query) if one]
        if not where:
            break
        *above, last = rng.choice(where)
        target = query
        for step in above:
            target = target[step]
        what = rng.randrange(6)
        if what == 0 and isinstance(target, dict):
            target.pop(last)
        elif what == 1 and isinstance(target, dict):
            target[rng.choice((*QUERIES, *EDGE_FIELDS, "token", "__class__", "type"))] = strange(
                rng
            )
        elif what == 2:
            target[last] = {"type": "Call", "function": function(rng), "params": params(rng)}
        elif what == 3:
            target[last] = {"type": rng.choice((*PREDICATES, "Eval")), **params(rng)}
        else:
            target[last] = strange(rng)
    return query


def strange(rng):
    return copy.deepcopy(rng.choice(STRANGE))


def function(rng):
    others = (
        "umap",
        "layout_graphviz",
        "compute_igraph",
        "eval",
        "__init__",
        "plot",
        "to_pandas",
        "gfql",
    )
    return rng.choice((*CALLS, *others))


def params(rng):
    names = (
        "val",
        "pat",
        "expr",
        "items",
        "keys",
        "nodes",
        "col",
        "column",
        "filter_dict",
        "engine",
        "params",
    )
    return {rng.choice(names): strange(rng) for _ in range(rng.randrange(3))}


def let_in(said):
    """The query as it goes on, or None; any other error than a refusal in words fails the drill."""
    try:
        return read_query({"gfql_query": said}, LIMITS)
    except UserInputError:
        return None


def evaluated(value):
    """Texts that the engine would evaluate; a column may bear any name."""
    if isinstance(value, list | tuple):
        return [found for one in value for found in evaluated(one)]
    if not isinstance(value, dict):
        return []
    words = value.get("params", {}) if value.get("type") == "Call" else value
    is_step = value.get("type") in {"Node", "Edge", "Call"}
    here = [key for key in QUERIES & set(words) if is_step and words[key] is not None]
    return here + [found for one in value.values() for found in evaluated(one)]


def walk(value):
    if isinstance(value, dict):
        for key, one in value.items():
            yield key, one
            yield from walk(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from walk(one)


@pytest.fixture(scope="module")
def queries():
    rng = random.Random(20261124)
    return [planted(rng) for _ in range(COUNT)]


def test_ad09_whatever_is_sent_is_read_or_refused_in_words(queries):
    began = time.perf_counter()
    found = [let_in(one) for one in queries]
    each_ms = (time.perf_counter() - began) / COUNT * 1000

    good = [one for one in found if one is not None and one.body is not None]
    assert COUNT / 50 < len(good) < COUNT * 0.9
    assert each_ms < 50 * machine_load()
    for one in good:
        wire = one.body.to_wire()
        assert evaluated(wire) == []
        called = {
            value for key, value in walk(wire) if key == "function" and isinstance(value, str)
        }
        assert one.functions <= set(CALLS)
        assert {name for name in called if name.startswith("_")} == set()
        hops = [value for key, value in walk(wire) if key == "hops" and isinstance(value, int)]
        assert sum(hops) <= LIMITS.most_hops
        json.dumps(wire, allow_nan=False)


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    limits = Limits(memory_bytes=512 << 20, seconds=20, result_bytes=8 << 20)
    sandbox_pool = SandboxPool(
        "graphkeep.compute.sandbox_entry",
        scratch=tmp_path_factory.mktemp("scratch"),
        limits=limits,
        max_processes=1,
    )
    yield sandbox_pool
    sandbox_pool.close()


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    home = tmp_path_factory.mktemp("tables")
    for name, table in (
        (
            "edges",
            pa.table({"s": ["a", "b", "c", "a"], "d": ["b", "c", "a", "c"], "w": [1, 2, 3, 4]}),
        ),
        ("nodes", pa.table({"n": ["a", "b", "c"], "kind": ["x", "y", "x"], "v": [1, 2, 3]})),
    ):
        with pa.OSFile(str(home / name), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
            out.write_table(table)
    return [home / "edges", home / "nodes"]


def run(pool, tables, wire, output="", most_rows=1000):
    request = {
        "kind": "query",
        "dataset": {
            "edges": [0],
            "nodes": [1],
            "node_encodings": {"bindings": {"node": "n"}},
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
        },
        "others": {},
        "query": wire,
        "output": output,
        "functions": [],
        "persist": False,
        "strictness": "warn",
        "most_rows": most_rows,
        "wanted": {
            "output_type": "all",
            "format_name": "json",
            "export": {},
            "node_columns": None,
            "edge_columns": None,
        },
    }
    with pool.run(request, tables, require=require_confinement) as result:
        return result.answer, result.files[0].read()


def test_ad09_what_is_let_in_runs_or_is_refused_and_runs_no_code(queries, pool, tables):
    good = [one for one in map(let_in, queries) if one is not None and one.body is not None]
    chosen = random.Random(7).sample(good, min(RUN, len(good)))

    for one in chosen:
        try:
            answer, body = run(pool, tables, one.body.to_wire(), one.output)
        except GraphkeepError:  # out of time, or ended by the second wall
            continue
        assert set(answer) <= {"error", "exhausted", "media", "is_graph", "bindings", "rows"}
        if "error" not in answer:
            assert json.loads(body).keys() == {"nodes", "edges"}
            assert sum(answer["rows"]) <= 1000
    assert not [one for one in (".", "/", "/tmp") if Path(one, "CANARY").exists()]


@pytest.mark.parametrize(
    "wire",
    [
        {"type": "Chain", "chain": [{"type": "Node", "query": "n == 'a'"}]},
        {
            "type": "Chain",
            "chain": [{"type": "Edge", "direction": "forward", "edge_query": "w > 1"}],
        },
    ],
)
def test_ad09_even_past_the_policy_nothing_is_evaluated(pool, tables, wire):
    """The second wall: a text that the parser would have refused ends the process."""
    with pytest.raises(LimitExceededError, match="uses something that the sandbox does not allow"):
        run(pool, tables, wire)


def test_ad09_time_and_rows_hold(pool, tables, tmp_path):
    many = pa.table({"s": ["a"] * 400_000, "d": [str(n % 1000) for n in range(400_000)]})
    with pa.OSFile(str(tmp_path / "many"), "wb") as sink, pa.ipc.new_file(sink, many.schema) as out:
        out.write_table(many)
    answer, _ = run(pool, [tmp_path / "many", tables[1]], None, most_rows=1000)
    assert "rows; the limit is 1000" in answer["error"]

    pool.limits = Limits(memory_bytes=512 << 20, seconds=0.05, result_bytes=8 << 20)
    pool.warm()
    assert pool._warm[0].report.seccomp  # it is ready, so the time below is that of the query alone
    began = time.monotonic()
    with pytest.raises(LimitExceededError, match="takes longer than"):
        run(pool, [tmp_path / "many", tables[1]], {"type": "Chain", "chain": [
            {"type": "Node", "filter_dict": {}},
            {"type": "Edge", "direction": "undirected", "hops": None, "to_fixed_point": True},
        ]})  # fmt: skip
    assert time.monotonic() - began < 15 * machine_load()
