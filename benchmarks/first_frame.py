"""How long until the first frame of a ready dataset of 100k nodes and 300k edges?

Headless Chromium with software rendering; from navigation to the page's own first-frame mark.

    python benchmarks/first_frame.py [--edges 300000] [--runs 3]
"""

import argparse
import time

from benchmarks.first_picture import wait_until_ready
from benchmarks.running import CHROMIUM, CHROMIUM_WORDS, community_graph, running_server


def main() -> None:
    import graphistry
    from playwright.sync_api import sync_playwright

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--edges", type=int, default=300_000)
    reader.add_argument("--runs", type=int, default=3)
    wanted = reader.parse_args()
    with running_server() as server, sync_playwright() as playwright:
        graphistry.register(
            api=3, protocol="http", server=f"127.0.0.1:{server.port}",
            username="alice", password=server.password,
        )  # fmt: skip
        address = graphistry.edges(community_graph(wanted.edges), "src", "dst").plot(render=False)
        dataset_id = address.split("dataset=")[1].split("&")[0]
        wait_until_ready(server, dataset_id)
        seconds = []
        for _ in range(wanted.runs):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            started = time.perf_counter()
            page.goto(
                f"{server.url}/graph/graph.html?dataset={dataset_id}&play=0", wait_until="commit"
            )
            page.wait_for_selector("html[data-first-frame='1']", timeout=120_000)
            seconds.append(time.perf_counter() - started)
            browser.close()
        print("| nodes | edges | first frame s, best | median |")
        print("| --- | --- | --- | --- |")
        state = server.state(dataset_id)
        seconds.sort()
        print(
            f"| {state['node_count']:,} | {state['edge_count']:,} | {seconds[0]:.2f} "
            f"| {seconds[len(seconds) // 2]:.2f} |"
        )


if __name__ == "__main__":
    main()
