"""sqlglot's MySQL, printed so that MariaDB reads it too: REGEXP_LIKE is a function of MySQL 8 alone."""

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.generators.mysql import MySQLGenerator


class MariaDb(MySQL):
    class Generator(MySQLGenerator):
        def regexplike_sql(self, expression: exp.RegexpLike) -> str:
            if expression.args.get("flag"):
                return self.func(
                    "REGEXP_LIKE", expression.this, expression.expression, expression.args["flag"]
                )
            return self.binary(expression, "REGEXP")
