"""How long a bridge waits before it dials again."""

import random
from dataclasses import dataclass, field

FIRST_S = 0.25
MAX_S = 2.5  # with the time of an attempt, a path that returns is used within 5 s
REFUSED_S = 30.0  # after a wrong proof: only new keys help


@dataclass
class Reconnect:
    """No wait after a good session, then `FIRST_S`, doubled each time up to `MAX_S`, with jitter."""

    jitter: random.Random = field(default_factory=random.Random)
    failures: int = 0

    def reset(self) -> None:
        self.failures = 0

    def next_wait_s(self) -> float:
        """The wait before the next attempt, after one that failed or a session that ended."""
        wait = 0.0 if self.failures == 0 else min(MAX_S, FIRST_S * 2 ** (self.failures - 1))
        self.failures = min(self.failures + 1, 30)
        return wait * self.jitter.uniform(0.6, 1.0)
