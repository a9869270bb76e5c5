"""`secret://` values: where a secret stands, instead of the secret.

secret://file/run/secrets/django          the content of a file
secret://env/DJANGO_KEY_OF_THE_ORCHESTRATOR   a variable of the process
secret://vault/secret/data/graphkeep#django   a field of HashiCorp Vault or OpenBao, KV version 2
"""

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.server.envfile import ConfigurationError

SCHEME = "secret://"
VAULT_TIMEOUT_S = 10.0
MOST_BYTES = 1 << 20


def resolve(text: str, name: str, find: Callable[[str], str], process: Mapping[str, str]) -> str:
    """The secret that a reference names; `find` reads VAULT_ADDR and its companions.

    Raises:
        ConfigurationError: the reference leads nowhere; the message holds no secret.
    """
    kind, _, place = text.removeprefix(SCHEME).partition("/")
    if kind == "file":
        return from_file(name, f"/{place}")
    if kind == "env":
        if place not in process:
            raise ConfigurationError(f"{name}: the process has no variable {place}")
        return process[place]
    if kind == "vault":
        return from_vault(name, place, find)
    raise ConfigurationError(
        f"{name}: secret://{kind}/… is not known; use secret://file/, secret://env/ or secret://vault/"
    )


def from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: {path} cannot be read: {error}") from error


def from_vault(name: str, place: str, find: Callable[[str], str]) -> str:
    path, _, field = place.partition("#")
    address = urlsplit(find("VAULT_ADDR"))
    token = find("VAULT_TOKEN")
    if address.scheme not in {"http", "https"} or not address.hostname or not token:
        raise ConfigurationError(f"{name}: secret://vault/ needs VAULT_ADDR and VAULT_TOKEN")
    if not path or not field:
        raise ConfigurationError(f"{name}: say secret://vault/PATH#FIELD")
    port = address.port or (443 if address.scheme == "https" else 80)
    # A vault stands where the administrator said; air gap leaves what is inside reachable.
    gateway = Gateway(lambda: False)
    gateway.allow(Endpoint(component="vault", host=address.hostname, port=port, may_be_inside=True))
    link = http.client.HTTPConnection(address.hostname, port, timeout=VAULT_TIMEOUT_S)
    try:
        plain = gateway.connect("vault", address.hostname, port, timeout_s=VAULT_TIMEOUT_S)
        link.sock = plain
        if address.scheme == "https":
            authorities = find("VAULT_CACERT") or None
            context = ssl.create_default_context(cafile=authorities)
            link.sock = context.wrap_socket(plain, server_hostname=address.hostname)
        link.request("GET", f"/v1/{quote(path)}", headers={"X-Vault-Token": token})
        answer = link.getresponse()
        body = answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException, EgressForbiddenError) as error:
        raise ConfigurationError(f"{name}: the vault does not answer: {error}") from error
    finally:
        link.close()
    if answer.status != 200:
        raise ConfigurationError(f"{name}: the vault answers {answer.status} for {path}")
    try:
        found = json.loads(body)["data"]["data"][field]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{name}: the vault has no field {field} at {path}") from error
    return str(found)
