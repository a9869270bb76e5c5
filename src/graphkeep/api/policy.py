"""Whom a route lets in at its door. What they may do behind it is the object's to say.

Every route of the server declares one of these; a route without one is refused and fails the build.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Door = Literal["open", "object", "actor", "browser", "portal"]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`scopes`: the right that a credential needs for a method; methods not named need `*`'s."""

    door: Door
    scopes: Mapping[str, str] = field(default_factory=dict)
    before_ready: bool = False  # also for who must first choose a password or a second factor

    def scope_for(self, method: str) -> str:
        method = "GET" if method in {"HEAD", "OPTIONS"} else method
        return self.scopes.get(method, self.scopes.get("*", ""))


def actors(everything: str = "", **by_method: str) -> Policy:
    """Somebody who is signed in, by a credential of this scope."""
    said = {"*": everything} if everything else {}
    return Policy(door="actor", scopes={**said, **by_method})


OPEN = Policy(door="open", before_ready=True)
OBJECT = Policy(door="object", scopes={"*": "read"})
BROWSER = Policy(door="browser")
BROWSER_EARLY = Policy(door="browser", before_ready=True)
PORTAL = Policy(door="portal")


def policy_of(view: Any) -> Policy | None:
    found = getattr(view, "policy", None)
    return found if isinstance(found, Policy) else None
