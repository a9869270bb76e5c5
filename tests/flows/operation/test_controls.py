"""SH-02: each control is switched by its documented means, and the server answers otherwise."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import requests

from graphkeep.server.config.env import KNOWN
from graphkeep.upkeep.presets import all_presets
from tests.servers import TestServer, start_server, stop_server
from tests.waiting import wait_for_settings

pytestmark = pytest.mark.flow
ROOT = Path(__file__).parents[3]
PASSWORD = "violet-tram-07-harbour"
SITE = "https://intranet.example.org"


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    home = tmp_path_factory.mktemp("controls")
    (home / ".env").write_text("KEY_MAX_DAYS=300\nSESSION_MAX_PER_USER=19\n")
    made, process = start_server(home, SESSION_MAX_PER_USER="18")
    try:
        made.passwords["alice"] = PASSWORD
        words = ("--username", "alice", "--email", "alice@example.org", "--role", "admin")
        made.run("user", "create", *words, "--password-stdin", stdin=PASSWORD + "\n")
        yield made
    finally:
        stop_server(process)


def say(server: TestServer, **lines: str) -> None:
    custom = server.home / "data/config/custom.env"
    custom.write_text(custom.read_text() + "".join(f"{k}={v}\n" for k, v in lines.items()))


def browser(server: TestServer) -> requests.Session:
    made = requests.Session()
    post(made, f"{server.url}/accounts/login/", login="alice", password=PASSWORD)
    return made


def post(browser: requests.Session, address: str, **said: str) -> requests.Response:
    page = browser.get(address, timeout=120).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = {**said, "csrfmiddlewaretoken": token[1] if token else ""}
    return browser.post(address, data=form, headers={"Referer": address}, timeout=120)


def graph(server: TestServer, ask: requests.Session) -> dict:
    said = {"metadata": {}, "name": "g", "node_encodings": {"bindings": {}},
            "edge_encodings": {"bindings": {"source": "a", "destination": "b"}}}  # fmt: skip
    made = ask.post(f"{server.url}/api/v2/upload/datasets/", json=said, timeout=120).json()["data"]
    return ask.get(f"{server.url}/api/v2/datasets/{made['dataset_id']}/", timeout=120).json()


def answers(server: TestServer) -> dict[str, object]:
    """What the server does, seen from outside: one answer for each control."""
    plain = {"allow_redirects": False, "timeout": 30}
    own = browser(server)
    session = next(one for one in own.cookies if one.name == "sessionid")
    token = server.token()
    claims = jwt.decode(token, options={"verify_signature": False})
    ask = requests.Session()
    ask.headers["Authorization"] = f"Bearer {token}"
    made = graph(server, ask)
    where = f"{server.url}/graph/graph.html?dataset={made['dataset_id']}"
    refreshed = server.post("/api-token-refresh/", None, json={"token": token})
    key = ask.post(f"{server.url}/api/v2/auth/pkey/", json={"name": "k", "days": 200}, timeout=120)
    name = f"s{time.time_ns()}"
    stranger = {
        "username": name, "email": f"{name}@example.org", "password": PASSWORD,
        "password_again": PASSWORD,
    }  # fmt: skip
    big = ask.post(f"{server.url}/api/v2/upload/files/none", data=b"x" * 3_000_000, timeout=60)
    return {
        "JWT_EXPIRATION_DELTA": claims["exp"] - claims["iat"],
        "JWT_ALLOW_REFRESH": refreshed.status_code < 400,
        "SESSION_COOKIE_AGE": round(((session.expires or 0) - time.time()) / 60),
        "COOKIE_SAMESITE": session.get_nonstandard_attr("SameSite"),
        "KEY_MAX_DAYS": key.status_code < 400,
        "UPLOAD_MAX_SIZE": big.status_code == 413,
        "GRAPHKEEP_ACCESS_LOG": "graphkeep.access" in (server.home / "server.log").read_text(),
        "EMBED_PUBLIC": "frame-ancestors *"
        in own.get(where, **plain).headers["Content-Security-Policy"],
        "EMBED_ORIGINS": requests.get(f"{server.url}/embed/?origin={SITE}", **plain).status_code,
        "SITE_DOMAIN": requests.get(
            f"{server.url}/accounts/login/", headers={"Host": "graphs.example.org"}, **plain
        ).status_code,
        "GRAPHKEEP_DEFAULT_PRIVACY": made.get("privacy") or made.get("mode"),
        "IS_SIGNUPS_OPEN_AFTER_FIRST": post(
            requests.Session(), f"{server.url}/accounts/signup/", **stranger
        ).status_code,
    }


def test_sh02_each_control_is_switched_by_its_documented_means(controlled: TestServer) -> None:
    requests.get(f"{controlled.url}/healthz", timeout=120)
    before = answers(controlled)
    assert before == {
        "JWT_EXPIRATION_DELTA": 3600,
        "JWT_ALLOW_REFRESH": True,
        "SESSION_COOKIE_AGE": 20160,
        "COOKIE_SAMESITE": "Lax",
        "KEY_MAX_DAYS": True,
        "UPLOAD_MAX_SIZE": False,
        "GRAPHKEEP_ACCESS_LOG": False,
        "EMBED_PUBLIC": True,
        "EMBED_ORIGINS": 403,
        "SITE_DOMAIN": 400,
        "GRAPHKEEP_DEFAULT_PRIVACY": "public",
        "IS_SIGNUPS_OPEN_AFTER_FIRST": 403,
    }
    assert "current" in controlled.run("config", "status")

    say(
        controlled, JWT_EXPIRATION_DELTA="900", JWT_ALLOW_REFRESH="false", SESSION_COOKIE_AGE="7200",
        COOKIE_SAMESITE="Strict", KEY_MAX_DAYS="30", UPLOAD_MAX_SIZE="2500K", GRAPHKEEP_ACCESS_LOG="true",
    )  # fmt: skip
    pending = subprocess.run(
        ["graphkeep", "config", "status"], env=controlled.env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (pending.returncode, pending.stdout.partition(":")[0]) == (1, "pending restart")
    controlled.run("restart")
    assert "current" in controlled.run("config", "status")
    for name, value in (
        ("EMBED_PUBLIC", "false"), ("EMBED_ORIGINS", SITE), ("SITE_DOMAIN", "graphs.example.org"),
        ("GRAPHKEEP_DEFAULT_PRIVACY", "private"), ("IS_SIGNUPS_OPEN_AFTER_FIRST", "true"),
    ):  # fmt: skip
        controlled.run("config", "set", name, value)
    wait_for_settings()

    requests.get(f"{controlled.url}/healthz", timeout=120)
    assert answers(controlled) == {
        "JWT_EXPIRATION_DELTA": 900,
        "JWT_ALLOW_REFRESH": False,
        "SESSION_COOKIE_AGE": 120,
        "COOKIE_SAMESITE": "Strict",
        "KEY_MAX_DAYS": False,
        "UPLOAD_MAX_SIZE": True,
        "GRAPHKEEP_ACCESS_LOG": True,
        "EMBED_PUBLIC": False,
        "EMBED_ORIGINS": 200,
        "SITE_DOMAIN": 200,
        "GRAPHKEEP_DEFAULT_PRIVACY": "private",
        "IS_SIGNUPS_OPEN_AFTER_FIRST": 200,
    }


def test_sh02_what_the_portal_switches_holds_at_once(controlled: TestServer) -> None:
    portal = browser(controlled)
    address = f"{controlled.url}/admin-portal/settings/config/"
    post(
        portal, f"{controlled.url}/accounts/reauthenticate/?next=/admin-portal/", password=PASSWORD
    )
    page = portal.get(address, timeout=120).text
    form = dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page))
    form |= {
        name: value.strip()
        for name, value in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', page)
    }
    form |= {
        name: chosen
        for name, options in re.findall(
            r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL
        )
        for chosen in re.findall(r'value="([^"]*)" selected', options)
    }
    ticked = re.findall(r'<input type="checkbox" name="(\w+)"[^>]* checked', page)
    saved = post(
        portal, address, **{**form, **dict.fromkeys(ticked, "on"), "REQUIRE_MFA": "everyone"}
    )
    assert "Saved." in saved.text
    wait_for_settings()
    own = portal.get(f"{controlled.url}/datasets/", allow_redirects=False, timeout=120)
    assert own.headers["Location"] == "/accounts/2fa/"
    given = {"username": "alice", "password": PASSWORD}
    refused = requests.post(f"{controlled.url}/api-token-auth/", json=given, timeout=120)
    assert "token" not in refused.json()


def test_sh02_the_list_tells_each_control_its_origin_and_how_it_changes(
    controlled: TestServer,
) -> None:
    listed = controlled.run("config", "list", "--security")
    lines = {one.partition("=")[0]: one for one in listed.splitlines()}

    assert {name for name, one in KNOWN.items() if one.guards} == set(lines)
    assert (
        lines["SESSION_MAX_PER_USER"] == "SESSION_MAX_PER_USER=18  [process environment]  restart"
    )
    assert lines["JWT_EXPIRATION_DELTA"] == (
        "JWT_EXPIRATION_DELTA=900  [data/config/custom.env]  restart"
    )
    assert lines["EMBED_ORIGINS"] == f"EMBED_ORIGINS={SITE}  [portal]  live"
    assert lines["REQUIRE_MFA"] == "REQUIRE_MFA=everyone  [portal]  live"
    assert lines["IP_ALLOWLIST"] == "IP_ALLOWLIST=  [default]  live"
    custom = (controlled.home / "data/config/custom.env").read_text()
    secrets = re.findall(
        r"^(?:DJANGO_SECRET_KEY|GRAPHISTRY_NEXUS_\w+)='(.+)'", custom, re.MULTILINE
    )
    assert secrets
    assert [one for one in secrets if one in listed] == []
    assert "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS=(set)  [data/config/custom.env]  restart" in listed


def test_sh02_what_presets_and_fixes_name_are_declared_settings() -> None:
    import graphkeep.server.settings  # noqa: F401 - declares them

    named = {name for one in all_presets() for name in one.settings}
    for path in (ROOT / "src/graphkeep/upkeep/doctor/checks").glob("*.py"):
        text = path.read_text()
        named |= set(re.findall(r'SetLine\(\s*name="(\w+)"', text))
        for said in re.findall(r"ByHand\((.*?)\)", text, re.DOTALL):
            named |= set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", said)) - {"NAME_FILE"}

    assert named - set(KNOWN) == set()
    assert {
        name for one in all_presets() for name in one.settings if not KNOWN[name].guards
    } == set()
