#!/bin/sh
# Installs what is missing of packages.txt for the purposes given: packages.sh run test bench
# A package must start no daemon on this machine, so a policy-rc.d of 101 stands while apt works.
set -eu
cd "$(dirname "$0")/.."

missing=
for purpose in "$@"; do
  for name in $(awk -v purpose="$purpose" '$1 !~ /^#/ && $2 == purpose { print $1 }' packages.txt); do
    dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || missing="$missing $name"
  done
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  if sudo -n true 2>/dev/null; then exec sudo "$0" "$@"; fi
  echo "These Debian packages are missing, and only root can install them. Run:" >&2
  echo "  sudo apt-get install --no-install-recommends$missing" >&2
  exit 3
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 755 $policy
  trap 'rm -f $policy' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing$missing"
apt-get update -q >/dev/null
# shellcheck disable=SC2086
apt-get install -y -q --no-install-recommends $missing >/dev/null
