"""Repairs of a graph file, counted while it is read: how many, the first ten lines, one example."""

from dataclasses import dataclass, field

from graphkeep.graph.repairs import MAX_LINES, Repair

MAX_REPAIRS = 200


@dataclass(kw_only=True)
class Entry:
    message: str
    count: int = 0
    lines: list[int] = field(default_factory=list)
    before: str = ""
    after: str = ""


class RepairLog:
    """Counts repairs by code, table and column. At most 200 of them: the rest is counted together."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str, str], Entry] = {}

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
        if key not in self.entries and len(self.entries) >= MAX_REPAIRS:
            key = ("more-repairs", "", "")
            message = "Further repairs of other kinds and columns: {count}."
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = Entry(message=message, before=before, after=after)
        entry.count += count
        if line and len(entry.lines) < MAX_LINES and line not in entry.lines:
            entry.lines.append(line)

    def repairs(self) -> tuple[Repair, ...]:
        return tuple(
            Repair(
                code=code,
                message=entry.message.replace("{count}", f"{entry.count:,}"),
                table=table,
                column=column,
                count=entry.count,
                lines=tuple(entry.lines),
                before=entry.before,
                after=entry.after,
            )
            for (code, table, column), entry in self.entries.items()
        )
