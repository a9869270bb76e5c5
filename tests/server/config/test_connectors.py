"""Connectors of `config.json` and of the documented variables: which there are, and what is refused by name."""

import pytest

from graphkeep.server.config.config_json import (
    CONFIG_PATHS,
    WITHOUT_EFFECT,
    read_config_json,
    unused_settings,
    without_trailing_commas,
)
from graphkeep.server.config.connectors import (
    USED_PATHS,
    configured_connectors,
    splunk_bridge_keys,
)
from graphkeep.server.config.envfile import ConfigurationError


def connectors(variables, document=None):
    found = configured_connectors(
        lambda name: variables.get(name, ""), document or {}, "config.json"
    )
    return {entry["name"]: entry for entry in found}


def test_ad23_the_environment_wins_over_the_file_and_the_file_over_the_default():
    document = {"splunk": {"host": "of-file.example", "user": "reader", "searchMaxTime": 20}}
    variables = {"SPLUNK_HOST": "splunk.example", "SPLUNK_KEY": "canary"}

    (splunk,) = connectors(variables, document).values()

    assert splunk == {
        "name": "splunk",
        "kind": "splunk",
        "settings": {"host": "splunk.example", "port": "8089", "tls": True, "user": "reader"},
        "secrets": {"password": "canary"},
        "limits": {"max_seconds": 20},
        "slot": "",
        "origins": (
            "SPLUNK_HOST", "splunk.user in config.json", "SPLUNK_KEY",
            "splunk.searchMaxTime in config.json",
        ),
    }  # fmt: skip


def test_every_documented_system_is_a_connector():
    found = connectors(
        {
            "NEO4J_BOLT": "bolt+s://graph.example:7688", "NEO4J_USER": "reader", "NEO4J_PASSWORD": "p",
            "NEO4J_SEARCH_MAX_TIME": "20000", "ES_HOST": "es.example", "ES_AUTH": "reader:a:b",
            "ES_PROTOCOL": "https", "VIRUSTOTAL_KEY": "v", "SPLUNK_HOST": "s", "SPLUNK_USE_PROXY": "true",
        }
    )  # fmt: skip

    assert {name: (one["kind"], one["settings"], one["secrets"]) for name, one in found.items()} == {
        "neo4j": (
            "neo4j", {"host": "graph.example", "port": 7688, "tls": True, "user": "reader"}, {"password": "p"},
        ),
        "elasticsearch": (
            "opensearch", {"host": "es.example", "port": "9200", "tls": True, "user": "reader"}, {"password": "a:b"},
        ),
        "virustotal": ("virustotal", {}, {"token": "v"}),
        "splunk": ("splunk", {"host": "s", "port": "8089", "tls": True, "user": ""}, {}),
    }  # fmt: skip
    assert (found["neo4j"]["limits"], found["splunk"]["slot"]) == ({"max_seconds": 20}, "splunk")


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"SPLUNK_OTHER": '{"x": 1}'}, "SPLUNK_OTHER"),
        ({"NEO4J_BOLT": "http://graph.example"}, "NEO4J_BOLT"),
        ({"NEO4J_BOLT": "bolt://user@graph.example"}, "NEO4J_BOLT"),
        ({"NEO4J_BOLT": "bolt://graph.example/db?x"}, "NEO4J_BOLT"),
        ({"ES_HOST": "a", "ES_PROTOCOL": "ftp"}, "ES_PROTOCOL"),
        ({"SPLUNK_HOST": "a", "SPLUNK_SEARCH_MAX_TIME": "soon"}, "SPLUNK_SEARCH_MAX_TIME"),
    ],
)
def test_a_value_that_no_connector_can_have_is_refused_by_name(variables, name):
    with pytest.raises(ConfigurationError, match=name):
        connectors(variables)


def test_trailing_commas_are_read_and_commas_in_texts_stay():
    text = '{"a": [1, 2,], "b": ",]", "c": {"d": 1 , } , }'
    assert without_trailing_commas(text) == '{"a": [1, 2 ], "b": ",]", "c": {"d": 1   }   }'


def test_each_of_the_three_paths_is_read_and_the_first_wins(tmp_path):
    for index in reversed(range(3)):
        path = tmp_path / CONFIG_PATHS[index]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"splunk": {{"host": "s{index}",}},}}')
        document, name = read_config_json(tmp_path)
        assert (document, name) == ({"splunk": {"host": f"s{index}"}}, CONFIG_PATHS[index])


def test_an_error_in_the_file_has_line_and_column(tmp_path):
    path = tmp_path / CONFIG_PATHS[0]
    path.parent.mkdir(parents=True)
    path.write_text('{\n  "splunk": {"host": "a"]\n}\n')

    with pytest.raises(ConfigurationError, match=r"config\.json, line 2, column 25: "):
        read_config_json(tmp_path)
    assert read_config_json(tmp_path / "empty") == ({}, "")


def test_the_host_of_virustotal_and_the_keys_of_the_bridge_are_read_from_the_file():
    document = {
        "vt": {"key": "v", "host": "https://vt.example/"},
        "splunk": {"useProxy": True, "serverKey": "s" * 40, "proxyKey": "p" * 40},
    }

    assert connectors({}, document)["virustotal"]["settings"] == {"host": "vt.example"}
    keys = splunk_bridge_keys(
        document, server_key="", proxy_key="of the environment", is_used=False
    )
    assert keys == {"splunk": ("s" * 40, "of the environment")}
    assert splunk_bridge_keys({}, server_key="s", proxy_key="p", is_used=False) == {}
    for host in ("http://vt.example", "https://vt.example/x", "https://u@vt.example"):
        with pytest.raises(ConfigurationError, match=r"vt\.host"):
            connectors({}, {"vt": {"key": "v", "host": host}})


def test_a_setting_without_effect_is_named_with_the_reason_and_an_unknown_one_with_the_nearest():
    document = {
        "splunk": {"host": "s", "version": "9", "hosst": "t"},
        "neo4j": {"bolt": "bolt://a", "schema": {"inferSchema": False, "inferTimeout": 2}},
        "authentication": {"username": "admin"}, "ontology": {"icons": {"ip": "desktop"}},
    }  # fmt: skip

    assert unused_settings(document, USED_PATHS) == [
        "`splunk.version` has no effect: the version is asked for.",
        "`splunk.hosst` is no known setting. Did you mean `splunk.host`?",
        "`neo4j.schema` has no effect: a query names its own time range, by $since and $until; *Schema* lists labels and properties.",
        "`authentication` has no effect: people sign in with accounts of this server.",
        "`ontology` has no effect: investigations are not part of this release.",
    ]
    assert not {path for path in USED_PATHS if path in WITHOUT_EFFECT}
