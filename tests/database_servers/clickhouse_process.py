"""ClickHouse's HTTP interface over chdb, which is ClickHouse itself as a library: a program of its own, since chdb ends with its process.

Accounts, `readonly` and KILL QUERY are not chdb's, and are done here in the simplest way. `/asked` lists what was asked.
"""

import base64
import json
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from chdb import session

ACCOUNTS = {"contract": "contract-canary", "mighty": "x"}
GRANTS = {"contract": "GRANT SELECT ON net.* TO contract\n", "mighty": ""}
READS = ("SELECT", "WITH", "DESCRIBE", "SHOW", "VALUES", "(")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    database = session.Session()
    lock = threading.Lock()
    asked: list[str] = []

    def do_GET(self) -> None:
        self.reply(200, json.dumps(self.asked).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        given = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        text = (given.get("query") or body).strip()
        user, _, password = (
            base64.b64decode(self.headers["Authorization"][6:]).decode().partition(":")
        )
        if ACCOUNTS.get(user) != password:
            self.reply(
                403,
                f"Code: 516. DB::Exception: {user}: Authentication failed. (AUTHENTICATION_FAILED)".encode(),
                516,
            )
            return
        self.asked.append(f"{given.get('query_id') or given.get('param_id', '')} {text}")
        if text.startswith("KILL QUERY"):
            self.reply(200, b"")
            return
        if given.get("readonly") == "1" and not text.upper().startswith(READS):
            self.reply(
                500,
                b"Code: 164. DB::Exception: Cannot execute query in readonly mode. (READONLY)",
                164,
            )
            return
        self.reply(*self.answer(text, given, user))

    def answer(self, text: str, given: dict[str, str], user: str) -> tuple[int, bytes, int]:
        if text.upper().startswith("SHOW GRANTS") and GRANTS[user]:
            return 200, GRANTS[user].encode(), 0
        text, _, fmt = text.rpartition("\n FORMAT ") if "\n FORMAT " in text else (text, "", "")
        if "max_block_size" in given and text.upper().startswith(("SELECT", "WITH")):
            text += f" SETTINGS max_block_size = {given['max_block_size']}"
        parameters = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
        with self.lock:
            try:
                result = self.database.query(
                    text, fmt or given.get("default_format", "TabSeparated"), params=parameters
                )
            except RuntimeError as error:
                code = str(error).partition("Code: ")[2].partition(".")[0]
                return 500, str(error).encode(), int(code or 0)
            return 200, bytes(result.bytes() or b""), 0

    def reply(self, status: int, body: bytes, code: int = 0) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-ClickHouse-Exception-Code", str(code))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    for statement in json.load(sys.stdin):
        Handler.database.query(statement)
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print("ready", flush=True)
    server.serve_forever()
