"""The actor: who makes a request. Rules and queries take the actor, never the user."""

from dataclasses import dataclass
from typing import Literal

from graphkeep.accounts.models import EVERYDAY_SCOPES, SCOPES, Organization, User
from graphkeep.accounts.os_user import operating_system_user

CredentialKind = Literal["none", "session", "token", "key", "link", "embed", "cli", "system"]
ALL_SCOPES = frozenset(SCOPES)
EVERYDAY = frozenset(EVERYDAY_SCOPES)
READ_ONLY = frozenset({"read"})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`only_dataset` is the id of the one dataset that a share link or an embed token grants access to."""

    user: User | None
    credential_kind: CredentialKind
    credential_id: str = ""
    scopes: frozenset[str] = frozenset()
    organization: Organization | None = None
    only_dataset: str = ""
    address: str = ""

    @property
    def is_authenticated(self) -> bool:
        return self.user is not None

    @property
    def is_admin(self) -> bool:
        """Whether the user's role is Admin and the credential has the scope `admin`."""
        if self.is_console_or_system:
            return True
        return (
            self.user is not None and self.user.role == User.Role.ADMIN and "admin" in self.scopes
        )

    @property
    def is_console_or_system(self) -> bool:
        """Whether this is the console or the server itself; never true for a request."""
        return self.credential_kind in {"cli", "system"}

    def __str__(self) -> str:
        return self.user.username if self.user is not None else self.credential_kind


ANONYMOUS = Actor(user=None, credential_kind="none", scopes=READ_ONLY)
CONSOLE = Actor(
    user=None, credential_kind="cli", credential_id=operating_system_user(), scopes=ALL_SCOPES
)


def system_actor(name: str) -> Actor:
    """The actor of the server's own component `name`, with all scopes."""
    return Actor(user=None, credential_kind="system", credential_id=name, scopes=ALL_SCOPES)
