"""Count repairs while a file is read: how many of a kind, their first lines, one example."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphkeep.graph.repairs import MAX_LINES, Alternative, Repair

MAX_REPAIRS = 200


@dataclass(kw_only=True)
class RepairCount:
    """One kind of repair; `before` and `after` are the example of the first."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    before: str = ""
    after: str = ""

    def add(self, line: int = 0, before: str = "", after: str = "", count: int = 1) -> None:
        """Count repairs of one line; 0 where a value has no line."""
        if not self.count:
            self.before, self.after = before, after
        self.count += count
        if line and len(self.lines) < MAX_LINES and line not in self.lines:
            self.lines.append(line)

    def add_all(self, count: int, lines: Sequence[int], before: str = "", after: str = "") -> None:
        """Count repairs that were found together, with their first lines."""
        if not count:
            return
        self.add(before=before, after=after, count=count)
        for line in lines[:MAX_LINES]:
            self.add(line, count=0)

    def repair(
        self,
        code: str,
        message: str,
        *,
        table: str = "",
        column: str = "",
        alternative: Alternative | None = None,
    ) -> Repair:
        return Repair(
            code=code,
            message=message,
            table=table,
            column=column,
            count=self.count,
            lines=tuple(self.lines),
            before=self.before,
            after=self.after,
            alternative=alternative,
        )


class RepairLog:
    """Counts repairs by code, table and column. At most 200 of them: the rest is counted together."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str, str], str] = {}
        self.counts: dict[tuple[str, str, str], RepairCount] = {}

    def add(
        self,
        code: str,
        message: str,
        *,
        line: int = 0,
        table: str = "",
        column: str = "",
        before: str = "",
        after: str = "",
        count: int = 1,
    ) -> None:
        """Count a repair; `{count}` in the message of the first of its kind becomes the total."""
        key = (code, table, column)
        if key not in self.counts and len(self.counts) >= MAX_REPAIRS:
            key = ("more-repairs", "", "")
            message = "Further repairs of other kinds and columns: {count}."
        if key not in self.counts:
            self.messages[key], self.counts[key] = message, RepairCount()
        self.counts[key].add(line, before, after, count)

    def repairs(self) -> tuple[Repair, ...]:
        return tuple(
            counted.repair(
                code,
                self.messages[code, table, column].replace("{count}", f"{counted.count:,}"),
                table=table,
                column=column,
            )
            for (code, table, column), counted in self.counts.items()
        )
