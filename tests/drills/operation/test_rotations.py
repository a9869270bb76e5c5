"""Secrets change under load: no request fails, nobody is signed out, and the former key is worth nothing."""

import hmac
import os
import subprocess
import sys
import threading
import time

import jwt
import pytest
import requests

from graphkeep.server.config.envfile import parse

pytestmark = pytest.mark.flow
ROTATIONS = 25 if os.environ.get("GRAPHKEEP_PROVE") else 1
PLANT = """
from graphkeep.server.process.start import set_up_django
set_up_django()
from allauth.mfa.models import Authenticator
from graphkeep.accounts.models import Instance, User
from graphkeep.accounts.secret_box import decrypt, encrypt
bob, _ = User.objects.get_or_create(username="bob")
row, is_new = Authenticator.objects.get_or_create(user=bob, type="totp", defaults={"data": {"secret": encrypt("canary")}})
print(row.data["secret"], decrypt(row.data["secret"]), Instance.objects.get().instance_id)
"""


class Client:
    """Asks again and again, with one token that it refreshes like the public clients do."""

    def __init__(self, server):
        self.server = server
        self.token = server.token()
        self.failed = []
        self.count = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()

    def ask(self):
        while not self.over.is_set():
            answer = requests.get(
                f"{self.server.url}/api/v2/datasets/",
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=120,
            )
            self.count += 1
            if answer.status_code != 200:
                self.failed.append((answer.status_code, answer.text[:100]))

    def refresh(self):
        answer = requests.post(
            f"{self.server.url}/api-token-refresh/", json={"token": self.token}, timeout=120
        )
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["token"]


def configured(server):
    return parse((server.home / "data/config/custom.env").read_text(), "custom.env")


def planted(server):
    words = [sys.executable, "-W", "ignore", "-c", PLANT]
    done = subprocess.run(words, env=server.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def forged(secret, instance_id, claims):
    key = hmac.digest(secret.encode(), f"api-token:{instance_id}".encode(), "sha256")
    return jwt.encode(claims, key, "HS256")


def test_sh55_sh56_secrets_rotate_under_load(own_server, monkeypatch):
    for name in ("DJANGO_SECRET_KEY", "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)
    server = own_server()
    planted(server)
    client = Client(server)
    try:
        for _ in range(ROTATIONS):
            before = configured(server)
            sealed, text, instance_id = planted(server)
            claims = jwt.decode(client.token, options={"verify_signature": False})

            server.run("secrets", "rotate", "django")
            client.refresh()
            time.sleep(0.5)
            assert "1 former keys were retired" in server.run("secrets", "retire")
            assert "1 stored secrets" in server.run("secrets", "rotate", "encryption")

            after = configured(server)
            old = forged(before["DJANGO_SECRET_KEY"], instance_id, claims)
            new = forged(after["DJANGO_SECRET_KEY"], instance_id, claims)
            for token, status in ((old, 401), (new, 200)):
                answer = requests.get(
                    f"{server.url}/api/v2/datasets/",
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=120,
                )
                assert answer.status_code == status
            sealed_anew, same, _ = planted(server)
            assert (text, same) == ("canary", "canary")
            assert sealed_anew.split(".")[1] != sealed.split(".")[1]
            keys = "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
            assert before[keys] != after[keys]
            assert "," not in after[keys]
    finally:
        client.over.set()
        client.thread.join()

    assert client.failed == []
    assert client.count > 20 * ROTATIONS
