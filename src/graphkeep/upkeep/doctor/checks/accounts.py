"""Account checks: Admins, second factors, passwords, API keys, share links."""

from collections import defaultdict
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone

from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import BrowserSession, PersonalKey, User
from graphkeep.datasets.models import Dataset, ShareLink
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    SetLine,
    error,
    ok,
    skipped,
    warning,
)

group = CheckGroup("out-of-the-box")
api = CheckGroup("api")
DORMANT = timedelta(days=90)
SEVERAL = 3


def admins() -> list[User]:
    return list(User.objects.filter(role=User.Role.ADMIN).order_by("username"))


def named(users: list[User] | list[str]) -> str:
    names = [str(user.username if isinstance(user, User) else user) for user in users]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


@group.check(
    "people.claimed",
    "SH-07",
    "SH-07b",
    why="An unclaimed server gives the Admin role to the first visitor.",
)
def claimed(deployment: Deployment) -> CheckResult:
    if get_instance().is_claimed:
        return ok("the first Admin has signed up")
    if not deployment.is_on_a_network:
        return warning("no account exists yet", ManualFix(text="open /accounts/signup/"))
    return error(
        "no account exists yet, and the server is reachable on a network",
        ManualFix(text="graphkeep user create"),
    )


@group.check("people.some-admin", "SH-07", why="Without an Admin, access rights cannot be revoked.")
def some_admin(deployment: Deployment) -> CheckResult:
    if not get_instance().is_claimed or admins():
        return ok(f"{len(admins())} Admins")
    return error("no active Admin is left", ManualFix(text="graphkeep user create --role admin"))


@group.check(
    "people.few-admins", "SH-09", "SH-10", why="Each Admin account has access to everything."
)
def few_admins(deployment: Deployment) -> CheckResult:
    people = User.objects.filter(is_active=True, kind=User.Kind.PERSON).count()
    count = len(admins())
    if count > 3 and count * 5 > people:
        return warning(
            f"{count} of {people} people are Admins",
            ManualFix(text="Admin portal, People: give the role User"),
        )
    return ok(f"{count} of {people} people are Admins")


@group.check(
    "people.admins-second-factor", "SH-33", why="A stolen password alone would give full access."
)
def admins_second_factor(deployment: Deployment) -> CheckResult:
    if deployment.profile == "laptop":
        return skipped("does not apply to a laptop")
    protected_ids = set(Authenticator.objects.values_list("user_id", flat=True))
    unprotected = [user for user in admins() if user.pk not in protected_ids]
    if unprotected:
        return error(
            f"without a second factor: {named(unprotected)}",
            SetLine(name="REQUIRE_MFA", value="admins"),
        )
    return ok("every Admin has a second factor")


@group.check("people.everyday-account", "SH-10", why="Everyday work does not need Admin rights.")
def everyday_account(deployment: Deployment) -> CheckResult:
    since = timezone.now() - timedelta(days=30)
    usernames = {
        dataset.owner.username
        for dataset in Dataset.objects.filter(
            created_at__gte=since, owner__role=User.Role.ADMIN
        ).select_related("owner")
    }
    if deployment.profile != "laptop" and usernames:
        return warning(
            f"created graphs with an Admin account: {named(sorted(usernames))}",
            ManualFix(text="Account page: Create my everyday account"),
        )
    return ok(
        "no Admin created graphs in the last 30 days" if not usernames else "single-user machine"
    )


@group.check("people.dormant", "SH-17", "SH-33", why="Misuse of an unused account goes unnoticed.")
def dormant(deployment: Deployment) -> CheckResult:
    cutoff = timezone.now() - DORMANT
    idle = [
        user
        for user in User.objects.filter(
            is_active=True, kind=User.Kind.PERSON, date_joined__lt=cutoff
        )
        if (user.last_login is None or user.last_login < cutoff)
        and not PersonalKey.objects.filter(user=user, last_used_at__gte=cutoff).exists()
    ]
    if idle:
        return warning(
            f"inactive for 90 days: {named(idle)}",
            ManualFix(text="Admin portal, People: make them Inactive"),
        )
    return ok("every account was active in the last 90 days")


@group.check(
    "people.given-passwords", "SH-08", why="An initial password is known to the person who set it."
)
def given_passwords(deployment: Deployment) -> CheckResult:
    limit = timezone.now() - timedelta(days=settings.INITIAL_PASSWORD_DAYS)
    users = list(
        User.objects.filter(is_active=True, must_change_password=True, password_given_at__lt=limit)
    )
    if users:
        return warning(
            f"initial password not changed: {named(users)}",
            ManualFix(
                text="Admin portal, People: set a new initial password, or make them Inactive"
            ),
        )
    return ok("no initial password is overdue")


@group.check(
    "people.init-password-left",
    "SH-08",
    why="The initial password is still in a file after its use.",
)
def init_password_left(deployment: Deployment) -> CheckResult:
    setting = deployment.setting("ADMIN_INIT_PASSWORD")
    if setting.text and get_instance().is_claimed:
        return error(
            f"ADMIN_INIT_PASSWORD is still set in {setting.origin}",
            SetLine(name="ADMIN_INIT_PASSWORD", value=None),
        )
    return ok("no initial password is left in the configuration")


@group.check(
    "people.shared-accounts",
    "SH-71",
    why="Actions of a shared account cannot be attributed to a person.",
)
def shared_accounts(deployment: Deployment) -> CheckResult:
    since = timezone.now() - timedelta(days=1)
    origins: dict[str, set[str]] = defaultdict(set)
    for session in (
        BrowserSession.objects.filter(seen_at__gte=since).exclude(user=None).select_related("user")
    ):
        if session.user is not None and session.address:
            origins[session.user.username].add(f"{session.address} {session.device}")
    shared = [name for name, addresses in sorted(origins.items()) if len(addresses) > SEVERAL]
    if shared:
        return warning(
            f"used from more than {SEVERAL} locations today: {named(shared)}",
            ManualFix(text="give each person an account, and programs a service account"),
        )
    return ok("no account is used from many locations")


def living_keys() -> list[PersonalKey]:
    return list(
        PersonalKey.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    )


def of(keys: list[PersonalKey]) -> str:
    return named([f"{key.user.username}/{key.name or key.key_id}" for key in keys])


@api.check("keys.end", "SH-69", why="An API key that never expires outlives its purpose.")
def keys_end(deployment: Deployment) -> CheckResult:
    limit = timezone.now() + timedelta(days=settings.KEY_MAX_DAYS)
    keys = [key for key in living_keys() if key.expires_at is None or key.expires_at > limit]
    if keys:
        return error(
            f"do not expire within {settings.KEY_MAX_DAYS} days: {of(keys)}",
            ManualFix(text="Admin portal, Access: revoke them; their owners create new keys"),
        )
    return ok("every key expires")


@api.check("keys.used", "SH-69", why="Misuse of an unused API key goes unnoticed.")
def keys_used(deployment: Deployment) -> CheckResult:
    cutoff = timezone.now() - DORMANT
    keys = [
        key
        for key in living_keys()
        if key.created_at < cutoff and (key.last_used_at is None or key.last_used_at < cutoff)
    ]
    if keys:
        return warning(
            f"not used for 90 days: {of(keys)}",
            ManualFix(text="Admin portal, Access: revoke them"),
        )
    return ok("every key was used in the last 90 days")


@api.check(
    "keys.admin-scope",
    "SH-70",
    why="A key with the admin scope gives Admin rights without a password.",
)
def keys_admin_scope(deployment: Deployment) -> CheckResult:
    keys = [key for key in living_keys() if "admin" in key.scopes]
    if keys:
        return warning(
            f"can act as Admin: {of(keys)}",
            ManualFix(text="Admin portal, Access: revoke them, or restrict them to networks"),
        )
    return ok("no key can act as Admin")


@api.check(
    "keys.service-networks",
    "SH-69",
    "SH-74",
    why="A service runs on known networks; its key should work only from those.",
)
def keys_service_networks(deployment: Deployment) -> CheckResult:
    keys = [key for key in living_keys() if key.user.kind == User.Kind.SERVICE and not key.networks]
    if deployment.profile != "laptop" and keys:
        return warning(
            f"usable from anywhere: {of(keys)}",
            ManualFix(text="create keys restricted to networks, and revoke these"),
        )
    return ok("keys of services are restricted to networks" if not keys else "single-user machine")


@api.check("links.end", "SH-15", "SH-72", why="Anybody who has a share link can open the graph.")
def links_end(deployment: Deployment) -> CheckResult:
    limit = timezone.now() + timedelta(days=90)
    count = ShareLink.objects.filter(
        revoked_at=None, expires_at__gt=limit, audience=ShareLink.Audience.ANYONE
    ).count()
    if count:
        return warning(
            f"{count} share links for anybody are valid for more than 90 days",
            ManualFix(text="Admin portal, Access: revoke them"),
        )
    return ok("share links for anybody expire within 90 days")
