#!/bin/sh
# Installs Graphkeep from this unpacked bundle, without any network: checks first, installs then.
#   sh install.sh --pubkey KEY.pub [--to /opt/graphkeep] [--older] [--check]
# Needs Python 3.11 or newer with venv, sha256sum, and ssh-keygen (or openssl 3).
set -eu
umask 022
fail() { echo "install.sh: $*" >&2; exit 1; }
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
to=/opt/graphkeep pubkey='' older='' only_check=''
while [ $# -gt 0 ]; do
  case $1 in
    --pubkey) [ $# -gt 1 ] || fail "--pubkey needs a file"; pubkey=$2; shift ;;
    --to) [ $# -gt 1 ] || fail "--to needs a folder"; to=$2; shift ;;
    --older) older=yes ;;
    --check) only_check=yes ;;
    *) fail "$1 is unknown. Usage: sh install.sh --pubkey KEY.pub [--to FOLDER] [--older] [--check]" ;;
  esac
  shift
done
[ -n "$pubkey" ] || fail "name the trusted signer: --pubkey KEY.pub (a key from outside of this bundle)"
[ -r "$pubkey" ] || fail "$pubkey cannot be read"
case $(CDPATH= cd -- "$(dirname -- "$pubkey")" && pwd)/ in
  "$here"/*) fail "$pubkey is part of this bundle: use a key from another channel" ;;
esac

python=
for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    if "$candidate" - "$here/bundle.json" <<'PY' 2>/dev/null
import json, sys
sys.exit("%d.%d" % sys.version_info[:2] not in json.load(open(sys.argv[1]))["pythons"])
PY
    then python=$candidate; break; fi
  fi
done
[ -n "$python" ] || fail "this bundle needs Python $(sed -n 's/^  "\(3\.[0-9]*\)".*/\1/p' "$here/bundle.json" | tr '\n' ' ')with venv: apt-get install python3 python3-venv"

# 1. The signature of the list of checksums.
key=$(sed -n 's/^.*\(ssh-ed25519 [A-Za-z0-9+/=]*\).*$/\1/p' "$pubkey" | head -n 1)
[ -n "$key" ] || fail "$pubkey contains no Ed25519 public key, a line such as  ssh-ed25519 AAAA…"
[ -r "$here/SHA256SUMS" ] || fail "SHA256SUMS is missing"
[ -r "$here/SHA256SUMS.sig" ] || fail "SHA256SUMS.sig is missing: this bundle is not signed"
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT
# OpenSSH before 8.1 knows no -Y.
if command -v ssh-keygen >/dev/null 2>&1 && ! ssh-keygen -Y none 2>&1 | grep -q 'option -- Y'; then
  echo "maker $key" >"$aside/signers"
  ssh-keygen -Y verify -f "$aside/signers" -I maker -n graphkeep-bundle -s "$here/SHA256SUMS.sig" \
    <"$here/SHA256SUMS" >/dev/null 2>&1 || fail "SHA256SUMS is not signed by the key in $pubkey"
elif command -v openssl >/dev/null 2>&1; then
  "$python" -I - "$key" "$here/SHA256SUMS" "$aside" <<'PY' || fail "SHA256SUMS.sig is not a signature of the key in $pubkey"
import base64, hashlib, struct, sys
key, name, aside = sys.argv[1:]
pack = lambda one: struct.pack(">I", len(one)) + one
blob = base64.b64decode(key.split()[1])
text = open(name + ".sig").read().split("-----")
told = base64.b64decode("".join(text[2].split()))
parts, rest = [], told[10:]
while rest:
    size = struct.unpack(">I", rest[:4])[0]
    parts.append(rest[4 : 4 + size])
    rest = rest[4 + size :]
purpose, kind = b"graphkeep-bundle", parts[3]
if told[:10] != b"SSHSIG\0\0\0\1" or parts[:3] != [blob, purpose, b""] or kind not in (b"sha256", b"sha512"):
    sys.exit(1)
digest = hashlib.new(kind.decode(), open(name, "rb").read()).digest()
open(aside + "/signed", "wb").write(b"SSHSIG" + pack(purpose) + pack(b"") + pack(kind) + pack(digest))
open(aside + "/signature", "wb").write(parts[4][-64:])
open(aside + "/key.der", "wb").write(bytes.fromhex("302a300506032b6570032100") + blob[-32:])
PY
  openssl pkeyutl -verify -pubin -inkey "$aside/key.der" -keyform DER -rawin -in "$aside/signed" \
    -sigfile "$aside/signature" >/dev/null 2>&1 || fail "SHA256SUMS is not signed by the key in $pubkey"
else
  fail "checking the signature needs ssh-keygen or openssl: apt-get install openssh-client"
fi

# 2. Every file is one of the list, as it was, and none is added.
cd "$here"
sha256sum -c --strict --quiet SHA256SUMS >"$aside/wrong" 2>/dev/null ||
  fail "not what was signed: $(sed -n 's/: FAILED.*$//p' "$aside/wrong" | tr '\n' ' ')"
sed 's/^[0-9a-f]*  //' SHA256SUMS | LC_ALL=C sort >"$aside/listed"
find . ! -type d ! -path ./SHA256SUMS ! -path ./SHA256SUMS.sig | sed 's|^\./||' | LC_ALL=C sort >"$aside/present"
added=$(LC_ALL=C comm -13 "$aside/listed" "$aside/present" | tr '\n' ' ')
[ -z "$added" ] || fail "added to what was signed: $added"
links=$(find . -type l | tr '\n' ' ')
[ -z "$links" ] || fail "links are not part of a bundle: $links"
version=$(sed -n 's/^ "version": "\(.*\)",$/\1/p' bundle.json)
echo "graphkeep $version: signature and checksums are valid"
[ -z "$only_check" ] || exit 0

# 3. Into an environment of its own.
if [ -x "$to/bin/graphkeep" ]; then
  installed=$("$to/bin/python" -c 'from importlib.metadata import version; print(version("graphkeep"))')
  if [ -z "$older" ] && "$python" -c '
import sys
parts = lambda text: [int("".join(filter(str.isdigit, one)) or 0) for one in text.split(".")]
sys.exit(not parts(sys.argv[1]) < parts(sys.argv[2]))' "$version" "$installed"; then
    fail "$to has graphkeep $installed, which is newer; use --older to install $version"
  fi
fi
[ -x "$to/bin/python" ] || "$python" -m venv "$to"
"$to/bin/python" -m pip install -q --disable-pip-version-check --no-index --find-links wheels --no-deps --require-hashes \
  -r requirements/runtime.txt -r requirements/own.txt
"$to/bin/python" -m pip check --disable-pip-version-check
"$to/bin/graphkeep" --version
echo "Installed into $to. Start it with  $to/bin/graphkeep up  in the folder for its data."
