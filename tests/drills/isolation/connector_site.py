"""A real server with a connector of each kind that signs in, to real sources; every credential of it is a canary."""

import json
import subprocess
import sys
import time

import requests

from graphkeep.server.config.envfile import parse
from tests.connectors import signing
from tests.contracts.connector_cases import CASES
from tests.drills.isolation.canary_search import Person, random_word
from tests.waiting import wait_until

CASES_BY_KIND = {case.kind: case for case in CASES}
OPEN_LIMITS = {"per_minute": 10_000, "parallel": 32, "parallel_per_person": 32}
HTTP = "http"
ACTIVE = ("queued", "running")
# In one process: the start of a command costs seconds of computing.
PREPARE = """
import json, sys
from graphkeep.server.process.start import set_up_django
set_up_django()
from graphkeep.accounts.actor import ALL_SCOPES, CONSOLE, Actor
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.keys import create_key
from graphkeep.accounts.operations.people import create_user
create_user(
    username="root", email="root@example.org", password=sys.stdin.read(), role="admin", actor=CONSOLE
)
keys = {}
for name, scopes in (("root", ["admin", "account", "upload", "read"]), ("alice", ["account", "upload", "read"])):
    user = User.objects.get(username=name)
    actor = Actor(user=user, credential_kind="session", scopes=ALL_SCOPES)
    key, secret = create_key(user, actor=actor, scopes=scopes)
    keys[name] = f"{key.key_id}:{secret}"
print(json.dumps(keys))
"""


class ConnectorSite:
    """`canaries` by what they are; `seen` is every answer and page that came, by what was asked."""

    def __init__(self, server, wait_service):
        self.server, self.waits = server, wait_service
        self.canaries, self.seen, self.connectors, self.queries = {}, {}, {}, {}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PREPARE], input=server.passwords["root"],
            env=server.env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        self.keys = json.loads(done.stdout.splitlines()[-1])

    def plant(self, name):
        self.canaries[name] = random_word(name.split()[-1])
        return self.canaries[name]

    def configured(self, name):
        text = (self.server.home / "data/config/custom.env").read_text()
        return parse(text, "custom.env")[name]

    def api(self, method, path, body=None, *, person="root", content_type="application/json"):
        """A request as a program makes it, signed."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        target = f"/api/v2/{path}"
        signed = signing.headers(
            method, target, raw,
            key=self.configured("GRAPHISTRY_NEXUS_SIGNING_KEY").partition(",")[0],
            salt=self.configured("GRAPHISTRY_NEXUS_SIGNING_SALT"),
        )  # fmt: skip
        headers = {
            "Authorization": f"PersonalKey {self.keys[person]}",
            "Content-Type": content_type,
        }
        answer = requests.request(
            method, self.server.url + target, data=raw, headers={**headers, **signed}, timeout=60
        )
        self.note(f"{method} {target}", answer)
        return answer

    def note(self, what, answer):
        text = answer.content + str(answer.headers).encode() + answer.url.encode()
        self.seen.setdefault(what, b"")
        self.seen[what] += text

    def add(self, kind, settings, secrets, query):
        for field, secret in secrets.items():
            self.canaries[f"{kind} {field}"] = secret
        body = {"name": f"{kind} source", "kind": kind, "settings": settings, "secrets": secrets,
                "limits": OPEN_LIMITS}  # fmt: skip
        made = self.api("POST", "connectors/", body)
        assert made.status_code == 201, made.text
        self.connectors[kind] = made.json()["connector_id"]
        self.queries[kind] = query
        self.grant(kind, "alice")

    def add_case(self, kind, source):
        case = CASES_BY_KIND[kind]
        settings, secrets = dict(case.settings(source)), dict(case.secrets(source))
        self.add(kind, settings, secrets, {"language": case.language, "text": case.rows})

    def add_slow_http(self):
        """Its token travels in the query, where logs would show it first; `/slow` takes three seconds."""
        settings = {
            **self.waits.settings, "authentication": "query", "auth_name": "api_key",
            "test_path": "/fast",
        }  # fmt: skip
        query = {"language": "request", "text": '{"path": "/slow", "records": "rows"}'}
        self.add(HTTP, settings, {"token": random_word("http-token")}, query)

    def grant(self, kind, *people):
        grants = [{"user": person, "right": "ask"} for person in people]
        body = {"grants": grants}
        answer = self.api("PUT", f"connectors/{self.connectors[kind]}/grants/", body)
        assert answer.status_code == 200, answer.text

    def start_query(self, kind, query=None, *, person="alice"):
        path = f"connectors/{self.connectors[kind]}/queries/"
        return self.api("POST", path, query or self.queries[kind], person=person)

    def state(self, run_id, *, person="alice"):
        answer = self.api("GET", f"queries/{run_id}/", person=person)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ended(self, run_id, *, person="alice"):
        wait_until(lambda: self.state(run_id, person=person)["state"] not in ACTIVE)
        return self.state(run_id, person=person)

    def rows(self, run_id, form="json", *, person="alice"):
        return self.api("GET", f"queries/{run_id}/rows/?format={form}", person=person)

    def stage(self, kind):
        return self.api("POST", f"connectors/{self.connectors[kind]}/test/").json()["stage"]

    def admin(self):
        """The portal as an Admin sees it, after the password was asked again."""
        person = Person(self.server)
        password = self.server.passwords["root"]
        person.fill("/accounts/login/", login="root", password=password)
        person.fill("/accounts/reauthenticate/", password=password)
        return person


def slow_answers(seconds):
    """What a service answers that takes its time for `/slow`."""
    from tests.sources.databases.http.json_service import Reply

    def answer(request):
        if request.path == "/slow":
            time.sleep(seconds)
        return Reply(content={"rows": [{"source": "a", "destination": "b"}]})

    return answer
