"""The page's socket: states as JSON, frames of a running layout as JSON and uint16 pairs.

Any web process can serve any dataset: states lie in the database, frames in a mapped file. Who asks is
asked anew with every state, so a socket dies with its user's rights.
"""

import asyncio
import contextlib
import json
import time
from dataclasses import replace
from typing import Any

import jwt
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from graphkeep.accounts import rights_version as pulse
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authentication import authenticate
from graphkeep.accounts.credentials.tokens import LEEWAY_S
from graphkeep.accounts.usage import check_download_quota
from graphkeep.api.credentials import credentials_of_scope, header
from graphkeep.api.flow_control import Pace
from graphkeep.api.identity import is_unready
from graphkeep.api.request_parsing import parse_json
from graphkeep.api.socket_commands import DEEDS, Deed
from graphkeep.api.upload_middleware import TOLD
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.viewer_presence import HEARTBEAT_S, heartbeat
from graphkeep.datasets.operations.prepare import ensure_prepared
from graphkeep.datasets.queries.view_state import change_token, pins_payload, view_state
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.graph.errors import GraphkeepError, NotAllowedError, UserInputError
from graphkeep.store.frames import FrameReader

LOOK_S = 0.06
STATE_S = 0.16
IDLE_STATE_S = 4.0
ADMIT_S = 0.3  # a right that was taken back ends the socket within a second
RECHECK_S = 5.0  # for what ends by itself and says no time, such as an idle session
NOT_FOUND = 4404
FOREIGN = 4403
LONGEST_MESSAGE = 10_000
SUBPROTOCOL = "graphkeep"
GOING = ("layout", "progress", "message")  # of a state: what changes while work is under way


class DatasetStream(AsyncWebsocketConsumer):
    frames: FrameReader | None = None
    sequence = 0
    inode = 0
    told: str = ""
    going: dict[str, Any] = {}
    pins_version = 0
    rights_version = -1
    asked_at = 0.0
    admitted_at = 0.0
    ends_at: float | None = None
    seen: object = None  # what a glance showed when the last state was told
    hurries = False  # a deed was done: tell its effect at once
    loop: asyncio.Task[None] | None = None
    presence: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.dataset_id = self.scope["url_route"]["kwargs"]["dataset_id"]
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        origin = header(self.scope, b"origin")
        if origin and not is_same_origin(origin, header(self.scope, b"host")):
            await self.close(FOREIGN)
            return
        self.ends_at = end_of(self.scope)
        self.pace = Pace()
        self.loop = asyncio.create_task(self.tell())

    async def disconnect(self, code: int) -> None:
        for task in (self.loop, self.presence):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self.frames is not None:
            self.frames.close()
            self.frames = None

    def count_for(self, actor: Actor) -> None:
        told = self.scope.get(TOLD)
        if told is not None and actor.user is not None:
            told.user_pk = actor.user.pk

    def actor(self) -> Actor:
        credentials = credentials_of_scope(self.scope)
        view_token = pass_of(self.scope)
        if view_token:
            credentials = replace(
                credentials, authorization=f"Pass {view_token[0]}", embed_origin=view_token[1]
            )
        actor = authenticate(credentials)
        if "read" not in actor.scopes or (actor.user is not None and is_unready(actor.user)):
            raise NotAllowedError("This credential may not look.")
        self.count_for(actor)
        check_download_quota(actor)
        return actor

    def state(self) -> dict[str, Any]:
        actor = self.actor()
        dataset = visible_dataset(actor, self.dataset_id)
        ensure_prepared(dataset)
        return view_state(dataset, actor)

    async def admit(self) -> None:
        """Ask again when a right was taken away somewhere, when the credential is over, and now and then."""
        self.admitted_at = time.monotonic()
        version = pulse.last_version()
        if not pulse.is_fresh():
            version = await database_sync_to_async(pulse.read_version)()
        now = time.time()
        is_over = self.ends_at is not None and now > self.ends_at
        if version == self.rights_version and not is_over and now - self.asked_at < RECHECK_S:
            return
        await database_sync_to_async(self.ask_again)()
        self.rights_version, self.asked_at = version, now

    def ask_again(self) -> None:
        visible_dataset(self.actor(), self.dataset_id)

    async def tell(self) -> None:
        """States when they change, frames while there are new ones."""
        try:
            while True:
                self.hurries = False  # what is done from here on may be missing in this state
                before = await database_sync_to_async(change_token)(self.dataset_id)
                if before == self.seen:
                    await self.wait_for_news(is_busy=False)
                    continue
                state = await database_sync_to_async(self.state)()
                is_worked_on = state.pop("is_worked_on")
                self.presence = self.presence or asyncio.create_task(self.stay())
                await self.tell_state(state)
                if state["pins_version"] != self.pins_version:
                    self.pins_version = state["pins_version"]
                    await self.tell_pins()
                is_busy = state["state"] == "preparing" or is_worked_on
                self.seen = None if is_busy else before
                await self.wait_for_news(is_busy=is_busy)
        except GraphkeepError:
            await self.close(NOT_FOUND)
        finally:
            if self.presence is not None:
                self.presence.cancel()

    async def tell_state(self, state: dict[str, Any]) -> None:
        """What has changed: while a layout runs that is little, many times a second."""
        going = {key: state.pop(key) for key in GOING}
        rest = json.dumps(state, default=str)
        if rest != self.told:
            self.told, self.going = rest, going
            said = json.dumps({"type": "state", **state, **going}, default=str)
            await self.send(text_data=said)
        elif going != self.going:
            self.going = going
            await self.send(text_data=json.dumps({"type": "progress", **going}))

    async def tell_pins(self) -> None:
        pins = await database_sync_to_async(self.pins)()
        await self.send(text_data=json.dumps({"type": "pins", **pins}))

    def pins(self) -> dict[str, Any]:
        return pins_payload(visible_dataset(self.actor(), self.dataset_id))

    async def stay(self) -> None:
        """A task of its own, so that a slow client is not taken for one that left."""
        files = DatasetFiles(self.dataset_id)
        while True:
            heartbeat(files)
            await asyncio.sleep(HEARTBEAT_S)

    async def wait_for_news(self, *, is_busy: bool) -> None:
        """Frames as they come, until it is time for the state; a page where nothing runs costs little."""
        pause, until = (LOOK_S, STATE_S) if is_busy else (ADMIT_S, IDLE_STATE_S)
        waited = 0.0
        while waited < until and not self.hurries:
            if await self.tell_frame() and not is_busy:
                return  # somebody else plays: the state says so
            await asyncio.sleep(pause)
            waited += pause
            if time.monotonic() - self.admitted_at >= ADMIT_S:
                await self.admit()

    async def tell_frame(self) -> bool:
        """Whether there was a new one."""
        reader = self.reader()
        if reader is None or reader.sequence == self.sequence or not self.pace.has_room():
            return False
        frame = reader.latest()
        if frame is None:
            return False
        self.sequence = frame.sequence
        packed = frame.positions_u16.tobytes()
        said = {
            "type": "frame",
            "seq": self.pace.sends(len(packed)),
            "iteration": frame.iteration,
            "progress": frame.progress,
            "final": frame.final,
            "bounds": frame.bounds,
        }
        await self.send(text_data=json.dumps(said))
        await self.send(bytes_data=packed)
        return True

    def reader(self) -> FrameReader | None:
        """The frames of the latest run: each run writes a file of its own."""
        path = DatasetFiles(self.dataset_id).frames()
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
            said = parse_json(text_data)
            kind = said.get("type")
        except (UserInputError, AttributeError):
            return
        if kind == "seen":
            self.pace.saw(said.get("seq"))
        if kind == "look":
            self.hurries = True
        if not isinstance(kind, str) or kind not in DEEDS:
            return
        try:
            await database_sync_to_async(self.do)(DEEDS[kind], said)
            self.hurries = True
        except GraphkeepError as error:
            refused = {"type": "refused", "deed": kind, "message": error.message}
            await self.send(text_data=json.dumps(refused))

    def do(self, deed: Deed, said: dict[str, Any]) -> None:
        actor = self.actor()
        deed(visible_dataset(actor, self.dataset_id), said, actor)


def is_same_origin(origin: str, host: str) -> bool:
    """Whether a page of this origin came from this Host, over HTTP; never for `null` or another scheme."""
    return origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}


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


def end_of(scope: Any) -> float | None:
    """When the token or pass that opened a socket is over; its signature is not this one's concern."""
    given = pass_of(scope)
    text = given[0] if given else header(scope, b"authorization").rpartition(" ")[2]
    try:
        return float(jwt.decode(text, options={"verify_signature": False})["exp"]) + LEEWAY_S
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError):
        return None
