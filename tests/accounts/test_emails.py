"""An address names a person only when an Admin or a mail has confirmed it; links and shares ask for that."""

import pytest

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.people import register_user
from graphkeep.accounts.operations.profile import change_profile, confirm_email
from graphkeep.accounts.operations.runtime_settings import change_setting
from graphkeep.accounts.operations.sign_in import check_sign_in
from graphkeep.accounts.queries import user_with_email
from graphkeep.graph.errors import NotAllowedError, UserInputError
from tests.people import PASSWORD, make, person

pytestmark = pytest.mark.django_db


def test_taking_somebody_s_address_gains_nothing():
    mallory = make("mallory")
    change_profile(mallory, actor=person(mallory), name="", email="ceo@example.org")

    assert user_with_email("ceo@example.org") is None
    with pytest.raises(InvalidCredentialError):
        check_sign_in("ceo@example.org", PASSWORD)
    bob = make("bob")
    with pytest.raises(UserInputError):
        change_profile(mallory, actor=person(mallory), name="", email="bob@example.org")
    assert user_with_email("BOB@example.org") == bob
    assert check_sign_in("bob@example.org", PASSWORD) == bob


def test_an_admin_confirms_and_nobody_else():
    root, mallory = make("root", "admin"), make("mallory")
    change_profile(mallory, actor=person(mallory), name="", email="new@example.org")

    with pytest.raises(NotAllowedError):
        confirm_email(mallory, actor=person(mallory))
    confirm_email(mallory, actor=person(root))
    assert user_with_email("new@example.org") == mallory


def test_who_signs_up_by_themselves_has_confirmed_nothing():
    first = register_user(username="alice", email="alice@example.org", password=PASSWORD)
    change_setting("IS_SIGNUPS_OPEN_AFTER_FIRST", "yes", actor=CONSOLE)
    register_user(username="mallory", email="ceo@example.org", password=PASSWORD)

    assert user_with_email("alice@example.org") == first
    assert user_with_email("ceo@example.org") is None
    assert User.objects.get(username="mallory").email_verified is False


def test_passwords_that_are_tried_first_are_refused():
    for weak in (
        "password12",
        "qwertyuiop",
        "alice@example",
        "graphkeep2026",
        "1234567890",
        "iloveyou22",
    ):
        with pytest.raises(UserInputError):
            register_user(username="alice", email="alice@example.org", password=weak)
    assert not User.objects.exists()
