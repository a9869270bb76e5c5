"""How fast and how good is the force layout, beside Tulip's FMME (OGDF) and fa2?

Every contender lays out every graph in a fresh process, after a warm-up, `--repeats` times; seconds,
positions and so the metrics are of its fastest run.

    python -m benchmarks.layout --sizes 10k,100k --graphs lfr,grid --contenders graphkeep,fmme

Real graphs (enron, wordnet, debian, pgp, astro, internet, power) are read from the files of Debian's
python3-graph-tool and wordnet-base below `--data`, or asked of apt; what is missing is left out.

`graphkeep:clusters:best` asks for a style and a quality, `graphkeep:1s` for a time limit, `graphkeep:gpu` for a device. `--reuse-peer FILE` takes what FILE holds of
the peers, and puts into it what it lacked: for trying things out, not for figures to be published.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.layouts import table
from benchmarks.layouts.graphs import GENERATORS, Sample
from benchmarks.layouts.metrics import judge
from benchmarks.layouts.real import LOADERS, NotHereError
from graphkeep.compute.force.gpu import device

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache/bench"
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}


def main() -> None:
    asked = arguments()
    if asked.devices and (lacking := device.missing()):
        raise SystemExit(f"there is no GPU to measure: {lacking}")
    held = read(asked.reuse_peer) if asked.reuse_peer else []
    rows = []
    for about, graph in graphs(asked):
        for contender in asked.contenders.split(","):
            row = reused(held, about, contender)
            if row is None:
                row = about | {"contender": contender} | measure(graph, contender, asked, about)
                again = contender.startswith(table.OURS) or "failed" in row
                if asked.reuse_peer and not again:
                    held.append(row)
                    write(asked.reuse_peer, held)
            rows.append(row)
            print(table.lines([row])[-1], file=sys.stderr, flush=True)
            if asked.json:
                write(asked.json, rows)
    parts = (table.lines, table.means, table.frames, table.verdicts)
    print("\n\n".join("\n".join(part(rows)) for part in parts if part(rows)))


def graphs(asked: argparse.Namespace) -> Iterator[tuple[table.Row, Sample]]:
    """The generated ones at each size, then the real ones, which have but one."""
    names = asked.graphs.split(",")
    made = [name for name in names if name in GENERATORS]
    found = [name for name in names if name in LOADERS]
    if unknown := set(names) - set(made) - set(found):
        choice = ", ".join([*GENERATORS, *LOADERS])
        raise SystemExit(f"no graph is called {', '.join(unknown)}; there are: {choice}")
    for size, name in product(asked.sizes.lower().split(","), made):
        yield described(name, size, asked.seed, GENERATORS[name](SIZES[size], asked.seed))
    for name in found:
        try:
            graph = LOADERS[name](asked.data, asked.seed)
        except NotHereError as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)
            continue
        yield described(name, "real", asked.seed, graph)


def described(name: str, size: str, seed: int, graph: Sample) -> tuple[table.Row, Sample]:
    told = {"graph": name, "size": size, "seed": seed, "n": graph.n, "m": len(graph.edges)}
    return told, graph


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layout", description=__doc__)
    parser.add_argument("--sizes", default="10k,100k", help="of 1k, 10k, 100k, 1m, 10m edges")
    parser.add_argument("--graphs", default=",".join(GENERATORS), help="generated or real ones")
    parser.add_argument("--data", type=Path, default=Path("/"), help="root of the real ones' files")
    parser.add_argument("--contenders", default="graphkeep,fmme")
    parser.add_argument(
        "--devices",
        action="store_true",
        help="the processor beside an NVIDIA GPU, at 1m and 10m edges",
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the graphs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=300, help="seconds for a contender on a graph")
    parser.add_argument("--json", type=Path, help="where the rows are written")
    parser.add_argument("--keep", type=Path, help="a folder for graphs and positions")
    parser.add_argument(
        "--reuse-peer", type=Path, nargs="?", const=CACHE / "peers.json", metavar="FILE"
    )
    if parser.parse_args().devices:
        parser.set_defaults(
            sizes="1m,10m", graphs="lfr,grid,rmat", contenders="graphkeep:cpu,graphkeep:gpu"
        )
    return parser.parse_args()


def reused(held: list[table.Row], about: table.Row, contender: str) -> table.Row | None:
    if contender.startswith(table.OURS):
        return None
    wanted = (about | {"contender": contender}).items()
    return next((row for row in held if wanted <= row.items()), None)


def measure(
    graph: Sample, contender: str, asked: argparse.Namespace, about: table.Row
) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        kept = asked.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        stem = f"{about['graph']}_{about['size']}"
        source = kept / f"graph_{stem}.npz"
        target = kept / f"{contender.replace(':', '-')}_{stem}.npy"
        labels = {} if graph.labels is None else {"labels": graph.labels}
        np.savez(source, n=graph.n, edges=graph.edges, **labels)
        late = run(contender, source, target, asked)
        told = Path(f"{target}.json")
        if not told.exists():
            return {"failed": late or "failed"}
        row = json.loads(told.read_text())
        told.unlink()
        positions = np.load(target)
    return row | judge(graph.n, graph.edges, positions, graph.labels)


def run(contender: str, source: Path, target: Path, asked: argparse.Namespace) -> str | None:
    """Leaves positions in `target` and figures beside it; says so if the time did not suffice."""
    words = [contender, source, target, asked.repeats, asked.threads]
    env = {
        "OMP_WAIT_POLICY": "passive",
        "NUMBA_CACHE_DIR": str(ROOT / ".cache/numba"),
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-m", "benchmarks.layouts.peers", *map(str, words)]
    try:
        subprocess.run(command, env=env, cwd=ROOT, timeout=asked.limit, check=True)
    except subprocess.TimeoutExpired:
        return f"not finished in {asked.limit} s"
    except subprocess.CalledProcessError as error:
        return f"failed with {error.returncode}"
    return None


def read(path: Path) -> list[table.Row]:
    return json.loads(path.read_text()) if path.exists() else []


def write(path: Path, rows: list[table.Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
