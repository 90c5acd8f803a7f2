#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast sonobrush-cli is beside others, on the same 60 s (48 kHz, mono), one core, processor time, rounds interleaved,
memory kept from round to round:

    SONO_CLI=build/release/src/cli/sonobrush-cli SONO_CODEC=build/release/src/codec/sonobrush-codec \\
        tests/bench/peers.py [--rounds N] [--gaborator DIR [--pffft DIR]] [--json]

Two tasks: the STFT, 2048 / 512, Hann; and a constant-Q transform with 48 bands to the octave from 32.7 Hz to 24 kHz (or as
high as the other goes). A ratio is the other's time over ours of the same round, and the median of those is printed.
Needs NumPy; takes part whatever of scipy, torch, librosa, nsgt and nnAudio can be imported, and Gaborator, whose headers
--gaborator names. What does not take part is named with the reason."""
import argparse
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import warnings

# Memory is kept between rounds: else the kernel's zeroing of fresh pages is most of what some of them take.
KEPT = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_TOP_PAD_": "1000000000"}
if "MALLOC_MMAP_MAX_" not in os.environ:
    os.execve(sys.executable, [sys.executable, *sys.argv], dict(os.environ, **KEPT))
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy: one core for everybody
import numpy as np  # noqa: E402

warnings.simplefilter("ignore")
RATE, SECONDS = 48000, 60
STFT, CQT = "STFT 2048/512", "constant-Q, 48 bands an octave"


def make_sound():
    """A log chirp, a chirp down, harmonics with vibrato, clicks, gated noise: something in every band all the time."""
    rng = np.random.default_rng(1)
    t = np.arange(RATE * SECONDS) / RATE
    octaves = np.log(1000)
    x = 0.15 * np.sin(2 * np.pi * 20 * (SECONDS / octaves) * (np.exp(t / SECONDS * octaves) - 1))
    x += 0.10 * np.sin(2 * np.pi * (18000 * t - 18000 / (2 * SECONDS) * t * t * 0.99))
    for h in range(1, 20):
        x += 0.05 / h * np.sin(2 * np.pi * 110 * h * t + 0.3 * h + 4 * np.sin(2 * np.pi * 5 * t))
    x[1234::RATE] += 0.5
    x += (0.03 * (np.sin(2 * np.pi * 0.25 * t) > 0.5) + 1e-3) * rng.standard_normal(len(t))
    return (0.7 * x / np.abs(x).max()).astype(np.float32)


def write_wav(path, x):
    data = x.astype("<f4").tobytes()
    with open(path, "wb") as f:
        f.write(b"RIFF" + struct.pack("<I", 50 + len(data)) + b"WAVEfmt " +
                struct.pack("<IHHIIHHH", 18, 3, 1, RATE, 4 * RATE, 4, 32, 0) + b"fact" +
                struct.pack("<II", 4, len(x)) + b"data" + struct.pack("<I", len(data)) + data)


def timed(call):
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def snr_db(x, y):
    n = min(len(x), len(y))
    a, b = np.asarray(x[:n], float), np.asarray(y[:n], float)
    return 10 * np.log10((a**2).sum() / max(((a - b)**2).sum(), 1e-300))


class Peer:
    """name, task; forward(x) -> coefficients; inverse(coefficients) -> sound, or None where there is none."""
    inverse = None
    slow = False  # one round is enough

    def round(self, x):
        forward_s, c = timed(lambda: self.forward(x))
        if not self.inverse:
            return forward_s, None, None
        inverse_s, y = timed(lambda: self.inverse(c))
        return forward_s, inverse_s, snr_db(x, y)


class ScipyStft(Peer):
    name, task = "scipy.signal.stft", STFT

    def __init__(self, x):
        import scipy.signal
        self.scipy = scipy.signal

    def forward(self, x):
        return self.scipy.stft(x, RATE, "hann", 2048, 1536)[2]

    def inverse(self, c):
        return self.scipy.istft(c, RATE, "hann", 2048, 1536)[1]


class TorchStft(Peer):
    name, task = "torch.stft", STFT

    def __init__(self, x):
        import torch
        torch.set_num_threads(1)
        self.torch, self.window = torch, torch.hann_window(2048)

    def forward(self, x):
        return self.torch.stft(self.torch.from_numpy(x), 2048, 512, window=self.window, return_complex=True)

    def inverse(self, c):
        return self.torch.istft(c, 2048, 512, window=self.window).numpy()


class LibrosaStft(Peer):
    name, task = "librosa.stft", STFT

    def __init__(self, x):
        import librosa
        self.librosa = librosa

    def forward(self, x):
        return self.librosa.stft(x, n_fft=2048, hop_length=512)

    def inverse(self, c):
        return self.librosa.istft(c, hop_length=512)


class LibrosaCqt(Peer):
    name, task = "librosa.cqt, hop 512, to 22.4 kHz", CQT

    def __init__(self, x):
        import librosa
        self.librosa = librosa
        self.options = {"sr": RATE, "hop_length": 512, "fmin": 32.7, "bins_per_octave": 48}

    def forward(self, x):
        return self.librosa.cqt(x, n_bins=452, **self.options)

    def inverse(self, c):
        return self.librosa.icqt(c, length=RATE * SECONDS, **self.options)


class NsgtWhole(Peer):
    name, task = "nsgt.NSGT (whole sound, float64)", CQT

    def __init__(self, x):
        import nsgt
        self.transform = nsgt.NSGT(nsgt.OctScale(32.7, 23340, 48), RATE, len(x), real=True)

    def forward(self, x):
        return list(self.transform.forward(x.astype(float)))

    def inverse(self, c):
        return np.asarray(self.transform.backward(c))


class NsgtSliced(Peer):
    name, task = "nsgt.NSGT_sliced (131072, float64)", CQT

    def __init__(self, x):
        import nsgt
        self.transform = nsgt.NSGT_sliced(nsgt.OctScale(32.7, 23340, 48), 131072, 8192, RATE, real=True)

    def forward(self, x):
        return list(self.transform.forward((x.astype(float),)))

    def inverse(self, c):
        return np.concatenate([np.asarray(block) for block in self.transform.backward(c)])


class NnAudioCqt(Peer):
    name, task, slow = "nnAudio.CQT2010v2, hop 512, to 22.4 kHz", CQT, True

    def __init__(self, x):
        import torch
        from nnAudio.features import CQT2010v2
        torch.set_num_threads(1)
        self.torch = torch
        self.transform = CQT2010v2(sr=RATE, hop_length=512, fmin=32.7, n_bins=452, bins_per_octave=48, verbose=False)

    def forward(self, x):
        with self.torch.no_grad():
            return self.transform(self.torch.from_numpy(x)[None])


class Gaborator(Peer):
    name, task = "Gaborator", CQT

    def __init__(self, x, include, pffft, folder):
        if not include:
            raise ImportError("no headers: name their folder with --gaborator (not in Debian)")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers_gaborator.cc")
        self.program, self.sound = os.path.join(folder, "peers_gaborator"), os.path.join(folder, "x.f32")
        x.tofile(self.sound)
        flags = ["-std=c++14", "-O3", "-march=native", "-ffast-math", "-w", "-I" + include]
        objects = []
        if pffft:
            for f in ("pffft.c", "fftpack.c"):
                objects.append(os.path.join(folder, f + ".o"))
                subprocess.run([shutil.which("gcc") or "cc", "-O3", "-march=native", "-ffast-math", "-w", "-c", "-DFFTPACK_DOUBLE_PRECISION",
                                os.path.join(pffft, f), "-o", objects[-1]], check=True)
            flags += ["-DGABORATOR_USE_PFFFT", "-I" + pffft]
            self.name = "Gaborator with pffft"
        subprocess.run([shutil.which("g++") or "c++", *flags, source, *objects, "-o", self.program], check=True)

    def round(self, x):
        lines = subprocess.run([self.program, self.sound, "2"], check=True, stdout=subprocess.PIPE).stdout.splitlines()
        return tuple(float(v) for v in lines[-1].split())


OURS = {STFT: [["--transform", "stft"]],
        CQT: [["--transform", "slicq"], ["--transform", "slicq", "--slice", "131072", "--window", "cos4"]]}


def ours(cli, wav, args):
    r = subprocess.run([cli, "roundtrip", wav, "--threads", "1", "--repeat", "2", "--json", *args], check=True,
                       stdout=subprocess.PIPE)
    d = json.loads(r.stdout)
    return d["analyse_cpu_s"], d["synthesise_cpu_s"], d["snr_db"]


def join(options, x, folder):
    """The peers that can take part, and why the others cannot."""
    peers, skipped = [], []
    for make in (ScipyStft, TorchStft, LibrosaStft, LibrosaCqt, NsgtWhole, NsgtSliced, NnAudioCqt,
                 lambda sound: Gaborator(sound, options.gaborator, options.pffft, folder)):
        name = getattr(make, "name", "Gaborator")
        try:
            peer = make(x)
            if not peer.slow:
                peer.round(x)  # plans, compiled loops, pages
            peers.append(peer)
        except Exception as e:  # pylint: disable=broad-except  # whatever is wrong with it: it does not take part
            skipped.append((name, "%s: %s" % (type(e).__name__, str(e).split("\n", maxsplit=1)[0])))
    return peers, skipped


def measure(options, cli, folder):
    x = make_sound()
    wav = os.path.join(folder, "x.wav")
    write_wav(wav, x)
    peers, skipped = join(options, x, folder)
    mine = {(task, i): [] for task in OURS for i in range(len(OURS[task]))}
    theirs = {peer: [] for peer in peers}
    for k in range(options.rounds):
        for task, i in mine:
            mine[task, i].append(ours(cli, wav, OURS[task][i]))
        for peer in peers:
            if k == 0 or not peer.slow:
                theirs[peer].append(peer.round(x))
        sys.stderr.write("round %d of %d\r" % (k + 1, options.rounds))
    rows = []
    for (task, i), rounds in mine.items():
        rows.append(row("sonobrush " + " ".join(OURS[task][i][1:]), task, rounds, rounds))
    for peer, rounds in theirs.items():
        rows.append(row(peer.name, peer.task, rounds, mine[peer.task, 0]))
    return rows, skipped


def row(name, task, rounds, base):
    def median(values):
        values = [v for v in values if v is not None]
        return statistics.median(values) if values else None
    n = len(rounds)
    return {"task": task, "name": name, "rounds": n, "forward_ms": 1e3 * median(r[0] for r in rounds),
            "inverse_ms": None if rounds[0][1] is None else 1e3 * median(r[1] for r in rounds),
            "snr_db": median(r[2] for r in rounds),
            "forward_ratio": median(r[0] / b[0] for r, b in zip(rounds, base)),
            "inverse_ratio": median(None if r[1] is None else r[1] / b[1] for r, b in zip(rounds, base))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gaborator", help="folder that holds gaborator/gaborator.h")
    parser.add_argument("--pffft", help="folder that holds pffft.c, for Gaborator")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cli = os.environ.get("SONO_CLI", "build/release/src/cli/sonobrush-cli")
    if not os.access(cli, os.X_OK):
        sys.exit("peers.py: %s was not found (set SONO_CLI)" % cli)
    with tempfile.TemporaryDirectory() as folder:
        rows, skipped = measure(options, cli, folder)
    if options.json:
        print(json.dumps({"rows": rows, "skipped": [{"name": n, "reason": r} for n, r in skipped]}, indent=2))
        return
    for task in OURS:
        print("\n%s, %d s (ratios: theirs over the first line's)" % (task, SECONDS))
        for r in (r for r in rows if r["task"] == task):
            inverse = "%8.1f ms %7.1f x" % (r["inverse_ms"], r["inverse_ratio"]) if r["inverse_ms"] else "no inverse".rjust(21)
            snr = "%7.1f dB" % r["snr_db"] if r["snr_db"] is not None else ""
            print("  %-44s %8.1f ms %7.1f x %s %s" % (r["name"], r["forward_ms"], r["forward_ratio"], inverse, snr))
    print()
    for name, reason in skipped:
        print("skipped: %s: %s" % (name, reason))


if __name__ == "__main__":
    main()
