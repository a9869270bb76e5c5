"""Client cases B1 to B16: the unmodified clients upload, and the page gets what they meant."""

import json

import numpy as np
import pytest
import requests

from graphkeep.view.pack import unpack
from tests.flows.client_cases.client_case import (
    dataset_of,
    run_node_case,
    run_python_case,
    run_shell_case,
)
from tests.servers import TestServer

pytestmark = pytest.mark.flow

TOKEN = (
    "TOKEN=$(curl -s -X POST -H 'Content-Type: application/json' "
    '-d "{\\"username\\":\\"alice\\",\\"password\\":\\"$G_PW\\"}" $H/api-token-auth/ | jq -r .token)'
)


def picture(server: TestServer, dataset_id: str) -> tuple[dict, dict[str, np.ndarray]]:
    answer = server.get(f"/api/view/{dataset_id}/columns/")
    assert answer.status_code == 200, answer.text
    return unpack(answer.content)


def node_rows(server: TestServer, dataset_id: str, count: int) -> list[dict]:
    rows = ",".join(map(str, range(count)))
    return server.get(f"/api/view/{dataset_id}/rows/?table=node&rows={rows}").json()["rows"]


def test_b1_edges_alone_give_three_nodes_and_four_edges(server: TestServer) -> None:
    url = run_python_case(server, "b1_edges_only", "url")
    state = server.ready(dataset_of(url))

    assert (state["state"], state["node_count"], state["edge_count"]) == ("ready", 3, 4)
    header, arrays = picture(server, dataset_of(url))
    assert arrays["position"].shape == (3, 2)
    assert np.isfinite(arrays["position"]).all()
    assert sorted(header["titles"]) == ["a", "b", "c"]


def test_b2_the_name_and_the_bindings_are_kept(server: TestServer) -> None:
    url = run_python_case(server, "b2_nodes_and_edges_name_description", "url")
    state = server.ready(dataset_of(url))

    assert (state["name"], state["description"]) == ("My graph", "hello")
    row = server.get(f"/api/v2/upload/datasets/{dataset_of(url)}").json()["data"]
    assert row["edge_encodings"]["bindings"] == {"source": "s", "destination": "d"}
    assert row["node_encodings"]["bindings"]["node"] == "n"


def test_b3_a_second_dataset_uses_the_same_files(server: TestServer) -> None:
    ids = run_python_case(
        server, "b3_files_upload_reuse", "[g._dataset_id, g2._dataset_id, g._edges_file_id]"
    )
    first, second, edges_file = ids

    rows = [server.get(f"/api/v2/datasets/{one}/").json() for one in (first, second)]
    assert [row["edge_files"] for row in rows] == [[edges_file], [edges_file]]
    assert server.ready(second)["node_count"] == 3


def test_b4_encodings_look_as_they_were_declared(server: TestServer) -> None:
    url = run_python_case(server, "b4_complex_encodings", "url")
    server.ready(dataset_of(url))
    header, arrays = picture(server, dataset_of(url))
    rows = node_rows(server, dataset_of(url), 3)

    colors = {
        r["n"]: tuple(c[:3]) for r, c in zip(rows, arrays["node_color"].tolist(), strict=True)
    }
    assert colors == {"a": (255, 0, 0), "b": (128, 128, 128), "c": (255, 0, 0)}
    icons = {
        r["n"]: header["icons"][i - 1] if i else ""
        for r, i in zip(rows, arrays["node_icon"].tolist(), strict=True)
    }
    assert icons == {"a": "laptop", "b": "question", "c": "laptop"}
    sizes = {r["n"]: s for r, s in zip(rows, arrays["node_size"].tolist(), strict=True)}
    assert sizes["b"] > sizes["a"] > sizes["c"]
    badge = [(rows[b[0]]["n"], header["icons"][b[1] - 1]) for b in arrays["badge"].tolist()]
    assert badge == [("b", "flag-icon-ca")]
    by_row = arrays["edge_color"][np.argsort(arrays["edge_row"])]
    assert by_row[0][:3].tolist() == [0, 0, 255]
    assert by_row[3][:3].tolist() == [255, 0, 0]


def test_b5_axes_stand_and_positions_are_kept(server: TestServer) -> None:
    url = run_python_case(server, "b5_axes", "url")
    state = server.ready(dataset_of(url))
    header, arrays = picture(server, dataset_of(url))
    rows = node_rows(server, dataset_of(url), 3)

    placed = {r["n"]: tuple(p) for r, p in zip(rows, arrays["position"].tolist(), strict=True)}
    assert placed == {"a": (0.0, 0.0), "b": (5.0, 10.0), "c": (10.0, 0.0)}
    rings = [(a["kind"], a["value"], a["label"], a["style"]) for a in header["axes"]]
    assert rings[0] == ("r", 10, "outer", "external")
    assert rings[1][0::3] == ("r", "internal")
    assert state["layout"]["state"] == "fixed"
    assert state["url_defaults"]["play"] == 0


def test_b6_settings_travel_in_the_address(server: TestServer) -> None:
    url = run_python_case(server, "b6_settings", "url")

    page = requests.get(url if url.startswith("http") else f"http:{url}", timeout=120)
    assert page.status_code == 200
    assert server.ready(dataset_of(url))["edge_count"] == 4


def test_b9_igraph_and_networkx(server: TestServer) -> None:
    urls = run_python_case(
        server,
        "b9_igraph_networkx",
        "[graphistry.from_igraph(igraph.Graph.Ring(5)).plot(render=False), "
        "graphistry.bind(source='s', destination='d', node='n')"
        ".plot(nx.path_graph(4), render=False)]",
    )

    counts = []
    for url in urls:
        state = server.ready(dataset_of(url))
        counts.append((state["node_count"], state["edge_count"]))
    assert counts == [(5, 5), (4, 3)]


def test_b10_a_hypergraph_keeps_its_titles(server: TestServer) -> None:
    url = run_python_case(server, "b10_hypergraph", "url")
    state = server.ready(dataset_of(url))
    header, _ = picture(server, dataset_of(url))

    assert (state["node_count"], state["edge_count"]) == (5, 4)
    assert {"1.1.1.1", "u1", "u2"} < set(header["titles"])


def test_b11_every_type_is_taken_and_shown(server: TestServer) -> None:
    made = run_python_case(
        server,
        "b11_types",
        "(lambda g: [g._dataset_id, g._edges_file_id])(graphistry.edges(df, 's', 'd').upload())",
    )
    dataset_id, file_id = made
    server.ready(dataset_id)

    kept = server.get(f"/api/v2/files/{file_id}/").json()
    assert kept["is_valid"] is True
    rows = server.get(f"/api/view/{dataset_id}/rows/?table=edge&rows=0").json()["rows"]
    assert set(rows[0]) >= {"s", "d", "t", "c", "o", "l", "q", "dt", "td"}
    assert (rows[0]["s"], rows[0]["c"], rows[0]["o"]) == ("a", "k", True)


def test_b13_the_curl_tutorial_draws_a_csv(server: TestServer) -> None:
    printed = run_shell_case(server, "b13_curl_csv_files_tutorial_flow", TOKEN, 'echo "$D"')

    valid, status, dataset_id = printed.split()
    assert (valid, status) == ("true", "200")
    state = server.ready(dataset_id)
    assert (state["node_count"], state["edge_count"]) == (3, 2)


def test_b14_records_and_columns_both_parse(server: TestServer) -> None:
    printed = run_shell_case(server, "b14_curl_direct_json", TOKEN, 'echo "$D"')

    first, second, dataset_id = printed.split()
    assert (first, second) == ("true", "true")
    state = server.ready(dataset_id)
    assert (state["node_count"], state["edge_count"]) == (2, 1)


def test_b15_the_javascript_client_uploads(server: TestServer) -> None:
    url = run_node_case(server, "b15_js_upload_node_or_browser").strip().splitlines()[-1]
    dataset_id = dataset_of(url)
    state = server.ready(dataset_id)

    assert url.endswith(f"?dataset={dataset_id}&play=0")
    assert (state["node_count"], state["edge_count"]) == (3, 2)
    assert [c["name"] for c in state["columns"]["edge"]] == ["s", "d"]
    assert state["privacy"] == "private"
    assert server.get(f"/api/view/{dataset_id}/", None).status_code == 404
    assert server.get(f"/api/view/{dataset_id}/", "charlie").status_code == 404


def test_b16_the_javascript_client_signs_in_with_a_key(server: TestServer) -> None:
    printed = run_node_case(
        server, "b16_js_personal_key_records", "console.log(JSON.stringify(f.fileID));"
    )

    file_id = json.loads(printed.strip().splitlines()[-1])
    row = server.get(f"/api/v2/files/{file_id}/").json()
    assert row["is_valid"] is True
    assert row["org_name"] == "acme"
