"""Setting checks: every setting of a preset, compared with the preset of the server's profile."""

from collections.abc import Callable

from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    Check,
    CheckResult,
    Fix,
    ManualFix,
    SetLine,
    Topic,
    ok,
    skipped,
)
from graphkeep.upkeep.presets import ExpectedSetting, all_presets, read_preset

TOPIC_OF: dict[str, Topic] = {
    "GRAPHKEEP_DEBUG": "out-of-the-box",
    "IS_SIGNUPS_OPEN_AFTER_FIRST": "out-of-the-box",
    "BOOTSTRAP_MODE": "out-of-the-box",
    "ADMIN_INIT_FROM_METADATA": "out-of-the-box",
    "INITIAL_PASSWORD_DAYS": "out-of-the-box",
    "GRAPHKEEP_DEFAULT_PRIVACY": "out-of-the-box",
    "REQUIRE_MFA": "out-of-the-box",
    "GRAPHKEEP_SIGN_INS_PER_ADDRESS": "out-of-the-box",
    "COOKIE_SECURE": "network",
    "REQUIRE_TLS": "network",
    "SITE_DOMAIN": "network",
    "TRUSTED_PROXIES": "network",
    "IP_ALLOWLIST": "network",
    "ADMIN_IP_ALLOWLIST": "network",
    "EMBED_PUBLIC": "network",
    "KEY_MAX_DAYS": "api",
    "UPLOAD_MAX_SIZE": "api",
    "GRAPHKEEP_ALLOW_UNSANDBOXED": "api",
    "ENABLE_PYTHON_ENDPOINT": "api",
    "GRAPHKEEP_COMPUTE_TIMEOUT": "api",
    "GRAPHKEEP_QUERY_HOPS": "api",
    "IS_AIR_GAPPED": "air-gap",
    "DISABLE_EMAIL": "air-gap",
    "LOG_LEVEL": "data",
    "GRAPHKEEP_ACCESS_LOG": "data",
}


FORMER_IDS = {"GRAPHKEEP_ALLOW_UNSANDBOXED": "setting.graphkeep-allow-unjailed"}


def check_of(name: str, any_of: ExpectedSetting, rows: tuple[str, ...]) -> Check:
    return Check(
        check_id="setting." + name.lower().replace("_", "-"),
        topic=TOPIC_OF.get(name, "server"),
        rows=rows,
        former_id=FORMER_IDS.get(name, ""),
        why=any_of.why,
        run=asked(name),
    )


def asked(name: str) -> Callable[[Deployment], CheckResult]:
    def ask(deployment: Deployment) -> CheckResult:
        expected = read_preset(deployment.profile).settings.get(name)
        if expected is None:
            return skipped(f"not required by the profile {deployment.profile}")
        setting = deployment.setting(name)
        origin = setting.origin or "the default"
        if expected.holds(setting.text):
            return ok(f"{name}={setting.text} ({origin})")
        evidence = f"{name}={setting.text or '(empty)'} ({origin})"
        if expected.rule == "set":
            fix: Fix = ManualFix(text=f"set {name}=… in data/config/custom.env")
        else:
            fix = SetLine(name=name, value=expected.value)
        return CheckResult(state="error", evidence=evidence, fixes=(fix,), why=expected.why)

    return ask


def setting_checks() -> list[Check]:
    """One check for each setting that any preset contains."""
    by_name: dict[str, ExpectedSetting] = {}
    rows: dict[str, set[str]] = {}
    for preset in all_presets():
        for name, expected in preset.settings.items():
            by_name.setdefault(name, expected)
            rows.setdefault(name, set()).update(expected.rows)
    return [check_of(name, setting, tuple(sorted(rows[name]))) for name, setting in by_name.items()]
