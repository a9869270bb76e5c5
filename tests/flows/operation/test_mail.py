"""AD-19, SH-79: mail goes to the mail server that was named, in text and HTML, and nowhere under air gap."""

import re
import secrets
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

import pytest
import requests
from aiosmtpd.controller import Controller

from tests.ports import free_port
from tests.servers import TestServer, start_server, stop_server
from tests.waiting import wait_for_settings, wait_until

pytestmark = pytest.mark.flow


class Postbox:
    def __init__(self) -> None:
        self.mails: list[Message] = []

    def mail_to(self, address: str) -> Message | None:
        return next((mail for mail in self.mails if mail["To"] == address), None)

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestServer, Postbox]]:
    box = Postbox()
    smtp = Controller(box, hostname="127.0.0.1", port=free_port())
    smtp.start()
    made, process = start_server(
        tmp_path_factory.mktemp("mail"),
        DISABLE_EMAIL="false", EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(smtp.port), EMAIL_USE_TLS="false",
    )  # fmt: skip
    made.passwords["alice"] = secrets.token_urlsafe(16)
    made.run("user", "create", "--username", "alice", "--email", "alice@example.org", "--role", "user",
             "--password-stdin", stdin=made.passwords["alice"] + "\n")  # fmt: skip
    made.run("config", "set", "SITE_DOMAIN", "graphs.example.org")
    wait_for_settings()
    try:
        yield made, box
    finally:
        stop_server(process)
        smtp.stop()


def ask_for_password(server: TestServer, email: str) -> requests.Response:
    browser = requests.Session()
    address = f"{server.url}/accounts/password/reset/"
    page = browser.get(address, timeout=120)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    said = {"email": email, "csrfmiddlewaretoken": token[1]}
    return browser.post(
        address, data=said, headers={"X-Forwarded-Host": "evil.example.org"}, timeout=120
    )


def test_sh43_a_password_mail_names_the_domain_whatever_the_request_says(
    post: tuple[TestServer, Postbox],
) -> None:
    server, box = post
    known, unknown = (ask_for_password(server, f"{who}@example.org") for who in ("alice", "nobody"))

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    wait_until(lambda: box.mail_to("nobody@example.org"))
    mail = wait_until(lambda: box.mail_to("alice@example.org"))
    text = mail.as_string()
    assert "//graphs.example.org/accounts/password/reset/key/" in text
    assert "evil" not in text
    assert "127.0.0.1" not in text
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]


def test_an_invitation_is_mailed_in_text_and_html(post: tuple[TestServer, Postbox]) -> None:
    server, box = post
    server.run("user", "invite", "--email", "bob@example.org", "--send")

    mail = box.mail_to("bob@example.org")
    assert mail is not None
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert "http://graphs.example.org/accounts/invitation/" in mail.as_string()


def test_sh79_under_air_gap_no_mail_leaves_and_the_page_says_so(
    post: tuple[TestServer, Postbox],
) -> None:
    server, box = post
    server.run("config", "set", "IS_AIR_GAPPED", "true")
    wait_for_settings()
    before = len(box.mails)

    page = requests.get(f"{server.url}/accounts/password/reset/", timeout=120)
    server.run("user", "invite", "--email", "charlie@example.org", "--send")

    assert "This server sends no mail" in page.text
    assert len(box.mails) == before
