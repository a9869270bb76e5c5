"""Prepare the home for `compose.yml`: folders, secrets, the database password, a Caddyfile.

A one-shot container that may change owners does this; all other containers run without that capability.
"""

import secrets
import shutil
import stat
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from graphkeep.server.config.envfile import ConfigurationError, write_config_file
from graphkeep.server.config.release import record_release
from graphkeep.server.config.secrets import ensure_secrets

KIND = "data/config/.kind"
PLACE = "data/config/edge/certificate"
OPEN = "# Air gap is off: the Caddyfile configures the certificate.\n"
WAYS = {
    "plain": "With DATABASE_URL in data/config/custom.env,  graphkeep migrate --to postgres  moves a plain "
    "server's data into PostgreSQL.",
    "compose": "In its containers,  graphkeep migrate --to sqlite  moves its data out of PostgreSQL.",
}
STORE = Path("/store")
ONE_SERVER = "to {$GRAPHKEEP_UPSTREAM:127.0.0.1:8000}"
EACH_SERVER = "dynamic a nexus 8000 {\n\t\t\t\trefresh 2s\n\t\t\t}\n\t\t\tlb_policy round_robin"


@dataclass(frozen=True, kw_only=True)
class Owner:
    user: int
    group: int


SERVER, DATABASE, CADDY = (
    Owner(user=10001, group=10001),
    Owner(user=10002, group=10002),
    Owner(user=10003, group=10001),
)


def kind_of(home: Path) -> str:
    """The kind of server whose data the home contains: `plain`, `compose`, or empty if there is none.

    Raises:
        ConfigurationError: the user may not read the folder.
    """
    note = home / KIND
    try:
        if note.exists():
            return note.read_text().strip()
    except PermissionError as error:
        raise ConfigurationError(
            f"{note.parent} is for the administrators' group of this server, and you are not a member."
        ) from error
    return "plain" if (home / "data/db.sqlite3").exists() else ""


def refuse_other_kind(home: Path, kind: str) -> None:
    """Refuse a home of the other kind of server, since the two store their data in different locations.

    Raises:
        ConfigurationError: the folder belongs to the other kind.
    """
    existing = kind_of(home)
    if existing and existing != kind:
        start = "graphkeep up -d" + (" --compose" if existing == "compose" else "")
        raise ConfigurationError(
            f"{home} contains the data of a {existing} server: start it with  {start}, or use another GRAPHISTRY_HOME. "
            + WAYS[existing if existing in WAYS else "plain"]
        )


def claim(home: Path, kind: str) -> None:
    """Record the kind of server that uses this home.

    Raises:
        ConfigurationError: the folder belongs to the other kind.
    """
    refuse_other_kind(home, kind)
    note = home / KIND
    if not note.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        write_config_file(note, f"{kind}\n".encode())


def prepare_home(home: Path) -> None:
    """Create folders and secrets, each readable by the container that needs it and by the group of the clone."""
    claim(home, "compose")
    admins = home.stat().st_gid
    config, postgres, caddy, edge = (
        home / f"data/config{suffix}" for suffix in ("", "/postgres", "/caddy", "/edge")
    )
    for folder in (
        config,
        postgres,
        caddy,
        caddy / "tls",
        edge,
        home / "data/backups",
        home / "data/caddy",
    ):
        folder.mkdir(parents=True, exist_ok=True)
    ensure_secrets(home)
    record_release(home)
    password = postgres / "password"
    if not password.exists():
        write_config_file(password, secrets.token_urlsafe(32).encode())
    write_config_file(
        postgres / "url",
        f"postgresql://graphkeep:{password.read_text()}@postgres/graphkeep".encode(),
    )
    if not (caddy / "Caddyfile").exists():
        write_caddyfile(caddy, "plain", {})
    link_caddyfile(config)
    change_owner(config, Owner(user=SERVER.user, group=admins), 0o2770)
    change_owner(config / "custom.env", Owner(user=SERVER.user, group=admins), 0o660)
    change_owner(config / ".secrets.lock", Owner(user=SERVER.user, group=admins), 0o660)
    change_owner(config / ".kind", Owner(user=SERVER.user, group=admins), 0o660)
    change_owner(config / "defaults.json", Owner(user=SERVER.user, group=admins), 0o660)
    change_owner(postgres, Owner(user=SERVER.user, group=DATABASE.group), 0o750)
    change_owner(password, Owner(user=SERVER.user, group=DATABASE.group), 0o640)
    change_owner(postgres / "url", SERVER, 0o600)
    # The server writes Caddy's certificate directive here; it depends on air gap.
    if not (home / PLACE).exists():
        write_edge(home, OPEN)
    change_owner(edge, Owner(user=SERVER.user, group=admins), 0o755)
    change_owner(home / PLACE, Owner(user=SERVER.user, group=admins), 0o644)
    change_owner(home / "data/backups", Owner(user=SERVER.user, group=admins), 0o2770)
    for path in (home / "data/caddy", caddy, *caddy.rglob("*")):
        change_owner(path, Owner(user=CADDY.user, group=admins), 0o770 if path.is_dir() else 0o660)
    change_owner(home / "data", Owner(user=SERVER.user, group=admins), 0o2771)
    if STORE.is_dir():
        change_owner(STORE, SERVER, 0o750)
    allow_traversal(home)


def allow_traversal(home: Path) -> None:
    """Let containers traverse the clone and read `.env`, which a strict umask would prevent."""
    home.chmod(stat.S_IMODE(home.stat().st_mode) | 0o001)
    defaults = home / ".env"
    if defaults.exists() and not defaults.stat().st_mode & 0o004:
        shutil.chown(defaults, group=SERVER.group)
        defaults.chmod(stat.S_IMODE(defaults.stat().st_mode) | 0o040)


def change_owner(path: Path, owner: Owner, mode: int) -> None:
    if path.exists():
        shutil.chown(path, owner.user, owner.group)
        path.chmod(mode)


def write_caddyfile(folder: Path, kind: str, words: dict[str, str]) -> None:
    """Write the Caddyfile and keep the former one as Caddyfile.bak; other existing files are not changed."""
    is_plain = not is_compose(folder.parent.parent.parent)
    defaults = {
        "upstream": ONE_SERVER if is_plain else EACH_SERVER,
        "tls": str(folder / "tls") if is_plain else "/etc/caddy/tls",
    }

    def filled(name: str) -> bytes:
        text = (files("graphkeep.server") / "caddy" / name).read_text()
        for key, value in {**defaults, **words}.items():
            text = text.replace("{{" + key + "}}", value)
        return text.encode()

    caddyfile = folder / "Caddyfile"
    if caddyfile.exists():
        write_config_file(folder / "Caddyfile.bak", caddyfile.read_bytes())
    for part in ("common", "authority", "headers"):
        if not (folder / part).exists():
            write_config_file(folder / part, filled(part))
    write_config_file(caddyfile, filled(f"{kind}.caddyfile"))
    link_caddyfile(folder.parent)
    if not (folder.parent / "edge/certificate").exists():
        write_edge(folder.parent.parent.parent, OPEN)


def write_edge(home: Path, text: str) -> None:
    """Write the certificate directive, readable by Caddy, which runs as another user."""
    path = home / PLACE
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
        path.parent.chmod(0o755)
    write_config_file(path, text.encode())
    path.chmod(0o644)


def link_caddyfile(config: Path) -> None:
    """Link data/config/Caddyfile, the documented path, to the Caddyfile."""
    link = config / "Caddyfile"
    if not link.exists():
        link.symlink_to("caddy/Caddyfile")


def is_compose(home: Path) -> bool:
    return kind_of(home) == "compose"
