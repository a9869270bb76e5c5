"""Names of tables: whose table a name means, and whether the policy allows it."""

import unicodedata
from dataclasses import dataclass

from sqlglot import exp

from graphkeep.sources.databases.query import QueryPolicy, Restriction, is_allowed
from graphkeep.sources.databases.sql.dialect import SqlDialect, fold
from graphkeep.sources.databases.sql.refusals import allowed_names, refusal

SINGULAR: dict[Restriction, str] = {"databases": "database", "schemas": "schema"}


@dataclass(frozen=True, kw_only=True)
class TableRules:
    """Which tables may be asked for; a name without a container is in `container`, without a catalog in `catalog`."""

    dialect: SqlDialect
    policy: QueryPolicy
    container: str
    catalog: str = ""

    def check(self, table: exp.Table) -> str:
        """The full name of a table; the node gets its container, so what is checked is what is sent.

        Raises:
            QueryRefusedError: the policy does not allow it.
        """
        name = self.part(table.this)
        container = self.part(table.args.get("db")) or self.container
        catalog = self.check_catalog(table, self.part(table.args.get("catalog")))
        if not self.dialect.file_characters.isdisjoint(f"{container}{name}"):
            raise refusal(
                f"`{name}` is the name of a file; files are not read here", node=table,
                advice="Name a table.",
            )  # fmt: skip
        if not container:
            raise refusal(f"Table `{name}` needs a {self.container_word}", node=table)
        full_name = ".".join(part for part in (catalog, container, name) if part)
        self.check_system(table, container, name)
        containers = self.entries(self.dialect.container)
        if containers is not None and not is_allowed(container, containers):
            raise allowed_names(self.container_word, container, containers, node=table)
        tables = self.entries("tables")
        if tables is not None and not (
            is_allowed(f"{container}.{name}", tables)
            or is_allowed(full_name, tables)
            or (container == self.container and is_allowed(name, tables))
        ):
            raise allowed_names("table", f"{container}.{name}", tables, node=table)
        if table.args.get("db") is None:
            table.set("db", exp.to_identifier(container, quoted=True))
        return full_name

    def check_catalog(self, table: exp.Table, catalog: str) -> str:
        if self.dialect.catalog is None:
            if catalog and catalog != self.catalog:
                raise refusal(
                    f"`{catalog}` is another database; this connector reads `{self.catalog}` only"
                    if self.catalog
                    else f"`{catalog}` is a name too many; write {self.container_word}.table",
                    node=table,
                )
            table.set("catalog", None)
            return ""
        catalog = catalog or self.catalog
        allowed = self.entries(self.dialect.catalog)
        if allowed is None:
            allowed = (self.catalog,)
        if not is_allowed(catalog, allowed):
            raise allowed_names("database", catalog, allowed, node=table)
        if catalog and table.args.get("catalog") is None:
            table.set("catalog", exp.to_identifier(catalog, quoted=True))
        return catalog

    def check_system(self, table: exp.Table, container: str, name: str) -> None:
        tables = self.entries("tables") or ()
        containers = self.entries(self.dialect.container) or ()
        is_system = is_allowed(skeleton(container), tuple(self.dialect.system_containers)) or (
            not container.isascii() and container != self.container
        )
        is_named = container in containers or any(
            entry.startswith(f"{container}.") for entry in tables
        )
        if is_system and not is_named:
            raise refusal(
                f"{self.container_word} `{container}` belongs to the database system; it is not allowed here",
                node=table,
                advice=f"An administrator can allow it by name among the {self.dialect.container}.",
            )
        is_system_table = is_allowed(skeleton(name), tuple(self.dialect.system_tables))
        if is_system_table and not (is_system or name in tables or f"{container}.{name}" in tables):
            raise refusal(
                f"table `{name}` belongs to the database system; it is not allowed here",
                node=table,
                advice="An administrator can allow it by name among the tables.",
            )

    def entries(self, restriction: Restriction) -> tuple[str, ...] | None:
        entries = self.policy.allowed.get(restriction)
        if entries is None:
            return None
        if self.dialect.folding == "lower":
            return tuple(fold(entry, "lower", is_quoted=False) for entry in entries)
        return tuple(entries)

    def part(self, node: exp.Expr | None) -> str:
        """A part of a name as the database compares it, "" for none."""
        if node is None:
            return ""
        if not isinstance(node, exp.Identifier):
            raise refusal("Only a name can stand for a table here", node=node)
        return fold(node.name, self.dialect.folding, is_quoted=bool(node.args.get("quoted")))

    @property
    def container_word(self) -> str:
        return SINGULAR[self.dialect.container]


def skeleton(name: str) -> str:
    """A name without case, accents and compatibility forms, as the loosest database could compare it."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()
