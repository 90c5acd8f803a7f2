# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of sonobrush-cli share: running the real program, files, and a case with a folder of its own."""
import os
import re
import signal
import struct
import subprocess
import tempfile
import time
import unittest
import wave
import zlib

CLI = os.environ["SONO_CLI"]
ROOT = os.environ["SONO_SOURCE_DIR"]
SPEECH = "/usr/share/sounds/alsa/Front_Center.wav"
MUSIC = "/usr/share/sonic-pi/samples/loop_amen.flac"
HOSTILE = "a\x1b]0;owned\x07\x7f\r\xc2\x9b31m\u202etxt\n"


def run(*args, **kwargs):
    return subprocess.run([CLI, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, **kwargs)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


def write_wav(path, samples, rate=44100, channels=1):
    with wave.open(path, "wb") as f:
        f.setnchannels(channels)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(b"".join(struct.pack("<h", s) for s in samples))


def read_wav(path):
    with wave.open(path, "rb") as f:
        return f.getparams()[:4], f.readframes(f.getnframes())


def read_png(path):
    """Rows of RGB bytes (8-bit RGB, any filter)."""
    data = read(path)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, idat, width, height = 8, b"", 0, 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 2)
        elif kind == b"IDAT":
            idat += body
        at += 12 + length
    raw, stride = zlib.decompress(idat), 3 * width
    rows, before = [], bytearray(stride)
    for y in range(height):
        kind = raw[y * (stride + 1)]
        row = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a, b, c = (row[i - 3] if i >= 3 else 0), before[i], (before[i - 3] if i >= 3 else 0)
            if kind == 1:
                row[i] = (row[i] + a) & 255
            elif kind == 2:
                row[i] = (row[i] + b) & 255
            elif kind == 3:
                row[i] = (row[i] + (a + b) // 2) & 255
            elif kind == 4:
                p = a + b - c
                pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
                row[i] = (row[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c)) & 255
        rows.append(bytes(row))
        before = row
    return width, height, rows


def signal_mask(pid, name):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(name + r":\t([0-9a-f]+)", f.read()).group(1), 16)


def start(args, ignored=(), **variables):
    """The program, once it listens to signals; Ctrl+C is not ignored even where these tests run in the background."""
    def signals():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)

    p = subprocess.Popen([CLI, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=signals,
                         env=dict(os.environ, **variables))
    deadline = time.monotonic() + 60
    while not signal_mask(p.pid, "SigCgt") >> (signal.SIGTERM - 1) & 1:
        assert time.monotonic() < deadline and p.poll() is None
        time.sleep(0.005)
    return p


def codec_of(p):
    """Its child, once that is the codec: one stopped before it executes would stop the parent that waits for it, too."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and p.poll() is None:
        with open("/proc/%d/task/%d/children" % (p.pid, p.pid)) as f:
            for child in f.read().split():
                try:
                    with open("/proc/%s/comm" % child) as name:
                        if name.read().startswith("sonobrush-codec"):
                            return int(child)
                except OSError:
                    pass
        time.sleep(0.001)
    raise AssertionError("no codec was started")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def ok(self, *args):
        r = run(*args)
        self.assertEqual((r.returncode, r.stderr), (0, b""), r)
        return r.stdout

    def fails(self, code, *args):
        """One line on standard error, nothing on standard output."""
        r = run(*args)
        self.assertEqual(r.returncode, code, r)
        self.assertEqual(r.stdout, b"", r)
        self.assertRegex(r.stderr.decode(), r"\Asonobrush-cli: [^\n]+\n\Z")
        return r.stderr.decode()

    def no_leftovers(self, *expected):
        self.assertEqual(sorted(os.listdir(self.folder.name)), sorted(expected))
