#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check.sh [RULE...]: rules of the house, all without RULE. Prints what breaks one as file[:line]: reason; exits with 1.
#   spdx      every source file names the licence in its first three lines
#   length    no source file is longer than 600 lines
#   includes  outside libraries are included only where the layer table says; no include climbs out of its folder
#   paths     no path of one machine's home folder is written down
#   docs      every environment variable that is read is in docs/environment.md; links between our pages lead somewhere
#   format    clang-format has nothing to change
# SONO_CHECK_ROOT: check that tree instead of the one this script is in.
# shellcheck disable=SC2317  # the rules are called by name
set -euo pipefail
cd "${SONO_CHECK_ROOT:-$(dirname "$0")/..}"

broken=0
complain()
{
    echo "$*"
    broken=1
}

# files EXTENSION...: our text files with these extensions, one a line; build folders and pictures are not ours
files()
{
    local -a match=()
    for ext in "$@"; do
        match+=(-o -name "*.$ext")
    done
    find . \( -path ./build -o -path './build*' -o -path ./.git -o -path ./out \) -prune -o \
        -type f \( "${match[@]:1}" \) -print | sed 's|^\./||' | LC_ALL=C sort
}

c_files()
{
    files c h cu cuh def
}

source_files()
{
    files c h cu cuh def glsl vert frag cmake sh py
    find . -name CMakeLists.txt -not -path './build*' | sed 's|^\./||'
}

check_spdx()
{
    while read -r file; do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || complain "$file: no SPDX line"
    done < <(source_files)
}

check_length()
{
    while read -r file; do
        lines=$(wc -l < "$file")
        [ "$lines" -le 600 ] || complain "$file: $lines lines, more than 600"
    done < <(source_files)
}

# outside PATTERN FOLDER...: headers that match may be included only under these folders (and in tests)
outside()
{
    local pattern=$1
    shift
    while IFS=: read -r file line text; do
        for folder in tests "$@"; do
            case $file in "$folder"/*) continue 2 ;; esac
        done
        complain "$file:$line: $text is for $* only"
    done < <(c_files | xargs grep -nHoE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($pattern)[^>]*>" || true)
}

check_includes()
{
    outside 'gtk/|gdk/|gsk/' src/view src/app include/view include/app
    outside 'glib|gio/|gobject/' src/view src/app include/view include/app src/cli
    outside 'epoxy/|GL/|EGL/|GLES' src/render include/render src/view src/app
    outside 'cairo' src/cli src/view src/app
    outside 'fftw3' src/engine src/cli # bench compares with bare FFTW
    outside 'sndfile' src/codec
    outside 'soxr|ebur128' src/audio
    outside 'portaudio|pa_' src/device
    outside 'cJSON|cjson/' src/document src/cli
    outside 'sqlite3' src/document
    outside 'cuda|cufft' src/engine/cuda kernels
    while IFS=: read -r file line _; do
        complain "$file:$line: includes by a path that climbs; name the layer in USES instead"
    done < <(c_files | grep -v '^tests/' | xargs grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"(\.\./|/|.*/\.\./)' || true)
}

check_paths()
{
    while IFS=: read -r file line text; do
        complain "$file:$line: a path of one machine: $text"
    done < <(files c h cu cuh def glsl vert frag cmake sh py md json txt yml |
        xargs grep -nHoE '(^|[^A-Za-z0-9_.$}-])/(work|home|root|Users)/[A-Za-z0-9_.-]+' || true)
}

check_docs()
{
    while read -r name; do
        grep -qs "\`$name\`" docs/environment.md || complain "docs/environment.md: $name is read, but not listed"
    done < <(c_files | grep '^src/' | xargs grep -hoE 'getenv\("[A-Z_]+"\)' | grep -oE '"[A-Z_]+"' | tr -d '"' | sort -u || true)
    while IFS=: read -r file line link; do
        target=${link#*(}
        target=${target%)}
        target=${target%%#*}
        [ -z "$target" ] || [ -e "$(dirname "$file")/$target" ] || complain "$file:$line: $target does not exist"
    done < <(files md | xargs grep -nHoE '\]\([^):]+\)' || true)
}

check_format()
{
    while read -r file; do
        clang-format --dry-run -Werror "$file" 2>/dev/null || complain "$file: clang-format -i would change it"
    done < <(c_files)
}

[ $# -gt 0 ] || set -- spdx length includes paths docs format
for rule in "$@"; do
    case $rule in
        spdx | length | includes | paths | docs | format) "check_$rule" ;;
        *)
            echo "check.sh: no such rule: $rule" >&2
            exit 2
            ;;
    esac
done
exit $broken
