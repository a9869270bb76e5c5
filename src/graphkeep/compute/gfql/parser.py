"""Parser for the allowed subset of the query language: only parsed values reach the engine, never wire input.

Unknown types, functions and parameters are refused by name, above all `query` texts, which the engine would
evaluate as pandas expressions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphkeep.compute.gfql.algorithms import LIBRARIES, check_params
from graphkeep.compute.gfql.checks import (
    MOMENTS,
    QUERIES,
    Checker,
    a_list,
    a_mapping,
    a_text,
    kind_of,
    moment,
    only,
    scalar,
)
from graphkeep.compute.gfql.fields import EDGE_FIELDS, NODE_FIELDS, PREDICATES
from graphkeep.compute.gfql.functions import CALLS
from graphkeep.compute.gfql.limits import (
    MAX_BINDINGS,
    MAX_NAME_LENGTH,
    MAX_OPERATIONS,
    MAX_OPTIONS,
    MAX_REMOTE_GRAPHS,
    QueryLimits,
)
from graphkeep.compute.gfql.patterns import check_pattern
from graphkeep.compute.gfql.values import (
    Binding,
    Call,
    Chain,
    Edge,
    Let,
    Node,
    Operation,
    Query,
    Ref,
    RemoteGraph,
    Wire,
)
from graphkeep.graph.errors import UserInputError

DATASET_ID = re.compile(r"[0-9a-f]{32}")
DIRECTIONS = ("forward", "reverse", "undirected")
COMPARISONS = ("eq", "neq", "lt", "le", "gt", "ge")


def read_query(value: Mapping[str, Any], limits: QueryLimits) -> Query:
    """Parse the query of a request into values without unknown parts.

    Raises:
        UserInputError: the query has a part that is not allowed, or exceeds a limit.
    """
    reader = QueryReader(limits)
    output = value.get("gfql_output")
    name = "" if output is None else reader.name(output, "gfql_output")
    query = value.get("gfql_query")
    body: Chain | Let | None
    if query is not None:
        body = reader.query(query, "gfql_query")
    else:
        items = value.get("gfql_operations", [])
        body = Chain(operations=reader.operations(items, "gfql_operations"))
    if isinstance(body, Chain) and not body.operations:
        body = None
    if name and not (isinstance(body, Let) and name in body.bindings):
        raise UserInputError(f"gfql_output names '{name}', which is no binding of this query.")
    return Query(body=body, output=name)


@dataclass
class QueryReader:
    limits: QueryLimits
    operation_count: int = 0
    hop_count: int = 0
    remote_count: int = 0
    depth: int = field(default=0)

    def query(self, value: object, where: str) -> Chain | Let:
        kind = kind_of(value, where)
        payload = a_mapping(value, where)
        if kind == "Let":
            only(payload, {"type", "bindings"}, where)
            return self.let(payload.get("bindings"), f"{where}.bindings")
        if kind == "Chain":
            return self.chain(payload, where)
        return Chain(operations=(self.operation(payload, where),))

    def let(self, value: object, where: str) -> Let:
        payload = a_mapping(value, where)
        if not 1 <= len(payload) <= MAX_BINDINGS:
            raise UserInputError(f"{where} has {len(payload)} bindings; use 1 to {MAX_BINDINGS}.")
        bindings = {
            self.name(name, where): self.binding(item, f"{where}.{name}")
            for name, item in payload.items()
        }
        for name, item in bindings.items():
            if isinstance(item, Ref) and item.ref not in bindings:
                raise UserInputError(f"{where}.{name} refers to '{item.ref}', which is no binding.")
        return Let(bindings=bindings)

    def binding(self, value: object, where: str) -> Binding:
        kind = kind_of(value, where)
        payload = a_mapping(value, where)
        if kind == "Chain":
            return self.chain(payload, where)
        if kind == "Ref":
            only(payload, {"type", "ref", "chain"}, where)
            return Ref(
                ref=self.name(payload.get("ref"), f"{where}.ref"),
                operations=self.operations(payload.get("chain"), f"{where}.chain"),
            )
        if kind == "RemoteGraph":
            only(payload, {"type", "dataset_id"}, where)
            dataset_id = payload.get("dataset_id")
            if not isinstance(dataset_id, str) or not DATASET_ID.fullmatch(dataset_id):
                raise UserInputError(f"{where}.dataset_id is no dataset's id.")
            self.remote_count += 1
            if self.remote_count > MAX_REMOTE_GRAPHS:
                raise UserInputError(f"A query reads at most {MAX_REMOTE_GRAPHS} other datasets.")
            return RemoteGraph(dataset_id=dataset_id)
        return self.operation(payload, where)

    def chain(self, payload: Mapping[str, Any], where: str) -> Chain:
        only(payload, {"type", "chain", "where"}, where)
        return Chain(
            operations=self.operations(payload.get("chain"), f"{where}.chain"),
            where=self.where(payload.get("where"), f"{where}.where"),
        )

    def where(self, value: object, where: str) -> tuple[Wire, ...]:
        comparisons = []
        for number, item in enumerate(
            a_list(value if value is not None else [], where, MAX_OPERATIONS)
        ):
            path = f"{where}[{number}]"
            payload = a_mapping(item, path)
            if len(payload) != 1 or next(iter(payload)) not in COMPARISONS:
                raise UserInputError(f"{path} must hold one of {', '.join(COMPARISONS)}.")
            ((operator, sides),) = payload.items()
            sides = a_mapping(sides, f"{path}.{operator}")
            only(sides, {"left", "right"}, f"{path}.{operator}")
            comparisons.append(
                {operator: {side: self.name(sides.get(side), path) for side in ("left", "right")}}
            )
        return tuple(comparisons)

    def operations(self, value: object, where: str) -> tuple[Operation, ...]:
        items = a_list(value, where, MAX_OPERATIONS)
        return tuple(self.operation(item, f"{where}[{index}]") for index, item in enumerate(items))

    def operation(self, value: object, where: str) -> Operation:
        self.operation_count += 1
        if self.operation_count > MAX_OPERATIONS:
            raise UserInputError(f"A query has at most {MAX_OPERATIONS} operations.")
        kind = kind_of(value, where)
        payload = a_mapping(value, where)
        if kind == "Node":
            return Node(fields=self.fields(payload, NODE_FIELDS, where))
        if kind == "Edge":
            return self.edge(payload, where)
        if kind == "Call":
            return self.call(payload, where)
        raise UserInputError(
            f"{where} has the type '{kind[:40]}', which is not one of Node, Edge, Call, Chain, Ref, Let "
            "and RemoteGraph in a place of its own."
        )

    def edge(self, payload: Mapping[str, Any], where: str) -> Edge:
        fields = self.fields(payload, EDGE_FIELDS, where)
        if fields.get("direction") not in DIRECTIONS:
            raise UserInputError(f"{where}.direction is not one of {', '.join(DIRECTIONS)}.")
        self.hops(fields, where)
        return Edge(fields=fields)

    def hops(self, params: Mapping[str, Any], where: str) -> None:
        names = ("hops", "min_hops", "max_hops", "output_min_hops", "output_max_hops")
        self.hop_count += max((params.get(name) or 0 for name in names), default=0)
        if self.hop_count > self.limits.most_hops:
            raise UserInputError(
                f"{where}: this query makes more than {self.limits.most_hops} hops. Ask for fewer, use "
                "to_fixed_point, or ask the administrator to raise GRAPHKEEP_QUERY_HOPS."
            )

    def call(self, payload: Mapping[str, Any], where: str) -> Call:
        only(payload, {"type", "function", "params"}, where)
        function = payload.get("function")
        if not isinstance(function, str) or function not in CALLS:
            available = ", ".join(sorted(CALLS))
            raise UserInputError(
                f"{where} calls '{str(function)[:60]}', which is not supported. Supported: {available}."
            )
        params = a_mapping(payload.get("params") or {}, f"{where}.params")
        checked = self.fields(
            {**params, "type": ""}, CALLS[function], f"{where}.params of {function}"
        )
        if function == "hop":
            self.hops(checked, where)
        if function == "search_any" and checked.get("regex"):
            check_pattern(str(checked.get("term", "")), f"{where}.params.term")
        if function in LIBRARIES:
            check_params(self, function, checked, f"{where}.params")
        return Call(function=function, params=checked)

    def fields(self, payload: Mapping[str, Any], known: Mapping[str, Checker], where: str) -> Wire:
        for name in payload:
            if name in QUERIES and payload[name] is not None:
                raise UserInputError(
                    f"{where} has '{name}', an expression, which is not supported. Use "
                    "predicates, such as filter_dict and edge_match."
                )
        only(payload, {"type", *known, *QUERIES}, where)
        return {
            name: check(self, payload[name], f"{where}.{name}")
            for name, check in known.items()
            if name in payload
        }

    def name(self, value: object, where: str) -> str:
        if not isinstance(value, str) or not value or len(value) > MAX_NAME_LENGTH:
            raise UserInputError(f"{where} must be a name of 1 to {MAX_NAME_LENGTH} characters.")
        return value

    def filters(self, value: object, where: str) -> Wire | None:
        if value is None:
            return None
        payload = a_mapping(value, where)
        if len(payload) > MAX_OPERATIONS:
            raise UserInputError(f"{where} has more than {MAX_OPERATIONS} columns.")
        return {
            self.name(column, where): self.filter_value(value, f"{where}.{column[:60]}")
            for column, value in payload.items()
        }

    def filter_value(self, value: object, where: str) -> Any:
        if isinstance(value, Mapping):
            return self.predicate(value, where)
        if isinstance(value, list):
            return [scalar(item, where) for item in a_list(value, where, MAX_OPTIONS)]
        return scalar(value, where)

    def predicate(self, value: Mapping[str, Any], where: str, depth: int = 0) -> Wire:
        kind = kind_of(value, where)
        if kind in MOMENTS:
            return moment(value, where)
        if kind == "AllOf":
            only(value, {"type", "predicates"}, where)
            if depth > 3:
                raise UserInputError(f"{where} is nested too deep.")
            inner = a_list(value.get("predicates"), where, 50)
            predicates = [
                self.predicate(a_mapping(item, where), where, depth + 1) for item in inner
            ]
            return {"type": kind, "predicates": predicates}
        checkers = PREDICATES.get(kind)
        if checkers is None:
            raise UserInputError(f"{where} has the predicate '{kind[:40]}', which is unknown.")
        only(value, {"type", *checkers}, where)
        checked = {
            name: check(self, value[name], f"{where}.{name}")
            for name, check in checkers.items()
            if name in value
        }
        is_pattern = kind in {"Match", "Fullmatch"} or (
            kind == "Contains" and value.get("regex", True)
        )
        if is_pattern:
            check_pattern(a_text(self, value.get("pat"), f"{where}.pat"), f"{where}.pat")
        return {"type": kind, **checked}
