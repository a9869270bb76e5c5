"""Who meets whom in Victor Hugo's novel, after Donald Knuth, The Stanford GraphBase (1993)."""

from importlib import resources

import pyarrow as pa

from graphkeep.sources.samples.sample import Sample


def miserables() -> Sample:
    """A line of the table is `NAME: OTHER scenes, OTHER scenes, …`."""
    rows = []
    text = resources.files(__package__).joinpath("miserables.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        name, _, scene_list = line.partition(": ")
        for entry in scene_list.split(", "):
            character, _, scenes = entry.rpartition(" ")
            rows.append((name, character, int(scenes)))
    names = sorted({end for row in rows for end in row[:2]})
    return Sample(
        name="miserables",
        title="Les Misérables",
        description="The characters of Victor Hugo's novel; an edge joins two that share scenes.",
        edges=pa.table(
            {
                "source": [row[0] for row in rows],
                "destination": [row[1] for row in rows],
                "scenes": [row[2] for row in rows],
            }
        ),
        nodes=pa.table({"character": names}),
        node_encodings={"bindings": {"node": "character", "node_title": "character"}},
        edge_encodings={
            "bindings": {"source": "source", "destination": "destination", "edge_size": "scenes"}
        },
    )
