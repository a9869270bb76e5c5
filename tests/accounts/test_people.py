"""Who may become what, and how it ends."""

import threading

import pytest
from django.db import connection

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.authentication import Credentials, authenticate
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import AppendOnlyError, AuditEvent, User
from graphkeep.accounts.operations.keys import create_key
from graphkeep.accounts.operations.people import (
    RegistrationClosedError,
    register_user,
    set_role,
)
from graphkeep.graph.errors import NotAllowedError, UserInputError
from tests.people import PASSWORD, make, person


@pytest.mark.django_db
def test_the_first_to_register_is_admin_and_closes_registration():
    alice = register_user(username="alice", email="a@example.org", password=PASSWORD)

    assert alice.role == User.Role.ADMIN
    with pytest.raises(RegistrationClosedError):
        register_user(username="mallory", email="m@example.org", password=PASSWORD)
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]


@pytest.mark.django_db(transaction=True)
def test_many_first_registrations_make_one_admin():
    outcomes = []

    def register(number):
        try:
            register_user(username=f"user{number}", email="u@example.org", password=PASSWORD)
            outcomes.append("admin")
        except RegistrationClosedError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=(i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["admin"] + ["refused"] * 19
    assert User.objects.filter(role="admin").count() == 1


@pytest.mark.django_db
def test_a_deactivated_user_loses_token_and_key_at_once():
    bob = make("bob")
    token = f"Bearer {issue_token(bob)}"
    key, secret = create_key(bob, actor=person(bob))
    pair = f"PersonalKey {key.key_id}:{secret}"
    assert (
        authenticate(Credentials(authorization=token)).user
        == authenticate(Credentials(authorization=pair)).user
        == bob
    )

    set_role(bob, actor=CONSOLE, role="inactive")

    for header in (token, pair):
        with pytest.raises(InvalidCredentialError):
            authenticate(Credentials(authorization=header))


@pytest.mark.django_db
def test_a_user_may_not_make_users_and_the_last_admin_stays():
    alice, mallory = make("alice", "admin"), make("mallory")

    with pytest.raises(NotAllowedError):
        set_role(mallory, actor=person(mallory), role="admin")
    with pytest.raises(UserInputError):
        set_role(alice, actor=CONSOLE, role="user")
    assert User.objects.get(username="mallory").role == "user"


@pytest.mark.django_db
def test_users_and_organizations_share_one_namespace_and_audit_lines_stay():
    make("acme")

    with pytest.raises(UserInputError):
        make("acme")
    line = AuditEvent.objects.get(event="user.created")
    with pytest.raises(AppendOnlyError):
        line.delete()
