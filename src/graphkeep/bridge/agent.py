"""The agent: keeps one session per slot with the server, reconnects, and reads its configuration again on demand."""

import fcntl
import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path

from graphkeep.bridge.connector_env import BridgeConfig, SlotConfig
from graphkeep.bridge.dialer import Dialer
from graphkeep.bridge.handshake import (
    REVOKED,
    VERSION,
    WRONG_PROOF,
    Challenge,
    HandshakeError,
    Hello,
    Proof,
    Waiting,
    Welcome,
    WrongProofError,
    decode_message,
    encode_message,
    is_proof,
    new_nonce,
    proof_of,
)
from graphkeep.bridge.journal import Journal, JournalSpace
from graphkeep.bridge.polling_transport import PollingTransport
from graphkeep.bridge.query_runner import QueryRunner
from graphkeep.bridge.reconnect import REFUSED_S, Reconnect
from graphkeep.bridge.sealing import channel_of
from graphkeep.bridge.session import DEAD_S, BridgeSession
from graphkeep.bridge.transport import Transport, TransportClosedError
from graphkeep.bridge.websocket_transport import WebSocketCutError, open_websocket
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.graph.errors import GraphkeepError, UserInputError
from graphkeep.store.atomic import atomic_write

logger = logging.getLogger(__name__)
HANDSHAKE_S = 3.0
SWEEP_S = 60.0
STOP_S = 5.0
POLLING_S = 600.0  # how long long polling is tried first, after it worked where a WebSocket did not


class SlotAgent:
    """Keeps a session of one slot, in a thread of its own, until it is stopped."""

    def __init__(self, bridge: "Agent", config: SlotConfig, journal: Journal) -> None:
        self._bridge = bridge
        self.config = config
        self.runner = QueryRunner(
            config,
            journal,
            bridge.gateway,
            is_air_gapped=bridge.config.is_air_gapped,
            files_folder=bridge.config.files_dir,
        )
        self._session: BridgeSession | None = None
        self._transport: Transport | None = None
        self._stopping = threading.Event()
        self._prefers_polling_until = 0.0
        self._thread = threading.Thread(target=self._run, name=f"slot {config.slot}")

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, leave: bool = False) -> None:
        """End the session; with `leave`, tell the server that this bridge gives the slot back."""
        self._stopping.set()
        session, transport = self._session, self._transport
        if session is not None and leave:
            session.leave()
        elif transport is not None:
            transport.close()
        self.runner.cancel_all("cancelled" if leave else "interrupted")
        self.runner.wait_until_idle(STOP_S)
        if leave:
            self.runner.journal.drop_answers()
        self._thread.join(STOP_S)

    def reconfigure(self, config: SlotConfig) -> None:
        """Use another policy, settings and credentials, with the same keys."""
        self.config = config
        self.runner.reconfigure(config)

    def _run(self) -> None:
        reconnect = Reconnect()
        while not self._stopping.is_set():
            code, wait_s = 1006, None
            try:
                code = self._connect_and_serve(reconnect)
            except WrongProofError as error:
                logger.error("slot %s: %s", self.config.slot, error)  # noqa: TRY400  # no traceback: it is the keys
                wait_s = REFUSED_S
            except (OSError, EgressForbiddenError, GraphkeepError, WebSocketCutError) as error:
                logger.warning("slot %s: the server is not reached: %s", self.config.slot, error)
            except Exception:  # the outermost loop of this thread, which must go on
                logger.exception("slot %s: the session failed", self.config.slot)
            if code in {REVOKED, WRONG_PROOF}:
                logger.error("slot %s: the server does not accept its keys", self.config.slot)
                self.runner.cancel_all("cancelled")
                self.runner.journal.drop_answers()
                wait_s = REFUSED_S
            self._stopping.wait(reconnect.next_wait_s() if wait_s is None else wait_s)

    def _connect_and_serve(self, reconnect: Reconnect) -> int:
        transport = self._open_transport()
        self._transport = transport
        try:
            hello = self._hello()
            nonce = self._handshake(transport, hello)
            sealer, opener = channel_of("bridge", self.config.keys, hello, nonce)
            session = BridgeSession(transport, sealer, opener, self.runner)
            self._session = session
            if self._stopping.is_set():
                return 1000
            reconnect.reset()
            logger.info("slot %s: connected by %s", self.config.slot, type(transport).__name__)
            return session.run()
        except TransportClosedError as error:
            return error.code
        finally:
            self._session = self._transport = None
            transport.close()

    def _open_transport(self) -> Transport:
        """A WebSocket, or long polling where WebSockets are cut."""
        mode, dialer = self._bridge.config.transport, self._bridge.dialer
        prefers_polling = time.monotonic() < self._prefers_polling_until
        if mode == "polling" or (mode == "auto" and prefers_polling):
            return PollingTransport(dialer)
        try:
            return open_websocket(dialer)
        except (WebSocketCutError, TimeoutError):
            if mode == "websocket":
                raise
        transport = PollingTransport(dialer)
        self._prefers_polling_until = time.monotonic() + POLLING_S
        return transport

    def _hello(self) -> Hello:
        bridge = self._bridge
        return Hello(
            version=VERSION,
            slot=self.config.slot,
            host=bridge.config.host,
            name=bridge.config.name,
            instance=bridge.instance,
            agent=version("graphkeep"),
            nonce=new_nonce(),
        )

    def _handshake(self, transport: Transport, hello: Hello) -> str:
        """The server's nonce, once both sides have proven themselves and the slot is ours."""
        transport.send(encode_message(hello))
        challenge = receive(transport, HANDSHAKE_S)
        if not isinstance(challenge, Challenge):
            raise HandshakeError("The server sent no challenge.")
        keys = self.config.keys
        if not is_proof(challenge.proof, "server", keys, hello, challenge.nonce):
            raise WrongProofError(
                "The server does not prove that it holds the keys of this slot: pair it again."
            )
        proof = proof_of("bridge", keys, hello, challenge.nonce)
        transport.send(encode_message(Proof(proof=proof)))
        is_waiting = False
        while True:
            message = receive(transport, DEAD_S)
            if isinstance(message, Welcome):
                return challenge.nonce
            if not isinstance(message, Waiting):
                raise HandshakeError("The server sent no welcome.")
            if not is_waiting:
                logger.warning("slot %s: another bridge holds it; waiting", hello.slot)
            is_waiting = True


def receive(transport: Transport, timeout_s: float) -> object:
    """The next message of the handshake. Raises HandshakeError, TransportClosedError."""
    message = transport.receive(timeout_s)
    if message is None:
        raise HandshakeError("The server did not answer in time.")
    return decode_message(message)


class Agent:
    """All slots of a bridge. `read_config` is called again by `reload`."""

    def __init__(self, read_config: Callable[[], BridgeConfig]) -> None:
        self._read_config = read_config
        self.config = read_config()
        self.gateway = Gateway(lambda: False)
        self.dialer = self._dialer()
        self.config.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._state_lock = lock_folder(self.config.state_dir)
        self.instance = instance_of(self.config.state_dir)
        self._space = JournalSpace()
        self._slots: dict[str, SlotAgent] = {}
        self._lock = threading.Lock()

    def _dialer(self) -> Dialer:
        dialer = Dialer(
            self.gateway,
            self.config.base_url,
            self.config.proxy,
            self.config.ca_file,
            self.config.is_air_gapped,
        )
        dialer.tls_context()
        return dialer

    def run(self, stopping: threading.Event) -> None:
        """Serve all slots until `stopping` is set."""
        if not self.dialer.is_encrypted:
            logger.warning(
                "GRAPHISTRY_HOST is http: frames are sealed, but the way is not encrypted"
            )
        with self._lock:
            for config in self.config.slots:
                self._add(config)
        while not stopping.wait(SWEEP_S):
            for slot in list(self._slots.values()):
                slot.runner.journal.sweep()
        with self._lock, ThreadPoolExecutor(max_workers=16) as pool:
            list(pool.map(SlotAgent.stop, self._slots.values()))
        self._state_lock.close()

    def _add(self, config: SlotConfig) -> None:
        folder = self.config.state_dir / "journal" / config.slot
        slot = SlotAgent(self, config, Journal(folder, config.keys, self._space))
        self._slots[config.slot] = slot
        slot.start()

    def reload(self) -> None:
        """Read the configuration again: slots that are gone leave, new ones join, others use their new policy.

        An invalid configuration changes nothing, and is logged.
        """
        try:
            config = self._read_config()
        except GraphkeepError as error:
            logger.error("the configuration is not loaded: %s", error)  # noqa: TRY400
            return
        with self._lock:
            self.config = config
            self.dialer = self._dialer()
            wanted = {slot.slot: slot for slot in config.slots}
            for name, slot in list(self._slots.items()):
                if name in wanted and wanted[name].keys == slot.config.keys:
                    slot.reconfigure(wanted[name])
                else:
                    slot.stop(leave=True)
                    del self._slots[name]
            for name, slot_config in wanted.items():
                if name not in self._slots:
                    self._add(slot_config)
        logger.info("the configuration is loaded: %d slots", len(self._slots))


def lock_folder(state_dir: Path) -> TextIOWrapper:
    """The open lock of a state folder, for the life of this process.

    Raises:
        UserInputError: another bridge of this machine uses the folder.
    """
    file = (state_dir / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise UserInputError(
            f"Another bridge uses {state_dir}; BRIDGE_STATE_DIR names another."
        ) from error
    return file


def instance_of(state_dir: Path) -> str:
    """The random id of this bridge, which stays the same while its state folder does."""
    path = state_dir / "instance"
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        text = ""
    if len(text) != 32:
        text = secrets.token_hex(16)
        with atomic_write(path) as file:
            file.write_text(text)
    return text
