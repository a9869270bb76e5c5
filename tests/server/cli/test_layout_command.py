"""`graphkeep layout`, as a person types it on files of their own: no home, no server, no database."""

import contextlib
import gzip
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from PIL import Image

from graphkeep.compute import force_layout
from graphkeep.compute.force.parameters import ForceOptions
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.graph.errors import GraphkeepError, UserInputError
from graphkeep.server.cli import commands
from graphkeep.server.offline_layout.edge_lists import graph_of_arrays
from graphkeep.server.offline_layout.layout_files import write_atomically
from graphkeep.server.offline_layout.run_layout import LayoutRequest, lay_out

GRAPHKEEP = Path(sys.executable).parent / "graphkeep"
# Two triangles, a to c and x to z, joined by one edge.
PAIRS = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z"), ("z", "x"), ("a", "x")]
ORDER = ["a", "b", "c", "x", "y", "z"]  # by first sight: sources before destinations
NUMBERED = np.array([[ORDER.index(one), ORDER.index(other)] for one, other in PAIRS])
SVG = "{http://www.w3.org/2000/svg}"


def typed(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """The command's end, in a folder and with a home that does not exist."""
    kept = ("PATH", "PYTHONPATH", "NUMBA_CACHE_DIR", "OMP_WAIT_POLICY", "LANG")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    done = subprocess.run(
        [str(GRAPHKEEP), "layout", *words],
        cwd=folder,
        env={**env, "GRAPHISTRY_HOME": str(folder / "no-home"), "HOME": str(folder / "nobody")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        umask=0o022,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert not (folder / "no-home").exists()
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []
    return done


def refused(folder: Path, *words: str) -> str:
    """What is said of words that must not succeed, typed in this process; nothing is written then."""
    before = sorted(folder.iterdir())
    with contextlib.chdir(folder):
        done = CliRunner().invoke(commands, ["layout", *words])
    assert sorted(folder.iterdir()) == before
    assert done.exit_code != 0
    assert done.stdout == ""
    return str(done.exception) if isinstance(done.exception, GraphkeepError) else done.stderr


def table(**more: list) -> pa.Table:
    return pa.table({"from": [a for a, _ in PAIRS], "to": [b for _, b in PAIRS], **more})


@pytest.fixture
def edges_csv(tmp_path: Path) -> Path:
    pa.csv.write_csv(
        table(amount=[1, 2, 3, 4, 5, 6, 7]).select(["amount", "from", "to"]), tmp_path / "edges.csv"
    )
    return tmp_path


def test_arrays_become_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "graph.npz", edges=NUMBERED, n=8)

    done = typed(tmp_path, "graph.npz", "placed.npy", "--seed", "3", "--quality", "fast")
    placed = np.load(tmp_path / "placed.npy")

    assert done.stdout == "placed.npy: 8 nodes, 7 edges\n"
    assert (
        tmp_path / "placed.npy"
    ).stat().st_mode & 0o777 == 0o644  # as they like it, not a server
    assert done.stderr == ""
    assert placed.dtype == np.float32
    assert np.array_equal(placed, force_layout(8, NUMBERED, seed=3, quality="fast"))


def test_a_table_becomes_a_table_whatever_its_kind(edges_csv: Path) -> None:
    placed = force_layout(6, NUMBERED)

    done = typed(edges_csv, "edges.csv", "placed.csv")
    found = pa.csv.read_csv(edges_csv / "placed.csv")
    assert done.stdout == "placed.csv: 6 nodes, 7 edges\n"
    assert found.column_names == ["id", "x", "y"]
    assert found["id"].to_pylist() == ORDER
    assert np.array_equal(np.column_stack((found["x"], found["y"])).astype(np.float32), placed)

    pa.parquet.write_table(table(), edges_csv / "edges.parquet")
    typed(edges_csv, "edges.parquet", "placed.parquet")
    found = pa.parquet.read_table(edges_csv / "placed.parquet")
    assert found["id"].to_pylist() == ORDER
    assert np.array_equal(np.column_stack((found["x"], found["y"])), placed)


def test_a_compressed_list_of_numbers_with_columns_that_are_said(tmp_path: Path) -> None:
    lines = ["label,v,u", "10,7,5", "11,9,7", "12,,9"]
    (tmp_path / "net.tsv.gz").write_bytes(
        gzip.compress("\n".join(lines).replace(",", "\t").encode())
    )

    done = typed(tmp_path, "net.tsv.gz", "placed.csv", "--source", "u", "--destination", "v")
    places = force_layout(3, np.array([[0, 1], [1, 2]])).tolist()
    rows = [line.split(",") for line in (tmp_path / "placed.csv").read_text().splitlines()]

    assert rows[0] == ["id", "x", "y"]
    assert [row[0] for row in rows[1:]] == ["5", "7", "9"]
    assert np.array_equal(np.array(rows[1:], np.float32)[:, 1:], np.float32(places))
    assert done.stderr == "graphkeep: 1 edge rows have no 'v' (line 4); they are left out.\n"


def test_the_first_two_columns_are_the_ends_where_no_name_tells(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("one,two,three\n1,2,3\n2,3,1\n")

    typed(tmp_path, "net.csv", "placed.csv", "--layout", "circle")
    rows = [line.split(",") for line in (tmp_path / "placed.csv").read_text().splitlines()]

    assert [row[0] for row in rows] == ["id", "1", "2", "3"]


def test_what_a_layout_could_not_do_is_told(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("source,destination\na,b\nb,c\nc,a\n")

    done = typed(tmp_path, "net.csv", "placed.csv", "--layout", "layered")

    assert done.stderr == "graphkeep: Edges that close a cycle, and so run against the others: 1.\n"
    rows = [line.split(",") for line in (tmp_path / "placed.csv").read_text().splitlines()]
    assert [row[0] for row in rows] == ["id", "a", "b", "c"]
    assert float(rows[1][2]) > float(rows[2][2]) > float(rows[3][2])


def test_weights_are_taken_along(edges_csv: Path, monkeypatch) -> None:
    np.savez(
        edges_csv / "graph.npz",
        source=NUMBERED[:, 0],
        destination=NUMBERED[:, 1],
        weights=np.arange(1.0, 8.0),
    )
    wanted = force_layout(6, NUMBERED, weights=np.arange(1.0, 8.0))

    for source, more in (("graph.npz", []), ("edges.csv", ["--weight", "amount"])):
        typed(edges_csv, source, "placed.npy", *more)
        assert np.array_equal(np.load(edges_csv / "placed.npy"), wanted)


def test_a_png_shows_the_communities_on_the_ground_that_was_said(edges_csv: Path) -> None:
    for ground, color in (("--dark", (14, 19, 27)), ("--light", (251, 252, 254))):
        typed(edges_csv, "edges.csv", "graph.png", ground, "--size", "800x600")
        image = Image.open(io.BytesIO((edges_csv / "graph.png").read_bytes()))
        pixels = np.asarray(image)

        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (800, 600))
        for x, y in ((0, 0), (799, 0), (0, 599), (799, 599)):
            assert tuple(pixels[y, x]) == color
        blue, orange = ((pixels == each).all(axis=2) for each in ((84, 157, 229), (229, 151, 67)))
        assert 100 < blue.sum() < 3000
        assert blue.sum() == pytest.approx(orange.sum(), rel=0.1)
        sides = [float(each.nonzero()[1].mean()) for each in (blue, orange)]
        assert abs(sides[0] - sides[1]) > 100


def test_an_svg_has_every_node_and_edge_in_its_place(edges_csv: Path) -> None:
    typed(edges_csv, "edges.csv", "graph.svg", "--size", "500")
    root = ET.parse(edges_csv / "graph.svg").getroot()
    ground, lines, nodes = root

    assert root.tag == f"{SVG}svg"
    assert root.attrib == {"width": "500", "height": "500", "viewBox": "0 0 500 500"}
    assert ground.attrib == {"width": "100%", "height": "100%", "fill": "#0e131b"}
    placed = force_layout(6, NUMBERED).astype(float)
    low, high = placed.min(axis=0), placed.max(axis=0)
    scale = min(*(450 / (high - low)), 500 / 8)
    places = (placed - (low + high) / 2) * (scale, -scale) + 250
    circles = [(float(one.get("cx")), float(one.get("cy"))) for one in nodes]
    fills = [one.get("fill") for one in nodes]
    assert sorted(nearest(places, x, y) for x, y in circles) == [0, 1, 2, 3, 4, 5]
    assert sorted(fills) == ["#549de5"] * 3 + ["#e59743"] * 3
    radii = [float(one.get("r")) for one in nodes]
    assert radii == sorted(radii)
    assert radii[-1] > radii[0]
    ends = set()
    for one in lines:
        x0, y0, x1, y1 = map(
            float, re.fullmatch(r"M(\S+) (\S+)L(\S+) (\S+)", one.get("d")).groups()
        )
        ends.add(frozenset(nearest(places, x, y) for x, y in ((x0, y0), (x1, y1))))
        assert 0 < float(one.get("stroke-opacity")) < 1
    assert ends == {frozenset(pair) for pair in NUMBERED.tolist()}
    assert len(lines) == 7


def nearest(places: np.ndarray, x: float, y: float) -> int:
    away = np.hypot(*(places - (x, y)).T)
    assert away.min() < 0.2
    return int(away.argmin())


def test_what_does_not_fit_is_refused_in_words(edges_csv: Path) -> None:
    folder = edges_csv
    (folder / "one.csv").write_text("id\n1\n2\n")
    (folder / "none.csv").write_text("a,b\n")
    (folder / "words.csv").write_text("s,d,w\na,b,heavy\nb,c,light\n")
    (folder / "bad.npz").write_bytes(b"PK no archive")
    (folder / "bad.parquet").write_bytes(b"PAR1 nothing")
    np.savez(folder / "pickled.npz", edges=np.array([{}], dtype=object))
    np.savez(folder / "shape.npz", edges=np.arange(6.0).reshape(3, 2))
    np.savez(folder / "far.npz", edges=NUMBERED, n=3)
    np.savez(folder / "other.npz", pairs=NUMBERED)
    said = {
        ("edges.csv", "x.txt"): "x.txt must end in one of .npy, .csv, .parquet, .png, .svg.",
        ("edges.csv", "no/x.csv"): "no/x.csv cannot be written: No such file or directory.",
        ("one.csv", "x.csv"): "An edge list has two columns, for each edge's ends. The table has: id.",
        ("none.csv", "x.csv"): "none.csv contains no edges.",
        ("bad.npz", "x.csv"): "bad.npz does not read as .npz: it is no archive of arrays.",
        ("bad.parquet", "x.csv"): "This does not read as parquet: ",
        ("pickled.npz", "x.csv"): "pickled.npz does not read as .npz: Object arrays cannot be loaded",
        ("shape.npz", "x.csv"): "edges must be whole numbers of the shape (m, 2), not float64 (3, 2).",
        ("far.npz", "x.csv"): "The edges name nodes from 0 to 5; with n = 3 that cannot be.",
        ("other.npz", "x.csv"): "The file must contain edges, or source and destination. It contains: pairs.",
        ("far.npz", "x.csv", "--source", "a"): "An .npz file has no columns to choose",
        ("edges.csv", "x.csv", "--source", "who"): "There is no column 'who'. The table has: amount, from, to.",
        ("edges.csv", "x.csv", "--weight", "who"): "There is no column 'who'.",
        ("words.csv", "x.csv", "--weight", "w"): "The edges' column 'w' holds no numbers to weigh by.",
        ("edges.csv", "x.csv", "--layout", "heap"): "There is no layout 'heap'. There are: force, ",
        ("edges.csv", "x.csv", "--layout", "grid", "--style", "clusters"): "The layout 'grid' has no option 'style'. Its options: order, column.",
        ("edges.csv", "x.csv", "--style", "heap"): "style 'heap' is not one of auto, clusters, balanced, distances.",
        ("edges.csv", "x.csv", "--set", "gravity=heavy"): "gravity must be a number from 0 to 1000.",
        ("edges.csv", "x.csv", "--set", "gravity"): "--set takes NAME=VALUE, not 'gravity'.",
        ("edges.csv", "x.csv", "--layout", "grid", "--weight", "amount"): "The layout 'grid' takes no weight.",
        ("edges.csv", "x.csv", "--layout", "grid", "--budget", "2"): "The layout 'grid' takes no budget.",
    }  # fmt: skip
    for words, start in said.items():
        assert refused(folder, *words).startswith(start), words
    assert "does not exist" in refused(folder, "missing.csv", "x.csv")
    assert "neither a number of pixels" in refused(folder, "edges.csv", "x.png", "--size", "big")
    done = typed(folder, "far.npz", "x.csv", code=2)
    assert (done.stdout, done.stderr) == (
        "", "graphkeep: The edges name nodes from 0 to 5; with n = 3 that cannot be.\n",
    )  # fmt: skip
    assert "16 to 16000 pixels" in refused(folder, "edges.csv", "x.png", "--size", "9x400")


def test_what_cannot_be_written_leaves_nothing_behind(edges_csv: Path) -> None:
    (edges_csv / "graph.csv").mkdir()

    assert "is a directory" in refused(edges_csv, "edges.csv", "graph.csv")
    with pytest.raises(UserInputError, match=r"graph\.csv cannot be written: Is a directory\."):
        write_atomically(edges_csv / "graph.csv", b"x")
    assert sorted(one.name for one in edges_csv.iterdir()) == ["edges.csv", "graph.csv"]


def test_every_option_reaches_the_layout(monkeypatch) -> None:
    received = {}

    def force(n, edges, **options):
        received.update(options, n=n, edges=edges.tolist())
        options["on_frame"](None, 0.25)
        return np.zeros((n, 2), np.float32)

    monkeypatch.setattr("graphkeep.compute.layouts.force.force_layout", force)
    graph = graph_of_arrays({"edges": NUMBERED[:2], "weights": np.array([0.5, 2])})
    shares = []
    request = LayoutRequest(
        options={"style": "distances", "quality": "best", "gravity": "3", "lin_log": "true"},
        budget_s=2.5,
        seed=9,
        threads=3,
    )
    lay_out(graph, request, on_progress=shares.append)

    assert received.pop("weights").tolist() == [0.5, 2]
    del received["on_frame"]
    assert received == {
        "n": 3, "edges": [[0, 1], [1, 2]], "style": "distances", "quality": "best",
        "budget_s": 2.5, "seed": 9, "threads": 3, "positions": None, "fixed": None, "cancel": None,
        "options": ForceOptions(gravity=3.0, lin_log=True),
    }  # fmt: skip
    assert shares == [0.25]


def test_a_layout_takes_its_options_by_name(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("source,destination\na,b\nb,c\n")

    typed(
        tmp_path, "net.csv", "placed.csv", "--layout", "tree",
        "--set", "root=c", "--set", "direction=right", "--set", "level_distance=3",
    )  # fmt: skip
    rows = [line.split(",") for line in (tmp_path / "placed.csv").read_text().splitlines()]

    along = {name: float(x) for name, x, _ in rows[1:]}
    assert (along["b"] - along["c"], along["a"] - along["b"]) == (3.0, 3.0)


def test_the_layouts_and_their_options_can_be_listed() -> None:
    done = CliRunner().invoke(commands, ["layout", "--list"])

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines if line[0] != " "] == list(LAYOUTS)
    options = [(each.name) for layout in LAYOUTS.values() for each in layout.parameters]
    assert [line.strip().partition("=")[0] for line in lines if line[0] == " "] == options
    assert (
        "  style=auto|clusters|balanced|distances  The property that the drawing emphasizes."
        in lines
    )
    assert "  gravity=0..1000  Times the usual pull to the middle." in lines


def test_a_terminal_is_told_how_far_it_is_and_left_clean(edges_csv: Path) -> None:
    ours, theirs = os.openpty()
    done = subprocess.run(
        [str(GRAPHKEEP), "layout", "edges.csv", "placed.npy"],
        cwd=edges_csv,
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=120,
        check=True,
    )
    os.close(theirs)
    told = os.read(ours, 10_000).decode().split("\r\x1b[K")
    os.close(ours)

    assert told[:2] == ["", "reading …"]
    assert re.fullmatch(r"laying out +\d+% …", told[2])
    assert told[-2:] == ["writing …", ""]
    assert done.stdout == b"placed.npy: 6 nodes, 7 edges\n"


def test_it_needs_no_django() -> None:
    words = (
        "import sys, graphkeep.server.offline_layout.edge_lists, graphkeep.server.offline_layout.run_layout, "
        "graphkeep.server.offline_layout.layout_files; print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    )

    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
