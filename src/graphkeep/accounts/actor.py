"""Who asks. Rules and queries ask the actor, never the user."""

from dataclasses import dataclass
from typing import Literal

from graphkeep.accounts.models import Organization, User

CredentialKind = Literal["none", "session", "token", "key", "cli", "system"]


@dataclass(frozen=True, kw_only=True)
class Actor:
    user: User | None
    credential_kind: CredentialKind
    credential_id: str = ""
    scopes: frozenset[str] = frozenset()
    organization: Organization | None = None
    audience: str = ""

    @property
    def is_authenticated(self) -> bool:
        return self.user is not None

    @property
    def is_admin(self) -> bool:
        return self.credential_kind in {"cli", "system"} or (
            self.user is not None and self.user.role == User.Role.ADMIN
        )

    def __str__(self) -> str:
        return self.user.username if self.user is not None else self.credential_kind


ANONYMOUS = Actor(user=None, credential_kind="none")
CONSOLE = Actor(user=None, credential_kind="cli")


def system_actor(name: str) -> Actor:
    return Actor(user=None, credential_kind="system", credential_id=name)
