"""V27, G21: parallel guesses never pass the limit, on one name and over both ways in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from tests.servers import TestServer, running_server, sign_in_page

LIMIT = 20
GUESSES = 500


def guess(server: TestServer, number: int) -> int:
    if number % 10 == 0:
        return sign_in_page(server, "alice", f"guess {number}").status_code
    said = {"username": "alice", "password": f"guess {number}"}
    return requests.post(f"{server.url}/api-token-auth/", json=said, timeout=120).status_code


def test_500_parallel_guesses_never_pass_the_limit(tmp_path: Path) -> None:
    with running_server(tmp_path, "alice", "bob") as server:
        with ThreadPoolExecutor(50) as crowd:
            codes = list(crowd.map(lambda number: guess(server, number), range(GUESSES)))
        lines = server.run("audit", "--event", "sign-in.failed", "--count")
        bob = requests.post(
            f"{server.url}/api-token-auth/",
            json={"username": "bob", "password": server.passwords["bob"]},
            timeout=60,
        )

    assert int(lines) == LIMIT  # as many passwords were compared, and no more
    assert set(codes) <= {200, 400, 429}  # the page shows its refusal with 200
    assert codes.count(429) >= GUESSES - GUESSES // 10 - LIMIT
    assert bob.status_code == 200  # nobody else is locked out
