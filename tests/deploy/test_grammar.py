"""Our reader of env files and docker compose's agree on every text that ours takes."""

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.server.config.env import ONLY_COMPOSE, Environment
from graphkeep.server.config.envfile import ConfigurationError, parse, quote
from graphkeep.server.config.setting_values import NO, YES, parse_flag
from tests.deploy.grammar import TABLE, TEXTS, ask, has_compose

ROWS = json.loads(TABLE.read_text())
# What compose makes something of, and a strict reader stops at: slips, and whatever it would expand.
REFUSED = [
    "A='a'b", 'A="a"b', "A='a' b", r"A=a\$b", "A:1", "A: 1", "A:1=2", "A.B=1", "A-B=1", "1A=1",
    "A[0]=1", "\u00c4=1", "=1", "A", "A\nB=1", "nonsense words", "A=$x", "A=${x}", "A=${x:-d}", "A=$$x",
    "A=a$", "A=$1", 'A="$x"', 'A="${x:-d}"', 'A="$$x"', 'A="a$"', "A=$(id)",
]  # fmt: skip


def read(folder, text):
    """As the server reads it, from a file."""
    custom = folder / "data/config/custom.env"
    custom.parent.mkdir(parents=True, exist_ok=True)
    custom.write_bytes(text.encode())
    try:
        return Environment(folder, {}).files[0][1]
    except ConfigurationError:
        return None


def test_sh22_the_grammar_equals_compose_s_or_refuses(tmp_path):
    differing = {
        text: (said, read(tmp_path, text)) for text, said in ROWS if said != read(tmp_path, text)
    }

    assert list(differing) == REFUSED
    assert {ours for _, ours in differing.values()} == {None}
    assert [text for text, _ in ROWS] == TEXTS
    assert len(ROWS) >= 160


@pytest.mark.skipif(not has_compose(), reason="needs docker compose")
def test_sh22_the_table_is_what_compose_says_today(tmp_path):
    # The whole table by  python -m tests.deploy.grammar; here every sixteenth text, since each costs a process.
    chosen = ROWS[::16]

    assert [[text, ask(text, tmp_path)] for text, _ in chosen] == chosen


@pytest.mark.parametrize(
    "value", ["a'b", "a\\", "a\nb", "$x'", "\\$'", "\"'\\'", "x y", "é", "#a", ""]
)
def test_sh22_what_we_write_we_read(value):
    assert parse(quote("A", value), "custom.env") == {"A": value}


def test_sh22_booleans_read_as_the_guide_writes_them():
    cased = [f(word) for word in (*YES, *NO) for f in (str.lower, str.upper, str.title)]

    assert {word: parse_flag(word) for word in cased} == {
        word: word.lower() in YES for word in cased
    }
    for word in ("y", "n", "2", "-1", "enabled", "t", "none"):
        with pytest.raises(ValueError, match="one of 1/0"):
            parse_flag(word)


def test_sh22_the_process_wins_over_custom_env_over_env_over_the_default(tmp_path):
    for chosen in itertools.product((True, False), repeat=3):
        (tmp_path / "data/config").mkdir(parents=True, exist_ok=True)
        process, custom, plain = chosen
        (tmp_path / "data/config/custom.env").write_text("X_Y=custom\n" if custom else "")
        (tmp_path / ".env").write_text("X_Y=env\n" if plain else "")

        found = Environment(tmp_path, {"X_Y": "process"} if process else {}).find("X_Y")

        expected = ["process"] * process + ["custom"] * custom + ["env"] * plain
        assert (found.text if found else "default") == [*expected, "default"][0]


def test_sh22_what_only_compose_reads_is_named_with_its_place(tmp_path):
    (tmp_path / "data/config").mkdir(parents=True)
    custom = tmp_path / "data/config/custom.env"
    custom.write_text(
        "# ports\nCADDY_HTTP_PORT=8888\nAIR_GAPPED=1\nJWT_EXPIRATION_DELTAS=1\nMINE=1\n"
    )
    custom.chmod(0o600)
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    done = subprocess.run(
        [sys.executable, "-c", "from graphkeep.server.settings import env; print(*env.unknown_settings(), sep='\\n')"],
        env={**kept, "GRAPHISTRY_HOME": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.splitlines() == [
        "data/config/custom.env:2: CADDY_HTTP_PORT is read by docker compose only; set it in .env",
        "data/config/custom.env:4: JWT_EXPIRATION_DELTAS is not a setting; did you mean JWT_EXPIRATION_DELTA?",
    ]


def test_sh22_the_names_that_compose_alone_reads_are_those_of_compose_yml():
    text = (Path(__file__).parent.parent.parent / "compose.yml").read_text()

    named = set(map("".join, re.findall(r"\$\{(\w+)|^ +(CUDA\w+):$", text, re.MULTILINE)))
    assert named == {name for name in ONLY_COMPOSE if not name.startswith("COMPOSE_")}
