"""Connectors that `config.json` and the documented environment variables define."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from graphkeep.server.config.config_json import at_path
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.config.setting_values import parse_flag

# Variable: JSON path. The order is default < config.json < environment.
VARIABLES = {
    "NEO4J_BOLT": "neo4j.bolt",
    "NEO4J_USER": "neo4j.user",
    "NEO4J_PASSWORD": "neo4j.password",
    "NEO4J_SEARCH_MAX_TIME": "neo4j.searchMaxTime",
    "ES_HOST": "elasticsearch.host",
    "ES_PORT": "elasticsearch.port",
    "ES_VERSION": "elasticsearch.version",
    "ES_PROTOCOL": "elasticsearch.protocol",
    "ES_AUTH": "elasticsearch.auth",
    "VIRUSTOTAL_KEY": "vt.key",
    "SPLUNK_HOST": "splunk.host",
    "SPLUNK_PORT": "splunk.port",
    "SPLUNK_SCHEME": "splunk.scheme",
    "SPLUNK_USER": "splunk.user",
    "SPLUNK_KEY": "splunk.key",
    "SPLUNK_SEARCH_MAX_TIME": "splunk.searchMaxTime",
    "SPLUNK_USE_PROXY": "splunk.useProxy",
    "SPLUNK_OTHER": "splunk.other",
}
USED_PATHS = {*VARIABLES.values(), "vt.host", "splunk.serverKey", "splunk.proxyKey"} - {
    "elasticsearch.version"
}
SECRET_VARIABLES = {"NEO4J_PASSWORD", "ES_AUTH", "VIRUSTOTAL_KEY", "SPLUNK_KEY"}
ENCRYPTED_SCHEMES = {
    "bolt+s": True,
    "bolt": False,
    "bolt+ssc": None,
    "neo4j": None,
    "neo4j+s": None,
}
Find = Callable[[str], str]


def configured_connectors(
    find: Find, document: Mapping[str, Any], path: str
) -> list[dict[str, Any]]:
    """The connectors of the configuration, as `connectors.configured.ConfiguredConnector` has its fields.

    `find` reads a variable, an empty text if it is not set.

    Raises:
        ConfigurationError: a value is not one that its connector can have.
    """
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    for name, json_path in VARIABLES.items():
        if text := find(name):
            values[name], origins[name] = text, name
        elif (value := at_path(document, json_path)) not in (None, "", {}):
            values[name] = json.dumps(value) if isinstance(value, dict) else str(value)
            origins[name] = f"{json_path} in {path}"
    if "SPLUNK_OTHER" in values:
        raise ConfigurationError(
            f"{origins['SPLUNK_OTHER']} is not accepted: it would pass unchecked options to Splunk's client"
        )
    address = str(at_path(document, "vt.host") or "")
    entries = [
        neo4j(values), elasticsearch(values), virustotal(values, address), splunk(values),
    ]  # fmt: skip
    prefixes = {
        "neo4j": "NEO4J_",
        "elasticsearch": "ES_",
        "virustotal": "VIRUSTOTAL_",
        "splunk": "SPLUNK_",
    }
    return [
        {
            **entry,
            "origins": tuple(
                origin
                for name, origin in origins.items()
                if name.startswith(prefixes[entry["name"]])
            ),
        }
        for entry in entries
        if entry is not None
    ]


def neo4j(values: Mapping[str, str]) -> dict[str, Any] | None:
    if "NEO4J_BOLT" not in values:
        return None
    try:
        address = urlsplit(values["NEO4J_BOLT"])
        host, port = address.hostname, address.port
    except ValueError:
        host, port, address = None, None, urlsplit("")
    is_encrypted = ENCRYPTED_SCHEMES.get(address.scheme)
    extra = address.path.strip("/") or address.query or address.fragment or address.username
    if not host or is_encrypted is None or extra:
        raise ConfigurationError(
            "NEO4J_BOLT must be bolt://HOST:PORT or bolt+s://HOST:PORT, and nothing more"
        )
    return {
        "name": "neo4j",
        "kind": "neo4j",
        "settings": {
            "host": host,
            "port": port or 7687,
            "tls": is_encrypted,
            "user": values.get("NEO4J_USER", ""),
        },
        "secrets": secrets_of(password=values.get("NEO4J_PASSWORD")),
        "limits": seconds(values, "NEO4J_SEARCH_MAX_TIME", per_second=1000),
    }


def elasticsearch(values: Mapping[str, str]) -> dict[str, Any] | None:
    if "ES_HOST" not in values:
        return None
    user, _, password = values.get("ES_AUTH", "").partition(":")
    return {
        "name": "elasticsearch",
        "kind": "opensearch",
        "settings": {
            "host": values["ES_HOST"],
            "port": values.get("ES_PORT", "9200"),
            "tls": is_https(values, "ES_PROTOCOL", "http"),
            "user": user,
        },
        "secrets": secrets_of(password=password),
    }


def virustotal(values: Mapping[str, str], address: str) -> dict[str, Any] | None:
    """`address` is `vt.host`, which has no variable of its own."""
    if "VIRUSTOTAL_KEY" not in values:
        return None
    host = address.removeprefix("https://").rstrip("/")
    if any(sign in host for sign in "/:@?#"):
        raise ConfigurationError("vt.host must be https://HOST, and nothing more")
    return {
        "name": "virustotal",
        "kind": "virustotal",
        "settings": {"host": host} if host else {},
        "secrets": secrets_of(token=values["VIRUSTOTAL_KEY"]),
    }


def splunk(values: Mapping[str, str]) -> dict[str, Any] | None:
    if "SPLUNK_HOST" not in values:
        return None
    is_bridged = parse_flag(values.get("SPLUNK_USE_PROXY", ""))
    return {
        "name": "splunk",
        "kind": "splunk",
        "settings": {
            "host": values["SPLUNK_HOST"],
            "port": values.get("SPLUNK_PORT", "8089"),
            "tls": is_https(values, "SPLUNK_SCHEME", "https"),
            "user": values.get("SPLUNK_USER", ""),
        },
        "secrets": secrets_of(password=values.get("SPLUNK_KEY")),
        "limits": seconds(values, "SPLUNK_SEARCH_MAX_TIME", per_second=1),
        "slot": "splunk" if is_bridged else "",
    }


def secrets_of(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def is_https(values: Mapping[str, str], name: str, default: str) -> bool:
    scheme = values.get(name, default).lower()
    if scheme not in {"http", "https"}:
        raise ConfigurationError(f"{name} must be http or https")
    return scheme == "https"


def seconds(values: Mapping[str, str], name: str, *, per_second: int) -> dict[str, int]:
    if name not in values:
        return {}
    try:
        number = int(values[name]) / per_second
    except ValueError as error:
        raise ConfigurationError(f"{name} must be a whole number") from error
    return {"max_seconds": max(1, min(1800, round(number)))}


def splunk_bridge_keys(
    document: Mapping[str, Any], *, server_key: str, proxy_key: str, is_used: bool
) -> dict[str, tuple[str, str]]:
    """The keys of the slot `splunk`, from the environment or `config.json`; none where no bridge is used."""
    if not (is_used or parse_flag(str(at_path(document, "splunk.useProxy") or ""))):
        return {}
    keys = (
        server_key or str(at_path(document, "splunk.serverKey") or ""),
        proxy_key or str(at_path(document, "splunk.proxyKey") or ""),
    )
    return {"splunk": keys}
