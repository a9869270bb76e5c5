"""Remote queries and Python on a dataset: permissions, and the run in a sandbox."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import User
from graphkeep.compute.gfql.limits import QueryLimits
from graphkeep.compute.gfql.values import Query
from graphkeep.compute.result_format import PythonCode, ResultFormat
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.remote.inputs import dataset_input, remote_inputs
from graphkeep.datasets.remote.persist import persist, with_dataset_id
from graphkeep.datasets.remote.result import Computed, read_result
from graphkeep.datasets.rules import may_create
from graphkeep.datasets.sharing.share import ShareSettings
from graphkeep.datasets.storage import compute_pool
from graphkeep.graph.errors import NotAllowedError
from graphkeep.sandbox.isolation import require_confinement, require_full_isolation
from graphkeep.sandbox.process import SandboxResult


def query_limits() -> QueryLimits:
    return QueryLimits(
        most_hops=settings.GRAPHKEEP_QUERY_HOPS, most_rows=settings.GRAPHKEEP_COMPUTE_ROWS
    )


def query_dataset(
    dataset: Dataset, query: Query, result: ResultFormat, *, actor: Actor, strictness: str = "warn"
) -> Computed:
    """Run a query on a dataset that the actor sees.

    Raises:
        NotAllowedError: queries are switched off, here or for this account.
        NotFoundError: it reads another dataset that the actor does not see.
        UserInputError: it does not run.
    """
    with queried(dataset, query, result, actor=actor, strictness=strictness) as sandbox_result:
        return read_result(sandbox_result, compute_pool().limits)


def persist_query(
    dataset: Dataset,
    query: Query,
    result: ResultFormat,
    *,
    actor: Actor,
    strictness: str = "warn",
    privacy: ShareSettings | None = None,
) -> Computed:
    """Run a query and store its result as a new dataset, private unless `privacy` says otherwise.

    Raises:
        NotAllowedError: as for `query_dataset`, or the actor may not create datasets.
        NotFoundError: as for `query_dataset`.
        UserInputError: it does not run, or its result is a table and no graph.
    """
    authorize(may_create, actor, None)
    run = queried(dataset, query, result, actor=actor, strictness=strictness, is_persisted=True)
    with run as sandbox_result:
        query_result = read_result(sandbox_result, compute_pool().limits)
        new_dataset = persist(dataset, sandbox_result, privacy, actor=actor)
        return with_dataset_id(query_result, new_dataset.dataset_id)


@contextmanager
def queried(
    dataset: Dataset,
    query: Query,
    result: ResultFormat,
    *,
    actor: Actor,
    strictness: str,
    is_persisted: bool = False,
) -> Iterator[SandboxResult]:
    check_query_gates(actor)
    tables: list[Path] = []
    request = {
        "kind": "query",
        "dataset": dataset_input(dataset, tables),
        "others": remote_inputs(query, actor, tables),
        "query": None if query.body is None else query.body.to_wire(),
        "functions": sorted(query.functions),
        "output": query.output,
        "strictness": strictness,
        "wanted": result.to_wire(),
        "persist": is_persisted,
        "most_rows": query_limits().most_rows,
    }
    with compute_pool().run(request, tables, require=require_confinement) as sandbox_result:
        yield sandbox_result


def run_code(dataset: Dataset, code: PythonCode, *, actor: Actor, label: str = "") -> Computed:
    """Run a user's Python on a dataset that they see; every run is recorded in the audit log.

    Raises:
        NotAllowedError: Python is switched off here, or this account was not given the permission.
        UnavailableError: the machine does not isolate the sandbox in full.
        UserInputError: the code fails.
    """
    check_code_gates(actor)
    tables: list[Path] = []
    request = {
        "kind": "code",
        "dataset": dataset_input(dataset, tables),
        "most_rows": settings.GRAPHKEEP_COMPUTE_ROWS,
        **code.to_wire(),
    }
    # Before it runs, and not only after: what runs may never come back.
    audit.record(
        "python.run",
        actor=actor,
        target=dataset,
        label=label,
        sha256=hashlib.sha256(code.execute.encode()).hexdigest(),
    )
    with compute_pool().run(request, tables, require=require_full_isolation) as sandbox_result:
        return read_result(sandbox_result, compute_pool().limits)


def check_query_gates(actor: Actor) -> None:
    if not settings.ENABLE_GFQL_ENDPOINT:
        raise NotAllowedError(
            "Queries are disabled on this server; an administrator can enable them with "
            "ENABLE_GFQL_ENDPOINT=true."
        )
    if not isinstance(actor.user, User) or not actor.user.may_query:
        raise NotAllowedError("Your account may not run queries: ask an Admin of this server.")


def check_code_gates(actor: Actor) -> None:
    if not settings.ENABLE_PYTHON_ENDPOINT:
        raise NotAllowedError(
            "Python is disabled on this server; an administrator can enable it with "
            "ENABLE_PYTHON_ENDPOINT=true."
        )
    if not isinstance(actor.user, User) or not actor.user.may_run_python:
        raise NotAllowedError("Your account may not run Python: ask an Admin of this server.")
