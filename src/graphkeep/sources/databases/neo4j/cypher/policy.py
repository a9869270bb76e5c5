"""Which labels and relationship types a query may name, and the conditions that hold it to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphkeep.sources.databases.query import is_allowed
from graphkeep.sources.databases.stages import QueryRefusedError


@dataclass(frozen=True)
class LabelPolicy:
    """`allowed`: labels and relationship types, of which an entry may end in `*`; None allows all."""

    allowed: Sequence[str] | None = None

    @property
    def is_restricted(self) -> bool:
        return self.allowed is not None

    def check(self, name: str, what: str, position: int) -> None:
        """Raises QueryRefusedError: the policy does not allow the label or type."""
        if self.allowed is not None and not is_allowed(name, self.allowed):
            raise QueryRefusedError(
                f"The {what} `{name}` is not allowed here; allowed: {self.listed}.",
                position=position,
            )

    @property
    def listed(self) -> str:
        return ", ".join(self.allowed or ()) or "none"

    def label_condition(self, node: str) -> str:
        """Cypher that is true where a node has an allowed label."""
        return self._condition(f"labels({node})")

    def type_condition(self, relationship: str) -> str:
        """Cypher that is true where a relationship has an allowed type."""
        return self._condition(f"[type({relationship})]")

    def path_condition(self, path: str) -> str:
        """Cypher that is true where each node and each relationship of a path is allowed."""
        return (
            f"(all(_gkn IN nodes({path}) WHERE {self.label_condition('_gkn')})"
            f" AND all(_gkr IN relationships({path}) WHERE {self.type_condition('_gkr')}))"
        )

    def _condition(self, names: str) -> str:
        tests = [
            f"_gkl STARTS WITH {literal(entry[:-1])}" if entry.endswith("*") else f"_gkl = {literal(entry)}"
            for entry in self.allowed or ()
        ]  # fmt: skip
        return f"any(_gkl IN {names} WHERE {' OR '.join(tests) or 'false'})"


def literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
