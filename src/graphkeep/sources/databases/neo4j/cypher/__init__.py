"""Reading Cypher without a database: tokens, the grammar of queries that only read, and what is allowed in them."""
