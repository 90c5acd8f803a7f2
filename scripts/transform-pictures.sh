#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# transform-pictures.sh BUILD_DIR: take the pictures of docs/transforms.md again: one sound, a guitar chord over a drum
# loop from sonic-pi-samples, in every transform. Needs sox and ImageMagick; look at each before it is kept.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -ne 1 ] || [ ! -x "$1/src/cli/sonobrush-cli" ]; then
    echo "transform-pictures.sh BUILD_DIR: where src/cli/sonobrush-cli is" >&2
    exit 2
fi
cli=$1/src/cli/sonobrush-cli
samples=/usr/share/sonic-pi/samples
out=docs/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the chord's first notes, and one and a half bars of drums well below them, mono
sox -m -v 0.9 "$samples/guit_em9.flac" -v 0.3 "$samples/loop_amen_full.flac" -b 24 "$work/chord-and-drums.wav" trim 0 3 channels 1

picture() # NAME OPTION...
{
    local name=$1
    shift
    "$cli" analyze "$work/chord-and-drums.wav" -o "$work/$name.png" --width 820 --height 300 --ceiling -10 --floor -90 "$@"
    convert "$work/$name.png" -dither None -colors 128 -strip "PNG8:$out/transform-$name.png"
}

picture stft --transform stft --fmin 40 --fmax 16000
picture stft-long --transform stft --size 16384 --hop 2048 --fmin 40 --fmax 16000
picture vqt --transform vqt --fmin 40 --fmax 16000
picture cqt --transform cqt --fmin-hz 40 --fmin 40 --fmax 16000
picture drums --preset drums --fmin 44 --fmax 16000
picture erb --preset speech --fmin 40 --fmax 16000
picture mel --transform mel --fmin 40 --fmax 16000
picture bark --transform bark --fmin 40 --fmax 16000
picture mel-bands --bands 64 --scale mel --pool mean --fmin 40 --fmax 16000
identify $out/transform-*.png
du -ch $out/transform-*.png | tail -n 1
