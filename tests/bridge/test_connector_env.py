"""The configuration of a bridge: documented names work, and what is not known is named."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkeep.bridge.config.connector_env import bridge_config
from graphkeep.bridge.config.env_text import parse_env
from graphkeep.bridge.protocol.handshake import SlotKeys
from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy
from tests.bridge.counting_source import COUNTING

SERVER_KEY, PROXY_KEY = "s" * 32, "p" * 32
DOCUMENTED = f"""
# as the documentation has it
GRAPHISTRY_HOST=https://graph.example.com
SPLUNK_USE_PROXY=true
SPLUNK_SERVER_KEY={SERVER_KEY}
SPLUNK_PROXY_KEY='{PROXY_KEY}'
DEBUG=false
GRAPHISTRY_LOG_LEVEL=INFO
"""
KINDS = {"splunk": COUNTING, "counting": COUNTING}


def config_of(text, kinds=KINDS):
    return bridge_config(parse_env(text), host_name="rack4", kinds=kinds)


def refusal_of(text):
    with pytest.raises(UserInputError) as refused:
        config_of(text)
    return str(refused.value)


def test_the_documented_names_make_a_bridge():
    config = config_of(DOCUMENTED)

    assert (config.base_url, config.host, config.name) == (
        "https://graph.example.com",
        "graph.example.com",
        "rack4",
    )
    (slot,) = config.slots
    assert (slot.slot, slot.kind, slot.settings, slot.secrets) == ("splunk", COUNTING, None, {})
    assert slot.keys == SlotKeys(server_key=SERVER_KEY, proxy_key=PROXY_KEY)
    assert (slot.policy, slot.limits) == (QueryPolicy(), QueryLimits())


@pytest.mark.parametrize(
    ("host", "mount_point", "base_url"),
    [
        ("graph.example.com", "", "https://graph.example.com"),
        ("https://Graph.example.com:8443/", "", "https://graph.example.com:8443"),
        ("http://10.0.0.5", "/graphs/", "http://10.0.0.5/graphs"),
        ("https://example.com/graphs", "", "https://example.com/graphs"),
    ],
)
def test_the_address_of_the_server_is_read_as_people_write_it(host, mount_point, base_url):
    text = f"GRAPHISTRY_HOST={host}\nGRAPHISTRY_MOUNT_POINT={mount_point}\n"

    assert config_of(text).base_url == base_url


def test_the_bridge_has_its_own_settings_credentials_policy_and_limits(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("canary\n")
    config = config_of(
        DOCUMENTED
        + f"""
PG_KIND=counting
PG_SERVER_KEY={SERVER_KEY}
PG_PROXY_KEY={PROXY_KEY}
PG_HOST=db.internal
PG_PORT=5432
PG_PASSWORD_FILE={secret}
PG_ALLOWED_TABLES=public.hosts, public.net_*
PG_MAX_ROWS=50
PG_MAX_SECONDS=9
PG_MAX_BYTES=1000
PG_MAX_TIME_RANGE=7d
PG_MAX_MARKING=green
"""
    )

    slot = config.slots[0]
    assert slot.slot == "pg"
    assert dict(slot.settings) == {"host": "db.internal", "port": 5432, "file": None}
    assert slot.secrets == {"password": "canary"}
    assert slot.allowed_hosts == (("db.internal", 5432),)
    assert slot.policy == QueryPolicy(
        allowed={"tables": ("public.hosts", "public.net_*")},
        max_time_range=timedelta(days=7),
        max_marking="green",
    )
    assert slot.limits == QueryLimits(max_rows=50, max_bytes=1000, max_seconds=9)
    assert "canary" not in repr(config)
    assert SERVER_KEY not in repr(config)


def test_a_field_named_file_is_a_path_of_the_source():
    config = config_of(DOCUMENTED + "SPLUNK_HOST=db.internal\nSPLUNK_FILE=/data/net.sqlite\n")

    assert config.slots[0].settings["file"] == "/data/net.sqlite"


def test_a_slot_that_is_switched_off_is_no_slot():
    assert config_of(DOCUMENTED.replace("PROXY=true", "PROXY=false")).slots == ()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("SPLUNK_ALLOWED_TABLE=a", "Did you mean SPLUNK_ALLOWED_TABLES?"),
        ("SPLUNK_ALLOWED_INDEXES=a", "cannot be restricted by indexes, but by tables"),
        ("SPLUNK_HOST=db.internal/#", "SPLUNK_HOST is a host name"),
        ("SPLUNK_HOST=a@b", "SPLUNK_HOST is a host name"),
        ("SPLUNK_PORT=99999999", "SPLUNK_PORT is between 1 and 65535"),
        ("SPLUNK_PORT=many", "SPLUNK_PORT is a whole number"),
        ("SPLUNK_PORT=5", "SPLUNK_HOST is missing"),
        ("SPLUNK_PASSWORD=canary", "add SPLUNK_HOST"),
        ("SPLUNK_MAX_ROWS=0", "SPLUNK_MAX_ROWS is between"),
        ("SPLUNK_MAX_MARKING=pink", "SPLUNK_MAX_MARKING is one of"),
        ("SPLUNK_MAX_TIME_RANGE=long", "SPLUNK_MAX_TIME_RANGE is a number"),
        ("SPLUNK_ALLOWED_HOSTS=db.internal", "SPLUNK_ALLOWED_HOSTS is a list"),
        ("SPLUNK_KIND=oracle", "one of counting, splunk"),
        ("SPLUNK_PASSWORD_FILE=/nowhere/password", "/nowhere/password cannot be read"),
        ("GRAPHISTRY_HOTS=a", "Did you mean GRAPHISTRY_HOST?"),
        ("ES_SERVER_KEY=" + "e" * 32, "ES has one of its two keys"),
        ("HTTPS_PROXY=socks5://a", "HTTPS_PROXY is an address"),
        ("BRIDGE_TRANSPORT=pigeon", "BRIDGE_TRANSPORT is one of"),
        ("what is this", ":9: not a NAME=value line"),
        ("DEBUG=true", ":9: DEBUG is set twice"),
        ("BRIDGE_NAME='rack", ":9: a quote is never closed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(line, named):
    message = refusal_of(DOCUMENTED + line)

    assert named in message
    assert "canary" not in message


def test_short_keys_are_refused_without_being_shown():
    message = refusal_of(DOCUMENTED.replace(SERVER_KEY, "guess"))

    assert "shorter than 16 characters" in message
    assert "guess" not in message


def test_a_server_address_is_needed():
    assert "GRAPHISTRY_HOST is missing" in refusal_of("DEBUG=true")


@pytest.mark.parametrize(
    ("exempt", "proxy"),
    [("", "http://proxy:3128"), ("example.com", ""), (".example.com,a", ""), ("*", ""), ("ample.com", "http://proxy:3128")],
)  # fmt: skip
def test_a_proxy_is_used_but_for_exempt_hosts(exempt, proxy):
    text = DOCUMENTED + f"HTTPS_PROXY=http://proxy:3128\nNO_PROXY={exempt}\n"

    assert config_of(text).proxy == proxy


@given(st.text(max_size=200))
def test_any_text_parses_or_is_refused(text):
    try:
        values = parse_env(text)
    except UserInputError:
        return
    assert all(isinstance(value, str) for value in values.values())


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b # comment", "b"),
        ("A=b#c", "b#c"),
        ("A='b # c'", "b # c"),
        ('A="b \\" c" # d', 'b " c'),
        ("export A = b c ", "b c"),
        ("A=", ""),
        ("A= # nothing", ""),
        ("A=$HOME", "$HOME"),
    ],
)
def test_a_line_is_read_as_docker_reads_it(line, value):
    assert parse_env(line) == {"A": value}


def test_the_example_file_is_complete_but_for_the_keys():
    path = Path("deploy/bridge/connector.env.example")
    text = path.read_text().replace("SERVER_KEY=", f"SERVER_KEY={SERVER_KEY}").replace("PROXY_KEY=", f"PROXY_KEY={PROXY_KEY}")  # fmt: skip

    assert [slot.slot for slot in config_of(text).slots] == ["splunk"]
