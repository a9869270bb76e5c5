"""`graphkeep test`: installs what the tests need, then runs every part and tells which failed."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[4]
BIN = Path(sys.executable).parent
Words = list[str | Path]

PYTEST: Words = [BIN / "python", "-m", "pytest", "-q"]
NPM: Words = [BIN / "npm", "run", "--silent", "--prefix", "workbench"]
ELSEWHERE: Words = [
    f"--ignore=tests/{one}"
    for one in ("flows", "browser", "drills", "observatory", "docs", "wheel")
]
# Drills whose outcome depends on the database; the others are the same on one as on two.
ON_BOTH = ("registrations", "revocations", "guesses", "timings", "rotations", "canaries")
ON_POSTGRESQL: Words = [f"tests/drills/test_{one}.py" for one in ON_BOTH if one != "canaries"]
# Flows that ask nothing of the database.
ASIDE: Words = [
    f"--ignore=tests/flows/test_{one}.py"
    for one in (
        "compute_cases", "controls", "hardened", "limits", "places", "restart", "ugly_uploads", "watching",
    )
]  # fmt: skip
IN_DATABASE: Words = ["tests/accounts", "tests/jobs", "tests/datasets", "tests/upkeep"]
IN_DATABASE += ["tests/server/test_database.py"]
PARTS: dict[str, list[Words]] = {
    "lint": [
        [BIN / "ruff", "check", "src", "tests", "benchmarks", "docs"],
        [BIN / "ruff", "format", "--check", "src", "tests", "benchmarks", "docs"],
    ],
    "types": [[BIN / "mypy"]],
    "imports": [[BIN / "lint-imports"]],
    "unit": [[*PYTEST, "tests", *ELSEWHERE]],
    "flows": [[*PYTEST, "tests/flows"]],
    "browser": [[*PYTEST, "tests/browser"]],
    "drills": [[*PYTEST, "tests/drills"]],
    "observatory": [[*PYTEST, "tests/observatory"]],
    "postgresql": [
        [*PYTEST, *IN_DATABASE],
        [*PYTEST, "tests/flows", *ASIDE],
        [*PYTEST, "tests/browser", *ON_POSTGRESQL],
    ],
    "page": [[*NPM, "check"], [*NPM, "test"]],
    "docs": [[*PYTEST, "tests/docs"]],
    "wheel": [[*PYTEST, "tests/wheel"]],
}
TOOLS = {  # what to look for, and the Debian package that brings it
    "curl": "curl",
    "jq": "jq",
    "chromium": "chromium",
    "nft": "nftables",
    "ip": "iproute2",
    "initdb": "postgresql",
    "pebble": "pebble",
    "certbot": "certbot",
    "restic": "restic",
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
def test(parts: tuple[str, ...]) -> None:
    """Run all tests, or the named parts."""
    lock = ROOT / "requirements/test.txt"
    pip: Words = [BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    pip += ["--require-hashes", "-r", lock]
    subprocess.run(pip, check=True)
    subprocess.run(["chmod", "-R", "go+rX", BIN.parent], check=True)  # as the front door does
    left_out = install_tools()
    env = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "DJANGO_SECRET_KEY": os.urandom(32).hex(),
        "GRAPHISTRY_HOME": str(ROOT / ".cache/test-home"),
    }
    (ROOT / ".cache/test-home/data").mkdir(parents=True, exist_ok=True)
    if not (ROOT / "tests/clients/node_modules").exists():
        words: Words = [BIN / "npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(words, cwd=ROOT / "tests/clients", env=env, check=True)
    failed = [part for part in parts or PARTS if not run_part(part, env, left_out)]
    for tool in left_out:
        click.echo(f"left out: what needs {tool}, which is not installed here", err=True)
    click.echo(
        "left out: real containers; run  ./graphkeep prove compose  (root on Debian)", err=True
    )
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        sys.exit(1)
    click.echo("all parts passed", err=True)


def run_part(part: str, env: dict[str, str], left_out: list[str]) -> bool:
    click.echo(f"== {part}", err=True)
    if part == "postgresql":
        if "initdb" in left_out:
            return True
        with postgresql() as url:
            return all_pass(part, {**env, "DATABASE_URL": url, "GRAPHKEEP_TEST_DATABASE_URL": url})
    return all_pass(part, env)


def all_pass(part: str, env: dict[str, str]) -> bool:
    codes = [
        subprocess.run(words, cwd=ROOT, env=env, check=False).returncode for words in PARTS[part]
    ]
    return not any(codes)


def install_tools() -> list[str]:
    """The names of tools that are not here and could not be installed."""
    missing = [tool for tool in TOOLS if find_tool(tool) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = [TOOLS[tool] for tool in missing]
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        for words in (["apt-get", "update", "-qq"], install):
            subprocess.run(words, env=env, check=True, stdout=subprocess.DEVNULL)
    return [tool for tool in TOOLS if find_tool(tool) is None]


def find_tool(tool: str) -> str | None:
    if tool == "initdb":
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        return str(found[-1]) if found else shutil.which(tool)
    if tool == "chromium":
        names = ("chromium", "chromium-browser", "google-chrome")
        return next(filter(None, map(shutil.which, names)), None)
    return shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of its own, gone afterwards."""
    initdb = Path(find_tool("initdb") or "initdb")
    folder = Path(tempfile.mkdtemp(prefix="graphkeep-postgresql-"))
    as_user: Words = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = [
            shutil.which("runuser", path=f"/usr/sbin:{os.environ['PATH']}") or "runuser",
            "-u",
            "postgres",
            "--",
        ]
    data = folder / "data"
    control: Words = [*as_user, initdb.with_name("pg_ctl"), "-D", data, "-w", "-s"]
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    log = folder / "log"
    quietly([*as_user, initdb, "-D", data, "-U", "postgres", "-A", "trust"])
    quietly([*control, "-l", log, "-o", options, "start"])
    try:
        yield f"postgres://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def quietly(words: Words) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")
