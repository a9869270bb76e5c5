"""MISP over HTTP: the requests of the pack `http/packs/misp.toml`."""

from graphkeep.sources.databases.http.kind import pack_kind

KIND = pack_kind("misp")
