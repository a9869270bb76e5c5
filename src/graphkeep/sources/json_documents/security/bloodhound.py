"""SharpHound collections for BloodHound, versions 3 to 6: objects are nodes, and who may do what to whom edges."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

KINDS = {
    "users": "User", "groups": "Group", "computers": "Computer", "domains": "Domain", "gpos": "GPO",
    "ous": "OU", "containers": "Container", "certtemplates": "CertTemplate",
    "enterprisecas": "EnterpriseCA", "rootcas": "RootCA", "aiacas": "AIACA",
    "ntauthstores": "NTAuthStore", "issuancepolicies": "IssuancePolicy", "sessions": "Session",
}  # fmt: skip
OTHER_IDS = (
    "ObjectIdentifier",
    "MemberId",
    "UserSID",
    "UserId",
    "ComputerSID",
    "GUID",
    "Guid",
    "Name",
)
# (list of the object, edge type, whether the edge goes from its members to the object)
LISTS = (
    ("Members", "MemberOf", True), ("ChildObjects", "Contains", False),
    ("AllowedToDelegate", "AllowedToDelegate", False), ("AllowedToAct", "AllowedToAct", True),
    ("HasSIDHistory", "HasSIDHistory", False), ("DumpSMSAPassword", "DumpSMSAPassword", False),
    ("EnabledCertTemplates", "PublishedTo", True),
)  # fmt: skip
LOCAL_GROUPS = {
    "LocalAdmins": "AdminTo", "RemoteDesktopUsers": "CanRDP", "DcomUsers": "ExecuteDCOM",
    "PSRemoteUsers": "CanPSRemote",
}  # fmt: skip
SESSIONS = ("Sessions", "PrivilegedSessions", "RegistrySessions")
WELL_KNOWN_GROUPS = {"544": "AdminTo", "555": "CanRDP", "562": "ExecuteDCOM", "580": "CanPSRemote"}
READ = {
    "ObjectIdentifier", "Properties", "Aces", "PrimaryGroupSID", "PrimaryGroupSid", "SPNTargets", "Trusts",
    "Links", "GPOChanges", "LocalGroups", "ContainedBy", "UserRights", "GroupLink", "HostingComputer",
    *(name for name, _, _ in LISTS), *LOCAL_GROUPS, *SESSIONS,
}  # fmt: skip


def entries_of(document: Any) -> tuple[list[Any], str] | None:
    """The objects of a file and their kind, such as User; None for another document."""
    content, meta = mapping_of(document), mapping_of(mapping_of(document).get("meta"))
    kind = meta.get("type")
    if not isinstance(kind, str) or kind.lower() not in KINDS:
        return None
    entries = content.get("data", content.get(kind))
    return (entries, KINDS[kind.lower()]) if isinstance(entries, list) else None


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(entries_of(document) is not None for document in documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="BloodHound objects and rights",
        reason="This is a BloodHound collection: users, groups and computers are nodes; memberships, rights "
        "and sessions are edges.",
    )
    for document in documents:
        entries, kind = entries_of(document) or ([], "")
        for entry in entries:
            if isinstance(entry, dict) and kind == "Session":
                graph.add_edge(
                    entry.get("ComputerSID"), entry.get("UserSID"), entry, type="HasSession"
                )
            elif isinstance(entry, dict):
                add_object(graph, entry, kind)
            else:
                graph.leave_out("entries that are no objects", entry)
    return graph.result(title=("name",))


def add_object(graph: GraphBuilder, entry: dict[str, Any], kind: str) -> None:
    properties = mapping_of(entry.get("Properties"))
    rest = {name: value for name, value in entry.items() if name not in READ}
    node_id = graph.add_node(
        first_of(entry, ("ObjectIdentifier", "Guid", "Name")) or properties.get("objectid"),
        properties, rest, within="Properties",
        name=text_of(first_of(properties, ("name", "displayname")) or entry.get("Name")), type=kind,
    )  # fmt: skip
    if node_id is None:
        return
    for source, target, edge_type, details in relations_of(node_id, entry):
        graph.add_edge(source, target, details, type=edge_type)


Relation = tuple[Any, Any, Any, dict[str, Any]]


def relations_of(node_id: Any, entry: dict[str, Any]) -> Iterator[Relation]:
    primary = first_of(entry, ("PrimaryGroupSID", "PrimaryGroupSid"))
    if primary is not None:
        yield node_id, primary, "MemberOf", {"primary": True}
    yield from rights_of(node_id, entry)
    for name, edge_type, is_inward in LISTS:
        for member in list_of(entry.get(name)):
            other = other_id(member)
            yield (other, node_id, edge_type, {}) if is_inward else (node_id, other, edge_type, {})
    container = other_id(entry.get("ContainedBy"))
    if container is not None:
        yield container, node_id, "Contains", {}
    for link in list_of(entry.get("Links")):
        yield other_id(link), node_id, "GPLink", {"enforced": mapping_of(link).get("IsEnforced")}
    for field, edge_type in (("GroupLink", "OIDGroupLink"), ("HostingComputer", "HostsCAService")):
        other = other_id(entry.get(field))
        if other is not None:
            yield (
                (node_id, other, edge_type, {})
                if field == "GroupLink"
                else (other, node_id, edge_type, {})
            )
    for target in list_of(entry.get("SPNTargets")):
        content = mapping_of(target)
        yield (
            node_id,
            content.get("ComputerSID"),
            content.get("Service") or "SPN",
            {"port": content.get("Port")},
        )
    yield from trusts_of(node_id, entry)
    yield from computer_relations(node_id, entry)
    yield from changes_of_policy(entry)


def rights_of(node_id: Any, entry: dict[str, Any]) -> Iterator[Relation]:
    for ace in list_of(entry.get("Aces")):
        content = mapping_of(ace)
        principal = first_of(content, ("PrincipalSID", "PrincipalName"))
        right = first_of(content, ("RightName", "AceType"))
        yield principal, node_id, right, {"inherited": content.get("IsInherited")}


def trusts_of(node_id: Any, entry: dict[str, Any]) -> Iterator[Relation]:
    """A trust goes from the domain that trusts; a bidirectional one is two edges."""
    for trust in list_of(entry.get("Trusts")):
        content = mapping_of(trust)
        other = first_of(content, ("TargetDomainSid", "TargetDomainName"))
        details = {
            "transitive": content.get("IsTransitive"),
            "trust_type": content.get("TrustType"),
        }
        direction = str(content.get("TrustDirection")).lower()
        if direction in {"1", "inbound", "3", "bidirectional"}:
            yield other, node_id, "TrustedBy", details
        if direction not in {"1", "inbound"}:
            yield node_id, other, "TrustedBy", details


def computer_relations(node_id: Any, entry: dict[str, Any]) -> Iterator[Relation]:
    for name in SESSIONS:
        for session in results_of(entry.get(name)):
            content = mapping_of(session)
            computer = first_of(content, ("ComputerSID", "ComputerId")) or node_id
            yield (
                computer,
                first_of(content, ("UserSID", "UserId")),
                "HasSession",
                {"source_of": name},
            )
    for name, edge_type in LOCAL_GROUPS.items():
        for member in results_of(entry.get(name)):
            yield other_id(member), node_id, edge_type, {}
    for group in list_of(entry.get("LocalGroups")):
        content = mapping_of(group)
        suffix = str(content.get("ObjectIdentifier")).rsplit("-", 1)[-1]
        edge_type = WELL_KNOWN_GROUPS.get(suffix) or text_of(content.get("Name")) or "LocalGroup"
        for member in results_of(content.get("Results")):
            yield other_id(member), node_id, edge_type, {}
    for right in list_of(entry.get("UserRights")):
        content = mapping_of(right)
        for member in results_of(content.get("Results")):
            yield other_id(member), node_id, content.get("Privilege"), {}


def changes_of_policy(entry: dict[str, Any]) -> Iterator[Relation]:
    """Local groups that a policy fills on every computer that it affects."""
    changes = mapping_of(entry.get("GPOChanges"))
    computers = [other_id(each) for each in list_of(changes.get("AffectedComputers"))]
    for name, edge_type in LOCAL_GROUPS.items():
        for member in list_of(changes.get(name)):
            for computer in computers:
                yield other_id(member), computer, edge_type, {}


def results_of(value: Any) -> list[Any]:
    return (
        list_of(value["Results"])
        if isinstance(value, dict) and "Results" in value
        else list_of(value)
    )


def other_id(value: Any) -> Any:
    return first_of(value, OTHER_IDS) if isinstance(value, dict) else value


BLOODHOUND = Vocabulary(name="bloodhound", matches=matches, read=read)
