"""The text of `connector.env`: NAME=value lines as in docker's env files, read without expansion."""

import re

from graphkeep.graph.errors import UserInputError

LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
QUOTED = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(?:#.*)?""")


def parse_env(text: str, file_name: str = "connector.env") -> dict[str, str]:
    """Names and values. A `#` begins a comment at the start of a line or after a blank.

    Raises:
        UserInputError: a line does not parse, or a name is set twice; the message has its line number.
    """
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise UserInputError(f"{file_name}:{number}: not a NAME=value line")
        name, value = match.groups()
        if name in values:
            raise UserInputError(f"{file_name}:{number}: {name} is set twice")
        if value[:1] in {'"', "'"}:
            quoted = QUOTED.fullmatch(value)
            if quoted is None:
                raise UserInputError(f"{file_name}:{number}: a quote is never closed")
            double, single = quoted.groups()
            values[name] = single if double is None else re.sub(r"\\(.)", r"\1", double)
        else:
            values[name] = re.split(r"(?:^|\s)#", value, maxsplit=1)[0].rstrip()
    return values
