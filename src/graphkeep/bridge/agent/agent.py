"""The agent: keeps one session per slot with the server, reconnects, and reads its configuration again on demand."""

import fcntl
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import TextIOWrapper
from pathlib import Path

from graphkeep.bridge.agent.journal import Journal
from graphkeep.bridge.agent.journal_entry import JournalSpace
from graphkeep.bridge.agent.slot_agent import AgentContext, SlotAgent
from graphkeep.bridge.config.connector_env import BridgeConfig
from graphkeep.bridge.config.slot_config import SlotConfig
from graphkeep.bridge.transports.dialer import Dialer
from graphkeep.egress.gateway import Gateway
from graphkeep.graph.errors import GraphkeepError, UserInputError
from graphkeep.store.atomic import atomic_write

logger = logging.getLogger(__name__)
SWEEP_S = 60.0


class Agent:
    """All slots of a bridge. `read_config` is called again by `reload`."""

    def __init__(self, read_config: Callable[[], BridgeConfig]) -> None:
        self._read_config = read_config
        config = read_config()
        gateway = Gateway(lambda: False)
        dialer = new_dialer(config, gateway)
        self._state_lock = lock_folder(config.state_dir)
        self.context = AgentContext(
            config=config,
            gateway=gateway,
            dialer=dialer,
            instance=read_instance_id(config.state_dir),
        )
        self._space = JournalSpace()
        self._slots: dict[str, SlotAgent] = {}
        self._lock = threading.Lock()

    def run(self, stopping: threading.Event) -> None:
        """Serve all slots until `stopping` is set."""
        if not self.context.dialer.is_encrypted:
            logger.warning(
                "GRAPHISTRY_HOST is http: frames are sealed, but the connection is not encrypted"
            )
        with self._lock:
            for config in self.context.config.slots:
                self._add(config)
        while not stopping.wait(SWEEP_S):
            for slot in list(self._slots.values()):
                slot.runner.journal.sweep()
        with self._lock, ThreadPoolExecutor(max_workers=16) as pool:
            list(pool.map(SlotAgent.stop, self._slots.values()))
        self._state_lock.close()

    def _add(self, config: SlotConfig) -> None:
        folder = self.context.config.state_dir / "journal" / config.slot
        slot = SlotAgent(self.context, config, Journal(folder, config.keys, self._space))
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
            self.context.config = config
            self.context.dialer = new_dialer(config, self.context.gateway)
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


def new_dialer(config: BridgeConfig, gateway: Gateway) -> Dialer:
    """Raises UserInputError: the file of certificate authorities holds none."""
    dialer = Dialer(gateway, config.base_url, config.proxy, config.ca_file, config.is_air_gapped)
    dialer.tls_context()
    return dialer


def lock_folder(state_dir: Path) -> TextIOWrapper:
    """The open lock of a state folder, which is created if it is missing, for the lifetime of this process.

    Raises:
        UserInputError: another bridge of this machine uses the folder, or this user may not write there.
    """
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (state_dir / "lock").open("w")
    except OSError as error:
        raise UserInputError(
            f"{state_dir} cannot be written: {error.strerror}. BRIDGE_STATE_DIR names another folder."
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise UserInputError(
            f"Another bridge uses {state_dir}; BRIDGE_STATE_DIR names another."
        ) from error
    return file


def read_instance_id(state_dir: Path) -> str:
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
