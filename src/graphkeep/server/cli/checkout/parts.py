"""The parts of `graphkeep test` by name; the segments of a part can run in parallel."""

from dataclasses import dataclass

from graphkeep.server.cli.checkout import BIN, Words

PYTEST: Words = [BIN / "python", "-m", "pytest", "-q"]
NPM: Words = [BIN / "npm", "run", "--silent", "--prefix", "workbench"]
SOURCES = ("src", "tests", "benchmarks", "docs")


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Commands that run in sequence, even after one fails."""

    name: str
    commands: tuple[Words, ...]
    seconds: int  # duration on an idle machine with two cores; the longest starts first
    is_alone: bool = False  # measures time, so nothing runs in parallel
    needs_postgresql: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    name: str
    segments: tuple[Segment, ...]
    is_quick: bool = False


def pytest(name: str, seconds: int, *words: str, **more: bool) -> Segment:
    return Segment(name=name, commands=([*PYTEST, *words],), seconds=seconds, **more)


def files(folder: str, *names: str) -> list[str]:
    return [f"{folder}/test_{name}.py" for name in names]


# Folders that are separate parts.
PARTED = ("flows", "browser", "drills", "observatory", "docs", "wheel")
# The unit tests in three segments: engine, deployment and the rest, so that new folders are included.
ENGINE = ["tests/benchmarks", "tests/compute", "tests/contracts", "tests/graph", "tests/view"]
DEPLOYMENT = ["tests/deploy", "tests/upkeep"]
REST = [
    "tests",
    *(
        f"--ignore={path}"
        for path in [*ENGINE, *DEPLOYMENT, *(f"tests/{folder}" for folder in PARTED)]
    ),
]
# Drills whose outcome depends on the database; the others run on SQLite only.
ON_BOTH = ("registrations", "revocations", "guesses", "timings", "rotations", "canaries")
ON_POSTGRESQL = tuple(name for name in ON_BOTH if name != "canaries")
# Drills that measure seconds: no other test runs in parallel.
TIMED = ("revocations", "timings", "kills", "full_disks", "schedules", "first_starts", "bridge")
# The folder below tests/drills of each drill that is not in tests/drills itself.
DRILL_FOLDERS = {
    "accounts": ("guesses", "registrations", "revocations", "timings"),
    "isolation": ("air_gap", "canaries", "connector_canaries", "escapes", "queries"),
    "operation": (
        "bridge", "bundles", "first_starts", "full_disks", "kills", "restores", "rotations", "schedules",
    ),
}  # fmt: skip


def drill_file(name: str) -> str:
    """The test file of a drill, relative to the checkout."""
    folders = [f"tests/drills/{folder}" for folder, names in DRILL_FOLDERS.items() if name in names]
    return f"{[*folders, 'tests/drills'][0]}/test_{name}.py"


def drill_files(*names: str) -> list[str]:
    return [drill_file(name) for name in names]


# Flows and journeys whose answers come from the database.
FLOWS_IN_DATABASE = [
    *files("tests/flows/client_cases", "auth_cases", "credential_cases", "upload_cases"),
    "tests/flows/sharing", *files("tests/flows/stream", "layout_runs", "stream"),
    *files("tests/flows/uploads", "files"), *files("tests/flows/operation", "worker"),
]  # fmt: skip
JOURNEYS_IN_DATABASE = files("tests/browser", "organizations", "portal", "pinning", "compute")
UNIT_IN_DATABASE = [
    "tests/accounts", "tests/connectors", "tests/jobs", "tests/datasets", "tests/server/process/test_database.py",
    *files("tests/upkeep", "backup", "migrate", "doctor"),
    # Answered by sandboxes, whatever the database is.
    *(
        f"--ignore={file}"
        for file in (
            *files("tests/datasets", "compute"), *files("tests/datasets/metrics", "query_metrics"),
            *files("tests/datasets/readings", "cases", "preview"),
        )
    ),
]  # fmt: skip

ALL_PARTS = (
    Part(
        name="lint",
        is_quick=True,
        segments=(
            Segment(
                name="lint",
                seconds=5,
                commands=(
                    [BIN / "ruff", "check", *SOURCES],
                    [BIN / "ruff", "format", "--check", *SOURCES],
                ),
            ),
        ),
    ),
    Part(
        name="types",
        is_quick=True,
        segments=(Segment(name="types", seconds=30, commands=([BIN / "mypy"],)),),
    ),
    Part(
        name="imports",
        is_quick=True,
        segments=(Segment(name="imports", seconds=10, commands=([BIN / "lint-imports"],)),),
    ),
    Part(
        name="unit",
        is_quick=True,
        segments=(
            pytest("unit: engine", 110, *ENGINE),
            pytest("unit: deployment", 280, *DEPLOYMENT),
            pytest("unit: the rest", 650, *REST),
        ),
    ),
    Part(name="flows", segments=(pytest("flows", 550, "tests/flows"),)),
    Part(name="browser", segments=(pytest("browser", 350, "tests/browser"),)),
    Part(
        name="drills",
        segments=(
            pytest(
                "drills", 200, "tests/drills",
                *(f"--ignore={path}" for path in drill_files(*TIMED)),
            ),
            pytest("drills: timed", 100, *drill_files(*TIMED), is_alone=True),
        ),
    ),
    Part(name="observatory", segments=(pytest("observatory", 40, "tests/observatory"),)),
    Part(
        name="postgresql",
        segments=(
            pytest("postgresql: unit", 140, *UNIT_IN_DATABASE, needs_postgresql=True),
            pytest("postgresql: flows", 150, *FLOWS_IN_DATABASE, needs_postgresql=True),
            pytest("postgresql: browser", 100, *JOURNEYS_IN_DATABASE, needs_postgresql=True),
            pytest(
                "postgresql: drills", 80,
                *drill_files(*(drill for drill in ON_POSTGRESQL if drill not in TIMED)),
                needs_postgresql=True,
            ),
            pytest(
                "postgresql: drills, timed", 60,
                *drill_files(*(drill for drill in ON_POSTGRESQL if drill in TIMED)),
                needs_postgresql=True, is_alone=True,
            ),
        ),
    ),
    Part(
        name="page",
        is_quick=True,
        segments=(Segment(name="page", seconds=40, commands=([*NPM, "check"], [*NPM, "test"])),),
    ),
    Part(name="docs", segments=(pytest("docs", 20, "tests/docs"),)),
    Part(name="wheel", segments=(pytest("wheel", 20, "tests/wheel"),)),
)  # fmt: skip
PARTS = {part.name: part for part in ALL_PARTS}
# Segments that replace a part's own in a quick run.
QUICK = {
    "page": (Segment(name="page", seconds=15, commands=([*NPM, "test"],)),),
    "unit": (
        pytest("unit: quick, files and engine", 60, *ENGINE, "tests/sources", "-m", "not slow"),
        pytest(
            "unit: quick, the rest", 80, "tests",
            *(f"--ignore={path}" for path in (*ENGINE, "tests/sources", "tests/deploy")),
            *(f"--ignore=tests/{folder}" for folder in PARTED), "-m", "not slow",
        ),
    ),
}  # fmt: skip
