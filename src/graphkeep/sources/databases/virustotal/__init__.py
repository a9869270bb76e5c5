"""VirusTotal over HTTP: the requests of the pack `http/packs/virustotal.toml`."""

from graphkeep.sources.databases.http.kind import pack_kind

KIND = pack_kind("virustotal")
