"""`graphkeep prove`: run a drill to its full count, of which `test` runs a part; resumable."""

import json
import os
import subprocess
from contextlib import nullcontext

import click

from graphkeep.server.cli.checkout import BIN, ROOT, Words, checkout_env
from graphkeep.server.cli.checkout.parts import ON_BOTH, PYTEST, drill_file
from graphkeep.server.cli.checkout.postgresql import postgresql
from graphkeep.server.config.envfile import ConfigurationError

REPETITIONS = {
    "registrations": 20,
    "policies": 1,
    "rows": 1,
    "revocations": 10,
    "guesses": 20,
    "timings": 1,
    "rotations": 1,
    "first_starts": 1,
    "restores": 1,
    "kills": 1,
    "full_disks": 1,
    "air_gap": 1,
    "canaries": 1,
    "bundles": 1,
    "schedules": 1,
    "escapes": 1,
    "queries": 1,
    "tls": 1,
    "connectors": 1,
    "connector_canaries": 1,
    "bridge": 5,
    "dialects": 1,
}
# Drills run by a standalone script; an hour at most.
SCRIPTS = {"compose": "deploy/test/compose.sh", "guide": "deploy/test/guide.sh"}
# The test files of drills that are not in tests/drills.
DRILL_FILES = {
    "tls": [
        f"tests/deploy/tls/test_{name}.py"
        for name in ("tls_live", "certificates_live", "tls_scanned")
    ],
    "bridge": ["tests/drills/operation/test_bridge.py", "tests/flows/test_bridge_restarts.py"],
    "dialects": ["tests/sources/text/test_dialect_grid.py"],
    "connectors": [
        "tests/sources/databases", "tests/connectors", "tests/contracts/test_connectors.py",
    ],
}  # fmt: skip


@click.command()
@click.argument("name", type=click.Choice([*REPETITIONS, *SCRIPTS]))
@click.option("--again", is_flag=True, help="Discard the recorded runs.")
def prove(name: str, *, again: bool) -> None:
    """Run a drill to its full count on SQLite and PostgreSQL; an interrupted run is resumed."""
    if name in SCRIPTS:
        prove_by_script(name)
        return
    ledger = ROOT / f".cache/prove/{name}.json"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    if ledger.exists() and not again:
        counts = json.loads(ledger.read_text())
    databases = ("SQLite", "PostgreSQL") if name in ON_BOTH else ("SQLite",)
    for database in databases:
        with postgresql() if database == "PostgreSQL" else nullcontext("") as url:
            env = {**checkout_env(), "GRAPHKEEP_PROVE": "1"}
            if url:
                env["GRAPHKEEP_TEST_DATABASE_URL"] = url
            while counts.get(database, 0) < REPETITIONS[name]:
                command = [*PYTEST, *DRILL_FILES.get(name, (drill_file(name),))]
                run_drill(command, env)
                counts[database] = counts.get(database, 0) + 1
                ledger.write_text(json.dumps(counts))
                click.echo(f"{name} on {database}: {counts[database]} of {REPETITIONS[name]}")
    click.echo("proven: " + ", ".join(f"{count} on {engine}" for engine, count in counts.items()))


def run_drill(arguments: Words, env: dict[str, str]) -> None:
    """Run a drill, and print its output only if it fails.

    Raises:
        ConfigurationError: the drill failed.
    """
    completed = subprocess.run(
        arguments, cwd=ROOT, env=env, check=False, capture_output=True, text=True
    )
    if completed.returncode:
        click.echo(completed.stdout + completed.stderr, err=True)
        raise ConfigurationError("the drill failed; earlier runs stay recorded")


def prove_by_script(name: str) -> None:
    env = {**os.environ, "PIP": str(BIN / "pip"), "PYTHON": str(BIN / "python")}
    if subprocess.run([ROOT / SCRIPTS[name]], cwd=ROOT, env=env, check=False).returncode:
        raise ConfigurationError(f"{SCRIPTS[name]} failed; see its last lines")
