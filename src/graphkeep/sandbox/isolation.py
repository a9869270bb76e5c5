"""How far a sandbox process is isolated, and how far it must be for what it will run.

A sandbox has five layers, each of which stops a sandbox escape without the others: namespaces, a root of its own, an unprivileged
user, Landlock (no file but the libraries can be opened) and seccomp (only listed system calls). Not every
machine offers all of them, so a process reports what it has before it gets a request.
"""

from collections.abc import Callable
from dataclasses import dataclass

from graphkeep.graph.errors import UnavailableError

LAYERS = {
    "namespaces": "namespaces of its own",
    "own_root": "a root of its own",
    "unprivileged": "an unprivileged user",
    "landlock": "Landlock",
    "seccomp": "seccomp",
}


@dataclass(frozen=True, kw_only=True)
class IsolationReport:
    """Which layers of a sandbox are active."""

    namespaces: bool
    own_root: bool
    unprivileged: bool
    landlock: bool
    seccomp: bool

    @property
    def is_full(self) -> bool:
        """Enough for anybody's Python: every layer is active."""
        return not self.missing

    @property
    def is_confined(self) -> bool:
        """Enough for a query, which runs no code of its sender: no network, no other files."""
        return self.seccomp and (self.landlock or self.own_root)

    @property
    def missing(self) -> list[str]:
        """The layers that are not active, in words."""
        return [description for name, description in LAYERS.items() if not getattr(self, name)]


NO_ISOLATION = IsolationReport(
    namespaces=False, own_root=False, unprivileged=False, landlock=False, seccomp=False
)
Requirement = Callable[[IsolationReport], None]


def require_full_isolation(report: IsolationReport) -> None:
    """Raises UnavailableError unless every layer is active."""
    if not report.is_full:
        raise UnavailableError(
            "This server cannot isolate people's code fully, so it runs none: it lacks "
            f"{', '.join(report.missing)}. `graphkeep doctor --topic api` shows more."
        )


def require_confinement(report: IsolationReport) -> None:
    """Raises UnavailableError unless the process has no network and no files but the granted ones."""
    if not report.is_confined:
        raise UnavailableError(
            "This server cannot confine queries, so it runs none: it lacks "
            f"{', '.join(report.missing)}. `graphkeep doctor --topic api` shows more."
        )
