"""The result of a query or of Python, read from a process that an attacker may control."""

from dataclasses import dataclass

from django.conf import settings

from graphkeep.graph.errors import LimitExceededError, UserInputError
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.process import SandboxResult

MEDIA = frozenset(
    {
        "application/json",
        "application/zip",
        "text/csv; charset=utf-8",
        "application/vnd.apache.parquet",
    }
)


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A result as it goes to the sender."""

    body: bytes
    media: str


def read_result(result: SandboxResult, limits: Limits) -> Computed:
    """The result of a request; its answer comes from a process that an attacker may control.

    Raises:
        UserInputError: the request failed, and the answer says why.
        LimitExceededError: memory was not enough, or the result is too large.
    """
    error, exhausted = result.answer.get("error"), result.answer.get("exhausted")
    if isinstance(error, str):
        raise UserInputError(error)
    if exhausted == "memory":
        raise limits.too_much_memory()
    media = result.answer.get("media")
    if exhausted is not None or media not in MEDIA:
        raise LimitExceededError(
            f"The result is larger than {settings.GRAPHKEEP_COMPUTE_RESULT_MAX >> 20} MiB. Ask for less, "
            "or ask the administrator to raise GRAPHKEEP_COMPUTE_RESULT_MAX."
        )
    return Computed(body=result.files[0].read(), media=str(media))
