#!/bin/bash
# The hardening guide, typed: docs/how-to/deploy/harden-a-new-server.md block by block on a fresh clone, by an ordinary user who
# is a member of the group graphkeep and nothing else; both ways into air gap in a real browser. Needs root, to make that
# user, and takes him away again.
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(cd "$here/../.." && pwd)
[ -n "${GRAPHKEEP_BOUNDED:-}" ] || exec env GRAPHKEEP_BOUNDED=1 timeout --kill-after=60 1500 "$0" "$@"
[ "$(id -u)" = 0 ] || { echo "left out: only root can make the user who types the guide"; exit 0; }
python=${PYTHON:-$home/.venv/bin/python}
user=gkguide$$ made_group= work=$(mktemp -d /tmp/graphkeep-guide-XXXXXX)
step() { echo "== $* ($(date +%T))"; }
finish() {
  for one in $(ps -o pid= -U "$user" 2>/dev/null); do kill -KILL "$one" 2>/dev/null || true; done
  userdel --force "$user" 2>/dev/null || true
  [ -z "$made_group" ] || groupdel graphkeep 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT

step "an ordinary user of the group graphkeep"
getent group graphkeep >/dev/null || { groupadd graphkeep; made_group=1; }
useradd --create-home --home-dir "$work/home" --groups graphkeep --shell /bin/bash "$user"
chmod 755 "$work"

step "a fresh clone"
clone=$work/home/graphkeep
git clone -q --no-hardlinks "file://$home" "$clone"
chown -R "$user:graphkeep" "$clone"
touch "$work/before"
for way in file portal; do
  step "air gap by the $way"
  rm -rf "$clone/data"
  ( cd "$home" && PYTHONPATH=$home/src:$home "$python" -m tests.deploy.guide "$way" "$clone" "$user" )
done

step "nothing lies elsewhere"
left=$(find / -xdev \( -path /proc -o -path /sys -o -path "$clone" -o -path "$work/home/.cache" -o -path "$work/home/.npm" \) -prune \
  -o -user "$user" -newer "$work/before" ! -path "$work/home" -print 2>/dev/null || true)
[ -z "$left" ] || { echo "outside of the home folder: $left"; exit 1; }

step "the rules of the guide, loaded"
if command -v nft >/dev/null && unshare -n true 2>/dev/null; then
  unshare -n nft -f "$clone/graphkeep.nft"
fi

step "what needs users, namespaces and a machine of its own"
cd "$home"
GRAPHKEEP_PROVE=1 "$python" -m pytest -q -p no:cacheprovider tests/deploy/test_members.py tests/deploy/test_image.py tests/deploy/test_systemd.py
step "the guide works"
