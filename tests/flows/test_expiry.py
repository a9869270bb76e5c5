"""SH-24, SH-25: a token that is over ends its open socket too, and the setting says when."""

import asyncio
import contextlib
import json
import time
from pathlib import Path

import pytest
import requests
import websockets

from tests.asynchronous import run_async
from tests.servers import running_server
from tests.waiting import machine_load

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
            async with websockets.connect(address, additional_headers=headers) as socket:
                assert json.loads(await socket.recv())["dataset_id"] == made
                with contextlib.suppress(websockets.ConnectionClosed):
                    while True:
                        await asyncio.wait_for(socket.recv(), 120)
                assert socket.close_code == 4404
                return time.time()

        lived = run_async(closes()) - issued
        over = requests.get(f"{server.url}/api/v2/files/", headers=headers, timeout=30)
        late = requests.post(f"{server.url}/api-token-refresh/", json={"token": token}, timeout=30)

    assert LIFE_S - 1 <= lived <= LIFE_S + LEEWAY_S + 1.5 * machine_load()
    assert over.status_code == 401
    assert late.json() == {"non_field_errors": ["Token has expired."]}
