"""A hundred people sign up at the same moment on an empty server: one becomes Admin, nobody else enters."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from tests.servers import TestServer, start_server, stop_server

CROWD = 100
PASSWORD = "violet-tram-07-harbour"


def sign_up(server: TestServer, number: int) -> int:
    browser = requests.Session()
    page = browser.get(f"{server.url}/accounts/signup/", timeout=120)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    answer = browser.post(
        f"{server.url}/accounts/signup/",
        data={
            "csrfmiddlewaretoken": token[1],
            "username": f"person{number}",
            "email": f"person{number}@example.org",
            "password": PASSWORD,
            "password_again": PASSWORD,
        },
        timeout=120,
        allow_redirects=False,
    )
    return answer.status_code


def test_a_crowd_makes_one_admin(tmp_path: Path) -> None:
    server, process = start_server(tmp_path)
    try:
        with ThreadPoolExecutor(CROWD) as crowd:
            codes = list(crowd.map(lambda number: sign_up(server, number), range(CROWD)))
        users = server.run("user", "list").strip().splitlines()
    finally:
        stop_server(process)

    assert sorted(codes) == [302] + [403] * (CROWD - 1)
    assert len(users) == 1
    assert "admin" in users[0]
