"""How the real `docker compose` reads env files: asked line by line, kept as tests/data/compose_env.json.

`python -m tests.deploy.grammar` asks anew and writes the table; it needs docker compose, and no engine.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = Path(__file__).parent.parent / "data/compose_env.json"
KEPT = ("PATH", "HOME", "DOCKER_CONFIG")
TEXTS = [
    "A=1", "A=", "A= ", "A=''", 'A=""', "A =1", "A= 1", "A = 1", " A=1", "\tA=1", "A=1 ", "A=1\t",
    "export A=1", "export  A=1", "export\tA=1", "exportA=1", "export=1", "A=one two", "A=one  two ",
    "A=a=b", "A==", "A=a#b", "A=a #b", "A=a\t#b", "A=#b", "A= #b", "A='#b'", 'A="#b"', "A='a' #b",
    "A='a'#b", 'A="a" #b', 'A="a"#b', "# A=1", "  # A=1", "#A=1", "A=1#", "A=1 #", "A='a b'",
    'A="a b"', "A=' a '", 'A=" a "', "A='a\"b'", 'A="a\'b"', "A=a'b", 'A=a"b', "A=a'b'", "A='a'b",
    'A="a"b', "A='a' b", "A='$x'", "A='${x}'", r"A='a\nb'", r'A="a\nb"', r'A="a\tb"', r'A="a\rb"',
    r'A="a\"b"', r"A='a\'b'", r"A='a\'b' #c", r'A="a\\b"', r"A='a\\b'", r"A=a\nb", r"A=a\b",
    r'A="a\qb"', r'A="a\$b"', r"A=a\$b", r'''A="a\'b"''', r'A="\n"', r'A="\\n"', r'A="a\\"',
    r"A='a\\'", r"A='\''", r'A="\""', r'A="\\\""', r'A="\a\b\f\v"', r'A="\x41"', r'A="\u0041"',
    r'A="\101"', "A='a\nb'", 'A="a\nb"', "A='a\n#b\nc'", "A='a\nb' #c\nB=2", "A=1\nA=2", "A=1\nB=2",
    "A=1\r\nB=2", "A='1'\r\nB=2", "A='a\r\nb'\r\nB=2", "A='a  \nb'", "A=1 \r\n", "A=1\n\n\nB=2", "A=1\n  \nB=2", "A=1\n", "",
    "\n", "# only", "A:1", "A: 1", "A:1=2", "A.B=1", "A-B=1", "A_B=1", "a=1", "1A=1", "_A=1",
    "A[0]=1", "\u00c4=1", "A=\u00e4", "A='\u00e4'", "A=\u65e5\u672c", "=1", "A", "A\nB=1", "A B=1",
    "A,B=1", "nonsense words", "'A'=1", '"A"=1', "A='open", 'A="open', "A='open\nB=1", "A=$x",
    "A=${x}", "A=${x:-d}", "A=$$x", "A=a$", "A=$1", 'A="$x"', 'A="${x:-d}"', 'A="$$x"', 'A="a$"',
    "A=`id`", "A=$(id)", "A=!x", "A=~", "A=*", "A=a;b", "A=a&b", "A=a|b", "A=(a)", "A={a}", "A=<a>",
    "A=%a", "A=@", "A=a,b, c", "A=https://h:1/p?q=1&r=2#f", "A=https://h/ #f",
    "A=postgresql://u:p@h/d", "A=True", "A=null", "A=0777", "A=1e3", "\ufeffA=1", "A=\u00a0x",
    "A=x\u00a0", "A='x' ", "A= 'x'", 'A= "x"', "A=  x  #y", "A='x'\t#y", "A='' #y", "A= ''", "A=\\",
    r"A='\'", r'A="\"', r"A=a\ b", r"A=a\#b", r"A=a \#b", 'A="a\\\nb"', "A=a\\\nB=1",
]  # fmt: skip


def ask(text: str, folder: Path) -> dict[str, str] | None:
    """What compose makes of a file, or nothing where it refuses it."""
    (folder / "compose.yml").write_text(
        "services: {one: {image: none, env_file: said.env}}\nname: grammar\n"
    )
    (folder / "said.env").write_bytes(text.encode())
    done = subprocess.run(
        ["docker", "compose", "config", "--format", "json"],
        cwd=folder, env={name: os.environ[name] for name in KEPT if name in os.environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        return None
    found = json.loads(done.stdout)["services"]["one"].get("environment") or {}
    # `config` doubles each $, so that its output could be read as a compose file again.
    return {name: (value or "").replace("$$", "$") for name, value in found.items()}


def has_compose() -> bool:
    try:
        words = ["docker", "compose", "version"]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [[text, ask(text, Path(folder))] for text in TEXTS]
    lines = ",\n".join(json.dumps(row) for row in rows)
    TABLE.write_text(f"[\n{lines}\n]\n")
    sys.stdout.write(f"{len(rows)} texts asked\n")


if __name__ == "__main__":
    main()
