"""Logs that are known by their columns: which of them joins what an investigator looks for."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation

MIN_SHARE = 0.8
SCORE = 2.5

Choice = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EventShape:
    """A log of which `requires` are columns. Of each of `entities` the first column that is mostly filled is used.

    With `is_flow` the two entities are source and destination, otherwise each event is joined to all of them.
    `is_tree` says that each row is the node of its destination, which `title` then names.
    """

    name: str
    requires: tuple[Choice, ...]
    entities: tuple[Choice, ...]
    is_flow: bool = False
    is_tree: bool = False
    title: Choice = ()
    reason: str = ""


def flow(
    name: str,
    source: str,
    destination: str,
    *extra: str,
    title: Choice = (),
    is_tree: bool = False,
) -> EventShape:
    return EventShape(
        name=name, requires=((source,), (destination,), *((each,) for each in extra)),
        entities=((source,), (destination,)), is_flow=True, is_tree=is_tree, title=title,
    )  # fmt: skip


SHAPES = (
    flow("Zeek log", "id.orig_h", "id.resp_h", title=("service", "proto", "_path")),
    flow("Suricata events", "src_ip", "dest_ip", "event_type", title=("event_type",)),
    flow("Network flows", "source.ip", "destination.ip", title=("network.transport", "event.action")),
    flow("VPC flow log", "srcaddr", "dstaddr", title=("action", "protocol")),
    flow("nfdump flows", "src4_addr", "dst4_addr", title=("proto",)),
    flow("Process tree", "ParentProcessGuid", "ProcessGuid", title=("Image", "CommandLine"), is_tree=True),
    flow("Spans", "parentId", "id", "traceId", title=("name",), is_tree=True),
    flow("Network connections of Sysmon", "SourceIp", "DestinationIp", "Image", title=("Image",)),
    flow("GitHub events", "actor.login", "repo.name", "type", title=("type",)),
    flow("Reddit posts", "data.author", "data.subreddit", "kind", title=("data.title",)),
    flow("ActivityPub activities", "actor", "object", "published", title=("type",)),
    EventShape(
        name="CloudTrail", requires=(("eventName",), ("eventSource", "sourceIPAddress"), ("userIdentity.type", "userIdentity.userName", "userIdentity.arn")),
        entities=(
            ("userIdentity.userName", "userIdentity.arn", "userIdentity.principalId", "userIdentity.invokedBy"),
            ("sourceIPAddress",), ("eventName",),
        ),
    ),
    EventShape(
        name="GuardDuty findings", requires=(("Service.Action.ActionType",), ("Resource.ResourceType",)),
        entities=(
            ("Type",),
            ("Service.Action.NetworkConnectionAction.RemoteIpDetails.IpAddressV4",),
            ("Service.Action.PortProbeAction.PortProbeDetails.RemoteIpDetails.IpAddressV4",),
            ("Service.Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4",),
            ("Service.Action.DnsRequestAction.Domain",),
            ("Resource.InstanceDetails.InstanceId", "Resource.AccessKeyDetails.UserName", "Resource.S3BucketDetails.Name"),
        ),
    ),
    EventShape(
        name="Okta system log", requires=(("actor.alternateId", "actor.id"), ("eventType",)),
        entities=(("actor.alternateId", "actor.id"), ("client.ipAddress",), ("target.alternateId", "target.displayName")),
    ),
    EventShape(
        name="Azure sign-ins", requires=(("userPrincipalName",), ("ipAddress",)),
        entities=(("userPrincipalName",), ("ipAddress",), ("appDisplayName", "resourceDisplayName")),
    ),
    EventShape(
        name="Azure sign-ins", requires=(("properties.userPrincipalName",),),
        entities=(
            ("properties.userPrincipalName",), ("properties.ipAddress", "callerIpAddress"),
            ("properties.appDisplayName", "properties.resourceDisplayName"),
        ),
    ),
    EventShape(
        name="Microsoft 365 audit log", requires=(("Operation",), ("UserId",), ("Workload", "RecordType")),
        entities=(("UserId",), ("ClientIP", "ClientIPAddress", "ActorIpAddress"), ("Operation",), ("ObjectId",)),
    ),
    EventShape(
        name="Google Workspace log", requires=(("actor.email", "actor.profileId"), ("id.applicationName", "events.name")),
        entities=(("actor.email", "actor.profileId"), ("ipAddress",), ("events.name", "id.applicationName")),
    ),
    EventShape(
        name="Google Cloud audit log", requires=(("protoPayload.methodName",),),
        entities=(
            ("protoPayload.authenticationInfo.principalEmail",), ("protoPayload.requestMetadata.callerIp",),
            ("protoPayload.methodName",), ("protoPayload.resourceName",),
        ),
    ),
    EventShape(
        name="Kubernetes audit log", requires=(("auditID",), ("verb",)),
        entities=(("user.username",), ("verb",), ("objectRef.resource",), ("objectRef.name",)),
    ),
    EventShape(
        name="GitHub audit log", requires=(("action",), ("actor",), ("_document_id", "@timestamp")),
        entities=(("actor",), ("action",), ("repo", "org"), ("actor_ip",)),
    ),
    EventShape(
        name="Windows logons", requires=(("EventID",), ("TargetUserName",), ("Computer", "Hostname")),
        entities=(("TargetUserName",), ("IpAddress", "WorkstationName"), ("Computer", "Hostname")),
    ),
)  # fmt: skip


def event_interpretations(table: pa.Table, number: int = 0) -> list[TableInterpretation]:
    """What the known logs among these columns mean, the first the surest."""
    found: list[TableInterpretation] = []
    for shape in SHAPES:
        if all(any(has_values(table, name) for name in choice) for choice in shape.requires):
            columns = [column for choice in shape.entities if (column := chosen(table, choice))]
            if len(columns) >= 2:
                score = SCORE - 0.1 * len(found)
                found.append(interpretation_of(shape, table, columns, number, score))
    return found


def has_values(table: pa.Table, name: str) -> bool:
    return name in table.column_names and table[name].null_count < table.num_rows


def chosen(table: pa.Table, choice: Choice) -> str | None:
    """The first column that most rows fill; where none does, the one that the most rows fill."""
    shares = {
        name: 1 - table[name].null_count / table.num_rows
        for name in choice
        if has_values(table, name)
    }
    for name, share in shares.items():
        if share >= MIN_SHARE:
            return name
    return max(shares, key=lambda name: shares[name]) if shares else None


def interpretation_of(
    shape: EventShape, table: pa.Table, columns: Sequence[str], number: int, score: float
) -> TableInterpretation:
    if shape.is_flow:
        title = chosen(table, shape.title)
        if shape.is_tree:
            return TableInterpretation(
                kind="edges+nodes",
                label=f"{columns[0]} → {columns[1]}",
                reason=f"{shape.name}: each record is a {columns[1]} with the {columns[0]} that it comes from.",
                source=columns[0],
                destination=columns[1],
                node=columns[1],
                edge_tables=(number,),
                node_tables=(number,),
                node_bindings={"node_title": title} if title else {},
                score=score,
            )
        return TableInterpretation(
            kind="edges",
            label=f"{columns[0]} → {columns[1]}",
            reason=f"{shape.name}: each record joins its {columns[0]} with its {columns[1]}.",
            source=columns[0],
            destination=columns[1],
            edge_tables=(number,),
            edge_bindings={"edge_title": title, "edge_label": title} if title else {},
            score=score,
        )
    return TableInterpretation(
        kind="hypergraph",
        label="Events with " + ", ".join(columns),
        reason=f"{shape.name}: each event is joined to its {', '.join(columns)}.",
        columns=tuple(columns),
        edge_tables=(number,),
        score=score,
    )
