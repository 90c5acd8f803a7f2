#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# manners.sh: command line, several windows and one process, files given twice, recent files, preferences, keys, quitting
# with changes.
set -euo pipefail
# shellcheck source=tests/ui/window.sh
. "$SONO_SOURCE_DIR/tests/ui/window.sh"
export XDG_STATE_HOME=$work/state
sounds=/usr/share/sounds/alsa

windows()
{
    gdbus introspect --session -d $bus -o $object/window --xml 2> /dev/null | grep -c '<node name="[0-9]' || true
}

wait_windows() # N
{
    for _ in $(seq "${SONO_SLOW:+1}200"); do
        [ "$(windows)" != "$1" ] || return 0
        sleep .05
    done
    fail "$(windows) windows, not $1"
}

wait_title() # PATTERN
{
    for _ in $(seq "${SONO_SLOW:+1}200"); do
        [ -z "$(xdotool search --onlyvisible --name "$1" 2> /dev/null)" ] || return 0
        sleep .05
    done
    fail "no window titled $1"
}

on_screen()
{
    xdotool search --onlyvisible --class sonobrush 2> /dev/null | wc -l
}

wait_on_screen() # N
{
    for _ in $(seq "${SONO_SLOW:+1}200"); do
        [ "$(on_screen)" != "$1" ] || return 0
        sleep .05
    done
    fail "$(on_screen) windows and dialogs on the screen, not $1"
}

# what needs no display (one chain: before || the shell does not end at the first line that fails)
(
    unset DISPLAY WAYLAND_DISPLAY
    "$app" --version | grep -qE '^sonobrush [0-9.]+$' &&
        "$app" --help | grep -q -- '--new-window' &&
        ! "$app" --bogus > "$work/out" 2> "$work/err" &&
        [ ! -s "$work/out" ] &&
        [ "$(wc -l < "$work/err")" = 1 ] &&
        grep -q -- '--bogus' "$work/err"
) || fail "the command line"

"$app" $sounds/Noise.wav $sounds/Front_Left.wav $sounds/../alsa/Noise.wav > "$work/log" 2>&1 &
pid=$!
wait_for 'ready edits=0' 1
wait_for 'ready edits=0' 2
[ "$(windows)" = 2 ] || fail "a file given twice has two windows"

# a second start hands its files over; a relative name is relative to where it was given
(cd $sounds && "$app" Rear_Left.wav) || fail "the second start"
wait_for 'ready edits=0' 3
act app.open-path "'$sounds/Rear_Left.wav'"
"$app" --new-window
wait_windows 4
wait_for "'empty" 4
"$app" $sounds/Side_Left.wav
wait_for 'ready edits=0' 4
[ "$(windows)" = 4 ] || fail "an empty window was not used"

for name in Noise Front_Left Rear_Left Side_Left; do
    for _ in $(seq 100); do
        ! grep -qs "$name.wav" "$XDG_DATA_HOME/recently-used.xbel" || break
        sleep .05
    done
    grep -q "$name.wav" "$XDG_DATA_HOME/recently-used.xbel" || fail "$name.wav is not among the recent files"
done
act app.clear-recent
for _ in $(seq 100); do
    grep -q 'alsa/' "$XDG_DATA_HOME/recently-used.xbel" || break
    sleep .05
done
! grep -q 'alsa/' "$XDG_DATA_HOME/recently-used.xbel" || fail "the list of recent files was not cleared"

act app.preferences
wait_title '^Preferences$'
wait_on_screen 5
xdotool key Escape
wait_on_screen 4
act show-help-overlay
wait_on_screen 5
xdotool key Escape
wait_on_screen 4
act app.about
wait_on_screen 5
xdotool key Escape
wait_on_screen 4

# quitting: who has changes asks first; to stay is to keep them all
act select "(0.1, 0.3, 500.0, 2000.0)"
act erase-selection
wait_for 'edits=1 queued=0 modified=1' 1
act app.quit
wait_on_screen 5
sleep .3
xdotool key Escape
wait_on_screen 4
wait_windows 4
act app.quit
wait_on_screen 5
sleep .3
xdotool key alt+d
wait "$pid" || fail "the program ended with $?"
pid=
[ -z "$(ls "$XDG_STATE_HOME/sonobrush/recovery" 2> /dev/null)" ] || fail "discarded edits are kept for recovery"
! grep -E 'CRITICAL|WARNING' "$work/log" || fail "complaints in the log"
grep -q 'window-width\|inspector-width' "$XDG_CONFIG_HOME/sonobrush/settings.ini" || fail "nothing is remembered"
echo "the application behaves"
