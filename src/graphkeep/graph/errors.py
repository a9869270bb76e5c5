"""The error tree. Every error is a sentence for the sender; `api` maps each branch to one HTTP status.

GraphkeepError
├── UserInputError            400  what was sent cannot be used as it is
│   ├── UnknownColumnError         a binding or a request names a column that does not exist
│   ├── MissingBindingError        source or destination is missing
│   ├── InvalidFieldError     422  a field of a request is unknown, or its value is not allowed
│   ├── UnreadableFileError        the bytes do not read as the format they claim
│   └── LimitExceededError         reading needs more memory or time than allowed
├── NotAllowedError           403  the actor may see it, but may not do this
├── NotFoundError             404  it does not exist, or is not the actor's to see
├── TooLargeError             413  the body is over the limit
└── UnavailableError          503  a part that the request needs does not work
    ├── DiskFullError         507  the server's disk has no room for it
    └── BusyError                  the limit of concurrent work of this kind is reached
"""

import difflib
from collections.abc import Sequence


class GraphkeepError(Exception):
    @property
    def message(self) -> str:
        return str(self)


class UserInputError(GraphkeepError):
    pass


def nearest_name(name: str, names: Sequence[str]) -> str:
    """The name that is nearest to one that was mistyped, "" if none is near."""
    by_lower = {each.lower(): each for each in reversed(names[:1000])}
    nearest = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[nearest[0]] if nearest else ""


class UnknownColumnError(UserInputError):
    def __init__(self, column: str, columns: Sequence[str]) -> None:
        names = ", ".join(columns[:20]) + (", …" if len(columns) > 20 else "")
        nearest = nearest_name(column, columns)
        advice = f" Did you mean '{nearest}'?" if nearest else ""
        super().__init__(
            f"There is no column '{column}'. The table has: {names or 'no columns'}.{advice}"
        )
        self.column = column
        self.columns = tuple(columns)


class MissingBindingError(UserInputError):
    pass


class InvalidFieldError(UserInputError):
    """`field` is the path of the field, as its sender writes it: `settings.host`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class UnreadableFileError(UserInputError):
    pass


class LimitExceededError(UserInputError):
    pass


class NotAllowedError(GraphkeepError):
    pass


class NotFoundError(GraphkeepError):
    pass


class TooLargeError(GraphkeepError):
    pass


class UnavailableError(GraphkeepError):
    pass


class DiskFullError(UnavailableError):
    pass


class BusyError(UnavailableError):
    pass
