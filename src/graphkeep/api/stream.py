"""The page's socket: states as JSON, frames of a running layout as JSON and uint16 pairs.

Any web process can serve any dataset: states lie in the database, frames in a mapped file. Who asks is
asked anew with every state, so a socket dies with its user's rights.
"""

import asyncio
import contextlib
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from graphkeep.accounts.actor import Actor
from graphkeep.api.identity import actor_shown
from graphkeep.api.receive import header, presented
from graphkeep.datasets.operations.viewing import look, start_playing, stop_playing
from graphkeep.datasets.places import frames_path
from graphkeep.datasets.queries import visible_dataset
from graphkeep.graph.errors import GraphkeepError
from graphkeep.store.frames import FrameReader

FRAME_S = 0.08
STATE_S = 0.16
IDLE_STATE_S = 2.0
ADMIT_S = 0.6  # a right that was taken back ends the socket within a second
NOT_FOUND = 4404
FOREIGN = 4403
LONGEST_MESSAGE = 10_000
SUBPROTOCOL = "graphkeep"


class DatasetStream(AsyncWebsocketConsumer):
    frames: FrameReader | None = None
    sequence = 0
    inode = 0
    told: str = ""
    hurries = False  # a deed was done: tell its effect at once

    async def connect(self) -> None:
        self.dataset_id = self.scope["url_route"]["kwargs"]["dataset_id"]
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        origin = header(self.scope, b"origin")
        if origin and urlsplit(origin).netloc != header(self.scope, b"host"):
            await self.close(FOREIGN)
            return
        self.loop = asyncio.ensure_future(self.tell())

    async def disconnect(self, code: int) -> None:
        loop = getattr(self, "loop", None)
        if loop is not None:
            loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await loop
        if self.frames is not None:
            self.frames.close()
            self.frames = None

    def actor(self) -> Actor:
        shown = presented(self.scope)
        given = pass_of(self.scope)
        if given:
            shown = replace(shown, authorization=f"Pass {given[0]}")
        return actor_shown(shown, given[1] if given else "")

    def state(self) -> dict[str, Any]:
        actor = self.actor()
        return look(visible_dataset(actor, self.dataset_id), actor)

    def admit(self) -> None:
        visible_dataset(self.actor(), self.dataset_id)

    async def tell(self) -> None:
        """States when they change, frames while there are new ones."""
        try:
            while True:
                state = await database_sync_to_async(self.state)()
                text = json.dumps({"type": "state", **state}, default=str)
                if text != self.told:
                    self.told = text
                    await self.send(text_data=text)
                is_busy = state["state"] == "preparing" or state["layout"]["state"] in {
                    "queued",
                    "running",
                }
                until = STATE_S if is_busy else IDLE_STATE_S
                self.hurries = False
                for turn in range(int(until / FRAME_S)):
                    await self.tell_frame()
                    await asyncio.sleep(FRAME_S)
                    if turn and turn % int(ADMIT_S / FRAME_S) == 0:
                        await database_sync_to_async(self.admit)()
                    if self.hurries:
                        break
        except GraphkeepError:
            await self.close(NOT_FOUND)

    async def tell_frame(self) -> None:
        reader = self.reader()
        if reader is None or reader.sequence == self.sequence:
            return
        frame = reader.latest()
        if frame is None:
            return
        self.sequence = frame.sequence
        said = {
            "type": "frame",
            "seq": frame.sequence,
            "iteration": frame.iteration,
            "progress": frame.progress,
            "final": frame.final,
            "bounds": frame.bounds,
        }
        await self.send(text_data=json.dumps(said))
        await self.send(bytes_data=frame.positions_u16.tobytes())

    def reader(self) -> FrameReader | None:
        """The frames of the latest run: each run writes a file of its own."""
        path: Path = frames_path(self.dataset_id)
        try:
            inode = path.stat().st_ino
        except FileNotFoundError:
            return self.frames
        if inode != self.inode:
            if self.frames is not None:
                self.frames.close()
            self.inode, self.sequence, self.frames = inode, 0, FrameReader(path)
        return self.frames

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None or len(text_data) > LONGEST_MESSAGE:
            return
        try:
            said = json.loads(text_data)
            kind = said.get("type")
        except (ValueError, AttributeError):
            return
        try:
            if kind == "play":
                options = said.get("options")
                await database_sync_to_async(self.play)(
                    milliseconds(said.get("ms")), options if isinstance(options, dict) else {}
                )
            elif kind == "pause":
                await database_sync_to_async(self.pause)()
            self.hurries = True
        except GraphkeepError as error:
            await self.send(text_data=json.dumps({"type": "refused", "message": error.message}))

    def play(self, ms: int, options: dict[str, Any]) -> None:
        actor = self.actor()
        start_playing(visible_dataset(actor, self.dataset_id), ms, options, actor=actor)

    def pause(self) -> None:
        actor = self.actor()
        stop_playing(visible_dataset(actor, self.dataset_id), actor=actor)


def pass_of(scope: Any) -> tuple[str, str] | None:
    """The pass among the subprotocols, and the origin it was given in: a browser can send no header here."""
    words = scope.get("subprotocols", [])
    text = next((one.removeprefix("pass.") for one in words if one.startswith("pass.")), "")
    coded = next((one.removeprefix("origin.") for one in words if one.startswith("origin.")), "")
    if not text:
        return None
    try:
        origin = bytes.fromhex(coded).decode()
    except ValueError:
        origin = ""
    return text, origin


def milliseconds(said: object) -> int:
    most: int = settings.GRAPH_PLAY_TIMEOUTMS
    if isinstance(said, int | float) and math.isfinite(said):
        return max(0, min(int(said), most))
    return most
