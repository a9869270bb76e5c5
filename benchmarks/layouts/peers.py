"""The contenders, each run in a process of its own: `python -m benchmarks.layouts.peers NAME IN OUT`.

Tulip (LGPL-3, with OGDF inside, GPL) and fa2 (GPL-3) are opponents of this benchmark only: nothing that
is shipped imports them.
"""

import ctypes
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.layouts.graphs import GENERATORS, Sample

Floats = npt.NDArray[np.float32]
# A prepared contender: call it for one timed layout; it returns how to read the positions.
Layout = Callable[[], Callable[[], Floats]]

FMME = "Fast Multipole Multilevel Embedder (OGDF)"
FA2_ITERATIONS = 100
DEVICES = ("cpu", "gpu")
# What compiles at its first call does so for small and for large graphs, and for every style.
WARM_UP = (("lfr", 4_000), ("comps", 4_000), ("grid", 40_000), ("lfr", 60_000))
WARM_UP_OF_FA2 = WARM_UP[:1]  # compiled before it was shipped


def graphkeep(words: list[str], threads: int) -> Callable[[Sample], Layout]:
    from graphkeep.compute.force.layout import force_layout

    options = options_of(words)

    def prepare(graph: Sample) -> Layout:
        def place() -> Callable[[], Floats]:
            placed = force_layout(graph.n, graph.edges, threads=threads, **options)
            return lambda: placed

        return place

    return prepare


def options_of(words: list[str]) -> dict[str, Any]:
    """A style, a quality, a device and seconds, as in `graphkeep:clusters:best:gpu` and `graphkeep:1s`."""
    options: dict[str, Any] = {}
    for word in words:
        if word.removesuffix("s").replace(".", "", 1).isdigit():
            options["budget_s"] = float(word.removesuffix("s"))
        elif word in DEVICES:
            options["device"] = word
        else:
            options["quality" if word in {"fast", "best"} else "style"] = word
    return options


def first_frame_s(words: list[str], graph: Sample, threads: int) -> float:
    """Seconds until our engine shows anything; the rest of the run is called off."""
    from graphkeep.compute.force.layout import force_layout

    seen: list[float] = []
    started = time.perf_counter()
    force_layout(
        graph.n,
        graph.edges,
        threads=threads,
        on_frame=lambda _positions, _share: seen.append(time.perf_counter() - started),
        cancel=lambda: bool(seen),
        **options_of(words),
    )
    return seen[0] if seen else time.perf_counter() - started


def fmme(words: list[str], threads: int) -> Callable[[Sample], Layout]:
    """Tulip's plugin over OGDF; the graph is built before the clock starts, positions are read after."""
    from tulip import tlp

    def prepare(graph: Sample) -> Layout:
        held = tlp.newGraph()
        nodes = held.addNodes(graph.n)
        held.addEdges([(nodes[a], nodes[b]) for a, b in graph.edges.tolist()])
        asked = tlp.getDefaultPluginParameters(FMME, held)
        asked["number of threads"] = threads
        runs = iter(range(1000))

        def place() -> Callable[[], Floats]:
            # A new property each time, so that no run begins at the positions of the one before.
            name = f"run {next(runs)}"
            if not held.applyLayoutAlgorithm(FMME, held.getLayoutProperty(name), asked):
                raise RuntimeError("Tulip refused the graph")
            return lambda: read(held.getLayoutProperty(name))

        def read(placed: Any) -> Floats:
            return np.array([tuple(placed[node])[:2] for node in nodes], np.float32)

        return place

    return prepare


def fa2(words: list[str], threads: int) -> Callable[[Sample], Layout]:
    from fa2 import ForceAtlas2
    from scipy.sparse import coo_matrix

    def prepare(graph: Sample) -> Layout:
        one, other = graph.edges.T
        ends = (np.concatenate((one, other)), np.concatenate((other, one)))
        matrix = coo_matrix((np.ones(len(ends[0])), ends), shape=(graph.n, graph.n)).tocsr()

        def place() -> Callable[[], Floats]:
            engine = ForceAtlas2(verbose=False, seed=0)
            placed = engine.forceatlas2(matrix, pos=None, iterations=FA2_ITERATIONS)
            return lambda: np.asarray(placed, np.float32)

        return place

    return prepare


CONTENDERS = {"graphkeep": graphkeep, "fmme": fmme, "fa2": fa2}


def run(name: str, graph: Sample, repeats: int, threads: int) -> Iterator[tuple[dict, Floats]]:
    """Seconds, processor seconds and memory of each run, with its positions, after a warm-up."""
    first, *words = name.split(":")
    prepare = CONTENDERS[first](words, threads)
    for kind, size in WARM_UP_OF_FA2 if first == "fa2" else WARM_UP:
        prepare(GENERATORS[kind](size, 7))()()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what the warm-up has freed must not hide what comes
    idle = status_bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    place = prepare(graph)
    for _ in range(repeats):
        cpu, wall = time.process_time(), time.perf_counter()
        positions_of = place()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        grown = max(status_bytes("VmHWM") - idle, 0)
        yield {"seconds": wall, "cpu_s": cpu, "memory_mb": grown / 1e6}, positions_of()


def status_bytes(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}")


def main() -> None:
    name, source, target, repeats, threads = sys.argv[1:]
    with np.load(source) as held:
        graph = Sample(n=int(held["n"]), edges=held["edges"])
    first, *words = name.split(":")
    best, memory = None, None
    for seen, positions in run(name, graph, int(repeats), int(threads)):
        memory = memory or seen["memory_mb"]
        if best is None or seen["seconds"] < best["seconds"]:
            best = seen
            np.save(target, positions)
        # After each run, so that what is done counts when the time limit comes.
        tell(target, {**best, "memory_mb": memory})
    if best is not None and first == "graphkeep":
        frame = first_frame_s(words, graph, int(threads))
        tell(target, {**best, "memory_mb": memory, "first_frame_s": frame})


def tell(target: str, figures: dict[str, float]) -> None:
    Path(target + ".json.part").write_text(json.dumps(figures))
    Path(target + ".json.part").replace(target + ".json")


if __name__ == "__main__":
    main()
