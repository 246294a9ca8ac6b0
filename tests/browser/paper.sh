#!/bin/sh
# Makes sure of what the print pack's PDF is made with: Pango, and a font as wide as Arial. Installs Debian's where it can, else says in
# one line what to install. The tests that need it are skipped without it; with CI=true they fail.
set -eu

found() {
    command -v ldconfig >/dev/null 2>&1 || return 0 # not Linux: the tests will tell
    ldconfig -p | grep -q libpangoft2 && command -v fc-list >/dev/null 2>&1 && fc-list | grep -qE "Liberation ?Sans|Arial"
}

if found; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Pango and Liberation fonts for the print pack"
    packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-liberation"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } >/dev/null || true
    if found; then exit 0; fi
fi
echo "No Pango or no Liberation fonts for the print pack: see docs/print-pack.md for what to install." >&2
