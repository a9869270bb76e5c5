"""The data bridge: an agent beside a source that runs queries for the server, over connections that it opens itself."""
