"""Real graphs from files of Debian packages: `LOADERS[name](root, seed)`, ids shuffled.

`root` is where the packages' files lie: / when they are installed, any folder into which they were
unpacked (`apt-get download PACKAGE`, `dpkg-deb -x PACKAGE_*.deb FOLDER`).
"""

import gzip
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.layouts.graphs import Sample, shuffled

COLLECTION = "usr/lib/python3/dist-packages/graph_tool/collection"
WORDNET = "usr/share/wordnet"
PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}


class NotHereError(Exception):
    """A file is missing; the message says what to install."""


def collection(name: str, root: Path, seed: int) -> Sample:
    path = root / COLLECTION / f"{name}.gt.gz"
    if not path.exists():
        raise NotHereError(f"{path} is not there: apt-get install python3-graph-tool")
    return linked(read_gt(gzip.decompress(path.read_bytes())), seed)


def read_gt(data: bytes) -> npt.NDArray[np.int64]:
    """Edges (m, 2) of graph-tool's own little-endian format; properties are left unread.

    Six bytes of magic, one each for version and byte order, a comment behind its length (uint64), one
    byte for direction, the node count (uint64); then for each node how many neighbours follow (uint64)
    and those, in the smallest of uint8, 16, 32, 64 that holds the node count.
    """
    if data[:6] != "⛾ gt".encode() or data[7] != 0:
        raise ValueError("not a little-endian file of graph-tool")
    at = 16 + int.from_bytes(data[8:16], "little") + 1
    n = int.from_bytes(data[at : at + 8], "little")
    at += 8
    width = next(size for size in (1, 2, 4, 8) if n < 256**size)
    edges = []
    for node in range(n):
        count = int.from_bytes(data[at : at + 8], "little")
        ends = np.frombuffer(data, f"<u{width}", count, at + 8).astype(np.int64)
        edges.append(np.column_stack((np.full(count, node), ends)))
        at += 8 + count * width
    return np.concatenate(edges)


def wordnet(root: Path, seed: int) -> Sample:
    """The synonym sets of WordNet 3.0 and the relations between them."""
    folder = root / WORDNET
    if not (folder / "data.noun").exists():
        raise NotHereError(f"{folder} is not there: apt-get install wordnet-base")
    pairs = [pair for kind in PARTS for pair in relations(folder, kind)]
    return named(pairs, seed)


def relations(folder: Path, kind: str) -> Iterator[tuple[str, str]]:
    """Pairs of synonym sets, each as part of speech and offset (wndb(5WN))."""
    for line in (folder / f"data.{kind}").read_text(encoding="latin-1").splitlines():
        if line.startswith(" "):
            continue
        words = line.split(" ")
        pointers = 4 + 2 * int(words[3], 16)
        for k in range(int(words[pointers])):
            _, offset, part, _ = words[pointers + 1 + 4 * k : pointers + 5 + 4 * k]
            # A satellite adjective (s) lies in the file of the adjectives.
            yield f"{PARTS[kind]}{words[0]}", f"{part.replace('s', 'a')}{offset}"


def debian(root: Path, seed: int) -> Sample:
    """Which package of the configured sources depends on which; `root` is not used."""
    try:
        told = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise NotHereError("apt-cache is not there: the graph needs a Debian system") from None
    pairs = list(dependencies(told.decode()))
    if len(pairs) < 1000:
        raise NotHereError("apt knows hardly any package: apt-get update")
    return named(pairs, seed)


def dependencies(told: str) -> Iterator[tuple[str, str]]:
    package = ""
    for line in told.splitlines():
        field, _, value = line.partition(": ")
        if field == "Package":
            package = value
        elif field in {"Depends", "Pre-Depends"}:
            for choice in value.replace("|", ",").split(","):
                yield package, choice.split("(")[0].split(":")[0].strip()


def named(pairs: list[tuple[str, str]], seed: int) -> Sample:
    ids: dict[str, int] = {}
    ends = [ids.setdefault(name, len(ids)) for pair in pairs for name in pair]
    return linked(np.array(ends).reshape(-1, 2), seed)


def linked(edges: npt.NDArray[np.int64], seed: int) -> Sample:
    """Only nodes that an edge to another node touches."""
    apart = edges[edges[:, 0] != edges[:, 1]]
    names, ends = np.unique(apart, return_inverse=True)
    return shuffled(np.random.default_rng(seed), len(names), ends.reshape(-1, 2))


LOADERS: dict[str, Callable[[Path, int], Sample]] = {
    "enron": partial(collection, "email-Enron"),
    "wordnet": wordnet,
    "debian": debian,
    "pgp": partial(collection, "pgp-strong-2009"),
    "astro": partial(collection, "astro-ph"),
    "internet": partial(collection, "as-22july06"),
    "power": partial(collection, "power"),
}
