#!/bin/bash
# A container engine for tests on any Debian machine, without a daemon of the machine's own and without a registry:
#   engine.sh install FOLDER   packages from Debian, compose and buildx from Debian 13 through an apt root in FOLDER
#   engine.sh start FOLDER     dockerd in a network namespace of its own; prints the lines to evaluate
#   engine.sh stop FOLDER
# Needs root; GRAPHKEEP_TEST_NETNS names the namespace (graphkeep-test).
set -euo pipefail
verb=${1:?install, start or stop} folder=$(mkdir -p "${2:?a folder}" && cd "$2" && pwd)
space=${GRAPHKEEP_TEST_NETNS:-graphkeep-test}
plugins=$folder/config/cli-plugins

install_packages() {
  local missing=() one
  for one in docker.io:dockerd iptables:iptables iproute2:ip mmdebstrap:mmdebstrap git:git openssl:openssl uuid-runtime:uuidgen; do
    command -v "${one#*:}" >/dev/null || missing+=("${one%:*}")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
}

install_plugins() {
  if docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; then return; fi
  local root=$folder/apt mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 'Origin: Debian' 'Label: Debian' | sort -u | head -1)
  mkdir -p "$root"/{lists/partial,archives/partial,etc/preferences.d} "$plugins"
  touch "$root/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$root/etc/sources.list"
  cat >"$root/apt.conf" <<END
Dir::State "$root"; Dir::State::status "$root/status"; Dir::State::lists "$root/lists";
Dir::Cache "$root"; Dir::Cache::archives "$root/archives";
Dir::Etc::sourcelist "$root/etc/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "$root/etc/preferences.d";
APT::Sandbox::User "root";
END
  ( cd "$root"
    APT_CONFIG=$root/apt.conf apt-get update -qq
    APT_CONFIG=$root/apt.conf apt-get download -qq docker-compose docker-buildx
    for one in docker-compose_*.deb docker-buildx_*.deb; do dpkg-deb -x "$one" unpacked; done )
  ln -sf "$root"/unpacked/usr/libexec/docker/cli-plugins/docker-* "$plugins/"
}

start_engine() {
  ip netns add "$space" 2>/dev/null || true
  ip -n "$space" link set lo up
  # nsenter and not ip netns exec: that one remounts /sys and hides the cgroups that the engine needs.
  nsenter --net="/run/netns/$space" dockerd --data-root "$folder/data" --exec-root "$folder/exec" \
    -H "unix://$folder/docker.sock" --pidfile "$folder/docker.pid" </dev/null >"$folder/dockerd.log" 2>&1 &
  for _ in $(seq 150); do
    if docker -H "unix://$folder/docker.sock" info >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  tail -5 "$folder/dockerd.log" >&2
  return 1
}

case $verb in
  install) install_packages && install_plugins ;;
  start)
    [ -s "$folder/docker.pid" ] && kill -0 "$(cat "$folder/docker.pid")" 2>/dev/null || start_engine
    echo "export DOCKER_HOST=unix://$folder/docker.sock"
    [ ! -d "$plugins" ] || echo "export DOCKER_CONFIG=$folder/config"
    echo "export GRAPHKEEP_TEST_NETNS=$space"
    ;;
  stop)
    if [ -s "$folder/docker.pid" ]; then
      engine=$(cat "$folder/docker.pid")
      kill "$engine" 2>/dev/null || true
      for _ in $(seq 100); do kill -0 "$engine" 2>/dev/null || break; sleep 0.2; done
    fi
    ip netns del "$space" 2>/dev/null || true
    ;;
  *) echo "install, start or stop" >&2; exit 2 ;;
esac
