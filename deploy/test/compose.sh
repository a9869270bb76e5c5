#!/bin/bash
# The stack in real containers: images without a registry, TLS from a local authority, a plot by the public client,
# a changed setting, an emptied instance. Says so and ends with 0 where no engine can be started.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(cd "$here/../.." && pwd)
[ -n "${GRAPHKEEP_BOUNDED:-}" ] || exec env GRAPHKEEP_BOUNDED=1 timeout --kill-after=60 1500 "$0" "$@"
work=${GRAPHKEEP_COMPOSE_WORK:-$(mktemp -d)}
export CADDY_HTTP_PORT=${CADDY_HTTP_PORT:-8088} CADDY_HTTPS_PORT=${CADDY_HTTPS_PORT:-8443}
export GRAPHKEEP_BUILD_CACHE=${GRAPHKEEP_BUILD_CACHE:-$home/.cache/images}
space=() leave=()
finish() {
  for one in "${leave[@]}"; do $one; done
  [ -n "${GRAPHKEEP_COMPOSE_WORK:-}" ] || rm -rf "$work"
}
trap finish EXIT
umask 022
trap 'exit 143' TERM INT
step() { echo "== $* ($(date +%T))"; }

if ! docker info >/dev/null 2>&1; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "left out: no container engine runs here, and only root on Debian can start one for the test"
    exit 0
  fi
  step "an engine in a network of its own"
  "$here/engine.sh" install "$work/engine"
  leave+=("$here/engine.sh stop $work/engine")
  lines=$("$here/engine.sh" start "$work/engine")
  eval "$lines"
fi
name=${GRAPHKEEP_TEST_NETNS:-graphkeep-test}
[ ! -e "/run/netns/$name" ] || space=(nsenter "--net=/run/netns/$name")
docker compose version >/dev/null 2>&1 || { echo "left out: docker compose is not installed"; exit 0; }

step "images, without a registry"
docker image inspect graphkeep-server:local >/dev/null 2>&1 && [ -n "${GRAPHKEEP_KEEP_IMAGES:-}" ] ||
  timeout 900 "$home/deploy/images/build.sh"

step "a fresh clone"
clone=$work/clone
rm -rf "$clone"
git clone -q "$home" "$clone"
cp "$here/authority.Caddyfile" "$work/authority.Caddyfile"
cd "$clone"
export COMPOSE_FILE=compose.yml:deploy/test/compose.authority.yml
stack=(docker compose)
# The front door of this home: the command itself, without the environment that ./graphkeep would make beside it.
doorway=(env "GRAPHISTRY_HOME=$clone" "PYTHONPATH=$home/src" "${PYTHON:-$home/.venv/bin/python}" -m graphkeep)
door() { "${doorway[@]}" "$@"; }
down() { "${stack[@]}" down -v --timeout 5 >/dev/null 2>&1 || true; }
down
"${stack[@]}" run --rm -T init graphkeep init --compose
"${stack[@]}" up -d --wait authority
for _ in $(seq 50); do
  "${stack[@]}" exec -T authority cat /tmp/pki/caddy/pki/authorities/local/root.crt >"$work/root.crt" 2>/dev/null && break || sleep 0.2
done
cp "$work/root.crt" data/config/caddy/tls/authority.crt
printf '\tacme_ca https://ca.example.test/acme/local/directory\n\tacme_ca_root /etc/caddy/tls/authority.crt\n' >data/config/caddy/authority
"${stack[@]}" run --rm -T init graphkeep tls auto graphs.example.test

step "up"
time timeout 300 "${doorway[@]}" up -d --compose
if door up >"$work/refused" 2>&1; then echo "a plain server started over the data of containers"; exit 1; fi
grep -q 'graphkeep migrate --to sqlite' "$work/refused"
hosts=$work/hosts
printf '127.0.0.1 localhost graphs.example.test\n' >"$hosts"
walk() {
  "${space[@]}" unshare -m bash -c 'mount --make-rprivate / && mount --bind "$0" /etc/hosts && shift 0 && exec "$@"' \
    "$hosts" env WALK_TOKEN="$work/token" REQUESTS_CA_BUNDLE="$work/root.crt" SSL_CERT_FILE="$work/root.crt" \
    "${PYTHON:-$home/.venv/bin/python}" "$home/tests/deploy/walk.py" "$@"
}
address=https://graphs.example.test:$CADDY_HTTPS_PORT
code=$("${stack[@]}" logs nexus | sed -n 's/.*One-time code.*: \([0-9a-f]*\)$/\1/p' | tail -1)

step "first sign-up, a plot by the public client, the life of a token"
walk first "$address" "$code" 3600

step "commands from the host, in the name of who typed them"
SUDO_USER=olga door org create acme
SUDO_USER=olga door audit --event organization.created | tee "$work/audit"
grep -q '"credential": "cli:olga"' "$work/audit"
door ps

step "a changed setting"
printf 'JWT_EXPIRATION_DELTA=900\nGRAPHKEEP_ACCESS_LOG=true\n' >>data/config/custom.env
before=$("${stack[@]}" ps -q worker postgres caddy | xargs docker inspect -f '{{.Name}} {{.State.StartedAt}}')
timeout 120 "${stack[@]}" up -d --force-recreate --no-deps --wait nexus
walk token "$address" "$code" 900
sleep 8
after=$("${stack[@]}" ps -q worker postgres caddy | xargs docker inspect -f '{{.Name}} {{.State.StartedAt}}')
changed=$({ diff <(echo "$before") <(echo "$after") || true; } | sed -n 's/^> \/\([^ ]*\) .*/\1/p')
[ "$changed" = graphkeep-worker-1 ] || { echo "the worker alone should have followed, but: $changed"; exit 1; }
walk again "$address" "$code" 900

step "two web servers, two workers"
GRAPHKEEP_CPUS=1.5 GRAPHKEEP_MEMORY=2g timeout 120 "${stack[@]}" up -d --wait --scale nexus=2 --scale worker=2
"${stack[@]}" ps -q nexus worker | xargs docker inspect -f '{{.HostConfig.NanoCpus}} {{.HostConfig.Memory}}' | sort | uniq -c | tee "$work/bounds"
[ "$(cat "$work/bounds" | xargs)" = "4 1500000000 2147483648" ]
walk scaled "$address" "$code" 900
for one in 1 2; do
  served=$(docker logs "graphkeep-nexus-$one" 2>&1 | grep -c 'graphkeep.access: .* 200 ' || true)
  echo "web server $one answered $served requests"
  [ "$served" -gt 5 ]
done
timeout 120 "${stack[@]}" up -d --wait --scale nexus=1 --scale worker=1

step "restart web, by the plain word"
door restart web
walk token "$address" "$code" 900

step "backup, doctor"
door backup
ls -l data/backups
door doctor --profile team-vpn | tail -5 || true

answers() {
  for _ in $(seq 120); do
    "${space[@]}" python3 -c "import urllib.request as r; r.urlopen('$1/healthz', timeout=3)" 2>/dev/null && return || sleep 1
  done
  return 1
}

step "an emptied instance"
secrets=$(sort data/config/custom.env | grep -E '^(DJANGO_SECRET_KEY|GRAPHISTRY_NEXUS)' | sha256sum)
"${stack[@]}" down -v --timeout 10
timeout 300 "${stack[@]}" up -d --wait
walk empty "$address" "$code" 900
[ "$secrets" = "$(sort data/config/custom.env | grep -E '^(DJANGO_SECRET_KEY|GRAPHISTRY_NEXUS)' | sha256sum)" ]
ls data/backups/*.backup >/dev/null
down

step "the guide's own words, on another fresh clone"
unset COMPOSE_FILE
clone=$work/words
rm -rf "$clone"
umask 027  # as hardened hosts have it
git clone -q "$home" "$clone"
cd "$clone"
address=http://127.0.0.1:$CADDY_HTTP_PORT
mkdir -p data/config
touch data/config/custom.env && chmod 660 data/config/custom.env
cat >>data/config/custom.env <<END
AIR_GAPPED=1
DJANGO_SECRET_KEY=$(openssl rand -base64 32 | tr -dc 'A-Za-z0-9')
GRAPHISTRY_NEXUS_ENCRYPTION_KEYS=$(dd if=/dev/urandom bs=32 count=1 2>/dev/null | base64)
GRAPHISTRY_NEXUS_SIGNING_KEY=$(uuidgen -r)
END
cp data/config/custom.env "$work/custom.env"
docker compose up -d
answers "$address"
cmp <(head -c "$(stat -c %s "$work/custom.env")" data/config/custom.env) "$work/custom.env"
[ "$(docker compose exec -T nexus graphkeep egress list | grep -c 'disabled by air gap')" -ge 1 ]
walk first "$address" "" 3600
printf 'SESSION_COOKIE_AGE=604800\nJWT_EXPIRATION_DELTA=900\n' >>data/config/custom.env
docker compose up -d --force-recreate --no-deps nexus
answers "$address"
walk again "$address" "" 900
docker compose down -v && docker compose up -d
answers "$address"
walk empty "$address" "" 900
docker compose down -v --timeout 5
step "all of it works"
