"""SH-07b, SH-08, SH-10, AD-17: who may become the first Admin, and how."""

from datetime import timedelta

import pytest
from django.utils import timezone

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import Instance, User
from graphkeep.accounts.operations.bootstrap import (
    CodeNeededError,
    ConsoleOnlyError,
    open_bootstrap,
)
from graphkeep.accounts.operations.people import (
    RegistrationClosedError,
    create_everyday_account,
    init_admin,
    register_user,
)
from graphkeep.accounts.operations.sign_in import BrowserNeededError, sign_in_program
from graphkeep.accounts.operations.site import change_setting
from graphkeep.graph.errors import NotAllowedError
from tests.accounts.people import PASSWORD, make, person

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
