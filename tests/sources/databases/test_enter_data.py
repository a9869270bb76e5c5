"""Entered rows: JSON, CSV, and jq programs in a sandbox."""

import json
import os
import time
from datetime import UTC, datetime

import pytest

from graphkeep.sources.databases.enter_data import KIND
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.sources.databases.kinds import ask, check, context_of

EVENTS = '{"hits": [{"ip": "10.0.0.1", "n": 1}, {"ip": "10.0.0.2", "n": 2}]}'


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('[ { "x": 1, "y": "b" } ]', [{"x": 1, "y": "b"}]),
        ('{"x": 1}', [{"x": 1}]),
        ('{"x": 1}\n\n{"x": 2}\n', [{"x": 1}, {"x": 2}]),
        ('[{"a": {"b": true}}, {"a": {"b": null}, "c": [1, 2]}]',
         [{"a.b": True, "c": None}, {"a.b": None, "c": "[1, 2]"}]),
        ("[1, 2]", [{"value": 1}, {"value": 2}]),
        ('[{"t": "2026-11-29T12:00:00Z"}]', [{"t": datetime(2026, 11, 29, 12, tzinfo=UTC)}]),
        ("[]", []),
    ],
)  # fmt: skip
def test_json_rows_are_a_table(text, rows):
    assert ask(KIND, "json", text).to_pylist() == rows


def test_csv_rows_are_a_table():
    table = ask(KIND, "csv", "src_ip;bytes\n10.10.0.0;12\n10.10.0.1;13\n")

    assert table.to_pylist() == [
        {"src_ip": "10.10.0.0", "bytes": 12},
        {"src_ip": "10.10.0.1", "bytes": 13},
    ]


def test_a_jq_program_makes_the_rows():
    table = ask(KIND, "jq", ".hits[] | {ip, twice: (.n * 2)}", parameters={"events": EVENTS})

    assert table.to_pylist() == [{"ip": "10.0.0.1", "twice": 2}, {"ip": "10.0.0.2", "twice": 4}]


def test_a_jq_program_gets_events_that_are_no_text_yet():
    events = [{"phone": "555"}]

    assert ask(KIND, "jq", ".", parameters={"events": events}).to_pylist() == events


@pytest.mark.parametrize(
    ("language", "text", "message"),
    [
        ("json", '[{"x": 1}' * 2, "This is not JSON"),
        ("json", "[" * 100_000, "nested too deeply"),
        ("json", json.dumps([{}] * 10_001), "at most 10,000 rows; these are 10,001"),
        ("json", '"' + "é" * (9 << 20) + '"', "at most 16 MiB"),
        ("csv", "a\n" * 10_002, "at most 10,000 rows"),
        ("sql", "select 1", "is not asked in 'sql'; its languages: json, csv, jq"),
    ],
)
def test_what_cannot_be_rows_is_refused(language, text, message):
    with pytest.raises(QueryRefusedError, match=message):
        check(KIND, language, text)


def test_an_unknown_parameter_is_refused_by_name():
    with pytest.raises(QueryRefusedError, match="There is no parameter 'x' here"):
        check(KIND, "json", "[]", parameters={"x": 1})


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (".hits[", "The jq program fails"),
        (".hits | .x", "The jq program fails"),
        ('error("no")', "The jq program fails"),
        ("range(20000)", "more than 10,000 rows"),
        ('import "x" as x; .', "The jq program fails"),
        ("x" * 10_001, "at most 10,000 characters"),
    ],
)
def test_a_jq_program_that_fails_says_why(program, message):
    with pytest.raises(ConnectorError, match=message) as raised:
        ask(KIND, "jq", program, parameters={"events": EVENTS})
    assert raised.value.stage == "query"


def test_a_jq_program_sees_no_environment(monkeypatch):
    monkeypatch.setenv("CANARY", "canary-2c7a")

    assert ask(KIND, "jq", "[$ENV, env]", parameters={"events": "{}"}).to_pylist() == []
    assert "CANARY" in os.environ


def test_a_jq_program_without_end_is_ended_after_5_s():
    start = time.monotonic()

    with pytest.raises(ConnectorError, match="takes longer than 5 s"):
        ask(KIND, "jq", "def f: f; f", parameters={"events": "{}"})
    assert time.monotonic() - start < 20


def test_nothing_is_reached_and_nothing_audited():
    session = KIND.open(context_of(KIND))

    assert KIND.endpoints({}) == ()
    session.test()
    assert [finding.is_excess for finding in session.audit()] == [False]
    session.close()
