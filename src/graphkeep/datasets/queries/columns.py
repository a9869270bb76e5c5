"""The described columns of a prepared dataset."""

from collections.abc import Mapping
from typing import Any

from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.models import Dataset
from graphkeep.graph.errors import UnknownColumnError, UserInputError


def node_columns(dataset: Dataset) -> dict[str, dict[str, Any]]:
    """The described columns of the nodes by name; `computed` names the metric of one, or is empty.

    Raises:
        UserInputError: the dataset is not prepared yet.
    """
    if not dataset.is_prepared:
        raise UserInputError("This graph is not prepared yet: wait until its picture is shown.")
    columns = DatasetFiles(dataset.dataset_id).columns()["node"]
    return {column["name"]: {"computed": "", **column} for column in columns}


def uploaded_columns(dataset: Dataset) -> set[str]:
    """The names of the columns that came with the upload."""
    return {name for name, column in node_columns(dataset).items() if not column["computed"]}


def column_named(columns: Mapping[str, dict[str, Any]], name: object) -> dict[str, Any]:
    """Raises UnknownColumnError: there is no such column."""
    if name not in columns:
        raise UnknownColumnError(str(name), list(columns))
    return columns[str(name)]
