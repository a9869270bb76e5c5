"""Uploaded files, parsed as the server parses them, and what is made of them."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.file_fields import FileFields
from graphkeep.datasets.operations.upload import UploadedBody, create_file, receive_file
from graphkeep.jobs.worker import run_pending

CASES = Path(__file__).parents[2] / "sources/cases"
TYPES = {".json": "json", ".xlsx": "xlsx"}


def upload(actor: Actor, content: str | bytes | Path, name: str = "table.csv") -> File:
    """A file with this content, received and parsed."""
    if isinstance(content, Path):
        name, content = content.name, content.read_bytes()
    data = content.encode() if isinstance(content, str) else content
    path = Path(settings.TMP_DIR) / "body"
    path.write_bytes(data)
    file_type = TYPES.get(Path(name).suffix, "csv")
    file = create_file(FileFields(name=name, file_type=file_type), actor=actor)
    body = UploadedBody(path=path, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    received = receive_file(file, body, actor=actor)
    assert received.is_valid, received.errors
    return received


def client_of(actor: Actor) -> Client:
    return Client(headers={"Authorization": f"Bearer {issue_token(actor.user)}"})


def readings_of(actor: Actor, *files: File) -> dict[str, Any]:
    first, *others = files
    query = "&".join(f"with={file.file_id}" for file in others)
    answer = client_of(actor).get(f"/api/new/{first.file_id}/readings/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def post_graph(
    actor: Actor, reading: dict[str, Any], *files: File, dataset_id: str = "", **more: Any
) -> Any:
    first, *others = files
    body = {"reading": reading, "with": [file.file_id for file in others], "dataset_id": dataset_id}
    return client_of(actor).post(
        f"/api/new/{first.file_id}/graph/",
        json.dumps({**body, **more}),
        content_type="application/json",
    )


def draw(actor: Actor, reading: dict[str, Any], *files: File, **more: Any) -> Dataset:
    """The dataset of a reading, prepared."""
    answer = post_graph(actor, reading, *files, **more)
    assert answer.status_code == 201, answer.content
    run_pending()
    dataset = Dataset.objects.get(dataset_id=answer.json()["dataset_id"])
    assert dataset.is_prepared, dataset.error
    return dataset


def graph_of(dataset: Dataset) -> tuple[list[str], list[tuple[str, str]]]:
    """The ids of the nodes and the ends of the edges, each sorted."""
    graph = DatasetFiles(dataset.dataset_id).graph()
    ids = [str(value) for value in graph.node_ids.to_pylist()]
    ends = zip(graph.source_index, graph.destination_index, strict=True)
    return sorted(ids), sorted((ids[source], ids[destination]) for source, destination in ends)


def titles_of(dataset: Dataset) -> list[str]:
    from graphkeep.view.titles import titles_of as all_titles

    graph = DatasetFiles(dataset.dataset_id).graph()
    import numpy as np

    return sorted(all_titles(graph.nodes, graph.bindings, np.arange(graph.node_count)))


def drawn_first(actor: Actor, *contents: str | bytes | Path) -> tuple[dict[str, Any], Dataset]:
    """The first reading of files, and its graph."""
    files = [upload(actor, content) for content in contents]
    reading = readings_of(actor, *files)["readings"][0]
    return reading, draw(actor, reading, *files)
