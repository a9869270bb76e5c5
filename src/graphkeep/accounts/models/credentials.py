"""Sign-in credentials: browser sessions and personal keys, with their scopes."""

import secrets
import string
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string

from graphkeep.accounts.models.users import User

# The scopes of a credential; `admin` is never granted by default.
SCOPES = {
    "read": "See the graphs and files that you can see",
    "upload": "Send files and make graphs",
    "edit": "Change and delete graphs and files",
    "share": "Change who can see a graph, make links and embed tokens",
    "account": "Manage your own keys and organizations",
    "admin": "Act as an Admin of this server",
}
EVERYDAY_SCOPES = ("read", "upload", "edit", "share")


def new_key_id() -> str:
    alphabet = string.ascii_uppercase + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(10))


def new_public_id() -> str:
    return secrets.token_hex(8)


def everyday_scopes() -> list[str]:
    return list(EVERYDAY_SCOPES)


class BrowserSession(AbstractBaseSession):
    """A signed-in browser. Revoking it deletes its row."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    public_id = models.CharField(max_length=16, default=new_public_id, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"session {self.public_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class PersonalKey(models.Model):
    """A key signs in for its user; its secret is stored as a hash and shown once."""

    key_id = models.CharField(max_length=16, unique=True, default=new_key_id)
    secret_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100, blank=True)
    scopes = models.JSONField(default=everyday_scopes)
    networks = models.JSONField(
        default=list, help_text="Where it may be used from; empty: anywhere."
    )
    is_server_only = models.BooleanField(default=False, help_text="Refused from a web page.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key_id
