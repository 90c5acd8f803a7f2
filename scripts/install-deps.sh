#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# install-deps.sh [GROUP...]: Debian packages (12 and later), only those that are missing.
#   build  compiler and libraries of the command-line program and the codec child
#   ui     what the window needs besides
#   run    sounds to try it on, and fonts
#   test   test library, sanitizers, linters, a display for the tests
# Without GROUP: build ui run. Needs root, or sudo.
# shellcheck disable=SC2034  # the groups are used by name
set -euo pipefail

build=(gcc libc6-dev cmake ninja-build pkg-config ccache libsndfile1-dev libcjson-dev libglib2.0-dev libcairo2-dev
    libfftw3-dev uthash-dev portaudio19-dev libsoxr-dev libebur128-dev)
# librsvg2-common: without it GTK cannot show icons
ui=(libgtk-4-dev libepoxy-dev libgl1-mesa-dri libegl1 librsvg2-common adwaita-icon-theme gettext)
run=(sonic-pi-samples alsa-utils espeak-ng fonts-dejavu-core)
test=("${build[@]}" "${ui[@]}" "${run[@]}" libcmocka-dev libclang-rt-19-dev clang-format clang-tidy glslang-tools shellcheck xvfb
    xauth openbox desktop-file-utils appstream shared-mime-info mandoc dbus-daemon libglib2.0-bin xdotool x11-utils imagemagick
    sox locales jackd2 at-spi2-core gir1.2-atspi-2.0 python3 python3-gi python3-numpy python3-scipy python3-jsonschema)

[ $# -gt 0 ] || set -- build ui run
missing=()
for group in "$@"; do
    case $group in
        build | ui | run | test) ;;
        *)
            echo "install-deps.sh: no such group: $group (build, ui, run, test)" >&2
            exit 2
            ;;
    esac
    declare -n packages=$group
    for package in "${packages[@]}"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || [[ " ${missing[*]} " == *" $package "* ]] || missing+=("$package")
    done
    unset -n packages
done

if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "install-deps.sh: this is no Debian; install what these packages hold: ${missing[*]}" >&2
    exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "install-deps.sh: packages are missing, and there is no sudo; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    root=(sudo)
fi
echo "installing: ${missing[*]}"
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
"${apt[@]}" update </dev/null || echo "install-deps.sh: apt-get update had errors; trying all the same" >&2
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null
