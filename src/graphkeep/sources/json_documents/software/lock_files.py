"""What package managers install: `package-lock.json` of npm, and the trees of pipdeptree."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

FOLDER = "node_modules/"
DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
MAX_NESTED = 100


def is_npm_lock(document: Any) -> bool:
    content = mapping_of(document)
    return "lockfileVersion" in content and any(
        isinstance(content.get(name), dict) for name in ("packages", "dependencies")
    )


def is_pip_tree(document: Any) -> bool:
    content = mapping_of(document)
    package = mapping_of(content.get("package"))
    return "key" in package and isinstance(content.get("dependencies"), list)


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and (
        all(map(is_npm_lock, documents)) or all(map(is_pip_tree, documents))
    )


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Packages and their dependencies",
        reason="The file lists installed packages; an edge goes to each package that one needs.",
    )
    for document in documents:
        if is_pip_tree(document):
            read_pip_package(graph, document)
        elif isinstance(document.get("packages"), dict):
            read_npm_packages(graph, document)
        else:
            read_npm_tree(graph, document)
    return graph.result(title=("name",))


def read_npm_packages(graph: GraphBuilder, document: Mapping[str, Any]) -> None:
    """Versions 2 and 3: packages by the path of their folder, where a nearer folder hides a farther one."""
    packages = document["packages"]
    own_name = text_of(document.get("name")) or "."
    for path, value in packages.items():
        package = mapping_of(value)
        attributes = {name: each for name, each in package.items() if name not in DEPENDENCIES}
        name = package.get("name") or path.rpartition(FOLDER)[2] or own_name
        graph.add_node(path or own_name, attributes, name=text_of(name))
    for path, value in packages.items():
        for kind in DEPENDENCIES:
            for name, version in mapping_of(mapping_of(value).get(kind)).items():
                target = npm_folder(packages, path, name)
                if target is None:
                    graph.leave_out("dependencies that are not installed", name)
                    continue
                graph.add_edge(path or own_name, target, type=kind, version=text_of(version))


def npm_folder(packages: Mapping[str, Any], path: str, name: str) -> str | None:
    """The folder in which Node finds a package that the one at `path` requires."""
    while True:
        candidate = f"{path}/{FOLDER}{name}" if path else f"{FOLDER}{name}"
        if candidate in packages:
            return candidate
        if not path:
            return None
        path = path.rpartition("/" + FOLDER)[0] if "/" + FOLDER in path else ""


def read_npm_tree(graph: GraphBuilder, document: Mapping[str, Any]) -> None:
    """Version 1: packages nested in the package that needs another version of them."""
    root = text_of(document.get("name")) or "."
    graph.add_node(root, name=root)
    scopes: list[Mapping[str, Any]] = [mapping_of(document.get("dependencies"))]
    required: set[str] = set()
    pending = [(scopes[0], [scopes[0]], "")]
    while pending:
        packages, scopes, path = pending.pop()
        for name, value in packages.items():
            package = mapping_of(value)
            own_path = path + FOLDER + name
            attributes = {
                key: each
                for key, each in package.items()
                if key not in ("requires", "dependencies")
            }
            graph.add_node(own_path, attributes, name=name)
            inner = mapping_of(package.get("dependencies"))
            inner_scopes = [*scopes, inner]
            for other, version in mapping_of(package.get("requires")).items():
                target = npm_scope(inner_scopes, own_path, other)
                if target is None:
                    graph.leave_out("dependencies that are not installed", other)
                    continue
                required.add(target)
                graph.add_edge(own_path, target, type="requires", version=text_of(version))
            if inner and len(inner_scopes) < MAX_NESTED:
                pending.append((inner, inner_scopes, own_path + "/"))
    for name in mapping_of(document.get("dependencies")):
        if FOLDER + name not in required:
            graph.add_edge(root, FOLDER + name, type="dependencies")


def npm_scope(scopes: Sequence[Mapping[str, Any]], path: str, name: str) -> str | None:
    for scope in reversed(scopes):
        if name in scope:
            return f"{path}/{FOLDER}{name}" if path else f"{FOLDER}{name}"
        path = path.rpartition("/" + FOLDER)[0] if "/" + FOLDER in path else ""
    return None


def read_pip_package(graph: GraphBuilder, document: Mapping[str, Any]) -> None:
    package = document["package"]
    add_pip_package(graph, package)
    for entry in list_of(document.get("dependencies")):
        if not isinstance(entry, dict):
            graph.leave_out("entries that are no dependencies", entry)
            continue
        add_pip_package(graph, entry)
        graph.add_edge(
            package["key"], entry.get("key"), type="requires",
            version=text_of(entry.get("required_version")),
        )  # fmt: skip


def add_pip_package(graph: GraphBuilder, package: Mapping[str, Any]) -> None:
    attributes = {
        name: value
        for name, value in package.items()
        if name not in ("key", "required_version", "dependencies")
    }
    name = text_of(first_of(package, ("package_name", "key")))
    graph.add_new_node(package.get("key"), attributes, name=name)


LOCK_FILES = Vocabulary(name="lock files", matches=matches, read=read)
