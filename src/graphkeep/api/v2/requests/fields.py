"""The fields of a JSON object, read by name and kind; an error names the field as its sender wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphkeep.api.request_parsing import MAX_INTEGER
from graphkeep.compute.parameters import ParameterValue
from graphkeep.graph.errors import UserInputError


class Fields:
    """A JSON object whose values are read by kind. A null counts as a missing field."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = values
        self._path = path

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def name_of(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def text(self, name: str, default: str = "", *, max_length: int = 100_000) -> str:
        """A text, cut at `max_length` characters. Numbers count as text."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, dict | list):
            raise UserInputError(f"{self.name_of(name)} must be a text.")
        return str(value)[:max_length]

    def sent_text(self, name: str, *, max_length: int = 100_000) -> str | None:
        """A text, or None if the field was not sent; a null clears it."""
        return self.text(name, max_length=max_length) if name in self._values else None

    def choice(self, name: str, choices: Mapping[str, str] | Iterable[str], default: str) -> str:
        """One of `choices`; a mapping translates each spelling to its value."""
        value = self._values.get(name)
        if value is None:
            return default
        values = choices if isinstance(choices, Mapping) else {choice: choice for choice in choices}
        if isinstance(value, dict | list) or str(value) not in values:
            raise UserInputError(
                f"{self.name_of(name)} '{str(value)[:40]}' is not one of {', '.join(values)}."
            )
        return values[str(value)]

    def integer(self, name: str) -> int | None:
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INTEGER:
            raise UserInputError(
                f"{self.name_of(name)} must be a whole number of at most {MAX_INTEGER}."
            )
        return value

    def flag(self, name: str) -> bool:
        """A JSON boolean: any value but `true` is false."""
        return self._values.get(name) is True

    def mapping(self, name: str) -> dict[str, Any]:
        value = self._values.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise UserInputError(f"{self.name_of(name)} must be an object.")
        return value

    def parameter_values(self, name: str) -> dict[str, ParameterValue]:
        """An object of texts, numbers, booleans and nulls: the parameters of a layout or metric."""
        values = self.mapping(name)
        for key, value in values.items():
            if isinstance(value, dict | list):
                raise UserInputError(f"{self.name_of(name)}.{key[:40]} must be one value.")
        return values

    def fields(self, name: str) -> "Fields":
        return Fields(self.mapping(name), self.name_of(name))

    def items(self, name: str, *, max_count: int | None = None) -> list[Any]:
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise UserInputError(f"{self.name_of(name)} must be a list.")
        if max_count is not None and len(value) > max_count:
            raise UserInputError(f"{self.name_of(name)} may have at most {max_count} entries.")
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts, or None if the field was not sent."""
        if self._values.get(name) is None:
            return None
        values = self.items(name)
        if not all(isinstance(value, str) for value in values):
            raise UserInputError(f"{self.name_of(name)} must be a list of names.")
        return tuple(values)

    def any(self, name: str) -> Any:
        return self._values.get(name)
