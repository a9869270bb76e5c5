"""SH-07b, SH-08, SH-10, AD-17: who may become the first Admin, and how."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.models import Instance, User
from graphkeep.accounts.operations.bootstrap import (
    CodeNeededError,
    ConsoleOnlyError,
    open_bootstrap,
)
from graphkeep.accounts.operations.first_admin import init_admin
from graphkeep.accounts.operations.people import (
    RegistrationClosedError,
    create_everyday_account,
    create_user,
    register_user,
)
from graphkeep.accounts.operations.runtime_settings import change_setting
from graphkeep.accounts.operations.sign_in import (
    BrowserNeededError,
    check_sign_in,
    sign_in_program,
)
from graphkeep.graph.errors import NotAllowedError
from tests.people import PASSWORD, make, person

pytestmark = pytest.mark.django_db


def register(name, code=""):
    return register_user(username=name, email=f"{name}@example.org", password=PASSWORD, code=code)


def after_the_window():
    Instance.objects.update(open_until=timezone.now() - timedelta(seconds=1))


def test_sh07b_on_this_machine_no_code_is_needed():
    assert open_bootstrap(is_local=True) == ""

    assert register("alice").role == User.Role.ADMIN


def test_sh07b_on_a_network_the_window_ends_and_the_code_works_once():
    code = open_bootstrap(is_local=False)
    after_the_window()

    for wrong in ("", "0" * 20):
        with pytest.raises(CodeNeededError):
            register("mallory", wrong)
    assert register("alice", code).role == User.Role.ADMIN
    with pytest.raises(RegistrationClosedError):
        register("mallory", code)
    assert Instance.objects.get().code_hash == ""
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]


def test_sh07b_within_the_window_it_is_open():
    open_bootstrap(is_local=False)

    assert register("alice").role == User.Role.ADMIN


def test_sh07b_modes_code_and_cli(settings):
    settings.BOOTSTRAP_MODE = "code"
    code = open_bootstrap(is_local=True)
    with pytest.raises(CodeNeededError):
        register("mallory")
    settings.BOOTSTRAP_MODE = "cli"
    assert open_bootstrap(is_local=True) == ""
    with pytest.raises(ConsoleOnlyError):
        register("mallory", code)
    assert not User.objects.exists()


def test_sh07_no_deed_of_an_admin_reopens_registration():
    alice = register("alice")
    User.objects.filter(pk=alice.pk).delete()

    assert open_bootstrap(is_local=False) == ""
    with pytest.raises(RegistrationClosedError):
        register("mallory")


def test_sh08_a_preset_admin_must_choose_a_password_and_is_made_once(settings):
    settings.ADMIN_INIT_USERNAME, settings.ADMIN_INIT_PASSWORD = "admin", "i-0ac53d9e1f7b2c448"
    made = init_admin()

    assert made is not None
    assert (made.role, made.must_change_password) == ("admin", True)
    assert init_admin() is None
    with pytest.raises(RegistrationClosedError):
        register("mallory")
    with pytest.raises(BrowserNeededError):
        sign_in_program("admin", "i-0ac53d9e1f7b2c448")


@contextmanager
def cloud(instance_id):
    """A double of a cloud's metadata service, by its public interface (IMDSv2)."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status, text):
            asked.append((self.command, self.path))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_PUT(self):
            self.answer(200, "a-token")

        def do_GET(self):
            good = self.headers["X-aws-ec2-metadata-token"] == "a-token"
            self.answer(200 if good else 401, instance_id if good else "")

        def log_message(self, *_):
            """Quiet."""

    service = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{service.server_port}", asked
    service.shutdown()
    service.server_close()


def test_sh08_a_cloud_s_machine_lets_its_administrator_in_by_its_id(settings):
    with cloud("i-0123456789abcdef0") as (address, asked):
        settings.ADMIN_INIT_METADATA_URL = address
        assert init_admin() is None
        assert asked == []  # only where it was switched on

        settings.ADMIN_INIT_FROM_METADATA = True
        change_setting("IS_AIR_GAPPED", "true", actor=CONSOLE)
        assert init_admin() is None
        assert asked == []  # and never under air gap
        change_setting("IS_AIR_GAPPED", "false", actor=CONSOLE)
        made = init_admin()
        assert made is not None
        assert (made.username, made.role, made.must_change_password) == ("admin", "admin", True)
        assert check_sign_in("admin", "i-0123456789abcdef0") == made
        assert init_admin() is None
    with pytest.raises(RegistrationClosedError):
        register("mallory")


def test_asvs_6_4_1_a_given_password_ends_when_it_is_not_changed():
    bob = create_user(
        username="bob", email="", password=PASSWORD, must_change_password=True, actor=CONSOLE
    )
    assert check_sign_in("bob", PASSWORD) == bob
    User.objects.update(password_given_at=timezone.now() - timedelta(days=15))

    with pytest.raises(InvalidCredentialError):
        check_sign_in("bob", PASSWORD)


def test_sh10_an_everyday_account_is_one_deed_and_no_admin():
    alice = make("alice", "admin")

    made, password = create_everyday_account(actor=person(alice))

    assert (made.username, made.role, made.must_change_password) == ("alice.everyday", "user", True)
    assert made.check_password(password)
    with pytest.raises(NotAllowedError):
        create_everyday_account(actor=person(make("mallory")))


def test_ad17_signing_up_can_be_opened_and_closed_while_the_server_runs():
    register("alice")
    change_setting("IS_SIGNUPS_OPEN_AFTER_FIRST", "true", actor=CONSOLE)
    assert register("bob").role == User.Role.USER
    change_setting("IS_SIGNUPS_OPEN_AFTER_FIRST", "no", actor=CONSOLE)

    with pytest.raises(RegistrationClosedError):
        register("mallory")
