"""The igraph and cuGraph algorithms that a query may call by name, and the parameters of each.

The server's own metrics compute them, in columns of the same names: igraph may not be distributed with this server,
and cuGraph needs a GPU. This module has names only, so that parsing a request does not import numba.
"""

from collections.abc import Mapping
from typing import Any

from graphkeep.compute.gfql.checks import (
    Checker,
    Reader,
    a_flag,
    a_mapping,
    a_number,
    name_or_none,
    one_of,
    only,
    plain,
)

IGRAPH: dict[str, dict[str, Checker]] = {
    "pagerank": {"damping": a_number, "directed": a_flag, "weights": name_or_none},
    "betweenness": {"directed": a_flag, "cutoff": one_of(None), "weights": one_of(None)},
    "clusters": {"mode": one_of("strong", "weak")},
    "coreness": {"mode": one_of("all")},
    "community_multilevel": {
        "weights": name_or_none,
        "resolution": a_number,
        "return_levels": one_of(False),
    },
    "community_leiden": {
        "objective_function": one_of("modularity"),
        "weights": name_or_none,
        "resolution": a_number,
        "resolution_parameter": a_number,
        "n_iterations": a_number,
        "beta": a_number,
    },
}
# Parameters that only control precision or run time of cuGraph are accepted and ignored.
CUGRAPH: dict[str, dict[str, Checker]] = {
    "pagerank": {
        "alpha": a_number,
        "max_iter": a_number,
        "tol": a_number,
        "fail_on_nonconvergence": a_flag,
    },
    "betweenness_centrality": {
        "k": a_number,
        "normalized": a_flag,
        "seed": a_number,
        "random_state": a_number,
        "weight": one_of(None),
        "endpoints": one_of(False),
    },
    "louvain": {
        "resolution": a_number,
        "max_level": a_number,
        "max_iter": a_number,
        "threshold": a_number,
    },
    "leiden": {
        "resolution": a_number,
        "max_iter": a_number,
        "random_state": a_number,
        "theta": a_number,
    },
    "connected_components": {"connection": one_of("weak", "strong"), "directed": a_flag},
    "strongly_connected_components": {"directed": a_flag},
    "core_number": {"degree_type": plain},
}
LIBRARIES = {"compute_igraph": IGRAPH, "compute_cugraph": CUGRAPH}


def check_params(reader: Reader, function: str, arguments: Mapping[str, Any], where: str) -> None:
    """Check the algorithm of a call and its parameters.

    Raises:
        UserInputError: the algorithm or one of its parameters is not supported.
    """
    algorithms = LIBRARIES[function]
    name = one_of(*algorithms)(reader, arguments.get("alg"), f"{where}.alg")
    params = a_mapping(arguments.get("params") or {}, f"{where}.params")
    only(params, set(algorithms[name]), f"{where}.params of {name}")
    for key, value in params.items():
        algorithms[name][key](reader, value, f"{where}.params.{key}")
