#!/usr/bin/env bash
# Proves on a bare machine that `make run` and `make test` need nothing but python3, pip, make and git: a minimal Debian 12
# without venv, Node, PostgreSQL or browser, empty caches, the last commit cloned below /root. Run as root, with debootstrap.
#
#   tools/coldproof.sh            run, run again, test
#   tools/coldproof.sh run        or: assets, run, test; one or several, in this order
#
# Registries, certificates and proxies are those this machine is configured for: whatever PIP_*, UV_*, NPM_CONFIG_* and *_proxy say
# in the environment; COLD_MIRROR is Debian's, if not debootstrap's own. The bare system is kept in COLD_BASE for the next time.
# COLD_TREE=1 takes along what is not committed yet. ARGS goes to pytest, for a slice of the tests instead of all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$(id -u)" = 0 ] || { echo "Run this as root: it makes a chroot." >&2; exit 1; }

steps=("${@:-run}")
[ $# = 0 ] && steps=(run test)
base=${COLD_BASE:-/var/tmp/intake-cold-base}
port=${COLD_PORT:-8123}
cold=$(mktemp -d /var/tmp/intake-cold.XXXXXX)
certificates=/etc/ssl/certs/ca-certificates.crt
server=

finish() {
  [ -z "$server" ] || kill -- "-$server" 2>/dev/null || true
  for place in dev/shm dev proc; do
    if mountpoint -q "$cold/$place"; then umount -l "$cold/$place"; fi
  done
  # never delete through a mount that would not go
  mountpoint -q "$cold/dev" || mountpoint -q "$cold/proc" || rm -rf --one-file-system "$cold"
}
trap finish EXIT

if [ ! -e "$base/.done" ]; then
  echo "Making the bare system…"
  rm -rf --one-file-system "$base"
  debootstrap --variant=minbase --include=python3,python3-pip,make,git,ca-certificates bookworm "$base" ${COLD_MIRROR:+"$COLD_MIRROR"} >/var/tmp/intake-cold-base.log 2>&1 ||
    { tail -5 /var/tmp/intake-cold-base.log >&2; exit 1; }
  rm -rf "$base"/var/cache/apt/archives/*.deb
  touch "$base/.done"
fi

cp -a --reflink=auto "$base/." "$cold"
for file in /etc/resolv.conf /etc/hosts "$certificates"; do [ ! -e "$file" ] || cp -L "$file" "$cold$file"; done
mount --bind /proc "$cold/proc"
mount --bind /dev "$cold/dev"
mount -t tmpfs tmpfs "$cold/dev/shm"
git clone -q . "$cold/root/intake"
what="Commit $(git rev-parse --short HEAD)"
if [ -n "${COLD_TREE:-}" ]; then
  what+=" and what is not committed yet"
  git ls-files -z -co --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$cold/root/intake"
fi
echo "$what, on $(. "$cold/etc/os-release"; echo "$PRETTY_NAME"), $(nproc) cores"

passed=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "SSL_CERT_FILE=$certificates" "NODE_EXTRA_CA_CERTS=$certificates")
while IFS= read -r -d '' pair; do
  case ${pair%%=*} in
  PIP_FIND_LINKS) ;; # a folder of this machine
  ARGS | PIP_* | UV_* | NPM_CONFIG_* | npm_config_registry | *_proxy | *_PROXY) passed+=("$pair") ;;
  esac
done < <(env -0)
inside() { env -i "${passed[@]}" chroot "$cold" sh -c 'cd /root/intake && exec "$@"' sh "$@"; }
seconds() { awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN {printf "%.1f s", b - a}'; }
page() { python3 -c 'import sys, urllib.request as u; sys.stdout.write(u.urlopen(sys.argv[1], timeout=20).read().decode())' "$1"; }

page "http://127.0.0.1:$port/" >/dev/null 2>&1 && { echo "Something answers on port $port already; set COLD_PORT." >&2; exit 1; }

serve() { # $1: a name for the log and the report
  local start log=/var/tmp/intake-cold-$1.log
  start=$(date +%s.%N)
  env -i "${passed[@]}" setsid chroot "$cold" sh -c "cd /root/intake && exec make run PORT=$port" >"$log" 2>&1 &
  server=$!
  until page "http://127.0.0.1:$port/salud" >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || { echo "make run ended ($1):" >&2; tail -30 "$log" >&2; server=; exit 1; }
    [ "$(awk -v a="$start" -v b="$(date +%s)" 'BEGIN {print (b - a > 300)}')" = 0 ] || { echo "no answer in 300 s" >&2; exit 1; }
    sleep 0.2
  done
  echo "make run, $1: answers after $(seconds "$start")"
  page "http://127.0.0.1:$port/" | grep -q PAGA3 || { echo "the home page shows no PAGA3" >&2; exit 1; }
  echo "make run, $1: home page with the demonstration after $(seconds "$start")"
  kill -- "-$server"
  wait "$server" 2>/dev/null || true
  while page "http://127.0.0.1:$port/salud" >/dev/null 2>&1; do sleep 0.2; done # or the next start would be timed on this one
  server=
}

for step in "${steps[@]}"; do
  start=$(date +%s.%N)
  case $step in
  assets) inside make assets && echo "make assets, cold: $(seconds "$start")" ;;
  run) serve cold && serve warm ;;
  test) inside .ci/run && echo ".ci/run, cold: $(seconds "$start")" && start=$(date +%s.%N) && inside .ci/run >/dev/null && echo ".ci/run, warm: $(seconds "$start")" ;;
  *) echo "assets, run or test?" >&2; exit 1 ;;
  esac
done
