"""jq programs, which people write: each runs in a sandbox process, without environment, files and network."""

from graphkeep.sources.databases.jq_sandbox.run import JqSandbox

__all__ = ["JqSandbox"]
