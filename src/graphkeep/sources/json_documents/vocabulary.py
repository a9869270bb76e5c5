"""A vocabulary: JSON of a known meaning, such as STIX, and how it becomes tables of nodes and edges."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """`matches` gets the documents of a file, of any content, and never raises; `read` gets those it matched.

    A file of one list counts as the documents in it.
    """

    name: str
    matches: Callable[[Sequence[Any]], bool]
    read: Callable[[Sequence[Any], ReadContext], ReadResult]
