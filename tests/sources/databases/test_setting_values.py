"""Values of settings are checked field by field, and what is wrong is named."""

import pytest

from graphkeep.sources.databases.connector_kind import SettingField
from graphkeep.sources.databases.setting_values import (
    SettingValueError,
    checked_secrets,
    checked_settings,
)

FIELDS = (
    SettingField(name="host", label="Host", kind="host", is_required=True),
    SettingField(name="port", label="Port", kind="integer", default=5432, minimum=1, maximum=65535),
    SettingField(name="tls", label="TLS", kind="boolean", default=True),
    SettingField(name="mode", label="Mode", kind="choice", choices=("a", "b"), default="a"),
    SettingField(name="tables", label="Tables", kind="list"),
    SettingField(name="authorities", label="Authorities", kind="multiline"),
    SettingField(name="database", label="Database"),
    SettingField(name="file", label="File", kind="file"),
    SettingField(name="password", label="Password", is_secret=True),
    SettingField(name="key", label="Key", kind="multiline", is_secret=True),
)
SECRET = "canary-88c1"


def settings(**values):
    return checked_settings(FIELDS, {"host": "db.example", **values})


def test_settings_get_their_types_and_defaults():
    assert settings(port="9999", tls="off", tables="a, b,,c", database=" net ") == {
        "host": "db.example", "port": 9999, "tls": False, "mode": "a", "tables": ["a", "b", "c"],
        "authorities": None, "database": "net", "file": None,
    }  # fmt: skip


def test_a_part_of_the_settings_can_be_checked_alone():
    assert checked_settings(FIELDS, {"port": 1, "tls": ""}, is_partial=True) == {
        "port": 1,
        "tls": True,
    }


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        (
            {"options": "-c x"},
            "options",
            "settings.options: there is no such setting. There are: host,",
        ),
        ({"databse": "x"}, "databse", "Did you mean 'database'?"),
        ({"host": ""}, "host", "settings.host: is missing (Host)."),
        (
            {"password": SECRET},
            "password",
            "settings.password: is a credential: it goes into `secrets`.",
        ),
        ({"port": 0}, "port", "must be a whole number from 1 to 65,535."),
        ({"port": True}, "port", "must be a whole number"),
        ({"port": "5432;x"}, "port", "must be a whole number"),
        ({"port": "٥٤"}, "port", "must be a whole number"),
        ({"port": 1.5}, "port", "must be a whole number"),
        ({"tls": "maybe"}, "tls", "must be true or false."),
        ({"mode": "c"}, "mode", "must be one of: a, b."),
        ({"mode": ["a"]}, "mode", "must be one of"),
        ({"tables": {"a": 1}}, "tables", "must be a list"),
        ({"tables": ["a\n"]}, "tables", "has a control character"),
        ({"tables": [1]}, "tables", "must be a text"),
        ({"database": "x" * 1001}, "database", "at most 1,000 characters"),
        ({"database": "x\x00y"}, "database", "has a control character"),
        ({"database": {"$ne": 1}}, "database", "must be a text"),
        ({"file": "../x"}, "file", "must be a path below"),
        ({"file": "/etc/passwd"}, "file", "must be a path below"),
        ({"file": "a//b"}, "file", "must be a path below"),
        ({"file": "a/./b"}, "file", "must be a path below"),
        ({"file": "~root/x"}, "file", "must be a path below"),
        ({"file": "a\\..\\b"}, "file", "must be a path below"),
    ],
)
def test_a_wrong_value_is_refused_and_its_field_is_named(values, field, message):
    with pytest.raises(SettingValueError) as raised:
        settings(**values)

    assert (raised.value.name, raised.value.field) == (field, f"settings.{field}")
    assert message in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("host", "canonical"),
    [
        ("DB.Example", "db.example"), ("db.example.", "db.example"), ("localhost", "localhost"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("my_host", "my_host"), ("a1", "a1"),
        ("192.0.2.7", "192.0.2.7"), ("2001:DB8:0:0::7", "2001:db8::7"), ("0x.example", "0x.example"),
    ],
)  # fmt: skip
def test_a_host_is_a_name_or_an_address(host, canonical):
    assert settings(host=host)["host"] == canonical


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("db.example#.evil", "a '#'"), ("user@db.example", "a user name"),
        ("user:pass@db.example", "a user name"), ("db.example/x", "a path"),
        ("https://db.example", "a scheme"), ("db.example?x", "a '?'"), ("db.example:5432", "a port"),
        ("[::1]", "brackets"), ("fe80::1%eth0", "a zone"), ("fe80::1%25eth0", "a zone"),
        ("db%2eexample", "a zone or an escape"), ("db.example x", "a blank"), ("a\\b", "a backslash"),
        ("db.exämple", "in ASCII"), ("ⓛocalhost", "in ASCII"), ("db。example", "in ASCII"),
        ("127.1", "ends in a number"), ("2130706433", "ends in a number"),
        ("0x7f000001", "ends in a number"), ("0x7f.1", "ends in a number"),
        ("0177.0.0.1", "ends in a number"), ("127.0.0.1.5", "ends in a number"),
        ("127.0.0.0x1", "ends in a number"), ("db..example", "host name such as"),
        ("-db.example", "host name such as"), ("db.example,other", "host name such as"),
        ("db.example;x", "host name such as"), ("$(id)", "host name such as"),
        ("a" * 64 + ".example", "host name such as"), ("a." * 140 + "b", "host name such as"),
        ("db\x00.example", "control character"), ("db\r\n.example", "control character"),
        ("db.example\u200b", "control character"), (["db.example"], "must be a text"),
        (17, "must be a text"), (".", "host name such as"), ("*", "host name such as"),
    ],
)  # fmt: skip
def test_a_host_holds_nothing_that_moves_the_connection_elsewhere(host, reason):
    with pytest.raises(SettingValueError) as raised:
        settings(host=host)

    assert raised.value.field == "settings.host"
    assert reason in str(raised.value)


def test_secrets_are_texts_of_secret_fields():
    assert checked_secrets(FIELDS, {"password": SECRET, "key": "a\nb\n"}) == {
        "password": SECRET,
        "key": "a\nb\n",
    }
    assert checked_secrets(FIELDS, {"password": ""}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [("password", f"{SECRET}\r\nX: y"), ("password", [SECRET]), ("key", f"{SECRET}\x00"),
     ("passwort", SECRET), ("host", SECRET), ("password", SECRET * 10_000)],
)  # fmt: skip
def test_a_wrong_secret_is_refused_without_its_value(name, value):
    with pytest.raises(SettingValueError) as raised:
        checked_secrets(FIELDS, {name: value})

    assert raised.value.field == f"secrets.{name}"
    assert SECRET not in str(raised.value)
