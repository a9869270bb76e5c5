"""The dialects of SQL that connectors speak."""

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.generators.mysql import MySQLGenerator

from graphkeep.sources.databases.sql import function_lists as lists
from graphkeep.sources.databases.sql.dialect import SqlDialect

READS_FILES = "it reads files of the server"
OPENS_NETWORK = "it opens connections from the database server"
RUNS_SQL = "it runs SQL from a text, which cannot be checked"
WAITS = "it only makes the database wait"
CHANGES = "it changes something"
SETTINGS = "it reads or changes settings of the server"


class MariaDb(MySQL):
    """sqlglot's MySQL, printed so that MariaDB reads it too: REGEXP_LIKE is a function of MySQL 8 alone."""

    class Generator(MySQLGenerator):
        def regexplike_sql(self, expression: exp.RegexpLike) -> str:
            if expression.args.get("flag"):
                return self.func(
                    "REGEXP_LIKE", expression.this, expression.expression, expression.args["flag"]
                )
            return self.binary(expression, "REGEXP")


REASONS = {
    "files": READS_FILES, "network": OPENS_NETWORK, "sql": RUNS_SQL, "waits": WAITS, "changes": CHANGES,
    "settings": SETTINGS,
}  # fmt: skip


def reasons(**functions: str) -> dict[str, str]:
    """Why functions are refused, by name."""
    return {
        function: REASONS[reason]
        for reason, words in functions.items()
        for function in words.split()
    }


POSTGRESQL = SqlDialect(
    name="postgres",
    title="PostgreSQL",
    container="schemas",
    folding="lower-unquoted",
    cte_folding="lower-unquoted",
    placeholders="dollar-number",
    functions=lists.POSTGRESQL | lists.POSTGRESQL_TABLES,
    table_functions=lists.POSTGRESQL_TABLES,
    types=frozenset(
        {
            "cidr",
            "macaddr",
            "macaddr8",
            "citext",
            "tsvector",
            "tsquery",
            "point",
            "geometry",
            "geography",
        }
    ),
    system_containers=frozenset({"pg_*", "information_schema"}),
    system_tables=frozenset({"pg_*"}),
    first_words=frozenset({"SELECT", "WITH", "VALUES", "TABLE", "("}),
    bare_functions=lists.names(
        "user current_user session_user system_user current_role current_catalog current_schema"
    ),
    reasons=reasons(
        files="pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export pg_ls_logdir pg_ls_waldir",
        network="dblink dblink_connect dblink_exec dblink_send_query postgres_fdw_get_connections",
        sql="query_to_xml table_to_xml schema_to_xml database_to_xml cursor_to_xml ts_stat ts_rewrite query_to_xmlschema",
        waits="pg_sleep pg_sleep_for pg_sleep_until",
        changes="nextval setval lo_create lo_unlink pg_notify pg_terminate_backend pg_cancel_backend pg_reload_conf "
        "pg_advisory_lock pg_logical_emit_message",
        settings="set_config current_setting",
    ),
)
MYSQL = SqlDialect(
    text_comparison="bytes",
    name="mysql",
    parser=MariaDb,
    title="MySQL and MariaDB",
    container="databases",
    folding="exact",
    placeholders="pyformat",
    functions=lists.MYSQL,
    system_containers=frozenset({"mysql", "information_schema", "performance_schema", "sys"}),
    has_executable_comments=True,
    bare_functions=frozenset({"current_role", "current_user"}),
    reasons=reasons(
        files="load_file",
        waits="sleep benchmark get_lock master_pos_wait wait_for_executed_gtid_set",
        changes="release_lock release_all_locks nextval setval lastval last_insert_id",
        settings="user current_user session_user system_user version connection_id database",
    ),
)
SQLITE = SqlDialect(
    text_comparison="binary-collation",
    name="sqlite",
    title="SQLite",
    container="schemas",
    placeholders="colon",
    functions=lists.SQLITE | lists.SQLITE_TABLES,
    table_functions=lists.SQLITE_TABLES,
    system_containers=frozenset({"temp"}),
    system_tables=frozenset(
        {"sqlite_*", "pragma_*", "dbstat", "fts3tokenize", "bytecode", "sqlite*"}
    ),
    reads_tables_after_in=True,
    reasons=reasons(
        files="readfile writefile load_extension fsdir edit lsmode",
        settings="sqlite_version sqlite_source_id sqlite_compileoption_get sqlite_compileoption_used",
        changes="fts3_tokenizer last_insert_rowid changes total_changes",
    ),
)
DUCKDB = SqlDialect(
    name="duckdb",
    title="DuckDB",
    container="schemas",
    placeholders="dollar-name",
    functions=lists.DUCKDB,
    table_functions=lists.DUCKDB_TABLES,
    known_functions=frozenset({"Columns", "ColumnPrefix"}),
    system_containers=frozenset({"information_schema", "pg_catalog", "system", "temp"}),
    system_tables=frozenset({"sqlite_*", "duckdb_*", "pg_*", "pragma_*"}),
    file_characters=frozenset("./\\:*?"),
    first_words=frozenset({"SELECT", "WITH", "VALUES", "FROM", "TABLE", "("}),
    has_dollar_parameters=True,
    reasons=reasons(
        files="read_csv read_csv_auto read_parquet parquet_scan parquet_metadata read_json read_json_auto read_text "
        "read_blob glob sniff_csv read_ndjson parquet_schema",
        network="postgres_scan mysql_scan sqlite_scan iceberg_scan delta_scan",
        sql="query query_table",
        settings="getenv current_setting duckdb_settings duckdb_secrets getvariable which_secret",
        changes="nextval currval",
    ),
)
CLICKHOUSE = SqlDialect(
    name="clickhouse",
    title="ClickHouse",
    container="databases",
    folding="exact",
    cte_folding="exact",
    placeholders="typed-braces",
    functions=lists.CLICKHOUSE,
    table_functions=lists.CLICKHOUSE_TABLES,
    known_functions=frozenset(
        {"CombinedAggFunc", "ParameterizedAgg", "CombinedParameterizedAgg", "AnonymousAggFunc"}
    ),
    system_containers=frozenset({"system", "information_schema"}),
    reads_tables_after_in=True,
    bare_functions=lists.names(
        "user currentuser current_user session_user database currentdatabase current_database schema"
    ),
    has_quoted_bare_functions=True,
    reasons=reasons(
        files="file executable input infile",
        network="url s3 s3cluster remote remotesecure mysql postgresql mongodb jdbc odbc hdfs azureblobstorage redis "
        "urlcluster cluster clusterallreplicas iceberg deltalake sqlite",
        sql="merge view viewifpermitted loop joinget joingetornull hascolumnintable",
        waits="sleep sleepeachrow",
        settings="getsetting getmacro getserverport hostname version currentuser currentdatabase serveruuid "
        "getoskernelversion displayname",
    ),
)
DATABRICKS = SqlDialect(
    name="databricks",
    title="Databricks SQL",
    container="schemas",
    catalog="databases",
    placeholders="colon",
    functions=lists.DATABRICKS | lists.DATABRICKS_TABLES,
    table_functions=lists.DATABRICKS_TABLES,
    system_containers=frozenset(
        {
            "information_schema",
            "parquet",
            "delta",
            "csv",
            "json",
            "text",
            "binaryfile",
            "avro",
            "orc",
            "iceberg",
            "xml",
        }
    ),
    file_characters=frozenset("/\\:*?"),
    bare_functions=lists.names(
        "user current_user session_user current_catalog current_database current_schema"
    ),
    has_substitution=True,
    reasons=reasons(
        files="read_files list input_file_name cloud_files",
        network="http_request ai_query ai_gen remote_query read_kafka read_kinesis read_pubsub",
        sql="java_method reflect",
        settings="secret try_secret current_user session_user is_member is_account_group_member version",
    ),
)
SQL_DIALECTS = {
    dialect.name: dialect for dialect in (POSTGRESQL, MYSQL, SQLITE, DUCKDB, CLICKHOUSE, DATABRICKS)
}
