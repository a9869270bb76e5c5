"""Requests that are half sent while something happens to the proxy: in_flight.py HOST ROOT COUNT SENT GO.

Makes the file SENT once all are half sent, waits for the file GO, sends the rest, and prints how each was answered.
"""

import asyncio
import ssl
import sys
import time
from collections import Counter
from pathlib import Path

BODY = b'{"token": "' + b"x" * 200 + b'"}'


async def main(host: str, root: str, count: int, sent: Path, go: Path) -> None:
    trusted = ssl.create_default_context(cafile=root)
    head = (
        f"POST /api-token-verify/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(BODY)}\r\nConnection: close\r\n\r\n"
    ).encode()
    gate = asyncio.Semaphore(50)

    async def begin() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with gate:
            reader, writer = await asyncio.open_connection(host, 443, ssl=trusted)
            writer.write(head + BODY[:100])
            await writer.drain()
            return reader, writer

    async def finish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        try:
            writer.write(BODY[100:])
            await writer.drain()
            line = await asyncio.wait_for(reader.readline(), 120)
            writer.close()
        except (TimeoutError, OSError) as error:
            return type(error).__name__
        return line.decode().split(" ")[1] if line else "dropped"

    begun = await asyncio.gather(*(begin() for _ in range(count)))
    await asyncio.to_thread(wait, sent, go)
    print(dict(Counter(await asyncio.gather(*(finish(*one) for one in begun)))))


def wait(sent: Path, go: Path) -> None:
    sent.touch()
    deadline = time.monotonic() + 120
    while not go.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5]))
    )
