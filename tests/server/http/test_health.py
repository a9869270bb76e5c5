"""Health tells monitors whether, and strangers not why."""

import pytest
from django.db import DatabaseError
from django.test import Client

from graphkeep.server.http import health

PATHS = (
    "/healthz",
    "/ht/",
    "/healthcheck/",
    "/streamgl-viz/health",
    "/streamgl-sessions/health",
    "/pivot/health",
    "/caddy/health/",
    "/streamgl-gpu/primary/health",
    "/streamgl-gpu/secondary/cpu/health",
    "/streamgl-gpu/secondary/gpu/health",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_ad33_the_known_paths_answer_200_and_no_more(path):
    answer = Client().get(path)

    assert (answer.status_code, answer.json()) == (200, {"success": True})


def down():
    raise DatabaseError("no route to db.internal")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "found", "said"),
    [
        ("get_instance", down, "the database does not answer: no route to db.internal"),
        ("os.access", lambda *words: False, "cannot be written"),
        ("shutil.disk_usage", lambda path: type("U", (), {"free": 1}), "is full"),
    ],
)
def test_ad33_what_is_missing_gives_503_and_only_the_log_says_what(
    monkeypatch, caplog, name, found, said
):
    target = health
    for part in name.split(".")[:-1]:
        target = getattr(target, part)
    monkeypatch.setattr(target, name.rpartition(".")[2], found)

    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"success": False})
    assert said in caplog.text
