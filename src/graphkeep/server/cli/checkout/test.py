"""`graphkeep test`: install what the tests need, run them in parts, and report failures and skipped tests."""

import subprocess
import sys
import time
from contextlib import ExitStack

import click

from graphkeep.server.cli.checkout import BIN, ROOT, Words, checkout_env
from graphkeep.server.cli.checkout.lanes import Lanes, default_lanes
from graphkeep.server.cli.checkout.left_out import LIST, LeftOut, mark_listed, read_list
from graphkeep.server.cli.checkout.parts import PARTS, QUICK, Segment
from graphkeep.server.cli.checkout.postgresql import postgresql
from graphkeep.server.cli.checkout.report import Outcome, slowest_tests, time_by_part
from graphkeep.server.cli.checkout.tools import (
    install_clients,
    install_python_packages,
    install_tools,
)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option(
    "--quick",
    is_flag=True,
    help="Run lint, types, imports, page and quick unit tests only (two minutes).",
)
@click.option("--coverage", is_flag=True, help="Print the code coverage of src/graphkeep.")
@click.option(
    "--strict", is_flag=True, help="Fail if a test is skipped that left_out.toml does not list."
)
@click.option("--lanes", type=click.IntRange(1, 8), help="Number of parts to run in parallel.")
def test(
    parts: tuple[str, ...], *, quick: bool, coverage: bool, strict: bool, lanes: int | None
) -> None:
    """Run all tests, or the named parts."""
    started_at = time.monotonic()
    env = checkout_env()
    install_python_packages()
    missing = [] if quick else install_tools()
    if not quick:
        install_clients(env)
    segments = chosen_segments(parts, quick=quick)
    left_out: list[LeftOut] = []
    with ExitStack() as stack:
        if any(segment.needs_postgresql for _, segment in segments):
            if "initdb" in missing:
                segments = [item for item in segments if not item[1].needs_postgresql]
                left_out.append(part_left_out("postgresql", "initdb is not installed"))
            else:
                url = stack.enter_context(postgresql())
                env |= {"DATABASE_URL": url, "GRAPHKEEP_TEST_DATABASE_URL": url}
        if coverage:
            env["COVERAGE_FILE"] = str(ROOT / ".cache/coverage/data")
            (ROOT / ".cache/coverage").mkdir(parents=True, exist_ok=True)
        run = Lanes(
            segments, env, lanes=lanes or default_lanes(), tell=click.echo, coverage=coverage
        )
        run.run()
    left_out += tests_left_out(run.outcomes)
    left_out += [part_left_out(f"tool {tool}", "not installed") for tool in missing]
    left_out.append(
        part_left_out("prove compose", "containers: ./graphkeep prove compose (root on Debian)")
    )
    if not parts:
        chosen = {part for part, _ in segments} | {"postgresql"}
        left_out += [part_left_out(part, "not run") for part in PARTS if part not in chosen]
    if coverage:
        print_coverage(env)
    finish(run.outcomes, mark_listed(left_out, read_list()), strict=strict, began=started_at)


def chosen_segments(parts: tuple[str, ...], *, quick: bool) -> list[tuple[str, Segment]]:
    names = parts or tuple(name for name, part in PARTS.items() if part.is_quick or not quick)
    return [
        (name, segment)
        for name in dict.fromkeys(names)
        for segment in ((quick and QUICK.get(name)) or PARTS[name].segments)
    ]


def part_left_out(name: str, reason: str) -> LeftOut:
    return LeftOut(name=name, reason=reason, part=name)


def tests_left_out(outcomes: list[Outcome]) -> list[LeftOut]:
    return [
        LeftOut(name=test, reason=reason, part=outcome.part)
        for outcome in outcomes
        for test, reason in outcome.skipped
    ]


def print_coverage(env: dict[str, str]) -> None:
    subprocess.run([BIN / "coverage", "combine", "-q"], cwd=ROOT, env=env, check=False)
    command: Words = [BIN / "coverage", "report", "--format=total"]
    total = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    click.echo(f"coverage of src/graphkeep: {total.stdout.strip() or total.stderr.strip()} %")


def counts(outcome: Outcome) -> tuple[int, int, int]:
    """Numbers of tests passed, failed and skipped; a linter counts as one."""
    passed, failed, skipped = (outcome.count(status) for status in ("passed", "failed", "skipped"))
    if outcome.has_failed:
        return passed, max(failed, 1), skipped
    return (passed, 0, skipped) if outcome.outcomes else (1, 0, 0)


def finish(outcomes: list[Outcome], left_out: list[LeftOut], *, strict: bool, began: float) -> None:
    """Print the summary tables, and exit with 1 if a part failed or, with `strict`, an unlisted test was skipped."""
    click.echo("\nTime by part:")
    click.echo("\n".join(time_by_part(outcomes)))
    click.echo(f"{time.monotonic() - began:8.0f}  total, parts in parallel")
    if any(outcome.seconds for outcome in outcomes):
        click.echo("\nSlowest tests:")
        click.echo("\n".join(slowest_tests(outcomes)))
    if left_out:
        click.echo("\nSkipped:")
        click.echo("\n".join(f"  {entry}" for entry in left_out))
    failed = list(dict.fromkeys(outcome.part for outcome in outcomes if outcome.has_failed))
    unlisted = [entry for entry in left_out if not entry.is_listed]
    click.echo("")
    if failed:
        click.echo(f"failed: {', '.join(failed)}")
    elif strict and unlisted:
        click.echo(f"failed: {len(unlisted)} skipped, but not listed in {LIST.relative_to(ROOT)}")
    else:
        click.echo("all parts passed")
    outcome_counts = [counts(outcome) for outcome in outcomes]
    passed, failed_count, skipped = (
        sum(row[index] for row in outcome_counts) for index in range(3)
    )
    click.echo(f"{passed} passed, {failed_count} failed, {skipped} skipped")
    if failed or (strict and unlisted):
        sys.exit(1)
