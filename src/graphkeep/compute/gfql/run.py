"""Runs a checked query in the open-source graphistry engine. Loaded only inside a sandbox."""

import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import graphistry
import pandas as pd
from graphistry.compute.ast import ASTLet
from graphistry.compute.chain import Chain
from graphistry.compute.exceptions import GFQLValidationError

from graphkeep.compute.gfql.algorithms import LIBRARIES
from graphkeep.compute.gfql.functions import CHANGES_LOOKS
from graphkeep.compute.plottable import looks_of, plottable
from graphkeep.compute.results import body_of, check_rows, tables_of, write_arrow
from graphkeep.graph.errors import UserInputError
from graphkeep.sandbox.outcomes import FORBIDDEN

BODY, NODES, EDGES = 0, 1, 2
# Up to this many edges plain Python is faster than compiling; FEW_PATHS is for algorithms over all shortest paths.
FEW_EDGES, FEW_PATHS = 5000, 400
PATHS_OF_ALL = {("compute_igraph", "betweenness"), ("compute_cugraph", "betweenness_centrality")}
PATHS = re.compile(r"(?:/[\w.@+-]+){2,}")
MAX_ERROR_LENGTH = 600


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """Run a query and return its response metadata; the result is written to the first of the open files."""
    warnings.simplefilter("ignore")
    files, tables = handles[:3], handles[3:]
    graph = plottable(request["dataset"], tables)
    other_graphs = {name: plottable(item, tables) for name, item in request["others"].items()}
    register_called_metrics(request["query"], (graph, *other_graphs.values()))
    forbid_code()
    result = answer(graph, request, other_graphs)
    nodes, edges = tables_of(result)
    check_rows(nodes, edges, request["most_rows"])
    metadata: dict[str, Any] = {}
    if set(request["functions"]) & CHANGES_LOOKS or request["persist"]:
        metadata["gfql_metadata"] = looks_of(result)
    output_format = request["wanted"]
    nodes = subset(nodes, output_format["node_columns"], (result._node,), "node")  # noqa: SLF001
    ends = (result._source, result._destination)  # noqa: SLF001
    edges = subset(edges, output_format["edge_columns"], ends, "edge")
    if request["persist"]:
        write_arrow(nodes, files[NODES])
        write_arrow(with_ends(edges, ends, graph), files[EDGES])
    body, media = body_of(
        nodes,
        edges,
        output_type=output_format["output_type"],
        format_name=output_format["format_name"],
        export=output_format["export"],
        metadata=metadata if set(request["functions"]) & CHANGES_LOOKS else {},
        is_persisted=request["persist"],
    )
    with open(files[BODY], "wb", closefd=False) as sink:
        sink.write(body)
    return {
        "media": media,
        "is_graph": is_graph(nodes, edges, ends, result._node),  # noqa: SLF001
        "bindings": metadata.get("gfql_metadata", {}).get("bindings", {}),
        "rows": [len(nodes), len(edges)],
    }


def register_called_metrics(query_json: object, graphs: Sequence[Any]) -> None:
    """Prepare the metrics that the query calls, while code may still be compiled."""
    calls = dict.fromkeys(called(query_json))
    if not calls:
        return
    # numba only reads the version of scipy, and fails if the sandbox cannot read the package.
    sys.modules.setdefault("scipy", None)  # type: ignore[arg-type]
    from numba import config

    edge_count = max(len(graph._edges) for graph in graphs)  # noqa: SLF001
    interpreted_limit = FEW_PATHS if calls.keys() & PATHS_OF_ALL else FEW_EDGES
    config.DISABLE_JIT = edge_count <= interpreted_limit  # type: ignore[attr-defined]
    from graphkeep.compute.gfql.library_metrics import register_metrics

    register_metrics(calls)


def called(query_json: object) -> Iterator[tuple[str, str]]:
    """Each (library function, algorithm) that a query calls."""
    if isinstance(query_json, Mapping):
        for function, algorithms in LIBRARIES.items():
            params = query_json.get("params")
            if query_json.get("function") == function and isinstance(params, Mapping):
                yield from ((function, alg) for alg in algorithms if params.get("alg") == alg)
        for item in query_json.values():
            yield from called(item)
    elif isinstance(query_json, list):
        for item in query_json:
            yield from called(item)


def answer(graph: Any, request: Mapping[str, Any], others: Mapping[str, Any]) -> Any:
    """Run the query on the graph.

    Raises:
        UserInputError: the engine refuses it; has the engine's message without local paths.
    """
    query_json = request["query"]
    if query_json is None:
        return graph if graph._nodes is not None else graph.materialize_nodes()  # noqa: SLF001
    try:
        query: Any
        if query_json["type"] == "Let":
            query = ASTLet.from_json(without_remote(query_json), validate=True)
            for name, item in query_json["bindings"].items():
                if item["type"] == "RemoteGraph":
                    query.bindings[name] = others[item["dataset_id"]]
        else:
            query = Chain.from_json(query_json, validate=True)
        return graph.gfql(
            query, engine="pandas", output=request["output"] or None, strict=request["strictness"]
        )
    except GFQLValidationError as error:
        raise UserInputError(error_text(error)) from error
    except MemoryError:
        raise
    except Exception as error:  # any exception that a query causes in the engine is a user error
        raise UserInputError(f"This query does not run: {error_text(error)}") from error


def without_remote(query_json: Mapping[str, Any]) -> dict[str, Any]:
    """The query with a placeholder node for each other dataset, which is already loaded and replaces it later."""
    node = {"type": "Node", "filter_dict": {}}
    return {
        "type": "Let",
        "bindings": {
            name: node if item["type"] == "RemoteGraph" else item
            for name, item in query_json["bindings"].items()
        },
    }


def error_text(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return PATHS.sub("…", text)[:MAX_ERROR_LENGTH]


def subset(
    table: pd.DataFrame, names: Sequence[str] | None, ids: Sequence[str | None], kind: str
) -> pd.DataFrame:
    """The requested columns plus the id columns, which a reader needs to rebuild the graph."""
    if names is None or len(table.columns) == 0:
        return table
    missing = [name for name in names if name not in table.columns]
    if missing:
        available = ", ".join(map(str, table.columns[:20]))
        raise UserInputError(
            f"There is no {kind} column '{missing[0]}' in this result. It has: {available}."
        )
    needed = [name for name in ids if name in table.columns and name not in names]
    return table[[*needed, *names]]


def with_ends(edges: pd.DataFrame, ends: Sequence[str | None], graph: Any) -> pd.DataFrame:
    """The edges; an edge table without its end columns becomes an empty table with the graph's columns."""
    if all(name in edges.columns for name in ends):
        return edges
    return graph._edges[:0].reset_index(drop=True)  # noqa: SLF001


def is_graph(
    nodes: pd.DataFrame, edges: pd.DataFrame, ends: Sequence[str | None], node: str | None
) -> bool:
    """Whether a result can be shown as a graph; a table of query rows cannot."""
    has_ends = len(edges) == 0 or all(name in edges.columns for name in ends)
    return has_ends and (len(nodes) == 0 or node in nodes.columns)


# --- no code but the libraries' own ------------------------------------------------------------------

REFUSED = frozenset(
    {"compile", "exec", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system",
     "subprocess.Popen", "socket.connect", "socket.bind", "socket.getaddrinfo", "ctypes.dlopen",
     "ctypes.dlsym", "marshal.loads", "pickle.find_class", "code.__new__"}
)  # fmt: skip
LOADER = "<frozen importlib._bootstrap>"
_is_closed = False


def forbid_code() -> None:
    """Forbid compiling and running code other than library imports; a violation ends the process."""
    global _is_closed  # noqa: PLW0603 - an audit hook cannot be removed
    if not _is_closed:
        _is_closed = True
        sys.addaudithook(watch)


def watch(event: str, words: tuple[Any, ...]) -> None:
    if event in REFUSED and not is_loading():
        os._exit(FORBIDDEN)


def is_loading() -> bool:
    """Whether the import system is on the call stack."""
    frame = sys._getframe(2)  # noqa: SLF001 - the only access to the callers
    while frame is not None:
        if frame.f_code.co_filename == LOADER:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def warm_up() -> None:
    """Import everything that queries import lazily, so that no query waits for it."""
    edges = pd.DataFrame({"s": ["a", "b"], "d": ["b", "c"], "w": [1, 2]})
    nodes = pd.DataFrame({"n": ["a", "b", "c"], "t": ["x", "y", "x"], "v": [1.0, 2.0, 3.0]})
    graph = graphistry.edges(edges, "s", "d").nodes(nodes, "n")
    for text in (
        "MATCH (a)-[r]->(b) WHERE a.v > 1 RETURN a.n AS m, count(*) AS c ORDER BY m LIMIT 2",
        "MATCH (a {t: 'x'}) RETURN a.n",
    ):
        graph.gfql(text, engine="pandas")
    seeds = {"type": "Node", "filter_dict": {"t": {"type": "Contains", "pat": "x"}}}
    step = {"type": "Edge", "direction": "forward", "hops": 1, "to_fixed_point": False}
    result = graph.gfql(
        Chain.from_json({"type": "Chain", "chain": [seeds, step, seeds]}), engine="pandas"
    )
    tables = tables_of(result)
    for format_name in ("json", "csv", "parquet"):
        body_of(*tables, output_type="all", format_name=format_name, export={}, metadata={})
