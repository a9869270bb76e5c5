"""What runs within a cell: one request, a query or somebody's code."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from graphkeep.compute.gfql import run as query
from graphkeep.graph.errors import LimitExceededError, UserInputError

pa.set_cpu_count(1)
pa.set_io_thread_count(1)
query.rehearse()


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """The answer, or in words why there is none."""
    from graphkeep.compute.user_python import run as code

    try:
        if request["kind"] == "query":
            return query.run(request, handles)
        return code.run(request, handles)
    except (UserInputError, LimitExceededError) as error:
        return {"error": error.message}
    except (MemoryError, pa.ArrowMemoryError):
        return {"out_of": "memory"}
    except OSError as error:
        # What is written may not be larger than the limit of the file that it goes into.
        return {"out_of": "memory" if error.errno == 12 else "result"}
