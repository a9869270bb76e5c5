"""The tables of the tests in each database: hosts and flows of `net` may be asked for; `hr` holds what could leak."""

HOSTS = [
    (1, "alpha", "10.0.0.1", "linux", "2026-01-01 08:00:00", 1.5),
    (2, "beta", "10.0.0.2", "windows", "2026-01-02 09:30:00", 2.25),
    (3, "gamma", "10.0.1.3", "linux", "2026-01-03 10:00:00", None),
    (4, "délta", "10.0.1.4", None, "2026-02-04 11:15:00", 40.0),
    (5, "it's 100% \\ fine", "10.0.2.5", "bsd", "2026-03-05 12:00:00", -5.0),
]
FLOWS = [
    (number, number % 5 + 1, number * 3 % 5 + 1, (22, 53, 80, 443)[number % 4], number * 100)
    for number in range(1, 41)
]
SECRET = "SALARY-CANARY-7731"


def quoted(value: object, *, doubles_backslashes: bool) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        text = value.replace("'", "''")
        return "'" + (text.replace("\\", "\\\\") if doubles_backslashes else text) + "'"
    return str(value)


def statements(
    *, net: str, hr: str, timestamp: str = "TIMESTAMP", doubles_backslashes: bool = False
) -> list[str]:
    """What makes the tables; `net` and `hr` are the schemas, databases or catalogs that hold them."""

    def rows(table: str, values: list[tuple]) -> str:
        listed = ", ".join(
            "(" + ", ".join(quoted(v, doubles_backslashes=doubles_backslashes) for v in row) + ")"
            for row in values
        )
        return f"INSERT INTO {table} VALUES {listed}"

    return [
        f"CREATE TABLE {net}.hosts (id INTEGER, name VARCHAR(40), address VARCHAR(40), os VARCHAR(20), seen {timestamp}, score DOUBLE PRECISION)",
        f"CREATE TABLE {net}.flows (id INTEGER, source_id INTEGER, destination_id INTEGER, port INTEGER, size INTEGER)",
        f"CREATE TABLE {hr}.salaries (name VARCHAR(40), amount INTEGER)",
        rows(f"{net}.hosts", HOSTS),
        rows(f"{net}.flows", FLOWS),
        rows(f"{hr}.salaries", [(SECRET, 1)]),
    ]
