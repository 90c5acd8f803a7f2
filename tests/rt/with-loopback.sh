#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# with-loopback.sh -- CMD...: runs CMD beside a JACK server of its own without hardware, whose client "loopback" is a
# device that gives back what is played on it, bit for bit, one period later. CH, RATE, PERIOD: channels (2), rate
# (48000), frames of a period (256). CMD finds the server's process id in SONO_JACK_PID, and, to start it again, its
# command line in SONO_JACK_COMMAND. REALTIME=1: with real-time threads, as on a desk; where the user has no right to them,
# without.
set -euo pipefail
# All JACK servers of a machine share a register of eight places in /dev/shm, which killed ones leave full: where the
# system lets us, this one has a /dev/shm of its own, and whatever it leaves running ends with it.
if [ -z "${SONO_LOOPBACK_ALONE:-}" ]; then
    export SONO_LOOPBACK_ALONE=no
    for user in "" "--user --map-root-user"; do # the latter may not lock memory, so root does without
        # shellcheck disable=SC2206 # words
        alone=(unshare $user --mount --pid --fork --mount-proc --kill-child
            sh -c 'mount -t tmpfs tmpfs /dev/shm && exec "$@"' sh)
        if "${alone[@]}" true 2>/dev/null; then
            export SONO_LOOPBACK_ALONE=yes
            exec "${alone[@]}" "$0" "$@"
        fi
    done
fi
[ "${1:-}" = -- ] && shift
ch=${CH:-2} rate=${RATE:-48000} period=${PERIOD:-256}
export JACK_DEFAULT_SERVER=sono$$ JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1
HOME=$(mktemp -d) # hides any .asoundrc and .jackdrc
export HOME
rt=-r
[ -z "${REALTIME:-}" ] || ! chrt -f 10 true 2>/dev/null || rt="-R -P 10"
# by default not real-time, synchronous (a late client makes the server late, not deaf), L loopback ports of at most -p ports
export SONO_JACK_COMMAND="exec jackd -n $JACK_DEFAULT_SERVER $rt -S -L $ch -p 512 -d dummy -r $rate -p $period -C 2 -P 2"
bash -c "$SONO_JACK_COMMAND" >"$HOME/jack.log" 2>&1 &
export SONO_JACK_PID=$!
finish()
{
    kill -CONT "$SONO_JACK_PID" 2>/dev/null || true
    kill "$SONO_JACK_PID" 2>/dev/null || true
    wait "$SONO_JACK_PID" 2>/dev/null || true
    # what a killed server leaves behind
    rm -rf "$HOME" /dev/shm/jack_sem."$(id -u)_${JACK_DEFAULT_SERVER}"_* /dev/shm/jack_"$JACK_DEFAULT_SERVER"_*
}
trap finish EXIT
for _ in $(seq 100); do
    jack_lsp >/dev/null 2>&1 && break
    sleep 0.1
done
jack_lsp >/dev/null || { cat "$HOME/jack.log" >&2; exit 1; }
"$@"
