#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test.sh: everything that has to hold before a change lands, on Debian 12, as any user who may install packages.
#   rules      licence lines, file lengths, includes, format; shellcheck; clang-tidy, on what was changed last first (at most
#              SONO_TIDY_S seconds, 300)
#   asan       the whole program, its window too, under the address and undefined-behaviour sanitizers, leaks counted
#   tsan       whatever runs threads under the thread sanitizer
#   release    the whole program with warnings as errors, and all tests; its summary is the last thing printed
# test.sh STAGE...: only these. Builds lie in build/.
set -uo pipefail
cd -P "$(dirname "$0")/.." || exit 1
exec </dev/null

jobs=$(nproc)
failed=()

say()
{
    printf '\n== %s (%d s)\n' "$*" "$SECONDS"
}

# Tests that need a quiet machine are for the release stage; linters need no sanitizer. The thread sanitizer sees only what
# was compiled with it, so of GLib's locks and of GL drivers it tells what is not so: the window is not run under it.
not_sanitized='^(bench|house)$'
threaded='^(tsan|tiles|backend|identity)$'
# What works with a display, a sound server or the clock may try once more: on a busy machine the server itself misses
# its turns. What fails twice has failed, and both tries are shown.
clocked='^(ui|rt)$'

# tests PRESET [NOT [ONLY]]: those with a label that matches ONLY and none that matches NOT; the clocked ones last
tests()
{
    local -a run=(ctest --preset "$1" -j "$jobs" --no-tests=error ${3:+-L "$3"})
    local rc=0
    [ "$1" = release ] || run=("${no_aslr[@]}" "${run[@]}")
    "${run[@]}" -LE "$clocked${2:+|$2}" || rc=1
    "${run[@]}" -L "$clocked" ${2:+-LE "$2"} --repeat until-pass:2 || rc=1
    return $rc
}

configure()
{
    cmake --preset "$@" --log-level=NOTICE >/dev/null
}

compile()
{
    cmake --build --preset "$1" -j "$jobs" -- --quiet
}

stage_rules()
{
    local -a scripts
    mapfile -t scripts < <(find scripts tests .ci -type f -perm -u+x \( -name '*.sh' -o -path .ci/run \) | sort)
    # clang-tidy reads the flags of the release build; configuring is enough for that, but for headers the build writes
    scripts/check.sh && shellcheck -x -S warning "${scripts[@]}" && stage_configure_release && generated_headers && tidy
}

generated_headers()
{
    local headers
    headers=$(ninja -C build/release -t targets all | sed -n 's/^\([^:]*_resources\.h\): .*/\1/p')
    # shellcheck disable=SC2086 # one word per header
    ninja -C build/release --quiet $headers
}

# The files it is told, those that were changed last first: what there is no time for was looked at when it was changed.
changed_last_first()
{
    local sources
    sources=$(cat)
    {
        git diff --name-only HEAD -- src
        git log --format= --name-only -- src
    } 2>/dev/null | sed "s|^|$PWD/|" | cat - <(echo "$sources") | awk '!seen[$0]++' | grep -Fx "$sources"
}

tidy()
{
    local sources limit=${SONO_TIDY_S:-300} rc log=build/clang-tidy.log all
    sources=$(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' build/release/compile_commands.json |
        grep "^$PWD/src/" | sort -u | changed_last_first)
    [ -n "$sources" ] || { echo "clang-tidy: no files found" >&2; return 1; }
    all=$(wc -l <<< "$sources")
    echo "clang-tidy: $all files"
    # shellcheck disable=SC2016 # the inner shell's own variables
    timeout "$limit" xargs -P "$jobs" -n 1 sh -c 'clang-tidy -p build/release --quiet -header-filter="$0" "$1"
        rc=$?; echo "looked at $1"; exit $rc' "^$PWD/(include|src|kernels|tests)/" <<< "$sources" > "$log" 2>&1
    rc=$?
    grep -vE 'warnings? (generated|treated)|^Suppressed|^Use -header-filter|^looked at ' "$log" >&2
    if [ $rc -eq 124 ]; then
        echo "clang-tidy: $limit s are over; it has looked at $(grep -c '^looked at ' "$log") of $all files, those changed last"
        ! grep -q ' error: ' "$log"
        return
    fi
    return $rc
}

stage_configure_release()
{
    configure release -DSONO_WERROR=ON -DSONO_CUDA="${SONO_CUDA:-AUTO}" -DSONO_UI=ON -DSONO_TESTS=ON
}

stage_asan()
{
    configure asan -DSONO_UI=ON && compile asan &&
        tests asan "$not_sanitized"
}

stage_tsan()
{
    configure tsan -DSONO_UI=ON && compile tsan &&
        tests tsan "" "$threaded"
}

stage_release()
{
    stage_configure_release && compile release && tests release
}

# gcc 12's sanitizers cannot live with the address randomisation of newer kernels
no_aslr=()
if setarch "$(uname -m)" -R true 2>/dev/null; then
    no_aslr=(setarch "$(uname -m)" -R)
fi

[ $# -gt 0 ] || set -- rules asan tsan release
for stage in "$@"; do
    case $stage in
        rules | asan | tsan | release) ;;
        *)
            echo "test.sh: no such stage: $stage (rules, asan, tsan, release)" >&2
            exit 2
            ;;
    esac
done

say "packages"
scripts/install-deps.sh build ui run test || exit 1
# A tool that is missing makes CMake leave tests out; here that would be a pass for nothing.
for tool in clang-format clang-tidy shellcheck xvfb-run xdotool xprop openbox dbus-run-session gdbus import glslangValidator \
    sox localedef msgmerge jackd jack_lsp; do
    command -v $tool >/dev/null || { echo "test.sh: $tool is missing" >&2; exit 1; }
done
/usr/bin/python3 -c 'import gi, jsonschema, numpy, scipy; gi.require_version("Atspi", "2.0")' || exit 1

for stage in "$@"; do
    say "$stage"
    ( "stage_$stage" ) || failed+=("$stage")
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "test.sh: failed: ${failed[*]}" >&2
    exit 1
fi
