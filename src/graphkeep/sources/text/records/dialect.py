"""A dialect: which characters separate and quote the cells of a text table."""

from dataclasses import dataclass

from graphkeep.sources.text.options import WHITESPACE


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """`quote` and `escape` may be empty; `separator` is empty where each line is one cell.

    With `unescapes_cells` the escape character also counts in cells without quotes (as the sender said);
    otherwise only before a quote or itself inside quotes.
    """

    separator: str
    quote: str = '"'
    doublequote: bool = True
    escape: str = ""
    unescapes_cells: bool = False
    skip_initial_space: bool = False

    @property
    def is_whitespace(self) -> bool:
        return self.separator == WHITESPACE

    @property
    def is_native(self) -> bool:
        """Whether Arrow's parser reads it as it is."""
        return (
            len(self.separator) == 1
            and self.separator.isascii()
            and len(self.quote.encode()) < 2
            and not self.skip_initial_space
            and (not self.escape or self.unescapes_cells)
        )
