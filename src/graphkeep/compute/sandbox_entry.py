"""Entry point inside a sandbox process: runs one request, a query or a user's Python code."""

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
    """Run a request and return its response, `error`, a message for the user, or `exhausted`, the resource that ran out.

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
