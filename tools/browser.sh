#!/usr/bin/env bash
# Puts Chromium and libatomic1 on a Debian machine for the browser tests, unless both are there.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
if command -v chromium >/dev/null && ldconfig -p | grep -q libatomic.so.1; then exit 0; fi

packages=(chromium libatomic1)
as_root=()
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else
    echo "The browser tests need: ${packages[*]}. Ask somebody with the right to run: apt-get install ${packages[*]}" >&2
    exit 1
  fi
fi
command -v apt-get >/dev/null || { echo "The browser tests need Chromium; please install it." >&2; exit 1; }
echo "Installing the browser for the tests…"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
  "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}"
} >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
