"""Browser sessions: one row is both the session and its entry in the list of devices.

A session ends by its cookie's age, by idleness, or by an absolute limit; revoking it deletes its
row, so every process sees it at its next query.

The cookie's value is not stored: a row is found by its hash, and the session's data, such as the
seed of an authenticator app that is just being set up, is encrypted by it. Reading the database
therefore signs nobody in.
"""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from graphkeep.accounts.models import BrowserSession, User

TOUCH_AFTER = timedelta(seconds=60)
FACTS = ("public_id", "address", "device")


class SessionStore(DatabaseStore):
    row: BrowserSession | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def _get_session_from_db(self) -> Any:
        row = BrowserSession.objects.filter(pk=hash_session_key(self.session_key)).first()
        if row is None or has_ended(row):
            self._session_key = None
            return None
        now = timezone.now()
        if now - row.seen_at > TOUCH_AFTER:
            BrowserSession.objects.filter(pk=row.pk).update(seen_at=now)
        self.row = row
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(hash_session_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(hash_session_key(key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        return session_cipher(self.session_key).encrypt(json.dumps(session_dict).encode()).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            data: dict[str, Any] = json.loads(
                session_cipher(self.session_key).decrypt(session_data)
            )
        except (InvalidToken, ValueError):
            return {}
        return data

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """Each save writes the whole row, so its other columns are copied from the session's data."""
        row: Any = super().create_model_instance(data)
        row.session_key = hash_session_key(row.session_key)
        row.user_id = data.get("_auth_user_id")
        for name in FACTS:
            if name in data:
                setattr(row, name, data[name])
        if "began_at" in data:
            row.created_at = datetime.fromisoformat(data["began_at"])
        self.row = row
        return row


def hash_session_key(session_key: str | None) -> str:
    """The key of a session's row: 40 hex digits that do not reveal the cookie."""
    text = f"graphkeep session row:{session_key or ''}"
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def session_cipher(session_key: str | None) -> Fernet:
    """The cipher of a session's data; its key is derived from the cookie."""
    text = f"graphkeep session data:{session_key or ''}"
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()))


def has_ended(row: BrowserSession) -> bool:
    """Whether a session is expired, idle for too long, or older than the absolute limit."""
    now = timezone.now()
    idle, absolute = settings.SESSION_IDLE_TIMEOUT, settings.SESSION_ABSOLUTE_MAX
    if idle and now - row.seen_at > timedelta(seconds=idle):
        return True
    if absolute and now - row.created_at > timedelta(seconds=absolute):
        return True
    return row.expire_date <= now


def active_session(public_id: str) -> BrowserSession | None:
    """The session of a public id, unless it has ended."""
    row = BrowserSession.objects.filter(public_id=public_id).first()
    return None if row is None or has_ended(row) else row


def active_sessions(user: User) -> list[BrowserSession]:
    """A person's sessions that have not ended, most recently used first."""
    rows = BrowserSession.objects.filter(user=user).order_by("-seen_at")
    return [row for row in rows if not has_ended(row)]


def device_name(agent: str) -> str:
    """The device name of a User-Agent header, such as `Firefox on Linux`."""
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome",
                "Safari/": "Safari"}  # fmt: skip
    systems = {"Android": "Android", "iPhone": "iOS", "iPad": "iOS", "Windows": "Windows",
               "Mac OS": "macOS", "Linux": "Linux"}  # fmt: skip
    browser = next((name for fragment, name in browsers.items() if fragment in agent), "")
    system = next((name for fragment, name in systems.items() if fragment in agent), "")
    return " on ".join(filter(None, (browser, system))) or agent[:60] or "Unknown device"
