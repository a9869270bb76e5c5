"""A double of VirusTotal's API v3, by its public reference: reports, relationships with cursors, errors, quota."""

from tests.sources.databases.http.json_service import Reply, Request

KEY = "vt-canary-5b21"
DOMAINS = [f"d{number}.example" for number in range(95)]
STATS = {"malicious": 7, "suspicious": 1, "harmless": 60, "undetected": 20}


def error(status: int, code: str, message: str) -> Reply:
    return Reply(status=status, content={"error": {"code": code, "message": message}})


def answer(request: Request) -> Reply | None:
    if request.headers.get("x-apikey") != KEY:
        return error(401, "WrongCredentialsError", "Wrong API key")
    parts = request.path.removeprefix("/api/v3/").split("/")
    match parts:
        case ["ip_addresses", "203.0.113.99"]:
            return error(429, "QuotaExceededError", "Quota exceeded")
        case ["ip_addresses", "198.51.100.1"]:
            return error(404, "NotFoundError", "IP address not found")
        case ["ip_addresses", ip]:
            return Reply(content={"data": {"id": ip, "type": "ip_address", "attributes": {
                "country": "NL", "asn": 64500, "as_owner": "Example", "network": "192.0.2.0/24",
                "reputation": -3, "last_analysis_stats": STATS, "last_analysis_date": 1795953600,
            }}})  # fmt: skip
        case ["ip_addresses", ip, "resolutions"]:
            return page(request, [
                {"type": "resolution", "id": ip + name, "attributes": {
                    "host_name": name, "ip_address": ip, "date": 1795953600, "resolver": "VirusTotal"}}
                for name in DOMAINS
            ])  # fmt: skip
        case ["files", _, "contacted_ips"]:
            return page(request, [{"type": "ip_address", "id": "192.0.2.1", "attributes": {
                "country": "NL", "as_owner": "Example", "last_analysis_stats": STATS}}])  # fmt: skip
    return error(404, "NotFoundError", "Resource not found")


def page(request: Request, entries: list) -> Reply:
    start = int(request.query.get("cursor", ["0"])[0])
    limit = int(request.query["limit"][0])
    content = {"data": entries[start : start + limit], "meta": {"count": len(entries)}}
    if start + limit < len(entries):
        host = request.headers["host"]
        link = f"http://{host}{request.path}?limit={limit}&cursor={start + limit}"
        content |= {"links": {"self": link, "next": link}}
    return Reply(content=content)
