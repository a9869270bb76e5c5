"""The query language as it is let in: wire text is read into these values, and nothing else reaches the engine.

What is not known here is refused by name: another type, another function, another parameter. Above all
`query` texts, which the engine would evaluate as expressions of Python's data frames.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphkeep.compute.gfql.limits import (
    DEEPEST,
    LONGEST_EXPRESSION,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_BINDINGS,
    MOST_OPERATIONS,
    MOST_OPTIONS,
    MOST_REMOTE_GRAPHS,
    QueryLimits,
)
from graphkeep.compute.gfql.patterns import check_pattern
from graphkeep.graph.errors import UserInputError

Wire = dict[str, Any]
Checker = Callable[["Reader", object, str], Any]
DATASET_ID = re.compile(r"[0-9a-f]{32}")
DIRECTIONS = ("forward", "reverse", "undirected")
COMPARISONS = ("eq", "neq", "lt", "le", "gt", "ge")


@dataclass(frozen=True, kw_only=True)
class Node:
    """The nodes that match; every field of these values was checked."""

    said: Mapping[str, Any]

    def to_wire(self) -> Wire:
        return {"type": "Node", **self.said}


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A step along edges that match."""

    said: Mapping[str, Any]

    def to_wire(self) -> Wire:
        return {"type": "Edge", **self.said}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A function of the list below with parameters of its list."""

    function: str
    params: Mapping[str, Any]

    def to_wire(self) -> Wire:
        return {"type": "Call", "function": self.function, "params": dict(self.params)}


Operation = Node | Edge | Call


@dataclass(frozen=True, kw_only=True)
class Chain:
    operations: tuple[Operation, ...]
    where: tuple[Wire, ...] = ()

    def to_wire(self) -> Wire:
        chain = [one.to_wire() for one in self.operations]
        return {
            "type": "Chain",
            "chain": chain,
            **({"where": list(self.where)} if self.where else {}),
        }


@dataclass(frozen=True, kw_only=True)
class Ref:
    """Operations on what another binding brought."""

    ref: str
    operations: tuple[Operation, ...]

    def to_wire(self) -> Wire:
        return {"type": "Ref", "ref": self.ref, "chain": [one.to_wire() for one in self.operations]}


@dataclass(frozen=True, kw_only=True)
class RemoteGraph:
    """Another dataset of this server; who asks must be able to see it."""

    dataset_id: str

    def to_wire(self) -> Wire:
        return {"type": "RemoteGraph", "dataset_id": self.dataset_id}


Binding = Operation | Chain | Ref | RemoteGraph


@dataclass(frozen=True, kw_only=True)
class Let:
    bindings: Mapping[str, Binding]

    def to_wire(self) -> Wire:
        return {"type": "Let", "bindings": {k: one.to_wire() for k, one in self.bindings.items()}}


@dataclass(frozen=True, kw_only=True)
class Query:
    """`output` names a binding of a Let; None as `body` means the whole dataset."""

    body: Chain | Let | None
    output: str = ""

    @property
    def remote_graphs(self) -> tuple[str, ...]:
        if not isinstance(self.body, Let):
            return ()
        found = (
            one.dataset_id for one in self.body.bindings.values() if isinstance(one, RemoteGraph)
        )
        return tuple(dict.fromkeys(found))

    @property
    def functions(self) -> frozenset[str]:
        parts = self.body.bindings.values() if isinstance(self.body, Let) else (self.body,)
        calls: set[str] = set()
        for part in parts:
            ops = part.operations if isinstance(part, Chain | Ref) else (part,)
            calls |= {one.function for one in ops if isinstance(one, Call)}
        return frozenset(calls)


def read_query(said: Mapping[str, Any], limits: QueryLimits) -> Query:
    """What a request asks, as values that hold nothing unknown.

    Raises:
        UserInputError: it holds a part that is not in the language, or too much of it.
    """
    reader = Reader(limits)
    output = said.get("gfql_output")
    name = "" if output is None else reader.name(output, "gfql_output")
    query = said.get("gfql_query")
    body: Chain | Let | None
    if query is not None:
        body = reader.query(query, "gfql_query")
    else:
        found = said.get("gfql_operations", [])
        body = Chain(operations=reader.operations(found, "gfql_operations"))
    if isinstance(body, Chain) and not body.operations:
        body = None
    if name and not (isinstance(body, Let) and name in body.bindings):
        raise UserInputError(f"gfql_output names '{name}', which is no binding of this query.")
    return Query(body=body, output=name)


@dataclass
class Reader:
    limits: QueryLimits
    operation_count: int = 0
    hop_count: int = 0
    remote_count: int = 0
    depth: int = field(default=0)

    def query(self, said: object, where: str) -> Chain | Let:
        kind = kind_of(said, where)
        words = a_mapping(said, where)
        if kind == "Let":
            only(words, {"type", "bindings"}, where)
            return self.let(words.get("bindings"), f"{where}.bindings")
        if kind == "Chain":
            return self.chain(words, where)
        return Chain(operations=(self.operation(words, where),))

    def let(self, said: object, where: str) -> Let:
        words = a_mapping(said, where)
        if not 1 <= len(words) <= MOST_BINDINGS:
            raise UserInputError(
                f"{where} holds {len(words)} bindings; 1 to {MOST_BINDINGS} are read."
            )
        made = {
            self.name(name, where): self.binding(one, f"{where}.{name}")
            for name, one in words.items()
        }
        for name, one in made.items():
            if isinstance(one, Ref) and one.ref not in made:
                raise UserInputError(f"{where}.{name} refers to '{one.ref}', which is no binding.")
        return Let(bindings=made)

    def binding(self, said: object, where: str) -> Binding:
        kind = kind_of(said, where)
        words = a_mapping(said, where)
        if kind == "Chain":
            return self.chain(words, where)
        if kind == "Ref":
            only(words, {"type", "ref", "chain"}, where)
            return Ref(
                ref=self.name(words.get("ref"), f"{where}.ref"),
                operations=self.operations(words.get("chain"), f"{where}.chain"),
            )
        if kind == "RemoteGraph":
            only(words, {"type", "dataset_id"}, where)
            dataset_id = words.get("dataset_id")
            if not isinstance(dataset_id, str) or not DATASET_ID.fullmatch(dataset_id):
                raise UserInputError(f"{where}.dataset_id is no dataset's id.")
            self.remote_count += 1
            if self.remote_count > MOST_REMOTE_GRAPHS:
                raise UserInputError(f"A query reads at most {MOST_REMOTE_GRAPHS} other datasets.")
            return RemoteGraph(dataset_id=dataset_id)
        return self.operation(words, where)

    def chain(self, words: Mapping[str, Any], where: str) -> Chain:
        only(words, {"type", "chain", "where"}, where)
        return Chain(
            operations=self.operations(words.get("chain"), f"{where}.chain"),
            where=self.where(words.get("where"), f"{where}.where"),
        )

    def where(self, said: object, where: str) -> tuple[Wire, ...]:
        made = []
        for number, one in enumerate(
            a_list(said if said is not None else [], where, MOST_OPERATIONS)
        ):
            at = f"{where}[{number}]"
            words = a_mapping(one, at)
            if len(words) != 1 or next(iter(words)) not in COMPARISONS:
                raise UserInputError(f"{at} must hold one of {', '.join(COMPARISONS)}.")
            ((operator, sides),) = words.items()
            sides = a_mapping(sides, f"{at}.{operator}")
            only(sides, {"left", "right"}, f"{at}.{operator}")
            made.append(
                {operator: {side: self.name(sides.get(side), at) for side in ("left", "right")}}
            )
        return tuple(made)

    def operations(self, said: object, where: str) -> tuple[Operation, ...]:
        found = a_list(said, where, MOST_OPERATIONS)
        return tuple(self.operation(one, f"{where}[{at}]") for at, one in enumerate(found))

    def operation(self, said: object, where: str) -> Operation:
        self.operation_count += 1
        if self.operation_count > MOST_OPERATIONS:
            raise UserInputError(f"A query holds at most {MOST_OPERATIONS} operations.")
        kind = kind_of(said, where)
        words = a_mapping(said, where)
        if kind == "Node":
            return Node(said=self.fields(words, NODE_FIELDS, where))
        if kind == "Edge":
            return self.edge(words, where)
        if kind == "Call":
            return self.call(words, where)
        raise UserInputError(
            f"{where} has the type '{kind[:40]}', which is not one of Node, Edge, Call, Chain, Ref, Let "
            "and RemoteGraph in a place of its own."
        )

    def edge(self, words: Mapping[str, Any], where: str) -> Edge:
        made = self.fields(words, EDGE_FIELDS, where)
        if made.get("direction") not in DIRECTIONS:
            raise UserInputError(f"{where}.direction is not one of {', '.join(DIRECTIONS)}.")
        self.hops(made, where)
        return Edge(said=made)

    def hops(self, made: Mapping[str, Any], where: str) -> None:
        names = ("hops", "min_hops", "max_hops", "output_min_hops", "output_max_hops")
        self.hop_count += max((made.get(name) or 0 for name in names), default=0)
        if self.hop_count > self.limits.most_hops:
            raise UserInputError(
                f"{where}: this query makes more than {self.limits.most_hops} hops. Ask for fewer, use "
                "to_fixed_point, or ask the administrator to raise GRAPHKEEP_QUERY_HOPS."
            )

    def call(self, words: Mapping[str, Any], where: str) -> Call:
        only(words, {"type", "function", "params"}, where)
        function = words.get("function")
        if not isinstance(function, str) or function not in CALLS:
            known = ", ".join(sorted(CALLS))
            raise UserInputError(
                f"{where} calls '{str(function)[:60]}', which does not run here. These do: {known}."
            )
        params = a_mapping(words.get("params") or {}, f"{where}.params")
        made = self.fields({**params, "type": ""}, CALLS[function], f"{where}.params of {function}")
        if function == "hop":
            self.hops(made, where)
        if function == "search_any" and made.get("regex"):
            check_pattern(str(made.get("term", "")), f"{where}.params.term")
        return Call(function=function, params=made)

    def fields(self, words: Mapping[str, Any], known: Mapping[str, Checker], where: str) -> Wire:
        for name in words:
            if name in QUERIES and words[name] is not None:
                raise UserInputError(
                    f"{where} has '{name}', a text to be evaluated, which is refused here. Use "
                    "predicates in filter_dict, edge_match and their like."
                )
        only(words, {"type", *known, *QUERIES}, where)
        return {
            name: check(self, words[name], f"{where}.{name}")
            for name, check in known.items()
            if name in words
        }

    def name(self, said: object, where: str) -> str:
        if not isinstance(said, str) or not said or len(said) > LONGEST_NAME:
            raise UserInputError(f"{where} must be a name of 1 to {LONGEST_NAME} characters.")
        return said

    def filters(self, said: object, where: str) -> Wire | None:
        if said is None:
            return None
        words = a_mapping(said, where)
        if len(words) > MOST_OPERATIONS:
            raise UserInputError(f"{where} holds more than {MOST_OPERATIONS} columns.")
        return {
            self.name(column, where): self.filter_value(value, f"{where}.{column[:60]}")
            for column, value in words.items()
        }

    def filter_value(self, said: object, where: str) -> Any:
        if isinstance(said, Mapping):
            return self.predicate(said, where)
        if isinstance(said, list):
            return [scalar(one, where) for one in a_list(said, where, MOST_OPTIONS)]
        return scalar(said, where)

    def predicate(self, said: Mapping[str, Any], where: str, depth: int = 0) -> Wire:
        kind = kind_of(said, where)
        if kind in MOMENTS:
            return moment(said, where)
        if kind == "AllOf":
            only(said, {"type", "predicates"}, where)
            if depth > 3:
                raise UserInputError(f"{where} is nested too deep.")
            inner = a_list(said.get("predicates"), where, 50)
            made = [self.predicate(a_mapping(one, where), where, depth + 1) for one in inner]
            return {"type": kind, "predicates": made}
        known = PREDICATES.get(kind)
        if known is None:
            raise UserInputError(
                f"{where} has the predicate '{kind[:40]}', which is not known here."
            )
        only(said, {"type", *known}, where)
        made_fields = {
            name: check(self, said[name], f"{where}.{name}")
            for name, check in known.items()
            if name in said
        }
        is_pattern = kind in {"Match", "Fullmatch"} or (
            kind == "Contains" and said.get("regex", True)
        )
        if is_pattern:
            check_pattern(a_text(self, said.get("pat"), f"{where}.pat"), f"{where}.pat")
        return {"type": kind, **made_fields}


# --- single values -------------------------------------------------------------------------------


def kind_of(said: object, where: str) -> str:
    kind = said.get("type") if isinstance(said, Mapping) else None
    if not isinstance(kind, str):
        raise UserInputError(f"{where} must be an object with a type.")
    return kind


def a_mapping(said: object, where: str) -> Mapping[str, Any]:
    if not isinstance(said, Mapping) or not all(isinstance(key, str) for key in said):
        raise UserInputError(f"{where} must be an object.")
    return said


def a_list(said: object, where: str, most: int) -> list[Any]:
    if not isinstance(said, list):
        raise UserInputError(f"{where} must be a list.")
    if len(said) > most:
        raise UserInputError(f"{where} holds {len(said)} entries; {most} are read.")
    return said


def only(words: Mapping[str, Any], known: set[str], where: str) -> None:
    strange = sorted(set(words) - known)
    if strange:
        right = ", ".join(sorted(known - {"type", *QUERIES})) or "nothing else"
        raise UserInputError(
            f"{where} has '{strange[0][:60]}', which is not known. It may have: {right}."
        )


def scalar(said: object, where: str) -> Any:
    if isinstance(said, str):
        return a_text(None, said, where)
    if isinstance(said, float) and not math.isfinite(said):
        raise UserInputError(f"{where} must be a finite number.")
    if isinstance(said, int) and not isinstance(said, bool) and abs(said) >= 1 << 63:
        raise UserInputError(f"{where} is a whole number of more than 64 bits.")
    if said is not None and not isinstance(said, bool | int | float):
        raise UserInputError(f"{where} must be a text, a number, a truth value or null.")
    return said


def a_text(_: "Reader | None", said: object, where: str) -> str:
    if not isinstance(said, str) or len(said) > LONGEST_TEXT:
        raise UserInputError(f"{where} must be a text of at most {LONGEST_TEXT} characters.")
    return said


def text_or_none(reader: "Reader", said: object, where: str) -> str | None:
    return None if said is None else a_text(reader, said, where)


def a_name(reader: "Reader", said: object, where: str) -> str:
    return reader.name(said, where)


def name_or_none(reader: "Reader", said: object, where: str) -> str | None:
    return None if said is None else reader.name(said, where)


def names(reader: "Reader", said: object, where: str) -> list[str]:
    return [reader.name(one, where) for one in a_list(said, where, 1000)]


def name_or_names(reader: "Reader", said: object, where: str) -> Any:
    if isinstance(said, list):
        return names(reader, said, where)
    return name_or_none(reader, said, where)


def a_flag(_: "Reader", said: object, where: str) -> bool:
    if not isinstance(said, bool):
        raise UserInputError(f"{where} must be true or false.")
    return said


def flag_or_none(reader: "Reader", said: object, where: str) -> bool | None:
    return None if said is None else a_flag(reader, said, where)


def a_number(_: "Reader", said: object, where: str) -> float | None:
    found = scalar(said, where)
    if isinstance(found, str | bool):
        raise UserInputError(f"{where} must be a number.")
    return found


def a_count(_: "Reader", said: object, where: str) -> int | None:
    """A whole number that is not negative, or null."""
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said < 1 << 31:
        raise UserInputError(f"{where} must be a whole number, not negative.")
    return said


def a_step(reader: "Reader", said: object, where: str) -> int | None:
    found = a_count(reader, said, where)
    if found is not None and found > 10_000:
        raise UserInputError(f"{where} must be at most 10000.")
    return found


def an_expression(_: "Reader", said: object, where: str) -> Any:
    """The engine's own small language of expressions; it is parsed there, and never Python's."""
    if isinstance(said, str):
        if len(said) > LONGEST_EXPRESSION:
            raise UserInputError(f"{where} is longer than {LONGEST_EXPRESSION} characters.")
        if "=~" in said:
            raise UserInputError(f"{where} matches a pattern by =~, which is refused here.")
        return said
    return plain(None, said, where)


def plain(_: "Reader | None", said: object, where: str, depth: int = 0) -> Any:
    """JSON of a bounded depth and width."""
    if depth > DEEPEST:
        raise UserInputError(f"{where} is nested too deep.")
    if isinstance(said, Mapping):
        if len(said) > 1000:
            raise UserInputError(f"{where} holds more than 1000 entries.")
        return {
            a_text(None, key, where): plain(None, one, where, depth + 1)
            for key, one in said.items()
        }
    if isinstance(said, list):
        found = a_list(said, where, MOST_OPTIONS)
        return [plain(None, one, where, depth + 1) for one in found]
    if isinstance(said, str):
        an_expression(None, said, where)  # type: ignore[arg-type]
    return scalar(said, where)


def filters(reader: "Reader", said: object, where: str) -> Any:
    return reader.filters(said, where)


def keys_or_filters(reader: "Reader", said: object, where: str) -> Any:
    if isinstance(said, list):
        return [scalar(one, where) for one in a_list(said, where, MOST_OPTIONS)]
    return plain(None, said, where)


def inner_operations(reader: "Reader", said: object, where: str) -> list[Wire]:
    """Operations within a parameter are read like all others."""
    return [one.to_wire() for one in reader.operations(said, where)]


def prefilters(reader: "Reader", said: object, where: str) -> Any:
    return {
        reader.name(alias, where): [
            prefilter(reader, one, where) for one in a_list(found, where, 100)
        ]
        for alias, found in a_mapping(said, where).items()
    }


def prefilter(reader: "Reader", said: object, where: str) -> Wire:
    words = a_mapping(said, where)
    made = {
        name: check(reader, words[name], f"{where}.{name}")
        for name, check in PREFILTER.items()
        if name in words
    }
    only(words, set(PREFILTER), where)
    if made.get("regex"):
        check_pattern(str(made.get("term", "")), f"{where}.term")
    return made


def moment(said: Mapping[str, Any], where: str) -> Wire:
    only(said, {"type", "value", "timezone", "unit"}, where)
    made: Wire = {"type": said["type"]}
    for name in ("value", "timezone", "unit"):
        if name in said:
            made[name] = scalar(said[name], f"{where}.{name}")
            if isinstance(made[name], str) and len(made[name]) > 100:
                raise UserInputError(f"{where}.{name} is too long.")
    return made


def value_or_moment(reader: "Reader", said: object, where: str) -> Any:
    if isinstance(said, Mapping):
        if kind_of(said, where) not in MOMENTS:
            raise UserInputError(f"{where} must be a value, or a datetime, date or time.")
        return moment(said, where)
    return scalar(said, where)


def options(reader: "Reader", said: object, where: str) -> list[Any]:
    return [value_or_moment(reader, one, where) for one in a_list(said, where, MOST_OPTIONS)]


def text_or_texts(reader: "Reader", said: object, where: str) -> Any:
    if isinstance(said, list):
        return [a_text(reader, one, where) for one in a_list(said, where, 1000)]
    return a_text(reader, said, where)


def one_of(*allowed: Any) -> Checker:
    def check(_: "Reader", said: object, where: str) -> Any:
        if not any(said is one or (type(said) is type(one) and said == one) for one in allowed):
            raise UserInputError(f"{where} is not one of {', '.join(map(str, allowed))}.")
        return said

    return check


# --- what there is ---------------------------------------------------------------------------------

QUERIES = frozenset({"query", "edge_query", "source_node_query", "destination_node_query"})
MOMENTS = frozenset({"datetime", "date", "time"})
NODE_FIELDS: dict[str, Checker] = {"filter_dict": filters, "name": name_or_none}
EDGE_FIELDS: dict[str, Checker] = {
    "direction": a_name,
    "hops": a_step,
    "min_hops": a_step,
    "max_hops": a_step,
    "output_min_hops": a_step,
    "output_max_hops": a_step,
    "to_fixed_point": a_flag,
    "edge_match": filters,
    "source_node_match": filters,
    "destination_node_match": filters,
    "label_node_hops": name_or_none,
    "label_edge_hops": name_or_none,
    "label_seeds": a_flag,
    "include_zero_hop_seed": a_flag,
    "name": name_or_none,
}
COMPARED: dict[str, Checker] = {"val": value_or_moment}
PATTERN: dict[str, Checker] = {
    "pat": a_text,
    "case": a_flag,
    "flags": one_of(0, 2, None),  # re.IGNORECASE is the one that is let in
    "na": flag_or_none,
}
BOUNDARY: dict[str, Checker] = {"pat": text_or_texts, "case": a_flag, "na": flag_or_none}
NOTHING: dict[str, Checker] = {}
PREDICATES: dict[str, dict[str, Checker]] = {
    **dict.fromkeys(("GT", "LT", "GE", "LE", "EQ", "NE"), COMPARED),
    "Between": {"lower": value_or_moment, "upper": value_or_moment, "inclusive": a_flag},
    "IsIn": {"options": options},
    "Contains": {**PATTERN, "regex": a_flag},
    "Match": PATTERN,
    "Fullmatch": PATTERN,
    "Startswith": BOUNDARY,
    "Endswith": BOUNDARY,
    "Duplicated": {"keep": one_of("first", "last", False)},
    **dict.fromkeys(
        (
            "IsNA", "NotNA", "IsNull", "NotNull", "IsNumeric", "IsAlpha", "IsDecimal", "IsDigit",
            "IsLower", "IsUpper", "IsSpace", "IsAlnum", "IsTitle", "IsMonthStart", "IsMonthEnd",
            "IsQuarterStart", "IsQuarterEnd", "IsYearStart", "IsYearEnd", "IsLeapYear",
        ),
        NOTHING,
    ),
}  # fmt: skip
PREFILTER: dict[str, Checker] = {
    "kind": one_of("expr", "search_any"),
    "text": an_expression,
    "term": a_text,
    "case_sensitive": a_flag,
    "regex": a_flag,
    "columns": names,
}
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
# Of the engine's own list these are left out: what needs a program or a package that is not here (graphviz,
# cuGraph, igraph, umap), what picks an algorithm by a name of the sender's, and indexes kept between queries.
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
# What changes how a graph looks, so that its new looks travel back.
CHANGES_LOOKS = frozenset(
    name for name in CALLS if name.startswith("encode_") or name.endswith("_layout")
) | {"name", "description", "hypergraph", "collapse"}
