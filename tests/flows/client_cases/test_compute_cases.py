"""Client cases C1 to C8: the unmodified client asks its questions, and the gates answer them."""

from collections.abc import Callable

import pytest

from tests.flows.client_cases.client_case import run_python_case
from tests.servers import TestServer

pytestmark = pytest.mark.flow


def test_c1_a_chain(server: TestServer) -> None:
    assert run_python_case(server, "c1_chain", "sorted(out._nodes.columns)") == [
        "n",
        "score",
        "type",
    ]


def test_c2_formats_and_shapes(server: TestServer) -> None:
    shape = run_python_case(server, "c2_formats_and_shapes", "shape.to_dict('records')")

    assert shape == [
        {"kind": "nodes", "rows": 3, "cols": 3},
        {"kind": "edges", "rows": 4, "cols": 3},
    ]


def test_c3_a_cypher_string(server: TestServer) -> None:
    assert run_python_case(server, "c3_cypher_string", "list(out._nodes['src'])") == ["b", "c"]


def test_c4_a_let(server: TestServer) -> None:
    assert run_python_case(server, "c4_let", "list(out._nodes['n'])") == ["c"]


def test_c5_a_result_is_kept_as_a_private_dataset(server: TestServer) -> None:
    made = run_python_case(server, "c5_persist", "r._dataset_id")

    row = server.get(f"/api/v2/datasets/{made}/").json()
    assert (row["privacy"], row["who"], row["owner"]) == ("private", "Only alice", "alice")
    assert server.get(f"/api/v2/datasets/{made}/", "charlie").status_code == 404
    state = server.ready(made)
    assert (state["state"], state["node_count"], state["edge_count"]) == ("ready", 2, 0)


def test_c6_errors_are_told(server: TestServer) -> None:
    assert "404" in run_python_case(server, "c6_errors", "'404 was told'")


def test_c7_python_where_it_is_switched_on_and_permitted(
    own_server: Callable[..., TestServer],
) -> None:
    server = own_server(ENABLE_PYTHON_ENDPOINT="true")
    with pytest.raises(AssertionError, match=r"HTTP 403.*Your account may not run Python"):
        run_python_case(server, "c7_python")

    server.run("user", "allow", "alice", "python")
    assert run_python_case(server, "c7_python", "'it ran'") == "it ran"


def test_c7_python_is_off_by_default(server: TestServer) -> None:
    with pytest.raises(AssertionError, match=r"HTTP 403.*Python is disabled on this server"):
        run_python_case(server, "c7_python")


def test_c8_a_download_by_id(server: TestServer) -> None:
    assert run_python_case(server, "c8_download_by_id", "len(full._edges)") == 4


def test_c9_metrics_by_the_names_of_igraph_and_cugraph(server: TestServer) -> None:
    found = run_python_case(
        server,
        "c9_metrics",
        "[sorted(r._nodes.columns), r._nodes.set_index('n')['pagerank'].round(6).to_dict(), "
        "here._nodes.set_index('n')['pagerank'].round(6).to_dict(), "
        "sorted(c._nodes.columns), c._nodes.set_index('n')['group'].to_dict()]",
    )

    names, ours, theirs, groups, group = found
    assert names == ["degree", "degree_in", "degree_out", "n", "pagerank", "score", "type"]
    assert ours == theirs
    assert groups == ["group", "n", "score", "type"]
    assert set(group.values()) == {0}
