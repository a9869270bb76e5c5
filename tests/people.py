"""alice, bob and the others, made as the console makes them."""

from graphkeep.accounts.actor import ALL_SCOPES, CONSOLE, Actor
from graphkeep.accounts.operations.people import create_user

PASSWORD = "violet-tram-07-harbour"


def make(name, role="user"):
    return create_user(
        username=name, email=f"{name}@example.org", password=PASSWORD, role=role, actor=CONSOLE
    )


def person(user, **more):
    return Actor(user=user, credential_kind="session", scopes=ALL_SCOPES, **more)
