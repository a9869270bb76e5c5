#!/bin/bash
# The server's image under rootless podman: no daemon, no root, and inside of it no privilege either. Needs root to make
# the user whose containers these are, podman, uidmap, and an engine that holds the image (engine.sh, compose.sh).
set -euo pipefail
umask 022
image=${GRAPHKEEP_SERVER_IMAGE:-graphkeep-server:local}
[ "$(id -u)" = 0 ] && command -v podman newuidmap >/dev/null || { echo "left out: needs root, podman and uidmap"; exit 0; }
work=$(mktemp -d /tmp/graphkeep-podman-XXXXXX) user=gkpodman$$
finish() {
  own rm -f -t 0 graphs >/dev/null 2>&1 || true
  own unshare rm -rf "$home/graphs" "$home/.local/share/containers" 2>/dev/null || true
  # What podman leaves for its next command, too: a number that is free again may become another's.
  for one in $(ps -o pid= -U "$user" 2>/dev/null); do kill -KILL "$one" 2>/dev/null || true; done
  userdel --force "$user" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
step() { echo "== $* ($(date +%T))"; }
home=$work/home
own() { (cd "$home" && setpriv --reuid="$user" --regid="$user" --init-groups env -i HOME="$home" USER="$user" \
  XDG_RUNTIME_DIR="$home/run" PATH=/usr/sbin:/usr/bin:/sbin:/bin podman "$@"); }

chmod 755 "$work"
useradd --create-home --home-dir "$home" --shell /bin/bash "$user"
grep -q "^$user:" /etc/subuid || usermod --add-subuids 600000-665535 --add-subgids 600000-665535 "$user"
mkdir -p "$home"/.config/containers "$home"/run "$home"/graphs
# cgroupfs and vfs, since a machine for tests may have neither systemd nor fuse; runc, since crun refuses mixed cgroups.
printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=2048:2048"]\n[engine]\ncgroup_manager="cgroupfs"\nevents_logger="file"\n' \
  >"$home/.config/containers/containers.conf"
if command -v runc >/dev/null; then echo 'runtime="runc"' >>"$home/.config/containers/containers.conf"; fi
printf '[storage]\ndriver="vfs"\n' >"$home/.config/containers/storage.conf"
chown -R "$user:$user" "$home"
chmod 700 "$home/run"

step "the image, taken over"
container=$(docker create "$image")
docker export "$container" >"$work/image.tar"
docker rm "$container" >/dev/null
chmod 644 "$work/image.tar"
own import -q -c 'ENV PATH=/opt/graphkeep/bin:/usr/bin:/bin' -c 'ENV GRAPHISTRY_HOME=/graphkeep' -c 'ENV HOME=/tmp' \
  -c 'ENV NUMBA_CACHE_DIR=/var/cache/graphkeep' -c 'USER 10001:10001' "$work/image.tar" localhost/graphkeep-server:local
own unshare chown 10001:10001 "$home/graphs"

step "a server in it"
confined=(--read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp --network none -v "$home/graphs:/graphkeep")
own run -d --name graphs "${confined[@]}" localhost/graphkeep-server:local graphkeep up >/dev/null
for _ in $(seq 120); do
  own exec graphs graphkeep ps 2>/dev/null | grep -q healthy && break || sleep 1
done
own exec graphs graphkeep ps
own exec graphs graphkeep org create acme
who=$(own unshare stat -c %u "$home/graphs/data/config/custom.env")
[ "$who" = 10001 ] && [ "$(stat -c %u "$home/graphs/data/config/custom.env")" -gt 10001 ]
own stop -t 20 graphs >/dev/null
step "rootless podman works"
