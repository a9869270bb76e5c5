"""Each ugly file through the running server: loaded as stated, or refused in words; never a server error."""

import hashlib
from pathlib import Path

import pytest
import requests

from tests.data.make_ugly import CORPUS, make_corpus
from tests.flows.sharing.test_sharing import make_dataset
from tests.servers import TestServer
from tests.waiting import wait_until

pytestmark = pytest.mark.flow


def tree_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def test_the_whole_corpus_has_its_stated_outcome(server: TestServer, tmp_path: Path) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    store = server.home / "data/graphs" / dataset_id
    wait_until(lambda: any(store.rglob("thumbnail.png")))  # the last that is written of a graph
    before = tree_hash(store)
    make_corpus(tmp_path)
    headers = {"Authorization": f"Bearer {server.token()}"}
    wrong = []
    loaded = 0
    for ugly in CORPUS:
        made = requests.post(
            f"{server.url}/api/v2/files/",
            json={
                "file_type": ugly.file_format,
                "name": ugly.name,
                "file_compression": ugly.compression,
                "parser_options": dict(ugly.parser_options),
            },
            headers=headers,
            timeout=120,
        ).json()
        answer = requests.post(
            f"{server.url}/api/v2/upload/files/{made['file_id']}?erase=false",
            data=(tmp_path / ugly.name).read_bytes(),
            headers=headers,
            timeout=120,
        )
        if answer.status_code != 200:
            wrong.append((ugly.name, answer.status_code, answer.text[:200]))
            continue
        body = answer.json()
        if ugly.error is not None:
            text = str(body["errors"])
            if body["is_valid"] or ugly.error.lower() not in text.lower():
                wrong.append((ugly.name, "expected", ugly.error, "got", text[:200]))
            continue
        rows = [table["num_rows"] for table in body["tables_schemas"]]
        if not body["is_valid"] or sum(rows) != ugly.rows:
            wrong.append(
                (ugly.name, "rows", rows, "expected", ugly.rows, str(body["errors"])[:200])
            )
        else:
            loaded += 1

    assert wrong == []
    assert len(CORPUS) >= 60
    assert loaded >= 45
    assert tree_hash(store) == before
