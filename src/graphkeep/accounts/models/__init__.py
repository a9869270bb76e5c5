"""The models of accounts by subject; tables keep their original names."""

from graphkeep.accounts.models.audit import AppendOnlyError, AuditEvent
from graphkeep.accounts.models.credentials import (
    EVERYDAY_SCOPES,
    SCOPES,
    BrowserSession,
    PersonalKey,
    everyday_scopes,
    new_key_id,
    new_public_id,
)
from graphkeep.accounts.models.organizations import Invitation, Membership, Organization
from graphkeep.accounts.models.server import Instance, RateLimitCounter, Usage, new_instance_id
from graphkeep.accounts.models.users import RESERVED, SLUG, Name, User

__all__ = [
    "EVERYDAY_SCOPES",
    "RESERVED",
    "SCOPES",
    "SLUG",
    "AppendOnlyError",
    "AuditEvent",
    "BrowserSession",
    "Instance",
    "Invitation",
    "Membership",
    "Name",
    "Organization",
    "PersonalKey",
    "RateLimitCounter",
    "Usage",
    "User",
    "everyday_scopes",
    "new_instance_id",
    "new_key_id",
    "new_public_id",
]
