"""The policy of SQL: a query is parsed, checked node by node, and printed from the checked tree."""
