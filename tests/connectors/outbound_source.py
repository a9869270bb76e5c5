"""Runs in a network namespace: a service at two ports of each address."""

import threading

from tests.sources.databases.http.json_service import Handler, Reply, Service
from tests.sources.databases.stages.stage_servers import PORTS


class At(Service):
    def __init__(self, port: int) -> None:
        super().__init__(lambda request: Reply(content={"answer": 42}), "0.0.0.0")
        self.server_close()
        super(Service, self).__init__(("0.0.0.0", port), Handler)


if __name__ == "__main__":
    for name in ("plain", "http"):
        threading.Thread(target=At(PORTS[name]).serve_forever, daemon=True).start()
    threading.Event().wait()
