"""The names of columns: as in the header, never empty, never twice."""

from collections.abc import Sequence

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair

MAX_NAME_LENGTH = 1000
MAX_NAME_BYTES = 8 << 20
MAX_REPAIRS = 10


def column_names(names: Sequence[str], repairs: list[Repair], *, line: int | None) -> list[str]:
    """Names that differ; each column without a name gets its number, each name that comes again a counter.

    Raises:
        UnreadableFileError: the names are too long together.
    """
    if sum(map(len, names)) > MAX_NAME_BYTES:
        raise UnreadableFileError(
            "The names of the columns are longer than 8 MiB; this is no header."
        )
    used: set[str] = set()
    copies: dict[str, int] = {}
    unique: list[str] = []
    renamed: list[tuple[int, str, str]] = []
    reserved = {name.strip() for name in names}
    for position, name in enumerate(names, start=1):
        base = name.strip()[:MAX_NAME_LENGTH] or f"column{position}"
        candidate = base
        while candidate in used or (candidate != base and candidate in reserved):
            copies[base] = copies.get(base, 1) + 1
            candidate = f"{base}_{copies[base]}"
        used.add(candidate)
        unique.append(candidate)
        if candidate != name.strip():
            renamed.append((position, name.strip(), candidate))
    repairs.extend(rename_repairs(renamed, line))
    return unique


def rename_repairs(renamed: Sequence[tuple[int, str, str]], line: int | None) -> list[Repair]:
    lines = () if line is None else (line,)
    repairs = [
        Repair(
            code="column-renamed",
            message=f"Column {position} is called '{new[:100]}': its name was "
            f"{'empty' if not old else 'too long' if len(old) > MAX_NAME_LENGTH else 'taken'}.",
            column=new,
            count=1,
            lines=lines,
            before=old,
            after=new,
        )
        for position, old, new in renamed[:MAX_REPAIRS]
    ]
    rest = renamed[MAX_REPAIRS:]
    if rest:
        repairs.append(
            Repair(
                code="column-renamed",
                message=f"{len(rest)} more columns have new names, because theirs were empty or taken.",
                count=len(rest),
                lines=lines,
                before=rest[0][1],
                after=rest[0][2],
            )
        )
    return repairs
