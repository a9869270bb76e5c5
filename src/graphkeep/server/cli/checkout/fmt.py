"""`graphkeep fmt`: format Python and the page."""

import subprocess
import sys

import click

from graphkeep.server.cli.checkout import BIN, ROOT, Words, checkout_env
from graphkeep.server.cli.checkout.parts import SOURCES
from graphkeep.server.cli.checkout.tools import install_page_modules, install_python_packages

PRETTIER = ROOT / "workbench/node_modules/.bin/prettier"


@click.command()
@click.option("--check", is_flag=True, help="Check only; fail if a file would change.")
def fmt(*, check: bool) -> None:
    """Format the source: Python by ruff, the page by prettier."""
    if not (BIN / "ruff").exists():
        install_python_packages()
    env = checkout_env()
    install_page_modules(env)
    fix: Words = ["--diff"] if check else ["--fix-only"]
    commands: list[tuple[Words, str]] = [
        ([BIN / "ruff", "check", "-q", *fix, *SOURCES], "."),
        ([BIN / "ruff", "format", "-q", *(["--check"] if check else []), *SOURCES], "."),
    ]
    if PRETTIER.exists():
        mode = "--check" if check else "--write"
        commands.append(([PRETTIER, mode, "--log-level", "warn", "."], "workbench"))
    codes = [
        subprocess.run(command, cwd=ROOT / folder, env=env, check=False).returncode
        for command, folder in commands
    ]
    if any(codes):
        sys.exit(1)
