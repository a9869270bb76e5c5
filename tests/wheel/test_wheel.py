"""A wheel carries the built page, and serves it where there is no checkout and no Node."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import requests

from graphkeep.server.docs_site.page_index import BESIDE
from tests.ports import free_port
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]


def test_an_installed_wheel_serves_the_page(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "GRAPHKEEP_KEEP_WORKBENCH": "1"},
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "graphkeep/server/static/workbench/.vite/manifest.json" in names
    assert "graphkeep/server/templates/pages/app.html" in names
    assert "graphkeep/sources/samples/miserables.txt" in names
    assert "graphkeep/sources/databases/http/packs/misp.toml" in names
    for page in ("docs/how-to/harden/network.md", "docs/images/portal.png", "CHANGELOG.md"):
        assert f"graphkeep/server/docs_site/pages/{page}" in names
    assert "graphkeep/upkeep/defaults/2026.11.0.toml" in names
    assert not [one for one in names if "/manual/pages/" in one and one.endswith(".py")]
    site, home = tmp_path / "site", tmp_path / "home"
    zipfile.ZipFile(wheel).extractall(site)
    home.mkdir()
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from graphkeep.server.docs_site.page_index import pages, root; print(len(pages()), root())",
        ],
        cwd=home,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    in_checkout = [*(ROOT / "docs").rglob("*.md"), *BESIDE]
    assert found == [str(len(in_checkout)), str(site / "graphkeep/server/docs_site/pages")]
    port = free_port()
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "PYTHONPATH": str(site),
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(tmp_path / "numba")),
    }
    script = (
        "import graphkeep; print(graphkeep.__file__, flush=True); "
        "from graphkeep.server.cli import main; main()"
    )
    sbom = subprocess.run(
        [sys.executable, "-m", "graphkeep", "sbom"],
        cwd=home,
        env=env,
        capture_output=True,
        check=True,
    )
    said = {one["name"]: one for one in json.loads(sbom.stdout)["components"]}
    assert [bool(said[one]["hashes"]) for one in ("svelte", "vite", "django")] == [True] * 3
    process = subprocess.Popen(
        [sys.executable, "-c", script, "up", "--port", str(port)],
        cwd=home,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        answer = wait_until(lambda: first_page(port))
        script_address = answer.text.split('script type="module" src="')[1].split('"')[0]
        asset = requests.get(f"http://127.0.0.1:{port}{script_address}", timeout=120)
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=60)
    assert said.startswith(str(site)), said
    assert (answer.status_code, asset.status_code) == (200, 200)
    assert asset.headers["Cache-Control"].startswith("max-age=315360000")
    assert (home / "graphkeep/data/config/custom.env").stat().st_mode & 0o777 == 0o600


def first_page(port: int) -> requests.Response | None:
    """The answer of a server that has never been used, once it listens."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/accounts/signup/", timeout=120)
    except requests.ConnectionError:
        return None
