import pytest

from graphkeep.server.env import ConfigurationError, parse
from graphkeep.server.secrets import ensure_secrets, make_django_key, weakness


def test_quotes_comments_and_crlf_read_as_administrators_expect():
    text = "# a\r\nA=1\r\nexport B='$x #y'\r\nC=\"a\\nb\" # c\r\nD=x #y\r\n"

    assert parse(text, "custom.env") == {"A": "1", "B": "$x #y", "C": "a\nb", "D": "x"}


@pytest.mark.parametrize("line", ["nonsense", "A=$HOME", "A='open"])
def test_a_malformed_line_is_named_with_its_place(line):
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
