#!/bin/sh
# Builds the three images of compose.yml: no registry is asked, only Debian's and Python's package archives.
# Needs docker, mmdebstrap and Python 3.11.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
: "${PIP:=$home/.venv/bin/pip}"

"$here/base.sh" graphkeep-base python3 python3-venv postgresql-client-15 libgomp1
"$here/base.sh" graphkeep-postgres-base postgresql-15

"$PIP" download -q --disable-pip-version-check --require-hashes --only-binary=:all: --python-version 3.11 \
  -r "$home/requirements/runtime.txt" -d "$context/wheels"
"$PIP" download -q --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: \
  -r "$here/caddy.txt" -d "$context/caddy"
"$PIP" wheel -q --disable-pip-version-check --no-deps --no-build-isolation "$home" -w "$context/own"
cp "$home/requirements/runtime.txt" "$here/postgres.sh" "$context/"

for target in server caddy postgres; do
  docker build -q --network none -f "$here/Dockerfile" --target "$target" -t "graphkeep-$target:local" "$context"
done
