import os
import subprocess
import sys

import pytest

from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import ConfigurationError, parse
from graphkeep.server.config.secrets import ensure_secrets, make_django_key, weakness


def test_sh22_quotes_comments_and_crlf_read_as_administrators_expect():
    text = "# a\r\nA=1\r\nexport B='$x #y'\r\nC=\"a\\nb\" # c\r\nD=x #y\r\n"

    assert parse(text, "custom.env") == {"A": "1", "B": "$x #y", "C": "a\nb", "D": "x"}


@pytest.mark.parametrize("line", ["nonsense", "A=$HOME", "A='open"])
def test_sh22_a_malformed_line_is_named_with_its_place(line):
    with pytest.raises(ConfigurationError, match=r"^custom\.env:2: "):
        parse(f"\n{line}", "custom.env")


def test_secrets_are_made_once_and_the_administrators_lines_stay(tmp_path, monkeypatch):
    monkeypatch.delenv("DJANGO_SECRET_KEY", raising=False)
    custom = tmp_path / "data/config/custom.env"
    custom.parent.mkdir(parents=True)
    custom.write_text("# mine\nAIR_GAPPED=1")
    custom.chmod(0o600)

    made = ensure_secrets(tmp_path)
    first = custom.read_bytes()

    assert len(made) == 4
    assert first.startswith(b"# mine\nAIR_GAPPED=1\n")
    assert custom.stat().st_mode & 0o777 == 0o600
    assert ensure_secrets(tmp_path) == []
    assert custom.read_bytes() == first


@pytest.mark.parametrize("bad", ["...", "changeme", "short", "a" * 64])
def test_weak_secrets_are_refused(bad):
    assert weakness(bad)
    assert not weakness(make_django_key())


def test_a_file_that_everybody_can_read_stops_the_start(tmp_path):
    custom = tmp_path / "data/config/custom.env"
    custom.parent.mkdir(parents=True)
    custom.write_text("A=1\n")
    custom.chmod(0o644)

    with pytest.raises(ConfigurationError, match="chmod 600"):
        ensure_secrets(tmp_path)


def settings_with(home, *lines):
    """What a process of its own says of its settings with this custom.env."""
    config = home / "data/config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "custom.env").write_text("\n".join(lines) + "\n")
    (config / "custom.env").chmod(0o600)
    return subprocess.run(
        [sys.executable, "-m", "graphkeep", "config", "list"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "GRAPHISTRY_HOME": str(home),
            "HOME": str(home),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_sh37_none_needs_secure_and_the_three_values_go_together(tmp_path):
    refused = settings_with(tmp_path, "COOKIE_SAMESITE=None")
    assert refused.returncode == 2
    assert "COOKIE_SAMESITE=None needs COOKIE_SECURE=true" in refused.stderr

    taken = settings_with(
        tmp_path,
        "COOKIE_SAMESITE=None",
        "COOKIE_SECURE=true",
        "EMBED_ORIGINS=https://a.example.org",
    )
    assert taken.returncode == 0
    assert "COOKIE_SAMESITE=None  [data/config/custom.env]" in taken.stdout


def test_ad06_listing_the_settings_shows_no_secret(tmp_path):
    canary = "canary-0123456789-abcdefghijklmnopqrstuvwxyz-QRS"
    shown = settings_with(
        tmp_path, f"DJANGO_SECRET_KEY='{canary}'", f"EMAIL_HOST_PASSWORD='{canary}'"
    )

    assert "DJANGO_SECRET_KEY=(set)" in shown.stdout
    assert "EMAIL_HOST_PASSWORD=(set)" in shown.stdout
    assert canary not in shown.stdout + shown.stderr


def test_a_setting_is_read_by_its_former_name_with_a_warning(tmp_path):
    former = settings_with(tmp_path, "GRAPHKEEP_ALLOW_UNJAILED=true")
    env = Environment(tmp_path, {"GRAPHKEEP_ALLOW_UNJAILED_FILE": "/run/secrets/allow"})
    both = settings_with(
        tmp_path, "GRAPHKEEP_ALLOW_UNJAILED=true", "GRAPHKEEP_ALLOW_UNSANDBOXED=false"
    )

    assert "GRAPHKEEP_ALLOW_UNSANDBOXED=true  [data/config/custom.env]" in former.stdout
    assert "GRAPHKEEP_ALLOW_UNSANDBOXED=false  [data/config/custom.env]" in both.stdout
    assert env.deprecated_settings() == [
        (
            "process environment: GRAPHKEEP_ALLOW_UNJAILED_FILE is deprecated; "
            "use GRAPHKEEP_ALLOW_UNSANDBOXED_FILE"
        ),
        (
            "data/config/custom.env: GRAPHKEEP_ALLOW_UNJAILED is deprecated; "
            "use GRAPHKEEP_ALLOW_UNSANDBOXED"
        ),
    ]
    assert env.unknown_settings() == []
