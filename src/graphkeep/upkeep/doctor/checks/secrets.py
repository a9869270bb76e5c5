"""Secret checks: strength, storage, file modes, encryption keys, escrow, age."""

import os
import stat
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import AuditEvent
from graphkeep.accounts.operations.reencrypt import stored_ciphertexts
from graphkeep.accounts.secret_box import UnreadableSecretError, decrypt, is_current_key, keyring
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    SetLine,
    SetMode,
    error,
    ok,
    skipped,
    warning,
)

group = CheckGroup("secrets")
OWN = (
    "DJANGO_SECRET_KEY",
    "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS",
    "GRAPHISTRY_NEXUS_SIGNING_KEY",
    "GRAPHISTRY_NEXUS_SIGNING_SALT",
)


@group.check(
    "secrets.made", "SH-16", "SH-53", why="A missing secret would mean a publicly known default."
)
def made(deployment: Deployment) -> CheckResult:
    missing = [name for name in OWN if not deployment.setting(name).text]
    if missing:
        return error(
            f"missing: {', '.join(missing)}", ManualFix(text="graphkeep restart generates them")
        )
    return ok("all four are set")


@group.check(
    "secrets.strong", "SH-54", why="Short, published or repetitive secrets can be guessed."
)
def strong(deployment: Deployment) -> CheckResult:
    if deployment.weak_secrets:
        problems = "; ".join(f"{name} {why}" for name, why in deployment.weak_secrets.items())
        return error(problems, ManualFix(text="graphkeep secrets generate prints lines to paste"))
    return ok("no secret is a placeholder, published, short or repetitive")


@group.check("secrets.distinct", "SH-54", why="The leak of one secret must not expose the others.")
def distinct(deployment: Deployment) -> CheckResult:
    values = Counter(deployment.setting(name).text for name in OWN if deployment.setting(name).text)
    repeated = [name for name in OWN if values[deployment.setting(name).text] > 1]
    if repeated:
        return error(
            f"same value: {', '.join(repeated)}", ManualFix(text="graphkeep secrets rotate")
        )
    return ok("all secrets differ")


@group.check(
    "secrets.file-mode", "SH-19", "SH-22", "SH-53", why="The secrets give access to every account."
)
def file_mode(deployment: Deployment) -> CheckResult:
    path = deployment.data / "config/custom.env"
    if not path.exists():
        return skipped("there is no custom.env")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o007:
        return error(f"custom.env has mode {mode:o}", SetMode(path=path, mode=mode & 0o660))
    return ok(f"custom.env has mode {mode:o}")


@group.check(
    "secrets.folder-mode", "SH-19", why="Write access to the folder allows secrets to be replaced."
)
def folder_mode(deployment: Deployment) -> CheckResult:
    path = deployment.data / "config"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o007:
        return warning(f"data/config has mode {mode:o}", SetMode(path=path, mode=mode & 0o2770))
    return ok(f"data/config has mode {mode:o}")


@group.check("secrets.not-in-defaults", "SH-22", why=".env documents defaults and is often copied.")
def not_in_defaults(deployment: Deployment) -> CheckResult:
    names = [name for name in OWN if deployment.setting(name).origin == ".env"]
    if names:
        return error(
            f".env sets {', '.join(names)}", ManualFix(text="move the lines into custom.env")
        )
    return ok(".env contains no secret")


@group.check(
    "secrets.not-in-environment",
    "SH-22",
    "SH-86",
    why="Tools and crash reports show a process's environment.",
)
def not_in_environment(deployment: Deployment) -> CheckResult:
    names = [
        name
        for name in OWN
        if os.environ.get(name, "").strip() and not os.environ[name].startswith("secret://")
    ]
    if names:
        return warning(
            f"the process environment sets {', '.join(names)}",
            ManualFix(text="use custom.env, NAME_FILE, or secret://file/…"),
        )
    return ok("no secret in the process environment")


@group.check("secrets.key-opens", "SH-56", why="A wrong key makes stored secrets unreadable.")
def key_opens(deployment: Deployment) -> CheckResult:
    if not keyring():
        return error("there is no encryption key", ManualFix(text="graphkeep init"))
    try:
        if get_instance().key_check:
            decrypt(get_instance().key_check)
    except UnreadableSecretError as failure:
        return error(failure.message, ManualFix(text="add the former key after the current one"))
    return ok(f"key {next(iter(keyring()))} decrypts the secrets of this database")


@group.check(
    "secrets.sealed-by-current",
    "SH-56",
    why="Secrets encrypted with a former key are lost with that key.",
)
def sealed_by_current(deployment: Deployment) -> CheckResult:
    old = sum(not is_current_key(text) for text in stored_ciphertexts())
    if old:
        return warning(
            f"{old} stored secrets are encrypted with a former key",
            ManualFix(text="graphkeep secrets rotate encryption"),
        )
    return ok("every stored secret is encrypted with the current key")


@group.check("secrets.former-keys", "SH-55", "SH-56", why="Former keys are still accepted.")
def former_keys(deployment: Deployment) -> CheckResult:
    if settings.SECRET_KEY_FALLBACKS:
        return warning(
            f"{len(settings.SECRET_KEY_FALLBACKS)} former DJANGO_SECRET_KEYs are still accepted",
            SetLine(name="DJANGO_SECRET_KEY_FALLBACKS", value=None),
        )
    if len(keyring()) > 1:
        return warning(
            f"{len(keyring()) - 1} former encryption keys are configured",
            ManualFix(text="graphkeep secrets rotate encryption"),
        )
    return ok("no former key is configured")


@group.check(
    "secrets.put-away",
    "SH-87",
    why="Without the escrowed secrets, a backup cannot be fully decrypted.",
)
def secrets_escrowed(deployment: Deployment) -> CheckResult:
    if deployment.profile == "laptop":
        return skipped("does not apply to a laptop")
    rotated = AuditEvent.objects.filter(event="secrets.rotated").order_by("-at").first()
    escrowed = AuditEvent.objects.filter(event="secrets.put-away").order_by("-at").first()
    if escrowed is None or (rotated is not None and rotated.at > escrowed.at):
        when = "since the last rotation" if escrowed is not None else "yet"
        return warning(
            f"the secrets were not escrowed {when}",
            ManualFix(text="graphkeep secrets escrow FILE --recipient age1…"),
        )
    return ok(f"escrowed on {escrowed.at:%Y-%m-%d}")


@group.check("secrets.age", "SH-55", "SH-56", why="Regular rotation prepares for an urgent one.")
def age(deployment: Deployment) -> CheckResult:
    path = deployment.data / "config/custom.env"
    if deployment.profile == "laptop" or not path.exists():
        return skipped("does not apply to a laptop")
    last = AuditEvent.objects.filter(event="secrets.rotated").order_by("-at").first()
    first = AuditEvent.objects.order_by("at").first()
    since = last.at if last is not None else first.at if first is not None else timezone.now()
    if timezone.now() - since > timedelta(days=365):
        return warning(
            f"not rotated since {since:%Y-%m-%d}", ManualFix(text="graphkeep secrets rotate django")
        )
    return ok(f"as of {since:%Y-%m-%d}")
