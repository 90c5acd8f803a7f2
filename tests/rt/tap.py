# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sound server's loopback device is heard to play: e2e_tap, and where in a known sound that is."""
import os
import struct
import subprocess
import time

import numpy as np

BUILD = os.environ["SONO_BUILD_DIR"]


class Failure(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


def write_wav(path, sound, rate_hz):
    """sound: float32[n_frames][n_channels], any values; as they are."""
    data = np.ascontiguousarray(sound, dtype="<f4").tobytes()
    n = sound.shape[1]
    with open(path, "wb") as f:
        f.write(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, n, rate_hz,
                            4 * n * rate_hz, 4 * n, 32, b"data", len(data)))
        f.write(data)


def noise(n_frames, n_channels, seed=1, level=0.5):
    """Every sample is known by its value."""
    return ((np.random.default_rng(seed).random((n_frames, n_channels), dtype=np.float32) - 0.5) * np.float32(2 * level))


def fade_curve(rate_hz):
    """As include/audio says of a fade: a raised cosine of 5 ms, 160 frames at least."""
    n = max(int(rate_hz * 0.005 + 0.5), 160)
    return 0.5 * (1.0 - np.cos(np.pi * (np.arange(n) + 0.5) / n))


class Tap:
    """Listens from now until end()."""

    def __init__(self, folder, n_channels, rate_hz, most_s=60.0, device="loopback"):
        self.path = os.path.join(folder, f"heard-{time.monotonic_ns()}")
        self.n_channels = n_channels
        words = [f"{BUILD}/tests/e2e_tap", device, n_channels, rate_hz, self.path, most_s]
        self.process = subprocess.Popen([str(w) for w in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        check(line == "ready\n", "e2e_tap: " + (line or self.process.stderr.read()))

    def end(self):
        """float32[n_frames][n_channels], and when the first frame of each callback was there: int64[n][frame, ns]"""
        out, err = self.process.communicate("", timeout=60)
        check(self.process.returncode == 0, f"e2e_tap: {out}{err}")
        self.n_late = int(out.split()[2])
        heard = np.fromfile(self.path, dtype=np.float32).reshape(-1, self.n_channels)
        times = np.loadtxt(self.path + ".times", dtype=np.int64, ndmin=2)
        os.unlink(self.path)
        os.unlink(self.path + ".times")
        return heard, times


def where(heard, sound, at, n=64):
    """The frame of heard that plays sound[at:at + n], bit for bit; None: none does."""
    wanted = sound[at:at + n]
    for i in np.flatnonzero(heard[:len(heard) - n + 1, 0] == wanted[0, 0]):
        if np.array_equal(heard[i:i + n], wanted):
            return int(i)
    return None


def same_bits(a, b):
    return np.array_equal(np.ascontiguousarray(a).view(np.uint32), np.ascontiguousarray(b).view(np.uint32))
