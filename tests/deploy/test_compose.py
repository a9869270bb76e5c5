"""What compose.yml promises, read from it."""

from pathlib import Path

import pytest
import yaml

from graphkeep.server.compose import containers
from graphkeep.server.compose.containers import claim, prepare_home, refuse_other_kind
from graphkeep.server.config.envfile import ConfigurationError

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "compose.yml").read_text()
STACK = yaml.safe_load(TEXT)
SERVICES = STACK["services"]


def test_sh27_the_guide_s_commands_need_no_variable_and_no_env_file():
    assert STACK["name"] == "graphkeep"
    assert "env_file" not in TEXT
    assert ":?" not in TEXT
    assert set(SERVICES) == {"init", "caddy", "nexus", "worker", "worker-gpu", "postgres"}
    assert SERVICES["nexus"]["networks"]["front"]["aliases"] == ["nginx"]


def test_sh50_only_caddy_publishes_ports():
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["caddy"]
    assert STACK["networks"]["back"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == ["back"]
    assert "back" not in SERVICES["caddy"]["networks"]


@pytest.mark.parametrize("name", SERVICES)
def test_sh19_each_container_is_confined(name):
    one = SERVICES[name]

    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one.get("cap_add", []) == (["CHOWN", "DAC_OVERRIDE", "FOWNER"] if name == "init" else [])
    assert one.get("user", "") == ("0:0" if name == "init" else "")
    assert "privileged" not in one
    assert not any("docker.sock" in str(volume) for volume in one.get("volumes", []))


def test_sh59_what_down_v_empties_and_what_stays():
    mounted = {str(volume).split(":")[0] for one in SERVICES.values() for volume in one["volumes"]}

    assert set(STACK["volumes"]) == {"database", "store", "kernels"}
    assert {one for one in mounted if one.startswith("./")} == {
        "./data/config", "./data/config/caddy", "./data/config/edge", "./data/config/postgres", "./data/backups", "./data/caddy",
    }  # fmt: skip


def test_sh20_one_folder_serves_one_kind_of_server(tmp_path):
    for mine, other, way in (("plain", "compose", "postgres"), ("compose", "plain", "sqlite")):
        home = tmp_path / mine
        claim(home, mine)
        claim(home, mine)
        with pytest.raises(
            ConfigurationError, match=f"contains the data of a {mine} server"
        ) as refused:
            claim(home, other)
        assert f"graphkeep migrate --to {way}" in str(refused.value)
        assert (home / "data/config/.kind").read_text() == f"{mine}\n"
    older = tmp_path / "older"
    (older / "data").mkdir(parents=True)
    (older / "data/db.sqlite3").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="contains the data of a plain server"):
        refuse_other_kind(older, "compose")


def test_sh53_the_folders_of_the_containers_are_made_once(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkeep.server.compose.containers.shutil.chown", lambda *words: None)
    monkeypatch.delenv("DJANGO_SECRET_KEY", raising=False)

    prepare_home(tmp_path)
    files = {one: one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file()}
    prepare_home(tmp_path)

    assert {
        one: one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file()
    } == files
    password = (tmp_path / "data/config/postgres/password").read_text()
    assert len(password) >= 40
    assert (
        tmp_path / "data/config/postgres/url"
    ).read_text() == f"postgresql://graphkeep:{password}@postgres/graphkeep"
    assert (
        tmp_path / "data/config/Caddyfile"
    ).resolve() == tmp_path / "data/config/caddy/Caddyfile"
    modes = {
        one.name: oct(one.stat().st_mode & 0o7777)
        for one in (tmp_path / "data/config").iterdir()
        if one.is_file()
    }
    assert modes["custom.env"] == "0o660"


def test_sh27_a_clone_made_under_a_strict_umask_is_open_to_the_containers(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(
        containers.shutil, "chown", lambda path, **to: given.append((path.name, to))
    )
    tmp_path.chmod(0o750)
    (tmp_path / ".env").write_text("")
    (tmp_path / ".env").chmod(0o600)

    containers.allow_traversal(tmp_path)
    containers.allow_traversal(tmp_path)

    assert oct(tmp_path.stat().st_mode & 0o777) == "0o751"
    assert oct((tmp_path / ".env").stat().st_mode & 0o777) == "0o640"
    assert given == [(".env", {"group": 10001})] * 2
