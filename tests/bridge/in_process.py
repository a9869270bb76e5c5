"""A server's end with its slots in memory, an agent and a counting source, each a real part over real sockets."""

import asyncio
import contextlib
import secrets
import threading
import time
from pathlib import Path

import pyarrow as pa
import uvicorn

from graphkeep.bridge.agent.agent import Agent
from graphkeep.bridge.config.connector_env import BridgeConfig
from graphkeep.bridge.config.slot_config import SlotConfig
from graphkeep.bridge.protocol.frames import MAX_FRAME_BYTES, Ask
from graphkeep.bridge.protocol.handshake import SlotKeys
from graphkeep.bridge.protocol.source_request import SourceRequest, encode_request
from graphkeep.bridge.server.endpoint import BridgeEndpoint
from graphkeep.bridge.server.query_client import QueryClient, SlotHolder
from graphkeep.bridge.server.relay import Relay
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.stages import ConnectorError
from tests.bridge.counting_source import COUNTING
from tests.ports import free_port
from tests.waiting import wait_until

SLOT = "counting"
DEAD_S = 9.0


class MemoryRegistry:
    """The slots of a server without a database."""

    def __init__(self, **keys: SlotKeys):
        self.keys = keys
        self.revoked = set()
        self.holders = {}  # slot -> (session, instance, relay, heartbeat)
        self.refused = []
        self.left = []
        self.is_limited = False

    async def check_rate(self, address):
        return not self.is_limited

    async def keys_of(self, slot):
        return None if slot in self.revoked else self.keys.get(slot)

    async def refuse(self, hello, address):
        self.refused.append((hello.slot, address))

    async def claim(self, hello, session_id, *, relay_name, address):
        holder = self.holders.get(hello.slot)
        if holder and holder[1] != hello.instance and time.monotonic() - holder[3] < DEAD_S:
            return False
        self.holders[hello.slot] = (session_id, hello.instance, relay_name, time.monotonic())
        return True

    async def is_held(self, slot, session_id, *, heartbeat):
        if slot in self.revoked:
            return None
        holder = self.holders.get(slot)
        if not holder or holder[0] != session_id:
            return False
        if heartbeat:
            self.holders[slot] = (*holder[:3], time.monotonic())
        return True

    async def release(self, slot, session_id, *, has_left):
        if has_left:
            self.left.append(slot)
        if self.holders.get(slot, ("",))[0] == session_id:
            del self.holders[slot]

    def find_holder(self, slot=SLOT):
        if slot in self.revoked:
            raise ConnectorError("permission", f"The slot {slot} was revoked.")
        holder = self.holders.get(slot)
        return SlotHolder(relay_name=holder[2], instance=holder[1]) if holder else None


class InProcessServer:
    """uvicorn with the endpoint of the bridge, in a thread; may be restarted on the same port."""

    def __init__(self, folder: Path, registry: MemoryRegistry):
        self.folder, self.registry = folder, registry
        self.port = free_port()
        self.start()

    def start(self):
        self.relay = None

        def relay():
            self.relay = self.relay or Relay(self.registry, self.folder)
            return self.relay

        config = uvicorn.Config(
            BridgeEndpoint(relay), port=self.port, log_config=None, lifespan="off", ws_max_size=MAX_FRAME_BYTES + 1024,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        wait_until(lambda: self.server.started)

    def _serve(self):
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._serve_and_close())

    async def _serve_and_close(self):
        await self.server.serve()
        if self.relay is not None:
            await self.relay.close()

    def stop(self):
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()
        self.registry.holders.clear()


def slot_config(keys, *, port=None, **changes):
    values = {
        "slot": SLOT, "keys": keys, "kind": COUNTING, "secrets": {}, "policy": QueryPolicy(), "limits": QueryLimits(),
        "max_parallel": 8, "allowed_hosts": (("127.0.0.1", port),) if port else (),
        "settings": {"host": "127.0.0.1", "port": port, "file": None} if port else None,
    }  # fmt: skip
    return SlotConfig(**{**values, **changes})


class InProcessAgent:
    """An agent in this process."""

    def __init__(self, base_url, state_dir, *slots, transport="auto", **changes):
        values = {
            "base_url": base_url, "name": "rack4", "ca_file": "", "state_dir": state_dir, "transport": transport,
            "is_air_gapped": False, "proxy": "", "log_level": "INFO", "slots": slots,
        }  # fmt: skip
        self.config = BridgeConfig(**{**values, **changes})
        self.agent = Agent(lambda: self.config)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.agent.run, args=(self.stopping,))
        self.thread.start()

    def stop(self):
        self.stopping.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


def ask_of(text, *, limits=None, settings=None, credentials=None, operation="query", query_id=None):
    request = SourceRequest(
        kind="counting",
        query=SourceQuery(language="count", text=text) if text else None,
        limits=limits or QueryLimits(),
        settings=settings or {},
        secrets=credentials or {},
    )
    return Ask(
        query_id=query_id or secrets.token_hex(16),
        operation=operation,
        request=encode_request(request),
        deadline_s=30,
    )


def query_client_of(server, ask, slot=SLOT, **more):
    return QueryClient(
        slot,
        ask,
        folder=server.folder,
        find_holder=lambda: server.registry.find_holder(slot),
        **more,
    )


def numbers(batches):
    table = pa.Table.from_batches(list(batches))
    return table["n"].to_pylist()
