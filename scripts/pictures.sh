#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# pictures.sh BUILD_DIR: take docs/pictures again: the window's main states, at 1280 x 720, in software GL, from the
# sounds of sonic-pi-samples. Look at each before it is kept.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 1 ] && [ -x "$1/src/app/sonobrush" ] || { echo "pictures.sh BUILD_DIR: where src/app/sonobrush is" >&2; exit 2; }
SONO_BUILD_DIR=$(realpath "$1")
export SONO_BUILD_DIR
if [ -z "${DISPLAY_IS_OURS:-}" ]; then
    export DISPLAY_IS_OURS=1
    exec xvfb-run -a -s "-screen 0 1280x720x24 -nolisten tcp" dbus-run-session -- bash -c \
        'openbox > /dev/null 2>&1 & sleep .4; exec "$@"' _ scripts/pictures.sh "$1"
fi
# shellcheck source-path=SCRIPTDIR/..
source tests/ui/window.sh
samples=/usr/share/sonic-pi/samples
out=docs/pictures
mkdir -p $out

keep() # NAME
{
    sleep 1.2
    import -window root "$work/$1.png"
    convert "$work/$1.png" -dither None -colors 256 -strip "PNG8:$out/$1.png"
}

start()
{
    start_window "$1"
    for _ in $(seq 100); do
        id=$(xdotool search --onlyvisible --class sonobrush 2> /dev/null | head -n 1) && [ -n "$id" ] && break
        sleep .1
    done
    xdotool windowsize --sync "$id" 1280 720 windowmove "$id" 0 0
    xdotool mousemove 640 705
}

settings() # THEME
{
    mkdir -p "$work/config/sonobrush"
    printf '[look]\ntheme=%s\n[sound]\naudio-device=virtual\n' "$1" > "$work/config/sonobrush/settings.ini"
}

# as if it had crashed: edits stay for recovery
end()
{
    kill $pid
    wait $pid || true
}

settings dark
start $samples/loop_amen_full.flac
wait_for 'ready.*settled=1'
act select '(0.3, 0.6, 400.0, 3000.0)'
act apply
wait_for 'edits=1.*settled=1'
act tool "'eraser'"
paint 620 240 760 300
wait_for 'edits=2.*settled=1'
act tool "'box'"
act select '(1.75, 2.6, 800.0, 9000.0)'
xdotool mousemove 520 330
act loop
act play-selection
keep window
act stop
act loop
act select-none
act tool "'brush'"
act set-param '("gain_db", -24.0)' 2> /dev/null || true
shot=$work/painting.png paint 420 250 700 330
convert "$work/painting.png" -dither None -colors 256 -strip PNG8:$out/painting.png
wait_for 'edits=3.*settled=1'
act app.preferences
keep preferences
xdotool key Escape
act show-help-overlay
keep keys
xdotool key Escape
end

start $samples/loop_amen_full.flac
wait_for 'ready.*settled=1'
keep recovery
end
rm -rf "$work/.local" "$work/state"

start $samples/ambi_piano.flac
wait_for 'ready.*settled=1'
act axis "'log'"
act freq-format "'notes'"
act colours "'tide'"
act show-region '(0.0, 2.0, 60.0, 6000.0)'
wait_for 'settled=1'
keep notes
act show "'phase'"
wait_for 'settled=1'
keep phase
end

settings light
start $samples/ambi_choir.flac
wait_for 'ready.*settled=1'
act select '(0.4, 1.1, 300.0, 2000.0)'
keep light
end
scripts/transform-pictures.sh "$1"
identify $out/*.png
