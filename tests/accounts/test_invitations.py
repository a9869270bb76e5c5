"""AD-16, AD-19, SH-19: invitations are for one person, once, for a while, and worth what their maker may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import Invitation, User
from graphkeep.accounts.operations.invitations import (
    accept_invitation,
    create_invitation,
    open_invitation,
    register_invited,
    withdraw_invitation,
)
from graphkeep.accounts.operations.organizations import (
    add_member,
    create_organization,
    remove_member,
)
from graphkeep.accounts.operations.people import set_role
from graphkeep.graph.errors import NotAllowedError, NotFoundError, UserInputError
from tests.people import PASSWORD, make, person

pytestmark = pytest.mark.django_db


def join(token, name="bob"):
    return register_invited(token, username=name, email="x@example.org", password=PASSWORD)


def test_ad19_an_invitation_makes_one_account_once():
    root = make("root", "admin")
    invitation, token = create_invitation(actor=person(root), email="bob@example.org")

    bob = join(token)

    assert (bob.email, bob.role) == ("bob@example.org", "user")
    with pytest.raises(NotFoundError):
        join(token, "mallory")
    assert not User.objects.filter(username="mallory").exists()
    assert Invitation.objects.get(pk=invitation.pk).used_at is not None
    assert token not in str(Invitation.objects.values())


def test_an_invitation_that_fails_can_be_used_again():
    _, token = create_invitation(actor=CONSOLE)
    with pytest.raises(UserInputError):
        register_invited(token, username="bob", email="", password="password12")

    assert join(token).username == "bob"


@pytest.mark.parametrize("end", ["time", "withdrawal", "demotion"])
def test_an_invitation_ends(end):
    root, other = make("root", "admin"), make("other", "admin")
    invitation, token = create_invitation(actor=person(root))
    assert open_invitation(token) == invitation

    if end == "time":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "withdrawal":
        withdraw_invitation(invitation, actor=person(other))
    else:
        set_role(root, actor=person(other), role="user")

    with pytest.raises(NotFoundError):
        join(token, "mallory")


def test_ad16_an_organizations_admin_invites_to_it_and_to_nothing_else():
    acme = create_organization("acme", actor=CONSOLE)
    bob, charlie, mallory = make("bob"), make("charlie"), make("mallory")
    add_member(acme, actor=CONSOLE, user=bob, role="admin")
    add_member(acme, actor=CONSOLE, user=mallory)

    _, token = create_invitation(actor=person(bob), organization=acme)
    assert accept_invitation(token, actor=person(charlie)) == acme
    assert acme.memberships.get(user=charlie).role == "member"
    for actor, more in ((mallory, {}), (bob, {"role": "admin"})):
        with pytest.raises(NotAllowedError):
            create_invitation(actor=person(actor), organization=acme, **more)
    with pytest.raises(NotAllowedError):
        create_invitation(actor=person(bob))


def test_an_invitation_by_mail_is_for_its_address_alone():
    acme = create_organization("acme", actor=CONSOLE)
    _, token = create_invitation(actor=CONSOLE, email="bob@example.org", organization=acme)

    with pytest.raises(NotAllowedError):
        accept_invitation(token, actor=person(make("mallory")))
    assert accept_invitation(token, actor=person(make("bob"))) == acme


def test_an_organization_keeps_its_last_admin_and_members_may_leave():
    acme = create_organization("acme", actor=CONSOLE)
    bob, charlie, mallory = make("bob"), make("charlie"), make("mallory")
    add_member(acme, actor=CONSOLE, user=bob, role="admin")
    add_member(acme, actor=person(bob), user=charlie)

    with pytest.raises(UserInputError):
        remove_member(acme, actor=person(bob), user=bob)
    with pytest.raises(NotAllowedError):
        remove_member(acme, actor=person(mallory), user=charlie)
    remove_member(acme, actor=person(charlie), user=charlie)
    assert [one.user for one in acme.memberships.all()] == [bob]
