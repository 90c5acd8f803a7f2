#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# recovery.sh: edits outlive a kill and a moved file; the offer is taken, put off, refused, not made.
set -euo pipefail
# shellcheck source=tests/ui/window.sh
. "$SONO_SOURCE_DIR/tests/ui/window.sh"
export XDG_STATE_HOME=$work/state
lost=$XDG_STATE_HOME/sonobrush/recovery
mkdir -p "$work/a" "$work/b"
cp /usr/share/sounds/alsa/Front_Center.wav "$work/a/before.wav"
cp /usr/share/sounds/alsa/Noise.wav "$work/b/other.wav"

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

kept()
{
    find "$lost" -name '*.jsonl' 2> /dev/null | wc -l
}

wait_kept() # N
{
    for _ in $(seq "${SONO_SLOW:+1}200"); do
        [ "$(kept)" != "$1" ] || return 0
        sleep .05
    done
    fail "$(kept) recovery files, not $1: $(ls -la "$lost" 2>&1)"
}

# answer KEY: the question that is on the screen besides N windows
answer()
{
    wait_on_screen $(($2 + 1))
    sleep .4
    xdotool key "$1"
    sleep .2
}

start_window "$work/a/before.wav"
wait_for 'ready edits=0'
act select "(0.2, 0.5, 500.0, 2000.0)"
act erase-selection
wait_for 'edits=1 queued=0 modified=1'
act export-edits-to "'$work/edits.json'"
act select "(0.6, 0.8, 500.0, 2000.0)"
act erase-selection
wait_for 'edits=2 queued=0 modified=1'
wait_kept 1
sleep .5 # and the second edit is written too
kill -KILL "$pid"
wait "$pid" 2> /dev/null || true

# moved while the program was dead: found by its content in the folder of a file that is opened
mv "$work/a/before.wav" "$work/b/after.wav"
start_window "$work/b/other.wav"
wait_for 'ready edits=0'
answer Return 1
wait_for 'ready edits=2 queued=0 modified=1' 2
[ -n "$(xdotool search --onlyvisible --name 'after.wav')" ] || fail "the window does not name the file that was found"

# ended by force, but politely: kept again; put off; then refused
kill -TERM "$pid"
wait "$pid" || fail "SIGTERM: the program ended with $?"
! grep -E 'CRITICAL|WARNING' "$work/log" || fail "complaints in the log"
wait_kept 1
start_window "$work/b/other.wav"
wait_for 'ready edits=0'
answer Escape 1
wait_kept 1
act app.open-path "'$work/b/after.wav'" # opening the sound offers them once more
wait_for 'ready edits=0' 2
answer alt+d 2
wait_kept 0
quit_window

# no offer where none is wanted, and nothing is thrown away
start_window "$work/b/after.wav"
wait_for 'ready edits=0'
act select "(0.2, 0.5, 500.0, 2000.0)"
act erase-selection
wait_for 'edits=1 queued=0 modified=1'
wait_kept 1
kill -KILL "$pid"
wait "$pid" 2> /dev/null || true
mkdir -p "$XDG_CONFIG_HOME/sonobrush"
printf '[files]\noffer-recovery=false\n' > "$XDG_CONFIG_HOME/sonobrush/settings.ini"
start_window "$work/b/other.wav"
wait_for 'ready edits=0'
sleep 1.5
[ "$(on_screen)" = 1 ] || fail "an offer that is not wanted"
quit_window
wait_kept 1
echo "edits come back"
