"""Columns of other packages that hold encrypted text: the key check, re-encryption and the doctor cover them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class EncryptedColumn:
    """A text column whose values `secret_box.encrypt` made; an empty text is none."""

    model: type[Model]
    field: str

    def ciphertexts(self) -> Iterator[tuple[int, str]]:
        """Primary key and ciphertext of every row that has one."""
        rows: QuerySet[Model] = QuerySet(self.model).exclude(**{self.field: ""}).order_by("pk")
        yield from rows.values_list("pk", self.field).iterator()

    def replace(self, pk: int, former: str, ciphertext: str) -> bool:
        """Replace a row's ciphertext unless it changed meanwhile; whether it was replaced."""
        rows: QuerySet[Model] = QuerySet(self.model).filter(**{"pk": pk, self.field: former})
        return bool(rows.update(**{self.field: ciphertext}))


_columns: list[EncryptedColumn] = []


def register_encrypted_columns(model: type[Model], *fields: str) -> None:
    """Called by an app when it is ready."""
    for field in fields:
        column = EncryptedColumn(model, field)
        if column not in _columns:
            _columns.append(column)


def encrypted_columns() -> tuple[EncryptedColumn, ...]:
    return tuple(_columns)
