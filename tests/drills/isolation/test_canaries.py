"""SH-86: forty secrets are really used, well and badly, at the loudest level; then every byte is searched for them.

Searched: the database's files or its dump, every other file below the home, the log, a backup as it opens, the support
bundle, the trail, the environments of the processes, the addresses that a browser asked for, and what it kept.
The one exception is named: `data/config/custom.env`, where the server's own secrets stand, mode 0600.
"""

import os
import re
import secrets
import subprocess
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from websockets.sync.client import connect

from graphkeep.server.config.secrets import make_django_key, make_encryption_key, make_signing_key
from tests.chromium import new_context, running_chromium
from tests.drills.isolation.canary_search import (
    Person,
    environments,
    forms,
    opened_backup,
    random_word,
)
from tests.ports import free_port
from tests.servers import make_database, start_server, stop_server

pytestmark = pytest.mark.flow
EXCEPT = {"data/config/custom.env"}
LEVEL = "TRACE"


class VaultDouble(BaseHTTPRequestHandler):
    """A double of a vault that holds one password."""

    password = ""

    def do_GET(self):
        body = b'{"data": {"data": {"password": "%s"}}}' % self.password.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Postbox:
    """A double of a mail server that asks for a password."""

    def __init__(self):
        self.mails, self.heard = [], []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope.content)
        return "250 OK"

    def let_in(self, server, session, envelope, mechanism, shown):
        self.heard.append(shown.password.decode())
        return AuthResult(success=True)


@pytest.fixture
def doubles():
    vault = ThreadingHTTPServer(("127.0.0.1", 0), VaultDouble)
    threading.Thread(target=vault.serve_forever, daemon=True).start()
    box = Postbox()
    smtp = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=box.let_in,
        auth_require_tls=False,
    )
    smtp.start()
    yield vault.server_port, smtp.port, box
    smtp.stop()
    vault.shutdown()
    vault.server_close()


def configured(home, vault_port, smtp_port, database):
    """The server's own secrets, each in custom.env; the canaries among them by name."""
    VaultDouble.password = random_word("smtp")
    own = {
        "DJANGO_SECRET_KEY": make_django_key(),
        "DJANGO_SECRET_KEY_FALLBACKS": make_django_key(),
        "GRAPHISTRY_NEXUS_SIGNING_KEY": make_signing_key(),
        "GRAPHISTRY_NEXUS_SIGNING_SALT": make_signing_key(),
        "VAULT_TOKEN": random_word("vault"),
        "ADMIN_INIT_PASSWORD": random_word("first-admin"),
        "GRAPHKEEP_METRICS_TOKEN": make_django_key(),
        "OTEL_COLLECTOR_OTLP_HTTP_PASSWORD": random_word("collector"),
    }
    newest, former = make_encryption_key(), make_encryption_key()
    said = {
        **own,
        "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS": f"{newest},{former}",
        "EMAIL_HOST_PASSWORD": "secret://vault/secret/data/mail#password",
        "VAULT_ADDR": f"http://127.0.0.1:{vault_port}",
        "ADMIN_INIT_USERNAME": "root",
        "DISABLE_EMAIL": "false", "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(smtp_port),
        "EMAIL_HOST_USER": "graphkeep", "EMAIL_USE_TLS": "false",
        "GRAPHKEEP_METRICS_LISTEN": f"127.0.0.1:{free_port()}",
        "ENABLE_OPEN_TELEMETRY": "true",
        "OTEL_COLLECTOR_OTLP_HTTP_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "OTEL_COLLECTOR_OTLP_HTTP_USERNAME": "graphkeep",
        "EMBED_ORIGINS": "https://intranet.example.org", "LOG_LEVEL": LEVEL, "GRAPHKEEP_ACCESS_LOG": "true", "GRAPHKEEP_DEBUG": "false",
        "TRUSTED_PROXIES": "127.0.0.1/32",
    }  # fmt: skip
    canaries = {**own, "newest key": newest, "former key": former, "smtp": VaultDouble.password}
    if database:
        name = "canary_" + secrets.token_hex(4)
        make_database(database, name)
        canaries["database password"] = random_word("database")
        whole = urlsplit(database)._replace(path=f"/{name}")
        said["DATABASE_URL"] = whole._replace(
            netloc=f"postgres:{canaries['database password']}@"
        ).geturl()
    place = home / "data/config"
    place.mkdir(parents=True)
    lines = [f"{key}='{value}'" for key, value in said.items()]
    (place / "custom.env").write_text("\n".join(lines) + "\n")
    (place / "custom.env").chmod(0o600)
    return canaries, said


@pytest.fixture
def place(tmp_path, doubles, monkeypatch):
    """The home, the server, the canaries that are in its configuration, and its mail box."""
    for name in ("DJANGO_SECRET_KEY", "DATABASE_URL", "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)
    database = os.environ.get("GRAPHKEEP_TEST_DATABASE_URL", "")
    monkeypatch.delenv("GRAPHKEEP_TEST_DATABASE_URL", raising=False)
    canaries, said = configured(tmp_path, *doubles[:2], database)
    server, process = start_server(tmp_path)
    try:
        for person in ("alice", "bob"):
            server.passwords[person] = canaries[f"{person}'s password"] = random_word(person)
            words = ("--username", person, "--email", f"{person}@example.org", "--role", "user")
            server.run(
                "user", "create", *words, "--password-stdin", stdin=server.passwords[person] + "\n"
            )
        yield server, canaries, said, doubles[2]
    finally:
        stop_server(process)


def use_pages(server, canaries):
    """Signing in, badly and well, an authenticator app, recovery codes, a password that is refused."""
    for name, login in (("guess on the page", "alice"), ("guess of nobody's", "nobody")):
        canaries[name] = random_word("guess")
        Person(server).fill("/accounts/login/", login=login, password=canaries[name])
    canaries["password as name"] = random_word("name")
    Person(server).fill("/accounts/login/", login=canaries["password as name"], password="x")
    bob = Person(server)
    bob.fill("/accounts/login/", login="bob", password=server.passwords["bob"])
    canaries["session"] = bob.session.cookies["sessionid"]
    canaries["csrf cookie"] = bob.session.cookies["csrftoken"]
    canaries["token cookie"] = bob.session.cookies["graphistry_jwt"]
    # The first look leads to the page that asks for the password again, and from there back.
    page = bob.fill("/accounts/2fa/totp/activate/", password=server.passwords["bob"]).text
    seed = re.search(r"\b[A-Z2-7]{32}\b", page)[0]
    canaries["second factor's seed"] = seed
    form_token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    canaries["csrf token"] = form_token
    code = format_hotp_value(hotp_value(seed, int(time.time()) // 30))
    done = bob.session.post(
        f"{server.url}/accounts/2fa/totp/activate/",
        data={"code": code, "csrfmiddlewaretoken": form_token},
        timeout=60,
    )
    codes = re.findall(r"(?<!\d)\d{8}(?!\d)", done.text)
    assert len(codes) >= 3, done.url
    canaries |= {f"recovery code {number}": one for number, one in enumerate(codes[:3])}
    other = Person(server)
    other.fill("/accounts/login/", login="bob", password=server.passwords["bob"])
    canaries["used recovery code"] = codes[3]
    other.fill("/accounts/2fa/authenticate/", code=codes[3])
    half = Person(server)
    half.fill("/accounts/login/", login="bob", password=server.passwords["bob"])
    canaries["seed typed as code"] = secrets.token_hex(20)
    half.fill("/accounts/2fa/authenticate/", code=canaries["seed typed as code"])
    canaries["refused new password"] = "abc-canary-" + secrets.token_hex(8)
    bob.fill(
        "/accounts/password/change/",
        oldpassword="not-it-at-all",
        password1=canaries["refused new password"],
        password2=canaries["refused new password"] + "x",
    )
    canaries["sign-up password"] = random_word("sign-up")
    bob.session.cookies.clear()
    stranger = Person(server)
    stranger.fill(
        "/accounts/signup/",
        username="eve",
        email="eve@example.org",
        password=canaries["sign-up password"],
        password_again=canaries["sign-up password"],
    )


def use_api(server, canaries):
    """Tokens, keys, links, and everything that a program may send wrongly."""
    url = server.url
    canaries["guess of a program"] = random_word("program")
    said = {"username": "alice", "password": canaries["guess of a program"]}
    requests.post(f"{url}/api-token-auth/", json=said, timeout=120)
    canaries["token"] = server.token()
    again = requests.post(
        f"{url}/api-token-refresh/", json={"token": canaries["token"]}, timeout=120
    )
    canaries["token, anew"] = again.json()["token"]
    for name in ("key", "revoked key"):
        pair = server.run("key", "create", "--user", "alice").strip().splitlines()[-1]
        canaries[name] = pair.partition(":")[2]
        if name == "revoked key":
            server.run("key", "revoke", pair.partition(":")[0])
        shown = {"Authorization": f"PersonalKey {pair}"}
        requests.get(f"{url}/api/v2/files/", headers=shown, timeout=120)
    dataset = plotted(server)
    link = server.post(f"/api/v2/datasets/{dataset}/links/", json={}).json()["address"]
    canaries["link"] = link.partition("#")[2]
    opened = server.post("/api/v2/share/open/", None, json={"token": canaries["link"]}).json()
    canaries["pass"] = opened["pass"]
    made = server.post(
        "/api/v2/embed/token/",
        json={"dataset_id": dataset, "origin": "https://intranet.example.org"},
    )
    canaries["embed token"] = made.json()["token"]
    with connect(
        f"ws{url[4:]}/api/view/{dataset}/stream",
        subprotocols=["graphkeep", f"pass.{canaries['pass']}"],
        open_timeout=120,
    ) as socket:
        socket.recv(timeout=120)
    said = server.run("user", "invite", "--email", "carol@example.org", "--send").strip()
    canaries["invitation"] = said.splitlines()[-1].rstrip("/").rpartition("/")[2]
    requests.get(f"{url}/accounts/invitation/{canaries['invitation']}/", timeout=120)

    def word(name):
        canaries[name] = random_word(name.split()[-1])
        return canaries[name]

    auth = {"Authorization": f"Bearer {canaries['token']}"}
    strange = [
        ("GET", "/api/v2/files/", {"headers": {"Authorization": f"Bearer {word('no token')}"}}),
        ("GET", "/api/v2/files/", {"headers": {"Authorization": f"PersonalKey AAAAAAAAAA:{word('no key')}"}}),
        ("GET", "/api/v2/files/", {"auth": ("alice", word("basic password"))}),
        ("GET", "/api/v2/files/", {"headers": {"X-Api-Key": word("foreign header")}}),
        ("GET", "/api/v2/files/", {"headers": {"Cookie": f"sessionid={word('no session')}"}}),
        ("GET", f"/api/v2/files/?api_key={word('key in query')}", {"headers": auth}),
        ("GET", "/", {"headers": {"Referer": f"https://x.example.org/?token={word('referrer')}"}}),
        ("GET", "/healthz", {"headers": {"X-Request-ID": "x" + word("request id")}}),
        ("GET", "/healthz", {"headers": {"traceparent": f"00-{word('trace')}"}}),
        ("GET", f"/accounts/invitation/{word('no invitation')}/", {}),
        ("GET", f"/nowhere/{word('nowhere')}?password={word('nowhere query')}", {}),
        ("POST", "/api-token-auth/", {"data": '{"username": "alice", "password": "' + word("broken body")}),
        ("POST", "/api-token-refresh/", {"json": {"token": word("no refresh")}}),
        ("POST", "/api/v2/share/open/", {"json": {"token": word("no link")}}),
        ("POST", f"/api/v2/upload/files/{'0' * 32}?password={word('upload query')}", {"data": b"x", "headers": auth}),
    ]  # fmt: skip
    for method, path, more in strange:
        requests.request(method, url + path, timeout=120, **more)
    # A traceback on the way: what the database knows as ready is gone from the disk.
    (server.home / f"data/graphs/{dataset}/view.json").rename(server.home / "aside.json")
    broken = server.get(f"/api/view/{dataset}/columns/?token={word('query of a failure')}")
    assert broken.status_code == 500
    (server.home / "aside.json").rename(server.home / f"data/graphs/{dataset}/view.json")
    return dataset


def plotted(server):
    made = server.post("/api/v2/files/", json={"file_type": "csv"}).json()["file_id"]
    server.post(f"/api/v2/upload/files/{made}", data="s,d\na,b\nb,c\n")
    said = {
        "node_encodings": {"bindings": {}}, "metadata": {}, "edge_files": [made], "node_files": [],
        "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}, "name": "canaries",
    }  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    server.ready(made)
    return made


def browsed(server, canaries, dataset):
    """Every address that a browser asked for, and what it kept."""
    found = []
    with running_chromium() as browser:
        context = new_context(browser)
        page = context.new_page()
        page.on("request", lambda one: found.append(one.url))
        page.goto(f"{server.url}/share/#{canaries['link']}")
        page.wait_for_selector("html[data-state=converged]")
        kept = page.evaluate(
            "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
        )
        page.goto(f"{server.url}/accounts/login/")
        page.fill("input[name=login]", "alice")
        page.fill("input[name=password]", server.passwords["alice"])
        page.click("button[type=submit]")
        page.wait_for_url("**/datasets/")
        for name in ("sessionid", "csrftoken", "graphistry_jwt"):
            canaries[f"browser's {name}"] = next(
                one["value"] for one in context.cookies() if one["name"] == name
            )
        page.goto(f"{server.url}/graph/graph.html?dataset={dataset}")
        page.wait_for_selector("html[data-state=converged]")
        kept += page.evaluate(
            "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
        )
    return "\n".join(one for one in found if "#" not in one).encode(), kept.encode()


def dumped(said):
    """PostgreSQL as text, since its own dump is compressed."""
    if "DATABASE_URL" not in said:
        return b""
    return subprocess.run(
        ["pg_dump", "--inserts", said["DATABASE_URL"].replace("postgres://", "postgresql://")],
        capture_output=True, check=True,
    ).stdout  # fmt: skip


def test_sh86_forty_canaries_are_nowhere(place):
    server, canaries, said, box = place
    use_pages(server, canaries)
    dataset = use_api(server, canaries)
    addresses, kept = browsed(server, canaries, dataset)
    assert len(canaries) >= 40
    assert set(box.heard) == {canaries["smtp"]}
    places = {"environments": environments(server), "backup": opened_backup(server)}
    server.run("support", "bundle", "--to", str(server.home / "help.zip"))
    bundle = zipfile.ZipFile(server.home / "help.zip")
    places["bundle"] = b"".join(bundle.read(name) for name in bundle.namelist())
    places["trail"] = server.run("audit").encode()
    places["settings"] = server.run("config", "list").encode()
    places["dump"] = dumped(said)
    places["addresses that the browser asked for"] = addresses
    places["browser's storage"] = kept
    for path in server.home.rglob("*"):
        name = str(path.relative_to(server.home))
        if path.is_file() and name not in EXCEPT and not name.startswith(".cache/"):
            places[name] = path.read_bytes()
    log = places["server.log"]
    assert b"unhandled exception" not in log
    assert log.count(b"DEBUG") > 5
    assert b"Traceback" in log
    assert (server.home / "data/config/custom.env").stat().st_mode & 0o077 == 0

    found = {
        (name, where)
        for name, secret in canaries.items()
        for form in forms(secret)
        for where, data in places.items()
        if form.search(data)
    }

    # An address of the browser's may name a link only behind its #, which is never sent.
    assert found == set()

    whole = places["dump"] or b"".join(
        data for name, data in places.items() if name.startswith("data/db.sqlite3")
    )
    hashes = set(re.findall(rb"argon2\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+", whole))
    assert hashes == {b"argon2$argon2id$v=19$m=19456,t=2,p=1"}
    assert len(re.findall(rb'"(?:secret|seed)": "gk1\.[0-9a-f]{8}\.gAAAA', whole)) >= 2
