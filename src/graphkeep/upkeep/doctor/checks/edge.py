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
    why="A Caddyfile beside the one that Caddy reads changes nothing.",
)
def caddyfile(deployment: Deployment) -> CheckResult:
    link, target = deployment.data / "config/Caddyfile", folder(deployment) / "Caddyfile"
    if not target.exists():
        return skipped("there is no Caddyfile here")
    if link.exists() and not link.samefile(target):
        return error(
            f"{link} is a file of its own; an editor may have made it one",
            ManualFix(text=f"mv {link} {target}; ln -s caddy/Caddyfile {link}"),
        )
    return ok(f"TLS: {mode_of(spoken(target))}")


@group.check(
    "network.listeners",
    "SH-48",
    "SH-49",
    why="443 is on unless a balancer does TLS; 80 may be closed.",
)
def listening(deployment: Deployment) -> CheckResult:
    text = spoken(folder(deployment) / "Caddyfile")
    if not text or is_in_containers(deployment) or deployment.running is None:
        return skipped("no Caddy of this machine stands before a running server")
    mode, open_ports = mode_of(text), {listener.port for listener in listeners()}
    port = port_of(text)
    if mode in {"auto", "own", "internal"} and port not in open_ports:
        return error(
            f"the Caddyfile is for TLS ({mode}), but nothing listens at {port}",
            ManualFix(
                text=f"caddy run --watch --adapter caddyfile --config {folder(deployment)}/Caddyfile"
            ),
        )
    if mode == "offload" and 443 in open_ports:
        return warning(
            "a balancer does TLS, but something listens at 443 here",
            ManualFix(text="end what listens there: ss -ltnp 'sport = :443'"),
        )
    return ok(f"{mode}: as it should be")


@group.check(
    "network.caddy-headers",
    "SH-34",
    "SH-13",
    "AD-20",
    why="A header that the proxy adds beside the server's is sent twice, or ends embedding.",
)
def caddy_headers(deployment: Deployment) -> CheckResult:
    texts = {name: spoken(folder(deployment) / name) for name in ("Caddyfile", "common", "headers")}
    if not any(texts.values()):
        return skipped("there is no Caddyfile here")
    if re.search(r"(?i)x-frame-options", "".join(texts.values())):
        return warning(
            "X-Frame-Options in Caddy's files ends all embedding",
            ManualFix(text="take the line out: the server says for each page who may frame it"),
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
                text=f"move the lines to {folder(deployment)}/headers, where they replace the server's"
            ),
        )
    return ok("the server's own headers are sent once")


@closed.check(
    "air-gap.certificate",
    "SH-81",
    "SH-79",
    why="Caddy asks its authority by itself, past the server's gateway.",
)
def certificate(deployment: Deployment) -> CheckResult:
    text = spoken(folder(deployment) / "Caddyfile")
    if not runtime_setting("IS_AIR_GAPPED") or not text:
        return skipped("air gap is off, or there is no Caddyfile here")
    if mode_of(text) != "auto":
        return ok(f"TLS: {mode_of(text)}, which asks nobody outside")
    if "import ../edge/certificate" not in text:
        return error(
            "the Caddyfile gets certificates by itself and does not heed air gap",
            ManualFix(text=AGAIN),
        )
    if not spoken(deployment.data / "config/edge/certificate").strip():
        return error("Caddy was not told of air gap", ManualFix(text="graphkeep restart"))
    return ok("Caddy uses a certificate that nobody outside is asked for")
