"""Bodies and headers of long polling."""

from graphkeep.bridge.protocol.frames import LENGTH

CONNECTION_HEADER = "X-Bridge-Connection"
DIRECTION_HEADER = "X-Bridge-Direction"  # `send` answers at once, `receive` waits for messages
CLOSE_HEADER = "X-Bridge-Close"
CONTENT_TYPE = "application/vnd.graphkeep.bridge"
WAIT_S = 3.0  # how long the server holds a request
MAX_BODY_BYTES = 1 << 20


def pack_messages(messages: list[bytes]) -> bytes:
    return b"".join(LENGTH.pack(len(message)) + message for message in messages)


def unpack_messages(body: bytes) -> list[bytes]:
    """Raises ValueError: the body ends within a message."""
    messages = []
    at = 0
    while at < len(body):
        end = at + LENGTH.size
        if end > len(body):
            raise ValueError("a length is cut off")
        (length,) = LENGTH.unpack_from(body, at)
        if end + length > len(body):
            raise ValueError("a message is cut off")
        messages.append(body[end : end + length])
        at = end + length
    return messages
