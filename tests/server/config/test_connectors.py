"""Connectors of `config.json` and of the documented variables: which there are, and what is refused by name."""

import pytest

from graphkeep.server.config.connectors import (
    CONFIG_PATHS,
    configured_connectors,
    read_config_json,
    without_trailing_commas,
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
