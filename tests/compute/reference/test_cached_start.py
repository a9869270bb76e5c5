"""A server that starts beside a warm cache compiles nothing."""

import json
import subprocess
import sys

PLAY = """
import json, sys
import numpy as np
from numba.core.registry import CPUDispatcher
from graphkeep.compute.force.layout import ForceOptions, force_layout

rng = np.random.default_rng(1)
edges = rng.integers(0, 700, (1000, 2))
placed = force_layout(720, edges)
force_layout(720, edges, weights=rng.random(1000), options=ForceOptions(dissuade_hubs=True))
force_layout(720, edges, positions=placed, fixed=np.arange(720) < 9)
force_layout(30, rng.integers(0, 30, (1000, 2)))

kernels = {
    id(one): one
    for name, module in list(sys.modules.items()) if name.startswith("graphkeep.compute")
    for one in vars(module).values() if isinstance(one, CPUDispatcher)
}
print(json.dumps({
    "hits": {one.__name__: sum(one.stats.cache_hits.values()) for one in kernels.values()},
    "misses": {one.__name__: sum(one.stats.cache_misses.values()) for one in kernels.values()},
}))
"""


def played() -> dict[str, dict[str, int]]:
    done = subprocess.run([sys.executable, "-c", PLAY], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_fresh_process_finds_every_kernel_in_the_cache() -> None:
    played()
    counts = played()
    used = {name for name, hits in counts["hits"].items() if hits}

    assert not {name: misses for name, misses in counts["misses"].items() if misses}
    assert {
        "build_rows",
        "merge_parallel_edges",
        "label_components",
        "refine",
        "majorize_stress",
        "place_small",
        "measure_components",
    } <= used
