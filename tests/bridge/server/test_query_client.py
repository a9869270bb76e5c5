"""The client of a query against a relay that sends what this test says."""

import asyncio
import contextlib
import json
import threading

import pyarrow as pa
import pytest

from graphkeep.bridge.protocol.frames import (
    Ask,
    End,
    Rows,
    decode_frame,
    encode_batch,
    encode_frame,
)
from graphkeep.bridge.server.poll_requests import read_message, write_message
from graphkeep.bridge.server.query_client import QueryClient, SlotHolder
from tests.bridge.in_process import ask_of, numbers

RELAY = "0" * 16


@pytest.fixture
def relay(tmp_path):
    """Starts a relay that answers the ask with frames; it returns what the client sent."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers, serving = [], set()

    def start(*frames):
        received = []

        async def serve(reader, writer):
            serving.add(asyncio.current_task())
            received.append(json.loads(await read_message(reader)))
            with contextlib.suppress(asyncio.IncompleteReadError):
                while True:
                    received.append(decode_frame(await read_message(reader)))
                    if isinstance(received[-1], Ask):
                        for frame in frames:
                            write_message(writer, encode_frame(frame))
            writer.close()
            await writer.wait_closed()

        path = str(tmp_path / f"{RELAY}.sock")
        started = asyncio.run_coroutine_threadsafe(asyncio.start_unix_server(serve, path), loop)
        servers.append(started.result())
        return received

    async def finish():
        for server in servers:
            server.close()
        await asyncio.gather(*serving)

    yield start
    asyncio.run_coroutine_threadsafe(finish(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_frames_for_an_earlier_request_of_the_same_answer_are_passed_over(relay, tmp_path):
    ask = ask_of("numbers 3 0")
    body = encode_batch(pa.RecordBatch.from_pydict({"n": [0, 1, 2]}))
    received = relay(
        Rows(query_id=ask.query_id, seq=7, is_last=True, body=b"late"),
        End(query_id=ask.query_id, seq=20, state="finished", rows=20_000),
        Rows(query_id=ask.query_id, seq=0, is_last=True, body=body),
        End(query_id=ask.query_id, seq=1, state="finished", rows=3),
    )
    holder = SlotHolder(relay_name=RELAY, instance="i")
    client = QueryClient("pg", ask, folder=tmp_path, find_holder=lambda: holder)

    assert numbers(client.batches()) == [0, 1, 2]
    assert client.end.rows == 3
    assert received[:2] == [{"slot": "pg"}, ask]
