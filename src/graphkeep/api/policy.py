"""Access policies: who may use a route. What they may do with an object is checked by `datasets.rules`.

Every route of the server declares one of these; a route without one is refused and fails the build.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Access = Literal["open", "object", "actor", "browser", "portal"]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`scopes`: the scope that a credential needs for each method; `*` is for all other methods."""

    access: Access
    scopes: Mapping[str, str] = field(default_factory=dict)
    before_ready: bool = False  # also for users who must first set a password or a second factor

    def scope_for(self, method: str) -> str:
        method = "GET" if method in {"HEAD", "OPTIONS"} else method
        return self.scopes.get(method, self.scopes.get("*", ""))


def actors(everything: str = "", **by_method: str) -> Policy:
    """A policy for signed-in actors whose credential has this scope."""
    scopes = {"*": everything} if everything else {}
    return Policy(access="actor", scopes={**scopes, **by_method})


OPEN = Policy(access="open", before_ready=True)
OBJECT = Policy(access="object", scopes={"*": "read"})
BROWSER = Policy(access="browser")
BROWSER_EARLY = Policy(access="browser", before_ready=True)
PORTAL = Policy(access="portal")


def policy_of(view: Any) -> Policy | None:
    policy = getattr(view, "policy", None)
    return policy if isinstance(policy, Policy) else None
