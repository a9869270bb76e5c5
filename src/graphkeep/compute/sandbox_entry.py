"""Runs inside a sandbox process: one request, a query or somebody's Python."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from graphkeep.compute.gfql import run as query
from graphkeep.graph.errors import LimitExceededError, UserInputError
from graphkeep.sandbox.outcomes import resource_of

pa.set_cpu_count(1)
pa.set_io_thread_count(1)
query.warm_up()


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """The answer; or `error`, in the sender's words; or `exhausted`, the resource that was not enough.

    `handles` are the three output files and the tables of the request.
    """
    from graphkeep.compute.user_python import run as user_python

    try:
        if request["kind"] == "query":
            return query.run(request, handles)
        return user_python.run(request, handles)
    except (UserInputError, LimitExceededError) as error:
        return {"error": error.message}
    except (MemoryError, OSError) as error:
        return {"exhausted": resource_of(error) or "result"}
