#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh [FILE]: install what is missing, build, and open FILE in the editor.
# Without a display the same trip is made by the command-line program: a picture of the sound, an edit (a guitar chord
# from Debian's sonic-pi-samples loses one of its notes, and another is lifted; any other FILE what assets/demo/any-sound.json does), the edited
# sound, and a picture of that. Its last lines say where they are. SONO_OUT: their folder (default: out).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
demo_sound=/usr/share/sonic-pi/samples/guit_harmonics.flac

file=${1:-}
if [ -n "$file" ] && [ ! -e "$file" ]; then
    echo "run.sh: $file: no such file" >&2
    exit 1
elif [ -n "$file" ] && [ ! -r "$file" ]; then
    echo "run.sh: $file: cannot be read" >&2
    exit 1
fi
[[ $file != -* ]] || file=./$file # a name, and no option

# build FOLDER OPTION...: quiet unless something is wrong
build()
{
    local folder=$root/$1
    shift
    if ! mkdir -p "$folder" 2>/dev/null || [ ! -w "$folder" ]; then
        echo "run.sh: $folder: cannot be written" >&2
        exit 1
    fi
    if ! cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSONO_TESTS=OFF "$@" > "$folder/build.log" 2>&1 ||
        ! cmake --build "$folder" >> "$folder/build.log" 2>&1; then
        tail -n 40 "$folder/build.log" >&2
        echo "run.sh: the build failed; all of it: $folder/build.log" >&2
        exit 1
    fi
    grep '^CUDA: ' "$folder/build.log" || true
}

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    "$root/scripts/install-deps.sh" build ui run
    echo "building ..."
    build build/run
    exec "$root/build/run/src/app/sonobrush" "${file:-$demo_sound}"
fi

echo "no display: making the trip with sonobrush-cli"
"$root/scripts/install-deps.sh" build run
echo "building ..."
build build/run-headless -DSONO_UI=OFF
cli=$root/build/run-headless/src/cli/sonobrush-cli
show=(analyze --transform stft --scale log)
if [ -z "$file" ]; then
    file=$demo_sound
    edits=$root/assets/demo/guitar-chord.json
    show+=(--size 4096 --fmin 80 --fmax 8000 --ceiling -15)
else
    edits=$root/assets/demo/any-sound.json
fi
out=${SONO_OUT:-$root/out}
mkdir -p "$out"
"$cli" info "$file"
"$cli" "${show[@]}" "$file" -o "$out/before.png"
"$cli" render "$file" --edits "$edits" -o "$out/edited.wav"
"$cli" "${show[@]}" "$out/edited.wav" -o "$out/after.png"
echo "before: $out/before.png"
echo "after:  $out/after.png"
echo "sound:  $out/edited.wav"
echo "edits:  $edits"
