"""Collect the facts about this deployment that the doctor checks."""

import os
from collections import Counter

from django.conf import settings

from graphkeep.server.config.env import KNOWN, Environment
from graphkeep.server.config.envfile import entries
from graphkeep.server.config.fingerprint import fingerprint
from graphkeep.server.config.secrets import MADE, weakness
from graphkeep.server.process.running import running_server
from graphkeep.site.runtime_settings import stored_values
from graphkeep.upkeep.deployment import Deployment, RunningServer, SettingValue


def collect_deployment(*, profile: str = "", url: str = "") -> Deployment:
    env = Environment(settings.HOME, os.environ)
    running = running_server()
    custom = settings.HOME / "data/config/custom.env"
    text = custom.read_text(encoding="utf-8-sig") if custom.exists() else ""
    counts = Counter(entry.name for entry in entries(text, "custom.env"))
    weak = {
        name: weakness(secret) for name in MADE for secret in env.text_of(name).split(",") if secret
    }
    return Deployment(
        home=settings.HOME,
        profile=profile or settings.PROFILE,
        setting=lambda name: setting_value(env, name),
        fingerprint=fingerprint(settings.HOME),
        running=RunningServer(
            host=running.host,
            port=running.port,
            pids=(running.pid, *running.web_pids, *filter(None, [running.worker_pid])),
            fingerprint=running.fingerprint,
        )
        if running
        else None,
        weak_secrets={name: reason for name, reason in weak.items() if reason},
        unknown_settings=tuple(env.unknown_settings()),
        repeated_names=tuple(name for name, count in counts.items() if count > 1),
        url=url.rstrip("/"),
    )


def setting_value(env: Environment, name: str) -> SettingValue:
    """The value in effect and its origin: the environment, the portal, or the default."""
    if name == "IS_AIR_GAPPED" and settings.RUNTIME_SETTINGS[name].origin:
        return SettingValue(text="true", origin=settings.RUNTIME_SETTINGS[name].origin)
    source = env.find(name)
    if source is not None:
        return SettingValue(text=source.text, origin=source.origin)
    if name in settings.RUNTIME_SETTINGS and name in stored_values():
        return SettingValue(text=stored_values()[name], origin="the portal")
    default = env.default_of(name, KNOWN[name].default) if name in KNOWN else ""
    return SettingValue(text=default, origin="")
