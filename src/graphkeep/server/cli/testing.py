"""`graphkeep test`: installs what the tests need, then runs every part and tells which failed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[4]
BIN = Path(sys.executable).parent
PARTS: dict[str, list[list[str | Path]]] = {
    "lint": [
        [BIN / "ruff", "check", "src", "tests"],
        [BIN / "ruff", "format", "--check", "src", "tests"],
    ],
    "types": [[BIN / "mypy"]],
    "floors": [[BIN / "lint-imports"]],
    "unit": [
        [
            BIN / "python",
            "-m",
            "pytest",
            "-q",
            "tests",
            "--ignore=tests/flows",
            "--ignore=tests/docs",
        ]
    ],
    "flows": [[BIN / "python", "-m", "pytest", "-q", "tests/flows"]],
    "page": [
        [BIN / "npm", "run", "--silent", "--prefix", "workbench", "check"],
        [BIN / "npm", "run", "--silent", "--prefix", "workbench", "test"],
    ],
    "docs": [[BIN / "python", "-m", "pytest", "-q", "tests/docs"]],
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
def test(parts: tuple[str, ...]) -> None:
    """Run all tests, or the named parts."""
    subprocess.run(
        [BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check",
         "--require-hashes", "-r", str(ROOT / "requirements/test.txt")],
        check=True,
    )  # fmt: skip
    install_tools()
    env = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "DJANGO_SECRET_KEY": os.urandom(32).hex(),
        "GRAPHISTRY_HOME": str(ROOT / ".cache/test-home"),
    }
    (ROOT / ".cache/test-home/data").mkdir(parents=True, exist_ok=True)
    if not (ROOT / "tests/clients/node_modules").exists():
        words = [BIN / "npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(words, cwd=ROOT / "tests/clients", env=env, check=True)
    failed = []
    for part in parts or PARTS:
        click.echo(f"== {part}", err=True)
        codes = [subprocess.run(words, cwd=ROOT, env=env, check=False) for words in PARTS[part]]
        if any(code.returncode for code in codes):
            failed.append(part)
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        sys.exit(1)
    click.echo("all parts passed", err=True)


def install_tools() -> None:
    """The shell cases need curl and jq; as root on Debian they are installed."""
    missing = [tool for tool in ("curl", "jq") if shutil.which(tool) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *missing], check=True)
    elif missing:
        click.echo(f"left out: cases that need {', '.join(missing)} will fail", err=True)
