"""Where a server writes: below its home, in places of the data map, and nowhere else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.upkeep.data_map import location_of
from tests.ports import free_port
from tests.servers import running_server

pytestmark = pytest.mark.flow
ROOT = Path(__file__).parents[3]
# The whole machine read-only, the home alone writable; /proc and /dev stay as they are.
CONFINED = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t tmpfs -o ro tmpfs /run
mount -o remount,bind,ro /
! touch /etc/graphkeep-was-here 2>/dev/null
shift
exec "$@"
"""


def can_unshare() -> bool:
    words = ["unshare", "-m", "sh", "-c", "mount --make-rprivate / && mount -o remount,bind,ro /"]
    return (
        os.geteuid() == 0
        and shutil.which("unshare") is not None
        and subprocess.run(words, capture_output=True, check=False).returncode == 0
    )


def strangers(home: Path) -> list[str]:
    """Files below the home that the data map does not know."""
    files = [str(one.relative_to(home)) for one in home.rglob("*") if one.is_file()]
    return [one for one in files if location_of(one) is None]


def test_sh83_every_file_of_a_server_at_work_lies_in_a_place_of_the_map(tmp_path: Path) -> None:
    with running_server(tmp_path, "alice") as server:
        made = plot(server)
        server.ready(made)
        server.run("backup")
        assert server.get(f"/api/v2/datasets/{made}/thumbnail/").status_code in {200, 404}
        (tmp_path / "server.log").unlink()  # this test's own
        assert strangers(tmp_path) == []


def plot(server) -> str:
    said = {
        "node_encodings": {"bindings": {}},
        "metadata": {},
        "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
    }
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    answer = server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=b"s,d\na,b\nb,c\n")
    assert answer.status_code == 200, answer.text
    return str(made)


@pytest.mark.skipif(not can_unshare(), reason="needs root and mount namespaces")
def test_sh20_sh84_with_the_rest_of_the_machine_read_only_everything_works(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    port = free_port()
    env = {**os.environ, "GRAPHISTRY_HOME": str(home), "NUMBA_CACHE_DIR": str(home / ".cache/numba"),
           "TMPDIR": "/nowhere", "HOME": str(home), "GRAPHKEEP_IMPORT_MEMORY": "1G",
           "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    env.pop("DJANGO_SETTINGS_MODULE", None)
    kernels = Path(os.environ.get("NUMBA_CACHE_DIR", str(ROOT / ".cache/numba")))
    if kernels.exists():
        shutil.copytree(kernels, home / ".cache/numba")
    walk = f"""
graphkeep up --port {port} >{home}/up.log 2>&1 & server=$!
trap 'kill $server; wait $server' EXIT
for _ in $(seq 300); do curl -sf http://127.0.0.1:{port}/healthz >/dev/null && break; sleep 0.2; done
python -W ignore tests/deploy/walk.py first http://127.0.0.1:{port} "" 3600
graphkeep backup
graphkeep doctor --topic data
"""
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", CONFINED, "confined", str(home), "bash", "-ec", walk],
        cwd=ROOT, env={**env, "PATH": f"{Path(sys.executable).parent}:{env['PATH']}"},
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip

    log = home / "up.log"
    assert done.returncode == 0, done.stdout + done.stderr + log.read_text()
    assert "a token lives for 3600 s" in done.stdout
    log.unlink()
    assert strangers(home) == []
