"""Reading SPL without Splunk: tokens, the terms of a search, the commands that are allowed, and the indexes named."""
