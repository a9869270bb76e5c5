"""What the settings of a TAXII connector mean."""

import base64
from collections.abc import Mapping

from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.http.settings import BASE_PATH
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.tls import check_authorities

AUTHENTICATIONS = ("basic", "bearer", "none")


def endpoint(settings: Settings) -> tuple[str, int]:
    return str(settings["host"]), int(settings["port"] or (443 if settings["tls"] else 80))


def check_settings(settings: Settings) -> None:
    """Raises SettingValueError: a setting is not usable."""
    path = settings["discovery_path"]
    if not BASE_PATH.fullmatch(path.rstrip("/")) or {".", ".."} & set(path.split("/")):
        raise SettingValueError("discovery_path", "must be a path such as /taxii2/.")
    if settings["authentication"] == "basic" and ":" in (settings["user"] or ""):
        raise SettingValueError("user", "must be a user name without ':'.")
    check_authorities(settings["ca_certificates"])


def credential(settings: Settings, secrets: Mapping[str, str]) -> dict[str, str]:
    """The header that carries the credential."""
    token = secrets.get("token", "")
    if settings["authentication"] == "none" or not token:
        return {}
    if settings["authentication"] == "bearer":
        return {"Authorization": f"Bearer {token}"}
    pair = base64.b64encode(f"{settings['user'] or ''}:{token}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}
