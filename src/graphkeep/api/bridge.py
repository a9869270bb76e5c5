"""`/pivot/bridge`: where data bridges connect. Open to everybody, since the handshake itself is the proof."""

from functools import cache

from graphkeep.api.policy import OPEN
from graphkeep.bridge.server.endpoint import BridgeEndpoint
from graphkeep.bridge.server.relay import Relay
from graphkeep.connectors.bridge.session import new_relay

BRIDGE_PATH = r"^pivot/bridge/?$"


@cache
def relay() -> Relay:
    """The relay of this process; made when the first bridge connects, in the loop that serves it."""
    return new_relay()


class OpenBridgeEndpoint(BridgeEndpoint):
    policy = OPEN


bridge_endpoint = OpenBridgeEndpoint(relay)
