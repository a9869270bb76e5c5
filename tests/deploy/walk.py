"""What a person does with the stack, step by step: walk.py STEP URL CODE SECONDS."""

import json
import os
import sys
import time
from pathlib import Path

import graphistry
import jwt
import pandas as pd
import requests
from websockets.sync.client import connect

PASSWORD = "violet-tram-07-harbour"  # of an account that lives for a minute


def token(url: str) -> str:
    answer = requests.post(
        f"{url}/api-token-auth/", json={"username": "alice", "password": PASSWORD}, timeout=30
    )
    return answer.json().get("token", "")


def life(text: str) -> int:
    claims = jwt.decode(text, options={"verify_signature": False})
    return int(claims["exp"] - claims["iat"])


def sign_up(url: str, code: str) -> None:
    browser = requests.Session()
    page = browser.get(f"{url}/accounts/signup/", timeout=30).text
    csrf = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    said = {"username": "alice", "email": "alice@example.org", "password": PASSWORD,
            "password_again": PASSWORD, "code": code, "csrfmiddlewaretoken": csrf}  # fmt: skip
    answer = browser.post(
        f"{url}/accounts/signup/", said, headers={"Referer": f"{url}/accounts/signup/"}, timeout=30
    )
    assert answer.url.endswith("/datasets/"), (answer.status_code, answer.url, answer.text[:500])


def plot(url: str) -> str:
    graphistry.register(
        api=3,
        protocol=url.partition("://")[0],
        server=url.partition("://")[2],
        username="alice",
        password=PASSWORD,
    )
    edges = pd.DataFrame({"s": ["a", "b", "c"], "d": ["b", "c", "a"]})
    made = graphistry.edges(edges, "s", "d").plot(render=False, as_files=True)
    return made.split("dataset=")[1].split("&")[0]


def drawn(url: str, dataset: str) -> None:
    headers = {"Authorization": f"Bearer {token(url)}"}
    for _ in range(900):
        state = requests.get(f"{url}/api/view/{dataset}/", headers=headers, timeout=30).json()
        if state["state"] == "ready" and state["layout"]["state"] not in {"running", "queued"}:
            assert state["edge_count"] == 3, state
            return
        time.sleep(0.2)
    raise AssertionError(state)


def scaled(url: str) -> None:
    """One browser session, uploads and sockets, whichever of several web servers answers."""
    browser = requests.Session()
    browser.headers["Connection"] = "close"
    page = browser.get(f"{url}/accounts/login/", timeout=30).text
    csrf = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    said = {"login": "alice", "password": PASSWORD, "csrfmiddlewaretoken": csrf}
    browser.post(
        f"{url}/accounts/login/", said, headers={"Referer": f"{url}/accounts/login/"}, timeout=30
    )
    for _ in range(40):
        answer = browser.get(f"{url}/datasets/", timeout=30)
        assert (answer.status_code, answer.url) == (200, f"{url}/datasets/"), answer.url
    for _ in range(4):
        dataset = plot(url)
        drawn(url, dataset)
        heard(url, dataset)
    sys.stdout.write("one session, 4 uploads and 8 sockets on several web servers\n")


def heard(url: str, dataset: str) -> None:
    """Two people at the same graph: one plays its layout, both see it move."""
    where = f"{url.replace('http', 'ws', 1)}/api/view/{dataset}/stream/"
    headers = {"Authorization": f"Bearer {token(url)}"}
    with (
        connect(where, additional_headers=headers) as one,
        connect(where, additional_headers=headers) as other,
    ):
        one.send(json.dumps({"type": "play", "ms": 3000}))
        for stream in (one, other):
            while True:
                message = stream.recv(timeout=30)
                if isinstance(message, str) and json.loads(message)["type"] == "frame":
                    break


def main() -> None:
    step, url, code, seconds = sys.argv[1:]
    kept = os.environ.get("WALK_TOKEN", "")
    if step == "empty":
        assert token(url) == ""
        headers = {"Authorization": f"Bearer {Path(kept).read_text()}"}
        answer = requests.post(
            f"{url}/api/v2/upload/datasets/", json={}, headers=headers, timeout=30
        )
        assert answer.status_code == 401, (answer.status_code, answer.text[:200])
        assert "/accounts/signup/" in requests.get(url, timeout=30).url
        sys.stdout.write(
            "empty: alice is not known, her token is refused, and the first sign-up is open again\n"
        )
        return
    if step == "first":
        answer = requests.get(f"{url}/healthz", timeout=30)
        if url.startswith("https"):
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000"), (
                answer.headers
            )
        assert "Server" not in answer.headers
        sign_up(url, code)
    if step == "scaled":
        scaled(url)
    if step in {"first", "again"}:
        dataset = plot(url)
        drawn(url, dataset)
        sys.stdout.write(f"plotted {dataset}" + "\n")
    held = token(url)
    if kept:
        Path(kept).write_text(held)
    assert life(held) == int(seconds), life(held)
    sys.stdout.write(f"a token lives for {seconds} s" + "\n")


if __name__ == "__main__":
    main()
