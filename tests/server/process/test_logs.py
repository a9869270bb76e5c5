"""No secret reaches the log, at any level, in any form; and nobody forges a line of it."""

import json
import logging
import sys

import pytest

from graphkeep.server.telemetry.logs import LEVELS, LogFormatter, configuration
from graphkeep.telemetry.context import checked_request_id, work_context
from graphkeep.telemetry.redaction import HIDDEN, Redactor

KEY = "kF3-long_random-Value.of_7_this+server"
SECRETS = [
    KEY,
    "postgres://graphkeep:p%40ss-w0rd!x@db:5432/graphkeep",
    "first-key-aaaa,second-key-bbbb",
]
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VybmFtZSI6ImFsaWNlIn0.c2lnbmF0dXJlLWhlcmU"
# what somebody logs, and what of it must not be seen
CORPUS = [
    (f"key={KEY}", KEY),
    ("connecting with p%40ss-w0rd!x", "p%40ss-w0rd!x"),
    ("connecting with p@ss-w0rd!x", "p@ss-w0rd!x"),
    ("tried second-key-bbbb", "second-key-bbbb"),
    (f"Authorization: Bearer {JWT}", "eyJ"),
    (f"[(b'authorization', b'Bearer {JWT}'), (b'host', b'x')]", "eyJ"),
    ("[(b'cookie', b'sessionid=abc123; csrftoken=def456')]", "abc123"),
    ("{'Cookie': 'sessionid=abc123', 'Host': 'x'}", "abc123"),
    ("Authorization: Basic YWxpY2U6d29uZGVybGFuZA==", "YWxpY2U6"),
    ("PersonalKey ABCDEFGH12:s3cr3t_s3cr3t_s3cr3t_s", "s3cr3t"),
    ("ABCDEFGH12:s3cr3t_s3cr3t_s3cr3t_s", "s3cr3t"),
    ('{"username": "alice", "password": "open sesame \\" quoted"}', "sesame"),
    ("password=open-sesame&next=/", "sesame"),
    ("<QueryDict: {'password': ['open-sesame'], 'next': ['/']}>", "sesame"),
    ("EMAIL_HOST_PASSWORD=hunter22", "hunter22"),
    ("GET /api/view/x/?token=abcdef&x=1", "abcdef"),
    ("GET /accounts/invitation/Zm9vYmFyYmF6cXV4/", "Zm9vYmFy"),
    ("share#k=Abc12345defGHI67890jkl", "Abc12345"),
    ("smtp://mailer:tiger9@mail.example.org:587", "tiger9"),
    ("otpauth://totp/Graphkeep:alice?secret=JBSWY3DPEHPK3PXP&issuer=G", "JBSWY3DP"),
    ("your code is: code 482913", "482913"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----", "MIIEvQ"),
    ("AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZ", "QQQSYQ"),
    ("gk1.0a1b2c3d.gAAAAABnZm9vYmFyYmF6cXV4", "gAAAAA"),
    ("argon2$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA", "c2FsdA"),
    ("session 8f3kq0zv1m2n3b4v5c6x7z8l9k0j1h2g is over", "8f3kq0zv"),
    ("Not Found: /nowhere/nowhere-RlGZzlPQkFbY-canary", "RlGZzlPQ"),
    ("csrf uTq7Zp0aWx3Kd9LmN2bVc5Xz8Qe1Rt4y failed", "uTq7Zp0a"),
]  # fmt: skip


def line_of(message, *args, form="text", exc_info=None, name="any.library"):
    record = logging.LogRecord(name, logging.DEBUG, "x.py", 1, message, args, exc_info)
    return LogFormatter(form=form, secrets=SECRETS).format(record)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(("said", "secret"), CORPUS)
def test_ad05_no_secret_reaches_a_line(said, secret, form):
    assert secret in said
    lines = [line_of(said, form=form), line_of("heard %s from %r", said, [said], form=form)]

    assert [secret in line for line in lines] == [False, False]
    assert all(HIDDEN in line for line in lines)


def test_ad05_a_traceback_is_cleaned_too():
    try:
        raise RuntimeError(f"cannot sign with {KEY} nor {JWT}")
    except RuntimeError:
        line = line_of("it failed", exc_info=sys.exc_info())

    assert (KEY in line, "eyJ" in line, "RuntimeError: cannot sign with" in line) == (
        False,
        False,
        True,
    )


def test_ad05_a_statement_of_the_database_is_told_without_its_values():
    text = "(0.001) SELECT * FROM people WHERE name = 'al''ice' AND n = 3; args=('al''ice', 3)"
    line = line_of(text, name="django.db.backends")

    assert line.endswith("(0.001) SELECT * FROM people WHERE name = '…' AND n = 3")


@pytest.mark.parametrize(
    "plain",
    [
        "GET /api/view/(?P<dataset_id>[^/]+)/? 127.0.0.1 200 12 ms alice",
        "job 0c7cf9f2-29c6-44be-93a0-3fd2a0ad2f52 (prepare) failed",
        "dataset 0123456789abcdef0123456789abcdef of alice@example.org has 120 nodes",
        "mail connected to mail.example.org:587",
        "something wanted to connect to 192.0.2.1 outside of the egress gateway",
        "the password of alice was changed",
        'File "/usr/lib/python3.11/site-packages/django/core/handlers/exception.py", line 55, in inner',
    ],
)
def test_ad05_what_an_operator_needs_stays(plain):
    assert Redactor(SECRETS).redact(plain) == plain


def test_cleaning_twice_changes_nothing_more():
    clean = Redactor(SECRETS).redact
    assert [clean(clean(said)) for said, _ in CORPUS] == [clean(said) for said, _ in CORPUS]


def test_v18_nobody_forges_a_line():
    line = line_of(
        "name %s", "x\n2026-01-01T00:00:00.000Z INFO    - root: all is well\u202e\x1b[31m"
    )

    assert line.count("\n") == 0
    assert ("\\n2026" in line, "\u202e" in line, "\x1b" in line) == (True, False, False)


def test_ad12_a_line_tells_the_request_it_belongs_to():
    with work_context("abcdef0123456789"):
        told = json.loads(line_of("hello", form="json"))
        text = line_of("hello")

    assert (told["work"], told["level"], told["message"]) == ("abcdef0123456789", "DEBUG", "hello")
    assert " abcdef0123456789 any.library: hello" in text
    assert checked_request_id("7f3a-0c44e1d2") == "7f3a-0c44e1d2"
    assert checked_request_id("x\ny") != "x\ny"


def test_ad05_there_is_one_way_into_the_log():
    made = configuration("TRACE", "text", [])
    handlers = {name: one["handlers"] for name, one in made["loggers"].items()}

    assert (made["root"]["level"], list(made["handlers"])) == (5, ["stderr"])
    assert set(map(tuple, handlers.values())) == {()}


def test_ad33_the_contract_names_of_levels_are_taken():
    assert {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"} <= set(LEVELS)
    assert sorted(LEVELS.values()) == [5, 10, 20, 30, 30, 40, 50, 50]
