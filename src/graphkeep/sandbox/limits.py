"""Resource limits of a sandbox process: memory, time, output, open files."""

import resource
from collections.abc import Mapping
from dataclasses import dataclass

from graphkeep.graph.errors import LimitExceededError

GIB = 1 << 30
MAX_OPEN_FILES = 256
MAX_PROCESSES = 256


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one request may use. The other fields say how its errors name the limits.

    `overhead_bytes` is what the interpreter and its libraries map before any work; it comes on top of
    `memory_bytes`, as do the inputs where the runner maps them.
    """

    memory_bytes: int
    seconds: float
    result_bytes: int
    answer_bytes: int = 1 << 20
    overhead_bytes: int = GIB
    maps_inputs: bool = True
    subject: str = "This"
    remedy: str = "Ask for less"
    memory_setting: str = "GRAPHKEEP_COMPUTE_MEMORY"
    time_setting: str = "GRAPHKEEP_COMPUTE_TIMEOUT"

    def to_wire(self, input_bytes: int) -> dict[str, float]:
        """The limits as the process sets them; its inputs have `input_bytes` together."""
        mapped_bytes = input_bytes if self.maps_inputs else 0
        return {
            "memory_bytes": self.memory_bytes + self.overhead_bytes + mapped_bytes,
            "seconds": self.seconds,
            "result_bytes": self.result_bytes,
        }

    def too_slow(self) -> LimitExceededError:
        return LimitExceededError(
            f"{self.subject} takes longer than {self.seconds:.0f} s. {self.remedy}, or ask the "
            f"administrator to raise {self.time_setting}."
        )

    def too_much_memory(self) -> LimitExceededError:
        return LimitExceededError(
            f"{self.subject} needs more than the {self.memory_bytes / GIB:.1f} GiB of memory that it may "
            f"use. {self.remedy}, or ask the administrator to raise {self.memory_setting}."
        )


def set_process_limits() -> None:
    """Limits that hold from the start of a sandbox process, whatever it will run."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (MAX_PROCESSES, MAX_PROCESSES))
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))


def set_request_limits(limits: Mapping[str, float]) -> None:
    """Limits of one request, as `Limits.to_wire` gives them."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime + limits["seconds"]) + 1
    memory_bytes, result_bytes = int(limits["memory_bytes"]), int(limits["result_bytes"])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (result_bytes, result_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))
