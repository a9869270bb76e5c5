"""The declaration of a metric, from which the form of its options and the API are generated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkeep.compute.parameters import GraphTables, Parameter, ParameterValues, check_values
from graphkeep.graph.graph import Graph

Values = npt.NDArray[np.float64] | npt.NDArray[np.int32] | npt.NDArray[np.int64]
ProgressCallback = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """`compute` returns one value for each node of a non-empty graph, and reports its progress.

    `name` is also the default name of its column. Values of a metric that `is_group` are
    labels, numbered from 0 by descending size.
    """

    name: str
    title: str
    description: str
    compute: Callable[[Graph, ParameterValues, ProgressCallback], Values]
    parameters: tuple[Parameter, ...] = ()
    is_group: bool = False

    def check(self, values: Mapping[str, Any], tables: GraphTables) -> dict[str, Any]:
        """Every parameter's value: the given one, else its default.

        Raises:
            UnknownColumnError: a column is not one of the graph's.
            UserInputError: there is no such parameter, or its value is not allowed.
        """
        return check_values(self.title, self.parameters, values, tables)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "is_group": self.is_group,
            "options": [parameter.as_dict() for parameter in self.parameters],
        }
