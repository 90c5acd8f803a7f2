#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# trip.sh SOUND: open it, paint two strokes with the mouse, export and save; the saved file is, bit for bit, what
# sonobrush-cli renders from the exported edits. Undo gives the original back. SONO_SHOTS=FOLDER keeps pictures.
set -euo pipefail
# shellcheck source=tests/ui/window.sh
. "$SONO_SOURCE_DIR/tests/ui/window.sh"
sound=$1

start_window "$sound"
wait_for 'ready edits=0 queued=0 modified=0 saving=0 settled=1'

# a gain stroke, then an eraser across it
act set-param "('gain_db', -30.0)"
act brush-ms 80.0
act brush-octaves 0.3
shot=${SONO_SHOTS:+$SONO_SHOTS/preview.png}
paint 120 620 420 560
wait_for 'edits=1 queued=0 modified=1 .*settled=1'
act operation "'erase'"
shot=
paint 250 480 330 640
wait_for 'edits=2 queued=0 modified=1 .*settled=1'
[ -z "${SONO_SHOTS:-}" ] || import -window "$(window_id "$title")" "$SONO_SHOTS/committed.png"

act export-edits-to "'$work/edits.json'"
act save-to "'$work/edited.wav'"
wait_for 'edits=2 .*modified=0 saving=0'
"$cli" render "$sound" --edits "$work/edits.json" -o "$work/rendered.wav" > /dev/null
cmp "$work/edited.wav" "$work/rendered.wav" || fail "the window and the command line differ"

# undo goes back to the original samples; redo to the edited ones
act undo
wait_for 'edits=1'
act undo
wait_for 'edits=0 .*settled=1'
act save-to "'$work/undone.wav'"
wait_for 'saving=0'
echo '{"sonobrush_edits": 1, "edits": []}' > "$work/none.json"
"$cli" render "$sound" --edits "$work/none.json" -o "$work/plain.wav" > /dev/null
cmp "$work/undone.wav" "$work/plain.wav" || fail "undo does not give the original back"
! cmp -s "$work/undone.wav" "$work/edited.wav" || fail "the strokes changed nothing"
act redo
wait_for 'edits=1'
act redo
wait_for 'edits=2'
act save-to "'$work/redone.wav'"
wait_for 'saving=0'
cmp "$work/redone.wav" "$work/edited.wav" || fail "redo differs"

# moving about: wheel with Ctrl and Shift, middle drag, commands, axes
id=$(window_id "$title")
xdotool mousemove --window "$id" 640 400
xdotool keydown ctrl click --repeat 3 4 keyup ctrl
xdotool keydown ctrl keydown shift click --repeat 2 4 keyup shift keyup ctrl
xdotool mousedown 2 mousemove --window "$id" 500 300 mouseup 2
act zoom-in
for axis in linear log mel; do
    gdbus call --session -d $bus -o $object/window/1 -m org.gtk.Actions.SetState axis "<'$axis'>" '{}' > /dev/null
    sleep .1
    wait_for 'settled=1'
    [ -z "${SONO_SHOTS:-}" ] || import -window "$id" "$SONO_SHOTS/zoomed-$axis.png"
done
act zoom-fit

# errors are one line in the window, which stays: a folder that does not exist, a file that is no sound
act save-to "'/nowhere/at/all.wav'"
wait_for 'saving=0'
grep -q '/nowhere' "$work/log" || fail "no notice about a failed save"
head -c 3000 /dev/urandom > "$work/noise.wav"
"$app" "$work/noise.wav"
for _ in $(seq 200); do # the window that was made for it goes, this one says why
    ! grep -q 'noise.wav' "$work/log" || [ -n "$(status 2)" ] || break
    sleep .05
done
grep -q 'noise.wav' "$work/log" || fail "no notice about a file that is no sound"
[ -z "$(status 2)" ] || fail "an empty window is left of a file that is no sound"
wait_for 'ready edits=2'
quit_window
echo "the window and the command line agree on $sound"
