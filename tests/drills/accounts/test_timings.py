"""V28, G21: the time of a refusal does not tell whether a name exists."""

import os
import secrets
import time
from pathlib import Path

import requests

from tests.servers import TestServer, running_server

ALL = bool(os.environ.get("GRAPHKEEP_PROVE"))
SAMPLES = 2000 if ALL else 150  # of each kind
LARGEST_AUC = 0.55 if ALL else 0.62  # a slice is noisier


def elapsed_s(server: TestServer, session: requests.Session, name: str) -> float:
    said = {"username": name, "password": "not the password"}
    began = time.perf_counter()
    assert session.post(f"{server.url}/api-token-auth/", json=said, timeout=60).status_code == 400
    return time.perf_counter() - began


def area_under_curve(first: list[float], second: list[float]) -> float:
    """The chance that a random one of the second is larger: 0.5 tells nothing (Mann and Whitney)."""
    ranked = sorted([(one, 0) for one in first] + [(one, 1) for one in second])
    ranks = sum(rank for rank, (_, kind) in enumerate(ranked, 1) if kind)
    n, m = len(first), len(second)
    return (ranks - m * (m + 1) / 2) / (n * m)


def test_the_time_of_a_refusal_tells_nothing(tmp_path: Path) -> None:
    # Each name is asked fewer times than the limit; the address's own limit is out of the way here.
    names = [f"user{number}" for number in range(-(-SAMPLES // 15))]
    with running_server(tmp_path, GRAPHKEEP_SIGN_INS_PER_ADDRESS="1000000") as server:
        make = "\n".join(names)
        server.run("user", "import", stdin=make)
        session = requests.Session()
        for _ in range(20):
            elapsed_s(server, session, secrets.token_hex(4))
        known, unknown = [], []
        for number in range(SAMPLES):
            first = elapsed_s(server, session, names[number % len(names)])
            second = elapsed_s(server, session, f"ghost{number % len(names)}")
            known.append(first)
            unknown.append(second)

    auc = area_under_curve(known, unknown)
    assert max(auc, 1 - auc) <= LARGEST_AUC, auc
