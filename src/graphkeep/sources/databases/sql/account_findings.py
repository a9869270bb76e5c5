"""Findings of an audit that reads an account's rights, as sentences."""

from collections.abc import Sequence

from graphkeep.sources.databases.connector_kind import AuditFinding

MAX_NAMES = 5


def account_finding(check: str, excess: Sequence[str], text: str, *, advice: str) -> AuditFinding:
    """`excess`: the rights that are not needed; `text`: what they let the account do."""
    if not excess:
        return AuditFinding(
            check=check,
            is_excess=False,
            message=f"The account has no excess right of the kind {check}.",
        )
    return AuditFinding(
        check=check, is_excess=True, message=f"The account {text}: {listed(excess)}.", advice=advice
    )


def listed(names: Sequence[str]) -> str:
    """The first names, with `…` for the others."""
    return ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
