"""Rows that another separator than that of their table divides."""

import re

from graphkeep.sources.text.options import WHITESPACE
from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.split_line import split_strict

OTHER_SEPARATORS = (",", "\t", ";", "|", " ", WHITESPACE)


def otherwise_separated(text: str, dialect: Dialect, width: int) -> list[str] | None:
    """The cells of a row that does not use the separator, if another one gives as many as there are columns."""
    quote = dialect.quote
    plain = re.sub(f"{quote}[^{quote}]*{quote}", "", text) if quote else text
    if width < 3 or not dialect.separator or dialect.separator in plain:
        return None
    for separator in OTHER_SEPARATORS:
        cells = split_strict(text, Dialect(separator=separator, quote=quote))
        if isinstance(cells, list) and len(cells) == width:
            return cells
    return None
