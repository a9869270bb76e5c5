"""SH-24, SH-25: an expired token ends its open socket too; an upload that has begun is finished, unless revoked."""

import asyncio
import contextlib
import http.client
import json
import time
from pathlib import Path

import pytest
import requests
import websockets

from tests.asynchronous import run_async
from tests.servers import TestServer, running_server
from tests.waiting import machine_load, wait_until

pytestmark = pytest.mark.flow
LIFE_S, LEEWAY_S = 4, 2


def test_sh25_a_socket_ends_within_a_second_of_its_token(tmp_path: Path) -> None:
    with running_server(
        tmp_path, "alice", JWT_EXPIRATION_DELTA=str(LIFE_S), JWT_REFRESH_EXPIRATION_DELTA="6"
    ) as server:
        said = {"node_encodings": {"bindings": {}}, "metadata": {},
                "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
        made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
        token = server.token()
        issued = time.time()
        address = f"ws://127.0.0.1:{server.port}/api/view/{made}/stream/"
        headers = {"Authorization": f"Bearer {token}"}

        async def closes() -> float:
            async with websockets.connect(
                address, open_timeout=120, additional_headers=headers
            ) as socket:
                assert json.loads(await socket.recv())["dataset_id"] == made
                with contextlib.suppress(websockets.ConnectionClosed):
                    while True:
                        await asyncio.wait_for(socket.recv(), 120)
                assert socket.close_code == 4404
                return time.time()

        lived = run_async(closes()) - issued
        over = requests.get(f"{server.url}/api/v2/files/", headers=headers, timeout=120)
        late = requests.post(f"{server.url}/api-token-refresh/", json={"token": token}, timeout=120)

    assert LIFE_S - 1 <= lived <= LIFE_S + LEEWAY_S + 1.5 * machine_load()
    assert over.status_code == 401
    assert late.json() == {"non_field_errors": ["Token has expired."]}


ROWS = b"s,d\na,b\nb,c\n"
UPLOAD_LIFE_S = 10  # longer than an upload takes to begin on a busy machine


class SlowUpload:
    """The upload of a CSV file whose last bytes are sent by `finish`."""

    def __init__(self, server: TestServer, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}
        self.server = server
        created = requests.post(
            f"{server.url}/api/v2/files/",
            json={"file_type": "csv"},
            headers=self.headers,
            timeout=120,
        )
        self.file_id = created.json()["file_id"]
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.connection.putrequest("POST", f"/api/v2/upload/files/{self.file_id}")
        for name, value in {**self.headers, "Content-Length": str(len(ROWS))}.items():
            self.connection.putheader(name, value)
        self.connection.endheaders(ROWS[:5])

    def is_refused(self) -> bool:
        """Whether a new request with the same token is refused."""
        address = f"{self.server.url}/api/v2/files/"
        return requests.get(address, headers=self.headers, timeout=120).status_code == 401

    def finish(self) -> tuple[int, dict]:
        with contextlib.closing(self.connection):
            self.connection.send(ROWS[5:])
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read())


def test_sh25_an_upload_is_accepted_if_its_token_was_valid_when_it_began(tmp_path: Path) -> None:
    with running_server(
        tmp_path,
        "alice",
        JWT_EXPIRATION_DELTA=str(UPLOAD_LIFE_S),
        JWT_REFRESH_EXPIRATION_DELTA="20",
    ) as server:
        upload = SlowUpload(server, server.token())
        wait_until(upload.is_refused, "the token expires")
        status, answer = upload.finish()

    assert (status, answer["is_valid"], answer["errors"]) == (200, True, [])


def test_sh72_an_upload_is_refused_if_its_owner_was_signed_out_meanwhile(tmp_path: Path) -> None:
    with running_server(tmp_path, "alice") as server:
        upload = SlowUpload(server, server.token())
        server.run("user", "sign-out", "alice")
        status, answer = upload.finish()
        stored = server.get(f"/api/v2/files/{upload.file_id}").json()

    assert (status, "token" in answer) == (401, False)
    assert not stored.get("is_uploaded", False)
    assert "a,b" not in json.dumps(stored)
