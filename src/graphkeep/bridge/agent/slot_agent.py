"""One slot of an agent: a thread that keeps a session with the server, and connects again after each end."""

import logging
import threading
import time
from dataclasses import dataclass
from importlib.metadata import version

from graphkeep.bridge.agent.journal import Journal
from graphkeep.bridge.agent.query_runner import QueryRunner
from graphkeep.bridge.agent.reconnect import REFUSED_S, Reconnect
from graphkeep.bridge.agent.session import BridgeSession
from graphkeep.bridge.config.connector_env import BridgeConfig
from graphkeep.bridge.config.slot_config import SlotConfig
from graphkeep.bridge.protocol.handshake import (
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
from graphkeep.bridge.protocol.heartbeat import DEAD_S
from graphkeep.bridge.protocol.sealing import channel_of
from graphkeep.bridge.transports.dialer import Dialer
from graphkeep.bridge.transports.polling import PollingTransport
from graphkeep.bridge.transports.transport import Transport, TransportClosedError
from graphkeep.bridge.transports.websocket import WebSocketCutError, open_websocket
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.graph.errors import GraphkeepError

logger = logging.getLogger(__name__)
HANDSHAKE_S = 3.0
STOP_S = 5.0
POLLING_S = 600.0  # how long long polling is tried first, after it worked where a WebSocket did not


@dataclass
class AgentContext:
    """What all slots of an agent share; a reload of the configuration replaces `config` and `dialer`."""

    config: BridgeConfig
    gateway: Gateway
    dialer: Dialer
    instance: str


class SlotAgent:
    """Keeps a session of one slot, in a thread of its own, until it is stopped."""

    def __init__(self, context: AgentContext, config: SlotConfig, journal: Journal) -> None:
        self._context = context
        self.config = config
        self.runner = QueryRunner(
            config,
            journal,
            context.gateway,
            is_air_gapped=context.config.is_air_gapped,
            files_folder=context.config.files_dir,
        )
        self._session: BridgeSession | None = None
        self._transport: Transport | None = None
        self._stopping = threading.Event()
        self._prefers_polling_until = 0.0
        self._thread = threading.Thread(target=self._run, name=f"slot {config.slot}")

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, leave: bool = False) -> None:
        """End the session; with `leave`, tell the server that this bridge releases the slot."""
        self._stopping.set()
        session, transport = self._session, self._transport
        if session is not None and leave:
            session.leave()
        elif transport is not None:
            transport.close()
        self.runner.cancel_all("cancelled" if leave else "interrupted")
        self.runner.wait_until_idle(STOP_S)
        if leave:
            self.runner.journal.discard_answers()
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
                self.runner.journal.discard_answers()
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
        mode, dialer = self._context.config.transport, self._context.dialer
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
        return Hello(
            version=VERSION,
            slot=self.config.slot,
            host=self._context.config.host,
            name=self._context.config.name,
            instance=self._context.instance,
            agent=version("graphkeep"),
            nonce=new_nonce(),
        )

    def _handshake(self, transport: Transport, hello: Hello) -> str:
        """The server's nonce, once both sides have proven themselves and the slot is ours."""
        transport.send(encode_message(hello))
        challenge = receive_message(transport, HANDSHAKE_S)
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
            message = receive_message(transport, DEAD_S)
            if isinstance(message, Welcome):
                return challenge.nonce
            if not isinstance(message, Waiting):
                raise HandshakeError("The server sent no welcome.")
            if not is_waiting:
                logger.warning("slot %s: another bridge holds it; waiting", hello.slot)
            is_waiting = True


def receive_message(transport: Transport, timeout_s: float) -> object:
    """The next message of the handshake. Raises HandshakeError, TransportClosedError."""
    message = transport.receive(timeout_s)
    if message is None:
        raise HandshakeError("The server did not answer in time.")
    return decode_message(message)
