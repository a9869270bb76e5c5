"""AzureHound: users, groups, applications and resources of Entra ID are nodes; members, owners and roles are edges.

https://bloodhound.specterops.io/collect-data/ce-collection/azurehound
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, mapping_of, mappings_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

PREFIX = "AZ"
IDS = ("id", "objectId", "tenantId")
NAMES = ("displayName", "userPrincipalName", "name", "tenantName")
CONTAINERS = ("tenantId", "subscriptionId", "resourceGroupId", "managementGroupId")
ROLE_NAMES = {
    "members": "MemberOf", "owners": "Owns", "contributors": "Contributor", "roleAssignments": "HasRole",
    "appRoleAssignments": "HasAppRole", "userAccessAdmins": "UserAccessAdministrator", "avereContributors": "AvereContributor",
    "adminLogins": "AdminLogin", "vmContributors": "VMContributor", "keyVaultContributors": "KeyVaultContributor",
}  # fmt: skip


def is_azure_entry(entry: Any) -> bool:
    content = mapping_of(entry)
    kind = content.get("kind")
    return isinstance(kind, str) and kind.startswith(PREFIX) and "data" in content


def entries_of(document: Any) -> list[dict[str, Any]]:
    """The entries of a collection, or the only one of a line."""
    if is_azure_entry(document):
        return [document]
    entries = mappings_of(mapping_of(document).get("data"))
    is_azure = mapping_of(mapping_of(document).get("meta")).get("type") == "azure"
    if not is_azure and not (entries and all(map(is_azure_entry, entries[:50]))):
        return []
    return [entry for entry in entries if is_azure_entry(entry)]


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(entries_of(document) for document in documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="AzureHound objects and rights",
        reason="This is an AzureHound collection: users, groups, applications and resources are nodes; memberships, "
        "ownerships and roles are edges from who has them.",
    )
    relations = []
    applications = {
        content.get("appId"): content.get("id")
        for document in documents
        for entry in entries_of(document)
        if entry["kind"] == "AZApp"
        for content in mappings_of(entry["data"])
        if text_of(content.get("appId")) and text_of(content.get("id"))
    }
    for document in documents:
        for entry in entries_of(document):
            for content in mappings_of(entry["data"]):
                if relation_of(content) is None:
                    add_object(graph, entry["kind"].removeprefix(PREFIX), content, applications)
                else:
                    relations.append((entry["kind"].removeprefix(PREFIX), content))
    for kind, content in relations:
        add_relations(graph, kind, content)
    return graph.result()


def relation_of(content: Mapping[str, Any]) -> str | None:
    """The name of the list in an entry that says who has a right on what: `members`, `owners`."""
    if first_of(content, ("id", "objectId")) is not None and "displayName" in content:
        return None
    lists = [name for name, value in content.items() if is_list_of_objects(value)]
    known = [name for name in lists if name in ROLE_NAMES]
    has_target = any(name.endswith("Id") for name in content)
    return next(iter(known or lists), None) if has_target else None


def is_list_of_objects(value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(each, dict) for each in value)
    )


def add_object(
    graph: GraphBuilder, kind: str, content: Mapping[str, Any], applications: Mapping[Any, Any]
) -> None:
    node_id = graph.add_node(
        first_of(content, IDS), content, name=first_of(content, NAMES), type=kind
    )
    if node_id is None:
        return
    if kind == "ServicePrincipal" and text_of(content.get("appId")):
        graph.add_edge(applications.get(content["appId"], content["appId"]), node_id, type="RunsAs")
    for name in CONTAINERS:
        container = content.get(name)
        if text_of(container) and container != node_id:
            graph.add_edge(container, node_id, type="Contains")
            return


def add_relations(graph: GraphBuilder, kind: str, content: Mapping[str, Any]) -> None:
    name = relation_of(content) or ""
    target = next(
        (value for key, value in content.items() if key.endswith("Id") and text_of(value)), None
    )
    for entry in mappings_of(content.get(name)):
        holder = holder_of(entry)
        if holder is None:
            graph.leave_out("rights without a holder", entry)
            continue
        holder_id, details = holder
        role = text_of(first_of(entry, ("roleDefinitionId", "appRoleId")))
        graph.add_new_node(holder_id, name=first_of(details, NAMES), type=type_of(details))
        graph.add_edge(holder_id, target, type=ROLE_NAMES.get(name, kind), role=role)


def holder_of(entry: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]] | None:
    """Who has the right, and what the entry says of them: `{"member": {"id": …}}`, `{"principalId": …}`."""
    if text_of(entry.get("principalId")):
        return entry["principalId"], {}
    for value in entry.values():
        inner = mapping_of(value)
        properties = mapping_of(inner.get("properties"))
        holder_id = first_of(properties, ("principalId",)) or first_of(inner, ("id", "objectId"))
        if text_of(holder_id):
            return holder_id, inner
    return None


def type_of(details: Mapping[str, Any]) -> str | None:
    """`User` of `#microsoft.graph.user`."""
    kind = text_of(details.get("@odata.type"))
    return (
        None if kind is None else kind.rpartition(".")[2][:1].upper() + kind.rpartition(".")[2][1:]
    )


AZUREHOUND = Vocabulary(name="azurehound", matches=matches, read=read)
