#!/bin/bash
# testssl 3.2 out of Debian's backports, into FOLDER, without a change to the machine's own apt: testssl.sh FOLDER
set -euo pipefail
folder=$(realpath -m "$1")
[ -x "$folder/x/usr/bin/testssl" ] && exit 0
mkdir -p "$folder"/{etc/apt.conf.d,etc/preferences.d,state/lists/partial,cache/archives/partial}
touch "$folder/state/status"
mirror=$(apt-get indextargets --format '$(SITE)' 'Origin: Debian' 'Label: Debian' | sort -u | head -1)
cat >"$folder/apt.conf" <<END
Dir "$folder";
Dir::Etc "$folder/etc";
Dir::Etc::sourcelist "$folder/etc/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$folder/state";
Dir::State::status "$folder/state/status";
Dir::Cache "$folder/cache";
APT::Sandbox::User "root";
END
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm-backports main" >"$folder/etc/sources.list"
export APT_CONFIG=$folder/apt.conf
cd "$folder"
apt-get update -q >/dev/null
apt-get download -q testssl.sh >/dev/null
dpkg-deb -x testssl.sh_*.deb x
