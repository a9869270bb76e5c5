"""Real servers of databases on loopback, each started by the first test that asks for it."""
