"""Reverse proxy checks: Caddy's configuration against what the server and the hardening guide expect."""

import re
from pathlib import Path

from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    error,
    ok,
    skipped,
    warning,
)
from graphkeep.upkeep.doctor.checks.network import listeners
from graphkeep.upkeep.doctor.probe import ONCE

group = CheckGroup("network")
closed = CheckGroup("air-gap")
AGAIN = "graphkeep tls auto, own, internal or offload writes it again"


def folder(deployment: Deployment) -> Path:
    return deployment.data / "config/caddy"


def spoken(path: Path) -> str:
    """A Caddy configuration file without its comments; empty if there is no such file."""
    return re.sub(r"(?m)^\s*#.*$|\s#.*$", "", path.read_text()) if path.is_file() else ""


def mode_of(text: str) -> str:
    if "trusted_proxies" in text:
        return "offload"
    if "tls internal" in text:
        return "internal"
    if re.search(r"(?m)^\s*tls\s+\S+\s+\S+", text):
        return "own"
    return "auto" if re.search(r"(?m)^(?!http://)[\w.:-]+\.[\w.:-]+.*\{", text) else "plain"


def port_of(text: str) -> int:
    match = re.search(r"https://:(\d+)", text)
    return int(match[1]) if match else 443


def is_in_containers(deployment: Deployment) -> bool:
    kind_file = deployment.data / "config/.kind"
    return kind_file.is_file() and kind_file.read_text().strip() == "compose"


@group.check(
    "network.caddyfile",
    "SH-29",
    why="Changes to a Caddyfile that Caddy does not read have no effect.",
)
def caddyfile(deployment: Deployment) -> CheckResult:
    link, target = deployment.data / "config/Caddyfile", folder(deployment) / "Caddyfile"
    if not target.exists():
        return skipped("there is no Caddyfile")
    if link.exists() and not link.samefile(target):
        return error(
            f"{link} is a separate file; an editor may have replaced the link",
            ManualFix(text=f"mv {link} {target}; ln -s caddy/Caddyfile {link}"),
        )
    return ok(f"TLS: {mode_of(spoken(target))}")


@group.check(
    "network.listeners",
    "SH-48",
    "SH-49",
    why="Port 443 is open unless a load balancer terminates TLS; port 80 may be closed.",
)
def listening(deployment: Deployment) -> CheckResult:
    text = spoken(folder(deployment) / "Caddyfile")
    if not text or is_in_containers(deployment) or deployment.running is None:
        return skipped("no running server behind Caddy on this machine")
    mode, open_ports = mode_of(text), {listener.port for listener in listeners()}
    port = port_of(text)
    if mode in {"auto", "own", "internal"} and port not in open_ports:
        return error(
            f"the Caddyfile configures TLS ({mode}), but no process listens on port {port}",
            ManualFix(
                text=f"caddy run --watch --adapter caddyfile --config {folder(deployment)}/Caddyfile"
            ),
        )
    if mode == "offload" and 443 in open_ports:
        return warning(
            "a load balancer terminates TLS, but a process listens on port 443",
            ManualFix(text="stop that process: ss -ltnp 'sport = :443'"),
        )
    return ok(f"{mode}: as configured")


@group.check(
    "network.caddy-headers",
    "SH-34",
    "SH-13",
    "AD-20",
    why="A header that the reverse proxy adds is sent twice, or disables embedding.",
)
def caddy_headers(deployment: Deployment) -> CheckResult:
    texts = {name: spoken(folder(deployment) / name) for name in ("Caddyfile", "common", "headers")}
    if not any(texts.values()):
        return skipped("there is no Caddyfile")
    if re.search(r"(?i)x-frame-options", "".join(texts.values())):
        return warning(
            "X-Frame-Options in Caddy's configuration disables embedding",
            ManualFix(text="remove the line: the server sends frame-ancestors for each page"),
        )
    duplicates = [
        name
        for name in ONCE
        if re.search(rf"(?im)^\s*(?:header\s+)?{name}\s", texts["Caddyfile"] + texts["common"])
    ]
    if duplicates:
        return warning(
            f"sent twice: {', '.join(duplicates)}",
            ManualFix(
                text=f"move the lines to {folder(deployment)}/headers, which replaces the server's headers"
            ),
        )
    return ok("each header of the server is sent once")


@closed.check(
    "air-gap.certificate",
    "SH-81",
    "SH-79",
    why="Caddy connects to its certificate authority directly, not through the egress gateway.",
)
def certificate(deployment: Deployment) -> CheckResult:
    text = spoken(folder(deployment) / "Caddyfile")
    if not runtime_setting("IS_AIR_GAPPED") or not text:
        return skipped("air gap is off, or there is no Caddyfile")
    if mode_of(text) != "auto":
        return ok(f"TLS: {mode_of(text)}, which needs no outside certificate authority")
    if "import ../edge/certificate" not in text:
        return error(
            "the Caddyfile requests certificates from outside in spite of air gap",
            ManualFix(text=AGAIN),
        )
    if not spoken(deployment.data / "config/edge/certificate").strip():
        return error("air gap is not applied to Caddy yet", ManualFix(text="graphkeep restart"))
    return ok("Caddy uses a certificate that needs no outside authority")
