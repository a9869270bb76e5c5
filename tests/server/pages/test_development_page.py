"""`graphkeep dev`: the page comes from Vite, and the policy allows it, on this machine alone."""

import pytest
from django.test import Client

from graphkeep.server.config.addresses import loopback_url

VITE = "http://127.0.0.1:5173"
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'"


def page(host: str) -> tuple[str, str]:
    """What a page says, and its policy."""
    answer = Client(headers={"host": host}).get("/accounts/login/", REMOTE_ADDR="127.0.0.1")
    return answer.content.decode(), answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_page_comes_from_vite_with_its_reload(settings) -> None:
    settings.VITE_URL = VITE
    text, policy = page("localhost:8000")

    assert f'src="{VITE}/static/workbench/@vite/client"' in text
    assert f'src="{VITE}/static/workbench/src/app/account.ts"' in text
    assert f"script-src 'self' {VITE}; " in policy
    assert f"connect-src 'self' {VITE} ws://127.0.0.1:5173; " in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.django_db
def test_without_the_variable_the_policy_is_the_strict_one(settings) -> None:
    settings.VITE_URL = ""
    text, policy = page("localhost:8000")

    assert "@vite" not in text
    assert policy.startswith(STRICT)


@pytest.mark.django_db
def test_a_request_that_names_another_machine_gets_the_strict_policy(settings) -> None:
    settings.VITE_URL = VITE
    settings.EXTRA_HOSTS = ["graphs.example.org"]
    settings.ALLOWED_HOSTS = ["*"]

    assert page("graphs.example.org")[1].startswith(STRICT)


@pytest.mark.parametrize(
    "text",
    ["https://127.0.0.1:5173", "http://evil.example.org:5173", "http://127.0.0.1.example.org",
     "http://10.0.0.5:5173", "http://127.0.0.1:5173/x; script-src *", "//127.0.0.1"],
)  # fmt: skip
def test_only_an_address_of_this_machine_is_taken(text) -> None:
    with pytest.raises(ValueError, match="an address of this machine"):
        loopback_url(text)


def test_an_address_of_this_machine_is_taken() -> None:
    assert loopback_url("http://LOCALHOST:5173/") == "http://localhost:5173"
