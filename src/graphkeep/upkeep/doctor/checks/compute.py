"""Queries and Python: whether they are on, for whom, and whether the walls around them stand."""

from functools import cache

from graphkeep.accounts.models import User
from graphkeep.datasets.storage import cells
from graphkeep.graph.errors import UnavailableError
from graphkeep.sandbox.process import Walls
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import Answer, Book, ByHand, SetLine, error, ok, skipped, warning

book = Book("api")
NO_CELL = Walls(namespaces=False, root=False, nobody=False, files=False, calls=False)


def is_on(here: Deployment, name: str) -> bool:
    return here.setting(name).text.lower() in {"1", "true", "yes", "on"}


@cache
def walls_here() -> Walls:
    """What this machine lets build; built once to see."""
    try:
        return cells().walls()
    except UnavailableError:
        return NO_CELL


@book.check(
    "api.query-endpoint",
    "AD-09",
    why="Queries are strangers' words; the engine that runs them must reach nothing else.",
    is_fast=False,
)
def query_endpoint(here: Deployment) -> Answer:
    if not is_on(here, "ENABLE_GFQL_ENDPOINT"):
        return skipped("queries are switched off")
    walls = walls_here()
    if not walls.confine:
        return error(
            f"queries cannot be confined, so they are refused; missing: {', '.join(walls.missing)}",
            ByHand(
                text="use a kernel of 5.13 or newer with seccomp, or say ENABLE_GFQL_ENDPOINT=false"
            ),
        )
    return ok("queries run without network and other files")


@book.check(
    "api.python-endpoint",
    "AD-08",
    "AD-07",
    why="Whoever may run code looks for a way out of it; leave it off where nobody needs it.",
    is_fast=False,
)
def python_endpoint(here: Deployment) -> Answer:
    if not is_on(here, "ENABLE_PYTHON_ENDPOINT"):
        return ok("Python is switched off")
    switch_off = SetLine(name="ENABLE_PYTHON_ENDPOINT", value="false")
    walls = walls_here()
    if not walls.are_whole:
        return error(
            f"Python is on but refused: this place has no {', no '.join(walls.missing)}", switch_off
        )
    people = User.objects.filter(may_run_python=True, is_active=True).order_by("username")
    names = list(people.values_list("username", flat=True)[:10])
    if not names:
        return warning("Python is on although nobody may run it", switch_off)
    return ok(f"Python is shut in whole; it is for {', '.join(names)}")
