"""A double of an RDAP service, with answers of the form of RFC 9083."""

from tests.sources.databases.http.json_service import Reply, Request


def entity(name: str, role: str) -> dict:
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]]
    return {"objectClassName": "entity", "handle": "1", "roles": [role], "vcardArray": card}


def answer(request: Request) -> Reply | None:
    match request.path.split("/"):
        case ["", "domain", "example.com"]:
            return Reply(content={
                "objectClassName": "domain", "handle": "D1", "ldhName": "EXAMPLE.COM", "status": ["active"],
                "nameservers": [{"ldhName": "A.IANA-SERVERS.NET"}, {"ldhName": "B.IANA-SERVERS.NET"}],
                "entities": [entity("Registrar, Inc.", "registrar")],
                "events": [{"eventAction": "registration", "eventDate": "1995-08-14T04:00:00Z"},
                           {"eventAction": "expiration", "eventDate": "2027-08-13T04:00:00Z"}],
            })  # fmt: skip
        case ["", "ip", "192.0.2.7"]:
            return Reply(content={
                "objectClassName": "ip network", "handle": "NET-192-0-2-0-1", "name": "TEST-NET-1", "country": "US",
                "startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "type": "ASSIGNMENT",
                "entities": [entity("IANA", "registrant")],
            })  # fmt: skip
        case ["", "autnum", "64500"]:
            return Reply(content={"startAutnum": 64500, "handle": "AS64500", "name": "DOC", "country": "US",
                                  "entities": [entity("IANA", "registrant")]})  # fmt: skip
    return Reply(status=404, content={"errorCode": 404, "title": "Not Found"})
