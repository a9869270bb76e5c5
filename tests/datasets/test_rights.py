"""Who sees, edits, shares and deletes: relation by relation, from a table written by hand."""

import pytest

from graphkeep.accounts.actor import ALL_SCOPES, ANONYMOUS, CONSOLE, Actor
from graphkeep.accounts.models import AuditEvent, User
from graphkeep.accounts.operations.invitations import create_invitation, register_invited
from graphkeep.accounts.operations.organizations import add_member, create_organization
from graphkeep.accounts.operations.people import create_user
from graphkeep.api.v2.requests.sharing import ShareRequest
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.queries.visibility import (
    datasets_listed_for,
    datasets_visible_to,
)
from graphkeep.datasets.rules import may_delete, may_edit, may_share
from graphkeep.datasets.sharing.share import Invited, ShareSettings, bind_invitations, share_dataset
from graphkeep.graph.errors import NotAllowedError, UserInputError

pytestmark = pytest.mark.django_db

FLOWS = DatasetFields(
    name="flows",
    metadata={},
    edge_encodings={"bindings": {"source": "s", "destination": "d"}},
)
# see, listed, edit, share, delete
TABLE = {
    ("private", "10"): {
        "alice": "SLEHD", "bob": ".....", "charlie": ".....", "root": ".....", "nobody": ".....",
    },
    ("organization", "10"): {
        "alice": "SLEHD", "bob": "SL...", "charlie": ".....", "root": ".....", "nobody": ".....",
    },
    ("organization", "20"): {
        "alice": "SLEHD", "bob": "SLE..", "charlie": ".....", "root": ".....", "nobody": ".....",
    },
    ("public", "20"): {
        "alice": "SLEHD", "bob": "S....", "charlie": "S....", "root": "S....", "nobody": "S....",
    },
}  # fmt: skip


@pytest.fixture
def people() -> dict[str, Actor]:
    made: dict[str, Actor] = {"nobody": ANONYMOUS}
    for name in ("alice", "bob", "charlie", "root"):
        user = create_user(
            username=name,
            email=f"{name}@example.org",
            password="a-long-enough-passw0rd",
            role="admin" if name == "root" else "user",
            actor=CONSOLE,
        )
        made[name] = Actor(user=user, credential_kind="session", scopes=ALL_SCOPES)
    acme = create_organization("acme", actor=CONSOLE)
    for name in ("alice", "bob"):
        add_member(organization=acme, user=User.objects.get(username=name), actor=CONSOLE)
    return made


def rights(dataset: Dataset, actor: Actor) -> str:
    is_listed = (
        actor.user is not None and datasets_listed_for(actor.user).filter(pk=dataset.pk).exists()
    )
    return "".join(
        letter if allowed else "."
        for letter, allowed in (
            ("S", datasets_visible_to(actor).filter(pk=dataset.pk).exists()),
            ("L", is_listed),
            ("E", may_edit(actor, dataset)),
            ("H", may_share(actor, dataset)),
            ("D", may_delete(actor, dataset)),
        )
    )


@pytest.mark.parametrize(("mode", "action"), TABLE)
def test_rights_are_as_the_table_says(people: dict[str, Actor], mode: str, action: str) -> None:
    dataset = create_dataset(FLOWS, org_name="acme", actor=people["alice"])
    share_dataset(dataset, ShareSettings(mode=mode, action=action), actor=people["alice"])

    assert {name: rights(dataset, actor) for name, actor in people.items()} == TABLE[mode, action]


def test_an_invitation_gives_its_own_action_and_ends_with_the_next(
    people: dict[str, Actor],
) -> None:
    dataset = create_dataset(FLOWS, org_name="acme", actor=people["alice"])
    for action, expected in (("10", "SL..."), ("20", "SLE.."), ("30", "SLEH.")):
        invited = (Invited(email="CHARLIE@example.org", action=action),)
        share_dataset(
            dataset, ShareSettings(mode="private", invited=invited), actor=people["alice"]
        )
        assert rights(dataset, people["charlie"]) == expected
    share_dataset(dataset, ShareSettings(mode="private"), actor=people["alice"])
    assert rights(dataset, people["charlie"]) == "....."


def test_claiming_an_invited_address_later_gains_nothing(people: dict[str, Actor]) -> None:
    dataset = create_dataset(FLOWS, org_name="acme", actor=people["alice"])
    late = ShareRequest.parse({"mode": "private", "invited_users": ["late@example.org"]})
    share_dataset(dataset, late.settings, actor=people["alice"])
    mallory = create_user(
        username="mallory",
        email="late@example.org",
        password="a-long-enough-passw0rd",
        actor=CONSOLE,
    )

    assert (
        rights(dataset, Actor(user=mallory, credential_kind="session", scopes=ALL_SCOPES))
        == "....."
    )


def test_a_stranger_cannot_share_and_nonsense_is_refused(people: dict[str, Actor]) -> None:
    dataset = create_dataset(FLOWS, org_name="acme", actor=people["alice"])

    with pytest.raises(NotAllowedError):
        share_dataset(dataset, ShareSettings(mode="public"), actor=people["charlie"])
    for body in ({"mode": "secret"}, {"mode": "public", "mode_action": "99"},
                 {"mode": "private", "invited_users": [{"email": 7}]}):  # fmt: skip
        with pytest.raises(UserInputError):
            ShareRequest.parse(body)


def test_each_deed_leaves_its_line(people: dict[str, Actor]) -> None:
    dataset = create_dataset(FLOWS, org_name="acme", actor=people["alice"])
    share_dataset(dataset, ShareSettings(mode="private"), actor=people["alice"])
    lines = AuditEvent.objects.filter(event__startswith="dataset.").order_by("pk")

    assert [(line.event, line.actor) for line in lines] == [
        ("dataset.created", "alice"),
        ("dataset.shared", "alice"),
    ]


def test_what_was_shared_with_an_address_waits_for_its_invited_holder(
    people: dict[str, Actor],
) -> None:
    dataset = create_dataset(FLOWS, org_name="acme", actor=people["alice"])
    invited = (Invited(email="new@example.org", action="20"),)
    share_dataset(dataset, ShareSettings(invited=invited), actor=people["alice"])
    _, token = create_invitation(actor=CONSOLE, email="new@example.org")
    newcomer = register_invited(
        token, username="newcomer", email="", password="violet-tram-07-harbour"
    )
    actor = Actor(user=newcomer, credential_kind="session", scopes=ALL_SCOPES)
    assert rights(dataset, actor) == "....."

    bind_invitations(newcomer)

    assert rights(dataset, actor) == "SLE.."
