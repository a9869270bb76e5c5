"""One session with a bridge at the server: the handshake, the claim of its slot, frames both ways, heartbeats."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from typing import Protocol

from graphkeep.bridge.protocol.frames import (
    End,
    Frame,
    FrameError,
    Leave,
    Ping,
    Rows,
    decode_frame,
    encode_frame,
)
from graphkeep.bridge.protocol.handshake import (
    PROTOCOL_ERROR,
    REVOKED,
    SLOT_TAKEN,
    VERSION,
    WRONG_PROOF,
    Challenge,
    HandshakeError,
    Hello,
    Proof,
    SlotKeys,
    Waiting,
    Welcome,
    decode_message,
    encode_message,
    is_proof,
    new_keys,
    new_nonce,
    proof_of,
)
from graphkeep.bridge.protocol.heartbeat import DEAD_S, PING_S
from graphkeep.bridge.protocol.sealing import SealError, channel_of
from graphkeep.bridge.server.connections import BridgeConnection, ConnectionClosedError

logger = logging.getLogger(__name__)
HANDSHAKE_S = 10.0
CHECK_S = 0.4  # a revoked slot ends within a second
DECOY = new_keys()  # for slots that do not exist, so that their refusal takes the same work


class SlotRegistry(Protocol):
    """The slots of a server: their keys, and which session holds each."""

    async def check_rate(self, address: str) -> bool:
        """Whether this address may try a handshake; not after too many wrong proofs."""

    async def keys_of(self, slot: str) -> SlotKeys | None:
        """None: there is no such slot, or it was revoked."""

    async def refuse(self, hello: Hello, address: str) -> None:
        """Count and record a wrong proof."""

    async def claim(self, hello: Hello, session_id: str, *, relay_name: str, address: str) -> bool:
        """Take the slot, unless another live bridge holds it. The same bridge takes over its own former session."""

    async def is_held(self, slot: str, session_id: str, *, heartbeat: bool) -> bool | None:
        """Whether the session still holds the slot; None: it was revoked. With `heartbeat`, record that it is alive now."""

    async def release(self, slot: str, session_id: str, *, has_left: bool) -> None:
        """The session is over; `has_left`: the bridge gave the slot back."""


class ServerSession:
    """`route` gets the frames `rows` and `end` of the bridge."""

    def __init__(
        self,
        connection: BridgeConnection,
        registry: SlotRegistry,
        relay_name: str,
        route: Callable[[Frame], None],
    ) -> None:
        self.connection, self.registry, self.route = connection, registry, route
        self._relay_name = relay_name
        self.session_id = secrets.token_hex(16)
        self.slot = ""
        self._sending = asyncio.Lock()
        self._received_at = time.monotonic()
        self._has_left = False

    async def handshake(self) -> bool:
        """Whether the bridge has proven itself and holds the slot now; otherwise the connection is closed."""
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                if not await self.registry.check_rate(self.connection.address):
                    await self.connection.close(WRONG_PROOF)
                    return False
                hello = await self._hello()
                keys = await self.registry.keys_of(hello.slot)
                is_known, keys = keys is not None, keys or DECOY
                nonce = new_nonce()
                proof = proof_of("server", keys, hello, nonce)
                await self._send_message(Challenge(nonce=nonce, proof=proof))
                answer = decode_message(await self.connection.receive())
                sent = answer.proof if isinstance(answer, Proof) else ""
                if not is_proof(sent, "bridge", keys, hello, nonce) or not is_known:
                    await self.registry.refuse(hello, self.connection.address)
                    await self.connection.close(WRONG_PROOF)
                    return False
        except (HandshakeError, TimeoutError):
            await self.connection.close(PROTOCOL_ERROR)
            return False
        except ConnectionClosedError:
            return False
        self._sealer, self._opener = channel_of("server", keys, hello, nonce)
        return await self._claim(hello, keys)

    async def _hello(self) -> Hello:
        hello = decode_message(await self.connection.receive())
        if not isinstance(hello, Hello) or hello.version != VERSION:
            raise HandshakeError("This server speaks another version of the bridge's protocol.")
        if hello.host.lower() != self.connection.host.lower():
            logger.warning(
                "a bridge connects to %s by the name %s", self.connection.host, hello.host
            )
        return hello

    async def _claim(self, hello: Hello, keys: SlotKeys) -> bool:
        """Wait until no other bridge holds the slot, then take it."""
        closed = asyncio.create_task(self.connection.receive())  # a waiting bridge sends nothing
        try:
            while not await self.registry.claim(
                hello,
                self.session_id,
                relay_name=self._relay_name,
                address=self.connection.address,
            ):
                await self._send_message(Waiting())
                await asyncio.wait([closed], timeout=PING_S)
                if closed.done() or await self.registry.keys_of(hello.slot) is None:
                    await self.connection.close(REVOKED)
                    return False
            if await self.registry.keys_of(hello.slot) != keys:  # paired anew meanwhile
                await self.registry.release(hello.slot, self.session_id, has_left=False)
                await self.connection.close(REVOKED)
                return False
            self.slot = hello.slot
        except ConnectionClosedError:
            return False
        finally:
            if not closed.done():
                closed.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosedError):
                await closed
        return True

    async def _send_message(self, message: Challenge | Waiting | Welcome) -> None:
        await self.connection.send(encode_message(message))

    async def run(self) -> None:
        """Serve the session until either side ends it, or the slot is revoked."""
        tasks: set[asyncio.Task[int]] = set()
        try:
            await self._send_message(Welcome())
            tasks = {
                asyncio.create_task(self._read_loop()),
                asyncio.create_task(self._watch_loop()),
            }
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            code = next(iter(done)).result()
        except ConnectionClosedError:
            code = 1006
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.registry.release(self.slot, self.session_id, has_left=self._has_left)
        await self.connection.close(code)

    async def send(self, frame: Frame) -> None:
        """Raises LinkClosedError."""
        payload = encode_frame(frame)
        async with self._sending:  # frames are sent in the order of their counters
            await self.connection.send(self._sealer.seal(payload))

    async def _read_loop(self) -> int:
        """The code with which the session ends."""
        try:
            while True:
                frame = decode_frame(self._opener.open(await self.connection.receive()))
                self._received_at = time.monotonic()
                match frame:
                    case Rows() | End():
                        self.route(frame)
                    case Leave():
                        self._has_left = True
                        return 1000
                    case Ping():
                        pass
                    case _:
                        raise FrameError(f"A bridge sends no '{frame.type}' frames.")
        except (FrameError, SealError) as error:
            logger.warning("the session of slot %s ends: %s", self.slot, error)
            return PROTOCOL_ERROR
        except ConnectionClosedError:
            return 1006

    async def _watch_loop(self) -> int:
        """The code with which the session ends: revoked, taken over, or no heartbeat came from the bridge."""
        pinged_at = 0.0
        while True:
            now = time.monotonic()
            is_due = now - pinged_at >= PING_S
            is_held = await self.registry.is_held(self.slot, self.session_id, heartbeat=is_due)
            if is_held is None:
                return REVOKED
            if not is_held:
                return SLOT_TAKEN
            if now - self._received_at > DEAD_S:
                return 1006
            if is_due:
                pinged_at = now
                try:
                    await self.send(Ping())
                except ConnectionClosedError:
                    return 1006
            await asyncio.sleep(CHECK_S)
