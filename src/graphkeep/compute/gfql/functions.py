"""The functions that a query may call, and the validator of each of their parameters."""

from graphkeep.compute.gfql.algorithms import CUGRAPH, IGRAPH
from graphkeep.compute.gfql.checks import (
    Checker,
    a_count,
    a_flag,
    a_name,
    a_number,
    a_step,
    a_text,
    an_expression,
    filters,
    inner_operations,
    keys_or_filters,
    name_or_names,
    name_or_none,
    names,
    one_of,
    plain,
    prefilters,
    text_or_none,
)
from graphkeep.compute.gfql.fields import EDGE_FIELDS

ENGINE = one_of("auto", "pandas", "cudf")
PLACED: dict[str, Checker] = {"play_ms": a_count, "reverse": a_flag, "engine": ENGINE}
COLORED: dict[str, Checker] = {
    "column": a_name,
    "palette": names,
    "as_categorical": a_flag,
    "as_continuous": a_flag,
    "categorical_mapping": plain,
    "default_mapping": text_or_none,
}
SIZED: dict[str, Checker] = {
    "column": a_name,
    "categorical_mapping": plain,
    "default_mapping": a_number,
}
ICONED: dict[str, Checker] = {
    "column": a_name,
    "categorical_mapping": plain,
    "continuous_binning": plain,
    "default_mapping": text_or_none,
    "as_text": a_flag,
}
LABELED: dict[str, Checker] = {"column": a_name}
PROJECTED: dict[str, Checker] = {"items": plain}
JOINED: dict[str, Checker] = {"binding_ops": inner_operations, "join_aliases": names}
# Not supported of the engine's own list: functions that need a program or package that is not installed
# (graphviz, umap, layouts of igraph and cuGraph), and indexes that persist between queries.
CALLS: dict[str, dict[str, Checker]] = {
    "get_degrees": {"col": a_name, "degree_in": a_name, "degree_out": a_name, "engine": ENGINE},
    "get_indegrees": {"col": a_name},
    "get_outdegrees": {"col": a_name},
    "get_topological_levels": {
        "level_col": a_name,
        "allow_cycles": a_flag,
        "warn_cycles": a_flag,
        "remove_self_loops": a_flag,
    },
    "compute_igraph": {
        "alg": one_of(*IGRAPH),
        "out_col": name_or_none,
        "directed": a_flag,
        "use_vids": one_of(False),
        "params": plain,
    },
    "compute_cugraph": {
        "alg": one_of(*CUGRAPH),
        "out_col": name_or_none,
        "params": plain,
        "kind": one_of("Graph", "MultiGraph"),
        "directed": a_flag,
        "G": one_of(None),
    },
    "materialize_nodes": {"engine": ENGINE, "reuse": a_flag},
    "filter_nodes_by_dict": {"filter_dict": filters},
    "filter_edges_by_dict": {"filter_dict": filters},
    "hop": {
        name: check
        for name, check in EDGE_FIELDS.items()
        if name not in {"name", "include_zero_hop_seed"}
    }
    | {"return_as_wave_front": a_flag, "engine": ENGINE},
    "collapse": {
        "node": name_or_none,
        "attribute": name_or_none,
        "column": name_or_none,
        "self_edges": a_flag,
        "unwrap": a_flag,
        "verbose": a_flag,
    },
    "drop_nodes": {"nodes": keys_or_filters},
    "keep_nodes": {"nodes": keys_or_filters},
    "prune_self_edges": {},
    "drop_cols": {"cols": names},
    "hypergraph": {
        "entity_types": name_or_names,
        "opts": plain,
        "drop_na": a_flag,
        "drop_edge_attrs": a_flag,
        "verbose": a_flag,
        "direct": a_flag,
        "engine": ENGINE,
        "from_edges": a_flag,
        "return_as": one_of("graph"),
    },
    "circle_layout": {
        "bounding_box": plain,
        "ring_spacing": a_number,
        "point_spacing": a_number,
        "partition_by": name_or_names,
        "sort_by": name_or_names,
        "ascending": plain,
        "na_position": one_of("first", "last"),
        "ignore_index": a_flag,
        "engine": ENGINE,
    },
    "mercator_layout": {"scale_for_graphistry": a_flag},
    "ring_continuous_layout": {
        "ring_col": name_or_none,
        "min_r": a_number,
        "max_r": a_number,
        "normalize_ring_col": a_flag,
        "num_rings": a_step,
        "ring_step": a_number,
        "v_start": a_number,
        "v_end": a_number,
        "v_step": a_number,
        "axis": plain,
        **PLACED,
    },
    "ring_categorical_layout": {
        "ring_col": a_name,
        "order": plain,
        "drop_empty": a_flag,
        "combine_unhandled": a_flag,
        "append_unhandled": a_flag,
        "min_r": a_number,
        "max_r": a_number,
        "axis": plain,
        **PLACED,
    },
    "time_ring_layout": {
        "time_col": a_name,
        "time_start": text_or_none,
        "time_end": text_or_none,
        "time_unit": one_of("s", "m", "h", "D", "W", "M", "Y", "C", None),
        "num_rings": a_step,
        "min_r": a_number,
        "max_r": a_number,
        **PLACED,
    },
    **dict.fromkeys(("encode_point_color", "encode_edge_color"), COLORED),
    **dict.fromkeys(
        (
            "encode_point_size", "encode_edge_size", "encode_edge_weight", "encode_point_opacity",
            "encode_edge_opacity",
        ),
        SIZED,
    ),
    **dict.fromkeys(("encode_point_icon", "encode_edge_icon"), ICONED),
    **dict.fromkeys(
        ("encode_point_label", "encode_edge_label", "encode_point_title", "encode_edge_title"),
        LABELED,
    ),
    "encode_axis": {"rows": plain},
    "name": {"name": a_text},
    "description": {"description": a_text},
    "rows": {
        "table": one_of("nodes", "edges"),
        "source": name_or_none,
        "alias_endpoints": plain,
        "binding_ops": inner_operations,
        "alias_prefilters": prefilters,
        "attach_prop_aliases": names,
        "attach_prop_columns": plain,
    },
    "select": PROJECTED,
    "return_": PROJECTED,
    "with_": {**PROJECTED, "extend": a_flag},
    "where_rows": {"filter_dict": filters, "expr": an_expression},
    "order_by": {"keys": plain},
    "skip": {"value": a_count},
    "limit": {"value": a_count},
    "unwind": {"expr": an_expression, "as_": a_name},
    "group_by": {"keys": names, "aggregations": plain, "key_prefixes": plain},
    "fill_empty_row": {"row": plain},
    "distinct": {"subset": names},
    "count_table": {"table": one_of("nodes", "edges"), "source": name_or_none, "alias": a_name},
    "search_any": {
        "alias": a_name,
        "term": a_text,
        "out_col": a_name,
        "case_sensitive": a_flag,
        "regex": a_flag,
        "columns": names,
    },
    "semi_apply_mark": {
        **JOINED,
        "out_col": a_name,
        "neq": plain,
        "requested_property_columns": plain,
    },
    "anti_semi_apply": {**JOINED, "neq": plain, "requested_property_columns": plain},
    "join_apply": {**JOINED, "how": one_of("inner", "left")},
}  # fmt: skip
# Functions that change a graph's appearance, which is then returned with the result.
CHANGES_LOOKS = frozenset(
    name for name in CALLS if name.startswith("encode_") or name.endswith("_layout")
) | {"name", "description", "hypergraph", "collapse"}
