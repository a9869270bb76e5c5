"""What an account may do at Splunk, from its roles, capabilities and the indexes of its roles."""

from collections.abc import Iterable, Sequence

from graphkeep.sources.databases.connector_kind import AuditFinding

RECIPE = (
    "Use a role with search, rtsearch and rest_properties_get alone, and the connector's indexes."
)
NEEDED = {"search", "rtsearch", "rest_properties_get"}
ADMIN_ROLES = {"admin", "sc_admin"}
CHECKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("superuser", "administer all objects", ("admin_all_objects",)),
    ("deletes", "delete events", ("delete_by_keyword",)),
    ("programs", "run programs or alert actions", ("run_script", "edit_script", "run_custom_command", "run_sendalert", "edit_cmd", "edit_scripted")),
    ("writes", "write events, lookups or files", ("run_collect", "run_mcollect", "output_file", "run_dump", "input_file", "indexes_edit", "edit_log_alert_event")),
    ("schedules", "schedule searches", ("schedule_search", "schedule_rtsearch", "accelerate_search")),
    ("tokens", "make tokens", ("edit_tokens_own", "edit_tokens_all", "edit_tokens_settings")),
    ("accounts", "manage accounts and roles", ("edit_user", "edit_roles", "edit_roles_grantable", "change_authentication")),
    ("interface", "change the server by its interface", ("rest_apps_management", "rest_properties_set", "rest_access_server_endpoints")),
    ("credentials", "read stored credentials", ("list_storage_passwords", "edit_storage_passwords")),
    ("other-searches", "see the searches of others", ("list_search_head_clustering", "edit_search_server", "search_process_config_refresh", "list_all_objects")),
)  # fmt: skip


def role_findings(
    roles: Iterable[str], capabilities: Iterable[str], indexes: Sequence[str] | None
) -> list[AuditFinding]:
    """`indexes`: those that the roles may search; None: the account may not read its roles."""
    given = set(capabilities) - NEEDED
    findings = []
    admins = sorted(set(roles) & ADMIN_ROLES)
    if admins:
        findings.append(excess("superuser", f"The account has the role {admins[0]}."))
    for check, what, names in CHECKS:
        held = sorted(given & set(names))
        given -= set(names)
        if held and not (check == "superuser" and admins):
            findings.append(excess(check, f"The account can {what} ({held[0]})."))
    editing = sorted(
        name for name in given if name.startswith(("edit_", "delete_", "install_", "restart_"))
    )
    if editing:
        findings.append(
            excess("administration", f"The account can administer: {', '.join(editing[:5])}.")
        )
    rest = sorted(given - set(editing))
    if rest:
        findings.append(
            excess("capabilities", f"The account has capabilities that are not needed: {', '.join(rest[:10])}.")
        )  # fmt: skip
    return [*findings, *index_findings(indexes)] or [
        fine("The account has no more than is needed.")
    ]


def index_findings(indexes: Sequence[str] | None) -> list[AuditFinding]:
    if indexes is None:
        return [
            fine(
                "Which indexes the roles may search cannot be told: the account may not read its roles."
            )
        ]
    wide = sorted(set(indexes) & {"*", "_*"})
    if wide:
        what = "every index" if "*" in wide else "the internal indexes"
        return [excess("other-indexes", f"The account can search {what}.")]
    return [fine(f"The account can search: {', '.join(sorted(set(indexes))) or 'no index'}.")]


def fine(message: str) -> AuditFinding:
    return AuditFinding(check="indexes", is_excess=False, message=message)


def excess(check: str, message: str) -> AuditFinding:
    return AuditFinding(check=check, is_excess=True, message=message, advice=RECIPE)
