"""Migration to another database, folder or machine; the source is left unchanged."""
