"""`graphkeep lock`: resolve the dependencies and write the lock files, with hashes and without hosts."""

import subprocess

import click

from graphkeep.server.cli.checkout import BIN, ROOT, Words, checkout_env

# The widest first: its versions constrain the others.
WIDEST = ("bench", ("bench", "test"))
OTHERS = (("build", ("dev",)), ("runtime", ()), ("test", ("test",)))
RESOLVE = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url")
NPM_FOLDERS = ("workbench", "tests/clients", "tests/observatory")
NPM_LOCK = (
    "install", "--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts",
    "--no-audit", "--no-fund", "--loglevel=error",
)  # fmt: skip


@click.command()
@click.option(
    "--upgrade", is_flag=True, help="Take the newest versions that pyproject.toml allows."
)
@click.option("--python/--no-python", default=True, help="The locks in requirements/.")
@click.option("--npm/--no-npm", default=True, help="The package-lock.json files.")
def lock(*, upgrade: bool, python: bool, npm: bool) -> None:
    """Write the locks of Python and npm; versions stay unless --upgrade is given."""
    env = checkout_env()
    if python:
        for name, extras in (WIDEST, *OTHERS):
            click.echo(f"requirements/{name}.txt")
            subprocess.run(
                compile_words(name, extras, upgrade=upgrade), cwd=ROOT, env=env, check=True
            )
    if npm:
        for folder in NPM_FOLDERS:
            click.echo(f"{folder}/package-lock.json")
            command: Words = [BIN / "npm", "update" if upgrade else NPM_LOCK[0], *NPM_LOCK[1:]]
            subprocess.run(command, cwd=ROOT / folder, env=env, check=True)


def compile_words(name: str, extras: tuple[str, ...], *, upgrade: bool) -> Words:
    target = f"requirements/{name}.txt"
    command: Words = [BIN / "uv", "pip", "compile", "-q", "pyproject.toml", *RESOLVE, "--no-header"]
    for extra in extras:
        command += ["--extra", extra]
    if name != WIDEST[0]:
        command += ["-c", f"requirements/{WIDEST[0]}.txt"]
    return [*command, *(["--upgrade"] if upgrade else []), "-o", target]
