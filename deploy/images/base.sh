#!/bin/sh
# A Debian base image from Debian's own packages, without any registry: base.sh NAME [PACKAGE…]
set -eu
name=$1
shift
packages=$(echo "ca-certificates passwd $*" | tr ' ' ',')
tar=${GRAPHKEEP_BUILD_CACHE:-$HOME/.cache/graphkeep}/$name.tar
mkdir -p "$(dirname "$tar")"
if [ ! -s "$tar" ]; then
  mmdebstrap --variant=minbase --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    bookworm "${tar%.tar}.new.tar"
  mv "${tar%.tar}.new.tar" "$tar"
fi
docker import -c 'ENV LANG=C.UTF-8' "$tar" "$name:bookworm" >/dev/null
