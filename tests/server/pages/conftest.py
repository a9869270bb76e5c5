"""A mail server that accepts connections and never answers."""

import socket

import pytest
from cryptography.fernet import Fernet


@pytest.fixture
def silent_mail_server(settings):
    """A socket that accepts connections, and never sends a byte."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        settings.EMAIL_BACKEND = "graphkeep.site.mail.GatewayBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        settings.DISABLE_EMAIL, settings.EMAIL_TIMEOUT = False, 1
        settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = Fernet.generate_key().decode()
        yield listener
