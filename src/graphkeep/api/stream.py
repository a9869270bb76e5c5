"""The WebSocket of the graph page: states as JSON, frames of a running layout as JSON and uint16 pairs.

Any web process can serve any dataset: states are stored in the database, frames in a mapped file.
The actor is checked again with every state, so a socket ends with its user's rights.
"""

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import replace
from functools import lru_cache
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from graphkeep.accounts import rights_version
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authentication import authenticate
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.usage import check_download_quota
from graphkeep.api.credentials import credentials_of_scope, header
from graphkeep.api.flow_control import FlowControl
from graphkeep.api.identity import is_unready
from graphkeep.api.request_parsing import parse_json
from graphkeep.api.socket_commands import COMMANDS, run_command
from graphkeep.api.socket_credentials import expires_at, is_same_origin, view_token_of
from graphkeep.api.socket_messages import parse_ack, parse_command
from graphkeep.api.upload_middleware import REQUEST_CONTEXT
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.viewer_presence import HEARTBEAT_S, heartbeat
from graphkeep.datasets.operations.prepare import ensure_prepared
from graphkeep.datasets.queries.view_state import change_token, pins_payload, view_state
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import GraphkeepError, NotAllowedError, UserInputError
from graphkeep.store.frames import FrameReader

logger = logging.getLogger(__name__)
POLL_S = 0.06
STATE_S = 0.16
IDLE_STATE_S = 4.0
RIGHTS_S = 0.3  # a revoked right ends the socket within a second
RECHECK_S = 5.0  # for credentials that end without a known time, such as an idle session
NOT_FOUND = 4404
FOREIGN = 4403
MAX_MESSAGE = 10_000  # characters
FORMER_TYPES = {"seen": "ack", "look": "refresh"}
SUBPROTOCOL = "graphkeep"
PROGRESS = ("layout", "progress", "message")  # of a state: what changes while work is under way


class DatasetStream(AsyncWebsocketConsumer):
    frames: FrameReader | None = None
    sequence = 0
    inode = 0
    sent_state = ""
    sent_progress: dict[str, Any] = {}
    pins_version = 0
    rights_version = -1
    authenticated_at = 0.0
    rights_checked_at = 0.0
    ends_at: float | None = None
    change_token: object = None  # of the state that was sent last
    send_now = False  # a command ran: send the state without waiting
    loop: asyncio.Task[None] | None = None
    presence: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.dataset_id = self.scope["url_route"]["kwargs"]["dataset_id"]
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        origin = header(self.scope, b"origin")
        if origin and not is_same_origin(origin, header(self.scope, b"host")):
            await self.close(FOREIGN)
            return
        self.ends_at = expires_at(self.scope)
        self.flow = FlowControl()
        self.loop = asyncio.create_task(self.push_loop())

    async def disconnect(self, code: int) -> None:
        for task in (self.loop, self.presence):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self.frames is not None:
            self.frames.close()
            self.frames = None

    def set_request_user(self, actor: Actor) -> None:
        context = self.scope.get(REQUEST_CONTEXT)
        if context is not None and actor.user is not None:
            context.user_pk = actor.user.pk

    def actor(self) -> Actor:
        credentials = credentials_of_scope(self.scope)
        view_token = view_token_of(self.scope)
        if view_token:
            credentials = replace(
                credentials, authorization=f"Pass {view_token[0]}", embed_origin=view_token[1]
            )
        actor = authenticate(credentials)
        if "read" not in actor.scopes or (actor.user is not None and is_unready(actor.user)):
            raise NotAllowedError("This credential may not look.")
        self.set_request_user(actor)
        check_download_quota(actor)
        return actor

    def state(self) -> dict[str, Any]:
        actor = self.actor()
        dataset = visible_dataset(actor, self.dataset_id)
        ensure_prepared(dataset)
        return view_state(dataset, actor)

    async def check_rights(self) -> None:
        """Authenticate again when a right was revoked, when the credential expires, and every RECHECK_S."""
        self.rights_checked_at = time.monotonic()
        version = rights_version.last_version()
        if not rights_version.is_fresh():
            version = await database_sync_to_async(rights_version.read_version)()
        now = time.time()
        is_over = self.ends_at is not None and now > self.ends_at
        is_recent = now - self.authenticated_at < RECHECK_S
        if version == self.rights_version and not is_over and is_recent:
            return
        await database_sync_to_async(self.authenticate_again)()
        self.rights_version, self.authenticated_at = version, now

    def authenticate_again(self) -> None:
        visible_dataset(self.actor(), self.dataset_id)

    async def push_loop(self) -> None:
        """Send states when they change, and frames while there are new ones."""
        try:
            while True:
                self.send_now = (
                    False  # a command that runs from now on may be missing in this state
                )
                token = await database_sync_to_async(change_token)(self.dataset_id)
                if token == self.change_token:
                    await self.wait_for_changes(is_busy=False)
                    continue
                state = await database_sync_to_async(self.state)()
                is_worked_on = state.pop("is_worked_on")
                self.presence = self.presence or asyncio.create_task(self.heartbeat_loop())
                await self.send_state(state)
                if state["pins_version"] != self.pins_version:
                    self.pins_version = state["pins_version"]
                    await self.send_pins()
                is_busy = state["state"] == "preparing" or is_worked_on
                self.change_token = None if is_busy else token
                await self.wait_for_changes(is_busy=is_busy)
        except GraphkeepError:
            await self.close(NOT_FOUND)
        finally:
            if self.presence is not None:
                self.presence.cancel()

    async def send_state(self, state: dict[str, Any]) -> None:
        """Send what has changed: little, but many times a second, while a layout runs."""
        progress = {key: state.pop(key) for key in PROGRESS}
        state_json = json.dumps(state, default=str)
        if state_json != self.sent_state:
            self.sent_state, self.sent_progress = state_json, progress
            text = json.dumps({"type": "state", **state, **progress}, default=str)
            await self.send(text_data=text)
        elif progress != self.sent_progress:
            self.sent_progress = progress
            await self.send(text_data=json.dumps({"type": "progress", **progress}))

    async def send_pins(self) -> None:
        pins = await database_sync_to_async(self.pins)()
        await self.send(text_data=json.dumps({"type": "pins", **pins}))

    def pins(self) -> dict[str, Any]:
        return pins_payload(visible_dataset(self.actor(), self.dataset_id))

    async def heartbeat_loop(self) -> None:
        """A separate task, so that a slow client does not count as gone."""
        files = DatasetFiles(self.dataset_id)
        while True:
            heartbeat(files)
            await asyncio.sleep(HEARTBEAT_S)

    async def wait_for_changes(self, *, is_busy: bool) -> None:
        """Send frames until the next state is due; an idle page costs little."""
        interval_s, timeout_s = (POLL_S, STATE_S) if is_busy else (RIGHTS_S, IDLE_STATE_S)
        elapsed_s = 0.0
        while elapsed_s < timeout_s and not self.send_now:
            if await self.send_frame() and not is_busy:
                return  # another user started a run: send the state
            await asyncio.sleep(interval_s)
            elapsed_s += interval_s
            if time.monotonic() - self.rights_checked_at >= RIGHTS_S:
                await self.check_rights()

    async def send_frame(self) -> bool:
        """Send the latest frame; whether there was a new one."""
        reader = self.reader()
        if reader is None or reader.sequence == self.sequence or not self.flow.may_send():
            return False
        frame = reader.latest()
        if frame is None:
            return False
        self.sequence = frame.sequence
        payload = frame.positions_u16.tobytes()
        frame_header = {
            "type": "frame",
            "seq": self.flow.frame_sent(len(payload)),
            "iteration": frame.iteration,
            "progress": frame.progress,
            "final": frame.final,
            "bounds": frame.bounds,
        }
        await self.send(text_data=json.dumps(frame_header))
        await self.send(bytes_data=payload)
        return True

    def reader(self) -> FrameReader | None:
        """A reader of the latest run's frames; each run writes its own file."""
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
        if text_data is None or len(text_data) > MAX_MESSAGE:
            return
        try:
            message = parse_json(text_data, allow_nan=True)  # each field checks its own numbers
        except UserInputError:
            return
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            return
        kind = current_name(message["type"])
        if kind == "ack":
            self.flow.ack(parse_ack(message).sequence)
        if kind == "refresh":
            self.send_now = True
        if kind not in COMMANDS:
            return
        try:
            await database_sync_to_async(self.run_command)(kind, message)
            self.send_now = True
        except GraphkeepError as error:
            # `deed` is the former name of `command`, sent for one release.
            refusal = {"type": "refused", "command": kind, "deed": kind, "message": error.message}
            await self.send(text_data=json.dumps(refusal))

    def run_command(self, kind: str, message: dict[str, Any]) -> None:
        actor = self.actor()
        dataset = visible_dataset(actor, self.dataset_id)
        authorize(may_edit, actor, dataset)  # before the message is judged
        run_command(parse_command(kind, message), dataset, actor=actor)


def current_name(kind: str) -> str:
    """The type of a message; former names are accepted for one release, with a warning."""
    name = FORMER_TYPES.get(kind)
    if name is None:
        return kind
    warn_of(kind, name)
    return name


@lru_cache
def warn_of(former: str, name: str) -> None:
    """Log a warning once per process."""
    logger.warning("The socket message '%s' is deprecated: send '%s'.", former, name)
