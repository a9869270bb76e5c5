"""How long from `plot()` to a settled picture, and how much memory does the server take?

The clock stops when the page in Chromium marks drawn and converged (at 1M edges: when the server has
the converged layout ready). Peers: pyvis until its network is stable in the same Chromium, and
networkx.spring_layout, each at the sizes that they finish within the limit.

    python benchmarks/first_picture.py [--sizes 1000,10000,100000,1000000] [--peers]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.running import (
    CHROMIUM,
    CHROMIUM_WORDS,
    PeakMemory,
    Running,
    community_graph,
    running_server,
)

PEER_LIMIT_S = 120


def graphkeep_seconds(server: Running, edge_count: int) -> tuple[float, float]:
    """Seconds to a settled picture, and the server's peak memory in MB."""
    import graphistry
    from playwright.sync_api import sync_playwright

    graphistry.register(
        api=3, protocol="http", server=f"127.0.0.1:{server.port}",
        username="alice", password=server.password,
    )  # fmt: skip
    edges = community_graph(edge_count)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.url}/accounts/login/")
        with PeakMemory(server.pid) as memory:
            started = time.perf_counter()
            address = graphistry.edges(edges, "src", "dst").plot(render=False)
            dataset_id = address.split("dataset=")[1].split("&")[0]
            if edge_count >= 1_000_000:
                wait_until_ready(server, dataset_id)
            else:
                page.goto(f"{server.url}/graph/graph.html?dataset={dataset_id}")
                page.wait_for_selector("html[data-state=converged]", timeout=300_000)
            seconds = time.perf_counter() - started
        browser.close()
    return seconds, memory.peak_bytes / 1e6


def wait_until_ready(server: Running, dataset_id: str) -> None:
    while True:
        state = server.state(dataset_id)
        if state["state"] == "failed":
            raise RuntimeError(state["error"])
        if state["state"] == "ready" and state["layout"]["converged"]:
            return
        time.sleep(0.1)


PYVIS = """
import sys, pandas as pd
from pyvis.network import Network
from benchmarks.running import community_graph
edges = community_graph(int(sys.argv[1]))
net = Network(cdn_resources="in_line")
names = pd.unique(edges[["src", "dst"]].to_numpy().ravel()).tolist()
net.add_nodes(names)
net.add_edges(list(map(tuple, edges.to_numpy().tolist())))
net.write_html(sys.argv[2])
"""

SPRING = """
import sys, networkx as nx
from benchmarks.running import community_graph
nx.spring_layout(nx.from_pandas_edgelist(community_graph(int(sys.argv[1])), "src", "dst"), seed=1)
"""


def peer_seconds(script: str, *words: str) -> float | None:
    started = time.perf_counter()
    try:
        subprocess.run([sys.executable, "-c", script, *words], check=True, timeout=PEER_LIMIT_S,
                       env={**os.environ, "PYTHONPATH": "."}, capture_output=True)  # fmt: skip
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return time.perf_counter() - started


def pyvis_seconds(edge_count: int) -> float | None:
    from playwright.sync_api import Error, sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "pyvis.html"
        wrote = peer_seconds(PYVIS, str(edge_count), str(target))
        if wrote is None:
            return None
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
            page = browser.new_page()
            started = time.perf_counter()
            try:
                page.goto(target.as_uri(), timeout=PEER_LIMIT_S * 1000)
                page.wait_for_function(
                    "() => { if (!window.watching && window.network) { window.watching = true;"
                    " network.on('stabilizationIterationsDone', () => { window.stable = true; });"
                    " network.stabilize(); } return window.stable === true; }",
                    timeout=PEER_LIMIT_S * 1000,
                )
            except Error:
                return None
            finally:
                browser.close()
            return wrote + time.perf_counter() - started


def shown(seconds: float | None) -> str:
    return "not finished" if seconds is None else f"{seconds:.2f}"


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--sizes", default="1000,10000,100000,1000000")
    reader.add_argument("--peers", action="store_true")
    wanted = reader.parse_args()
    print("| edges | Graphkeep s | server peak MB | pyvis s | networkx spring_layout s |")
    print("| --- | --- | --- | --- | --- |")
    with running_server() as server:
        graphkeep_seconds(server, 500)  # warm: the kernels are loaded once in a server's life
        for size in map(int, wanted.sizes.split(",")):
            seconds, peak = graphkeep_seconds(server, size)
            pyvis = pyvis_seconds(size) if wanted.peers and size <= 10_000 else None
            spring = peer_seconds(SPRING, str(size)) if wanted.peers and size <= 100_000 else None
            print(
                f"| {size:,} | {seconds:.2f} | {peak:.0f} | {shown(pyvis)} | {shown(spring)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
