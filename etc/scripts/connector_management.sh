#!/bin/bash
# Manage connectors of a Graphkeep server by a program. Everything is set by environment variables; `ACTION=help` lists them.
# The secret half (KEYJSON, PAT_VALUE, PATS_JSON, PATS_CSV) is encrypted here where the server takes it encrypted, and each request
# that changes it is signed. Needs Python 3 with the package `cryptography`; GRAPHKEEP_PYTHON names another interpreter.
set -euo pipefail
exec "${GRAPHKEEP_PYTHON:-python3}" - "$@" <<'PYTHON'
import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HELP = """Variables:
  ACTION                          list (default), get, create, update, delete, upsert_pat, delete_pat, delete_all_pats,
                                  update_all_pats, help
  GRAPHISTRY_BASE_PATH            http://localhost by default
  GRAPHISTRY_USERNAME, GRAPHISTRY_PASSWORD   an account that may manage the connector
  GRAPHISTRY_PERSONAL_KEY         instead of both: ID:SECRET of a personal key with the scopes account, read and (for connectors of the
                                  site) admin
  GRAPHISTRY_ENCRYPTION_KEYS      the server's GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
  GRAPHISTRY_NEXUS_SIGNING_KEY, GRAPHISTRY_NEXUS_SIGNING_SALT   as on the server
  ORG_NAME                        the organization of the connector; none: the site
  CONNECTOR_TYPE                  Databricks by default
  CONNECTOR_ID, CONNECTOR_NAME    the connector
  CONNECTOR_DETAIL                its settings, a JSON object without secrets
  KEYJSON                         its secrets, a JSON object, {} by default; "pats" holds personal tokens by user name
  PAT_KEY, PAT_VALUE              a user name, and that user's personal token
  PATS_JSON, PATS_CSV             personal tokens: a JSON object, or CSV with the header username,PAT"""


def variable(name, default=None):
    value = os.environ.get(name, "")
    if not value and default is None:
        sys.exit(f"{name} is not set; ACTION=help lists the variables")
    return value or default


def json_variable(name, default=None):
    text = variable(name, default)
    try:
        value = json.loads(text)
    except ValueError as error:
        sys.exit(f"{name} is not JSON: {error}")
    if not isinstance(value, dict):
        sys.exit(f"{name} must be a JSON object")
    return value


BASE = variable("GRAPHISTRY_BASE_PATH", "http://localhost").rstrip("/")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def send(method, path, body=None, headers=None):
    request = urllib.request.Request(BASE + path, data=body, method=method, headers=headers or {})
    try:
        with OPENER.open(request, timeout=60) as answer:
            text = answer.read().decode()
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        try:
            text = json.loads(text)["message"]
        except (ValueError, KeyError, TypeError):
            text = text[:200]
        sys.exit(f"{method} {path}: {error.code}: {text}")
    except urllib.error.URLError as error:
        sys.exit(f"{BASE} does not answer: {error.reason}")
    return json.loads(text) if text else None


def authorization():
    key = os.environ.get("GRAPHISTRY_PERSONAL_KEY", "")
    if key:
        return f"PersonalKey {key}"
    body = {"username": variable("GRAPHISTRY_USERNAME"), "password": variable("GRAPHISTRY_PASSWORD")}
    answer = send(
        "POST", "/api-token-auth/", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    return f"Bearer {answer['token']}"


def call(method, path, body=None, content_type="application/json", signed=False):
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": AUTHORIZATION, "Content-Type": content_type}
    if signed:
        headers |= signature(method, path, raw)
    return send(method, path, raw or None, headers)


def signature(method, path, body):
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    key = variable("GRAPHISTRY_NEXUS_SIGNING_KEY").split(",")[0].strip()
    salt = variable("GRAPHISTRY_NEXUS_SIGNING_SALT").encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"connector management").derive(key.encode())
    digest = hashlib.sha256(body).hexdigest()
    text = "\n".join(("v1", method, path, digest, timestamp, nonce))
    code = hmac.new(derived, text.encode(), "sha256").hexdigest()
    return {
        "X-Graphkeep-Timestamp": timestamp,
        "X-Graphkeep-Nonce": nonce,
        "X-Graphkeep-Signature": f"v1={code}",
    }


def encrypted(values):
    from cryptography.fernet import Fernet

    key = variable("GRAPHISTRY_ENCRYPTION_KEYS", os.environ.get("GRAPHISTRY_NEXUS_ENCRYPTION_KEYS") or None)
    raw = key.split(",")[0].strip().translate(str.maketrans("-_", "+/"))
    raw = base64.b64decode(raw + "=" * (-len(raw) % 4))
    return Fernet(base64.urlsafe_b64encode(raw)).encrypt(json.dumps(values).encode()).decode()


def create():
    body = {
        "name": variable("CONNECTOR_NAME"),
        "kind": variable("CONNECTOR_TYPE", "Databricks").lower(),
        "settings": json_variable("CONNECTOR_DETAIL", "{}"),
    }
    return call("POST", f"{ROOT}/", with_secrets(body), signed=True)


def update():
    body = {}
    if os.environ.get("CONNECTOR_NAME"):
        body["name"] = variable("CONNECTOR_NAME")
    if os.environ.get("CONNECTOR_DETAIL"):
        body["settings"] = json_variable("CONNECTOR_DETAIL")
    return call("PATCH", one(), with_secrets(body), signed=True)


def with_secrets(body):
    values = json_variable("KEYJSON", "{}")
    return {**body, "keyjson": encrypted(values)} if values else body


def one():
    return f"{ROOT}/{urllib.parse.quote(variable('CONNECTOR_ID'), safe='')}/"


def token_path():
    return f"{one()}tokens/{urllib.parse.quote(variable('PAT_KEY'), safe='')}/"


def update_all_pats():
    path = f"{one()}tokens/?replace=true"
    if os.environ.get("PATS_CSV"):
        return call("PUT", path, variable("PATS_CSV").encode(), "text/csv", signed=True)
    return call("PUT", path, {"tokens": json_variable("PATS_JSON")}, signed=True)


ACTIONS = {
    "list": lambda: call("GET", f"{ROOT}/?limit=500"),
    "get": lambda: call("GET", one()),
    "create": create,
    "update": update,
    "delete": lambda: call("DELETE", one(), signed=True),
    "upsert_pat": lambda: call("PUT", token_path(), {"token": variable("PAT_VALUE")}, signed=True),
    "delete_pat": lambda: call("DELETE", token_path(), signed=True),
    "delete_all_pats": lambda: call("DELETE", f"{one()}tokens/", signed=True),
    "update_all_pats": update_all_pats,
}
action = variable("ACTION", "list")
if action == "help":
    print(HELP)
    sys.exit(0)
if action not in ACTIONS:
    sys.exit(f"ACTION={action} is not one of {', '.join(ACTIONS)}, help")
organization = os.environ.get("ORG_NAME", "")
ROOT = "/api/v2/connectors"
if organization:
    ROOT = f"/api/v2/o/{urllib.parse.quote(organization, safe='')}/connectors"
AUTHORIZATION = authorization()
print(json.dumps(ACTIONS[action](), indent=2))
PYTHON
