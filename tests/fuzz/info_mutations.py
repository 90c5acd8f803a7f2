#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""500 mutated sound files through the real `sonobrush-cli info`: it prints a sound or one line, in time, every time."""
import os
import random
import subprocess
import sys
import tempfile
import time

CLI = os.environ["SONO_CLI"]
SPEECH = "/usr/share/sounds/alsa/Front_Center.wav"
STALL_S = 2.0
N_FILES = 500
FORMATS = [("wav", ["-b", "16"]), ("wav", ["-b", "24"]), ("wav", ["-e", "float"]), ("aiff", []), ("au", []), ("caf", []),
           ("w64", []), ("flac", []), ("ogg", []), ("voc", [])]
SIZES = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\1\0\0\0", b"\xf8\xff\xff\xff"]


def seeds(folder):
    found = []
    for i, (extension, options) in enumerate(FORMATS):
        path = os.path.join(folder, f"seed{i}.{extension}")
        subprocess.run(["sox", SPEECH, *options, path, "trim", "0.3", "0.15"], check=True, stderr=subprocess.DEVNULL)
        with open(path, "rb") as f:
            found.append((extension, f.read()))
    return found


def mutate(data, rng):
    out = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(min(len(out), 200) if rng.random() < 0.75 else len(out))
        kind = rng.randrange(5)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at:at + 4] = rng.choice(SIZES)
        elif kind == 2:
            out[at:at + rng.randint(1, 16)] = b"" if rng.random() < 0.5 else rng.randbytes(rng.randint(1, 16))
        elif kind == 3:
            del out[max(at, 12):]
        else:
            other = rng.randrange(len(out))
            out[at:at + 32] = out[other:other + 32]
        if not out:
            out = bytearray(b"\0")
    return bytes(out)


def main():
    rng = random.Random(20260101)
    env = dict(os.environ, SONO_CODEC_TIMEOUT_S=str(STALL_S))
    n_read = n_refused = 0
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for i, (extension, data) in ((i, s) for i, s in enumerate(seeds(folder) * (N_FILES // len(FORMATS)))):
            path = os.path.join(folder, f"m{i}.{extension}")
            with open(path, "wb") as f:
                f.write(mutate(data, rng) if i >= len(FORMATS) else data)
            start = time.monotonic()
            r = subprocess.run([CLI, "info", path], capture_output=True, env=env, timeout=60)
            slowest = max(slowest, time.monotonic() - start)
            said = f"file {i} ({extension}): exit {r.returncode}, {r.stderr!r}"
            assert r.returncode in (0, 1), said
            assert i >= len(FORMATS) or r.returncode == 0, said
            assert r.stderr.count(b"\n") <= 1 and not any(c < 0x20 and c != 0x0a for c in r.stderr), said
            assert (r.returncode == 0) == bool(r.stdout), said
            n_read += r.returncode == 0
            n_refused += r.returncode == 1
            os.unlink(path)
    print(f"{n_read} read, {n_refused} refused, slowest {slowest:.2f} s")
    assert slowest < STALL_S + 10.0  # the limit, and room for a busy machine
    assert n_read > 50 and n_refused > 50  # the mutations neither miss nor kill everything


if __name__ == "__main__":
    sys.exit(main())
