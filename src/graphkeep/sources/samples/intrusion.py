"""Two made-up days in a company's network, with an attack hidden in ordinary work.

Everything is drawn from one seed, so the graph is the same on every server: a phishing mail opens a
shell on a laptop, the attacker takes an administrator's credentials, moves to the database server and
sends its content out.
"""

import random
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from graphkeep.sources.samples.sample import Sample, colors, icons

SEED = 1337
START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
NAMES = [
    "anna",
    "ben",
    "carla",
    "david",
    "elena",
    "farid",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "kira",
    "luis",
    "mona",
    "nils",
    "olga",
    "paul",
    "quinn",
    "rosa",
    "sami",
    "tara",
    "umar",
    "vera",
    "wim",
    "xenia",
    "yann",
    "zoe",
]
SERVERS = {
    "dc01": "domain controller",
    "mail01": "mail server",
    "files01": "file server",
    "db01": "database server",
    "web01": "web server",
    "build01": "build server",
    "backup01": "backup server",
}
TOOLS = ("outlook.exe", "chrome.exe", "excel.exe", "teams.exe", "code.exe", "word.exe")
SITES = ("intranet.example", "news.example", "docs.example", "cdn.example", "code.example")
Event = tuple[str, str, str, datetime, int, bool]


class Days:
    def __init__(self) -> None:
        self.random = random.Random(SEED)  # noqa: S311 - a picture, not a secret
        self.kinds: dict[str, str] = {}
        self.events: list[Event] = []

    def node(self, name: str, kind: str) -> str:
        self.kinds.setdefault(name, kind)
        return name

    def event(
        self,
        source: str,
        destination: str,
        action: str,
        at: datetime,
        size: int,
        *,
        bad: bool = False,
    ) -> None:
        self.events.append((source, destination, action, at, size, bad))

    def moment(self) -> datetime:
        day = self.random.choice((0, 1))
        return START + timedelta(days=day, seconds=self.random.randint(0, 10 * 3600))

    def work(self) -> None:
        for number, name in enumerate(NAMES):
            user = self.node(name, "user")
            laptop = self.node(f"lap-{number + 1:02d}", "laptop")
            self.event(user, laptop, "signs in", self.moment(), 1)
            for tool in self.random.sample(TOOLS, 3):
                process = self.node(f"{tool} @{laptop}", "process")
                self.event(laptop, process, "starts", self.moment(), 1)
                for _ in range(self.random.randint(1, 3)):
                    self.event(process, self.target(tool), "connects", self.moment(), self.bytes())
            for server in self.random.sample(list(SERVERS)[:3], 2):
                self.event(
                    laptop, self.node(server, "server"), "connects", self.moment(), self.bytes()
                )
        for server in SERVERS:
            self.node(server, "server")
            self.event(server, "dc01", "asks", self.moment(), self.bytes())
            if server != "backup01":
                self.event(server, "backup01", "copies to", self.moment(), self.bytes() * 50)

    def target(self, tool: str) -> str:
        if tool == "outlook.exe":
            return self.node("mail01", "server")
        if tool in {"excel.exe", "word.exe"}:
            return self.node("files01", "server")
        return self.node(self.random.choice(SITES), "site")

    def bytes(self) -> int:
        return int(self.random.lognormvariate(10, 1.6))

    def attack(self) -> None:
        time = START + timedelta(hours=26, minutes=12)
        path = (
            ("mail01", "invoice_0302.docm", "delivers", "server", "file", 2),
            ("invoice_0302.docm", "word.exe @lap-07", "opens in", "file", "process", 40),
            ("word.exe @lap-07", "powershell.exe @lap-07", "starts", "process", "process", 5),
            ("powershell.exe @lap-07", "185.220.101.47", "connects", "process", "address", 90),
            ("powershell.exe @lap-07", "lsass dump @lap-07", "writes", "process", "file", 600),
            ("lsass dump @lap-07", "svc-admin", "gives away", "file", "user", 30),
            ("svc-admin", "dc01", "signs in", "user", "server", 1200),
            ("svc-admin", "db01", "signs in", "user", "server", 900),
            ("db01", "rar.exe @db01", "starts", "server", "process", 300),
            ("rar.exe @db01", "customers.rar", "writes", "process", "file", 700),
            ("customers.rar", "web01", "is moved to", "file", "server", 200),
            ("web01", "185.220.101.47", "sends", "server", "address", 100),
        )
        for source, destination, action, kind, destination_kind, wait in path:
            time += timedelta(seconds=wait)
            size = 2_400_000_000 if action == "sends" else self.bytes()
            self.event(
                self.node(source, kind),
                self.node(destination, destination_kind),
                action,
                time,
                size,
                bad=True,
            )


def intrusion() -> Sample:
    days = Days()
    days.work()
    days.attack()
    events = sorted(days.events, key=lambda event: event[3])
    suspicious = {end for event in events if event[5] for end in event[:2]}
    names = list(days.kinds)
    return Sample(
        name="intrusion",
        title="An intrusion",
        description="Hosts, users, processes and connections of two days. An attack hides in them: "
        "brush the histogram of suspicious, or follow the edges from 185.220.101.47.",
        edges=pa.table(
            {
                "source": [event[0] for event in events],
                "destination": [event[1] for event in events],
                "action": [event[2] for event in events],
                "time": pa.array([event[3] for event in events], pa.timestamp("us", tz="UTC")),
                "bytes": [event[4] for event in events],
                "suspicious": [event[5] for event in events],
                "color": ["#e1697c" if event[5] else "#7785a0" for event in events],
            }
        ),
        nodes=pa.table(
            {
                "id": names,
                "kind": [days.kinds[name] for name in names],
                "role": [SERVERS.get(name, "") for name in names],
                "suspicious": [name in suspicious for name in names],
            }
        ),
        edge_encodings={
            "bindings": {
                "source": "source", "destination": "destination", "edge_color": "color",
            }
        },
        node_encodings={
            "bindings": {"node": "id", "node_title": "id"},
            "complex": {
                "default": {
                    "pointIconEncoding": icons(
                        "kind",
                        {
                            "user": "user", "laptop": "laptop", "server": "server",
                            "process": "cog", "site": "globe", "file": "file",
                            "address": "skull",
                        },
                    ),
                    "pointColorEncoding": colors(
                        "kind",
                        {
                            "user": "#e59743", "laptop": "#549de5", "server": "#9f7ed6",
                            "process": "#46b68c", "site": "#31b0c6", "file": "#cab049",
                            "address": "#e1697c",
                        },
                    ),
                    "pointSizeEncoding": {
                        "graphType": "point", "encodingType": "size", "attribute": "kind",
                        "variation": "categorical",
                        "mapping": {
                            "categorical": {
                                "fixed": {"server": 62, "address": 55, "laptop": 44, "user": 40},
                                "other": 34,
                            }
                        },
                    },
                }
            },
        },
    )  # fmt: skip
