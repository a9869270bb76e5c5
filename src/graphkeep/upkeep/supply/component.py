"""Third-party component: a PyPI distribution or an npm package."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

Ecosystem = Literal["PyPI", "npm"]


@dataclass(frozen=True, kw_only=True)
class Component:
    """`hashes`: those of every file that the lock file allows; `needs`: purls of the dependencies.

    A component that is not shipped is only a build dependency of the page.
    """

    ecosystem: Ecosystem
    name: str
    version: str
    license: str = ""
    hashes: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    is_shipped: bool = True

    @property
    def purl(self) -> str:
        return purl(self.ecosystem, self.name, self.version)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def purl(ecosystem: Ecosystem, name: str, version: str) -> str:
    path = "/".join(quote(part, safe="") for part in name.split("/"))
    return f"pkg:{ecosystem.lower()}/{path}@{quote(version, safe='')}"


def spdx(text: str) -> str | None:
    """Normalize a licence to an SPDX expression; None if it is not one."""
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None
