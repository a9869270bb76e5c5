"""RDAP over HTTP: the requests of the pack `http/packs/whois.toml`."""

from graphkeep.sources.databases.http.kind import pack_kind

KIND = pack_kind("whois")
