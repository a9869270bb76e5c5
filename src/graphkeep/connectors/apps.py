from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "graphkeep.connectors"

    def ready(self) -> None:
        from graphkeep.accounts.encrypted_columns import register_encrypted_columns
        from graphkeep.connectors.bridge.models import BridgeSlot
        from graphkeep.connectors.cleanup import delete_old_queries, stored_result_ids
        from graphkeep.connectors.egress_endpoints import connector_endpoints
        from graphkeep.connectors.models import ConnectorSecret, QueryRun
        from graphkeep.connectors.this_server import KIND
        from graphkeep.datasets.cleanup_hooks import OTHER_CLEANUPS, OTHER_RECORDS
        from graphkeep.site.egress_endpoints import register_endpoints
        from graphkeep.sources.databases.registry import register_kind

        register_encrypted_columns(ConnectorSecret, "ciphertext")
        register_encrypted_columns(QueryRun, "asked", "sent")
        register_encrypted_columns(BridgeSlot, "server_key", "proxy_key")
        register_endpoints(connector_endpoints)
        register_kind(KIND)
        OTHER_RECORDS.append(stored_result_ids)
        OTHER_CLEANUPS.append(delete_old_queries)
