"""The Python of the tutorials runs as printed, in one process from top to bottom."""

import json
import re
import sys
import tempfile
from pathlib import Path

import pytest

from tests.flows.client_cases.client_case import ALL_IS_SAID, case_env, run
from tests.servers import TestServer

pytestmark = pytest.mark.flow
TUTORIALS = Path(__file__).parents[3] / "docs/tutorials"


def run_tutorial(server: TestServer, name: str, report: str) -> object:
    """The value of the expression `report` after every Python block of a tutorial has run."""
    blocks = re.findall(
        r"^```python\n(.*?)^```", (TUTORIALS / name).read_text(), re.MULTILINE | re.DOTALL
    )
    code = "\n".join(blocks)
    filled = {
        "127.0.0.1:8000": f"127.0.0.1:{server.port}",
        'personal_key_id="…"': f'personal_key_id="{server.key_id}"',
        'personal_key_secret="…"': f'personal_key_secret="{server.key_secret}"',
    }
    for printed, value in filled.items():
        assert printed in code, printed
        code = code.replace(printed, value)
    script = Path(tempfile.mkdtemp()) / "tutorial.py"
    script.write_text(
        f"{code}\nimport json\nprint('REPORT ' + json.dumps({report}), flush=True)\n{ALL_IS_SAID}"
    )
    output = run([sys.executable, str(script)], case_env(server))
    return json.loads(output.rsplit("REPORT ", 1)[1])


def test_the_notebook_tutorial_finds_the_failed_logins(server: TestServer) -> None:
    answer = run_tutorial(
        server,
        "notebook.md",
        "[stored._dataset_id, suspects._edges[['user', 'host', 'failed']].values.tolist()]",
    )

    assert isinstance(answer, list)
    dataset_id, rows = answer
    assert rows == [["mallory", "db01", 38]]
    state = server.ready(dataset_id)
    assert (state["name"], state["node_count"], state["edge_count"]) == ("Logins", 7, 7)
    assert server.get(f"/api/view/{dataset_id}/", "charlie").status_code == 404
