"""AD-33: health as a monitor sees it, of a real server whose database or disk is gone."""

import os
import shutil
import subprocess

import pytest
import requests

from tests.server.http.test_health import PATHS
from tests.servers import start_server, stop_server

pytestmark = pytest.mark.flow
MOUNTABLE = os.geteuid() == 0 and shutil.which("mount")


def asked(server, **headers):
    answers = [requests.get(server.url + path, headers=headers, timeout=120) for path in PATHS]
    return {(one.status_code, one.text) for one in answers}, answers


@pytest.mark.skipif(not MOUNTABLE, reason="needs a disk of its own")
@pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="the database is a file here"
)
def test_ad33_every_health_path_says_503_while_the_database_or_the_disk_is_gone(tmp_path):
    home = tmp_path / "disk"
    home.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=160m", "graphkeep-operations", str(home)]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        server, process = start_server(home, GRAPHKEEP_IMPORT_MEMORY="1G")
        try:
            found, answers = asked(server)
            assert found == {(200, '{"success": true}')}
            shown = " ".join(
                f"{key}: {value}" for one in answers for key, value in one.headers.items()
            )
            for word in ("graphkeep", "django", "uvicorn", "python", "2026.11"):
                assert word not in shown.lower()

            database = home / "data/db.sqlite3"
            database.rename(home / "aside")
            database.mkdir()
            assert asked(server)[0] == {(503, '{"success": false}')}
            database.rmdir()
            (home / "aside").rename(database)
            assert asked(server)[0] == {(200, '{"success": true}')}

            with (home / "filler").open("wb") as filler:
                filler.write(b"x" * (shutil.disk_usage(home).free - 20_000_000))
            assert asked(server)[0] == {(503, '{"success": false}')}
            html = requests.get(f"{server.url}/ht/", headers={"Accept": "text/html"}, timeout=120)
            assert (html.status_code, "not well" in html.text) == (503, True)
            (home / "filler").unlink()
            html = requests.get(f"{server.url}/ht/", headers={"Accept": "text/html"}, timeout=120)
            assert (html.status_code, html.headers["Content-Type"]) == (
                200,
                "text/html; charset=utf-8",
            )
            assert "is well" in html.text
        finally:
            stop_server(process)
        log = (home / "server.log").read_text()
        assert "not healthy: the database does not answer" in log
        assert "is full" in log
    finally:
        subprocess.run(["umount", str(home)], check=False)
