#!/bin/sh
# Makes sure of a Chromium for the browser journeys: installs Debian's where it can, else says in one line what to install.
# With CI=true a missing browser is a failure.
set -eu

found() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

if found; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium for the browser journeys"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null || true
    if found; then exit 0; fi
fi
echo "No Chromium for the browser journeys. Install it: sudo apt install chromium, or Google Chrome." >&2
[ "${CI:-}" != true ]
