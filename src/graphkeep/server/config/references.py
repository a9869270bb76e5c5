"""Secret references: a `secret://` value names the location of a secret instead of holding it.

secret://file/run/secrets/django          the content of a file
secret://env/DJANGO_KEY_OF_THE_ORCHESTRATOR   a variable of the process
secret://vault/secret/data/graphkeep#django   a field of HashiCorp Vault or OpenBao, KV version 2
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.http import host_and_port, send_request
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.server.config.envfile import ConfigurationError

SCHEME = "secret://"
VAULT_TIMEOUT_S = 10.0


def resolve(text: str, name: str, find: Callable[[str], str], process: Mapping[str, str]) -> str:
    """The secret that a reference names; `find` reads settings such as VAULT_ADDR.

    Raises:
        ConfigurationError: the reference cannot be resolved; the message holds no secret.
    """
    kind, _, path = text.removeprefix(SCHEME).partition("/")
    if kind == "file":
        return from_file(name, f"/{path}")
    if kind == "env":
        if path not in process:
            raise ConfigurationError(f"{name}: the process has no variable {path}")
        return process[path]
    if kind == "vault":
        return from_vault(name, path, find)
    raise ConfigurationError(
        f"{name}: secret://{kind}/… is not known; use secret://file/, secret://env/ or secret://vault/"
    )


def from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: {path} cannot be read: {error}") from error


def from_vault(name: str, reference: str, find: Callable[[str], str]) -> str:
    path, _, field = reference.partition("#")
    address = find("VAULT_ADDR").rstrip("/")
    token = find("VAULT_TOKEN")
    host, port = host_and_port(address)
    if not host or not token:
        raise ConfigurationError(f"{name}: secret://vault/ needs VAULT_ADDR and VAULT_TOKEN")
    if not path or not field:
        raise ConfigurationError(f"{name}: use secret://vault/PATH#FIELD")
    # The administrator configured the vault's address, and air gap does not block internal hosts.
    gateway = Gateway(lambda: False)
    gateway.allow(Endpoint(component="vault", host=host, port=port, may_be_inside=True))
    try:
        response = send_request(
            gateway,
            "vault",
            f"{address}/v1/{quote(path)}",
            headers={"X-Vault-Token": token},
            timeout_s=VAULT_TIMEOUT_S,
            ca_file=find("VAULT_CACERT"),
        )
    except (OSError, EgressForbiddenError) as error:
        raise ConfigurationError(f"{name}: the vault does not answer: {error}") from error
    if response.status != 200:
        raise ConfigurationError(f"{name}: the vault answers {response.status} for {path}")
    try:
        secret = json.loads(response.body)["data"]["data"][field]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{name}: the vault has no field {field} at {path}") from error
    return str(secret)
