# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays of sonobrush-cli against those of others on common ground. What the others say is computed here and now: by
SciPy; by the formulas of the papers in plain NumPy, in double, of the whole sound, without a line of ours; and by the
packages nsgt and librosa where they are installed (Debian has no package of either)."""
import json
import math
import os
import struct
import sys
import unittest
import wave

sys.path.insert(0, os.path.join(os.environ["SONO_SOURCE_DIR"], "tests", "cli"))
from cli_case import SPEECH, Case  # noqa: E402

try:
    import numpy as np
except ImportError:
    np = None

RATE = 48000
# C3 E3 G3 C4 E5 A6, each as loud as the others, and not in phase
CHORD_HZ = [440 * 2**((n - 69) / 12) for n in (48, 52, 55, 60, 76, 93)]


def missing(module):
    """Reason to skip, or None."""
    try:
        __import__(module)
    except Exception as e:  # pylint: disable=broad-except  # a package that is there but broken is not there
        return "%s cannot be imported: %s" % (module, e)
    return None


def write_float(path, x, rate=RATE):
    """WAV of float samples: nothing is rounded to 16 bits."""
    data = np.asarray(x, "<f4").tobytes()
    with open(path, "wb") as f:
        f.write(b"RIFF" + struct.pack("<I", 50 + len(data)) + b"WAVEfmt " +
                struct.pack("<IHHIIHHH", 18, 3, 1, rate, 4 * rate, 4, 32, 0) + b"fact" +
                struct.pack("<II", 4, len(data) // 4) + b"data" + struct.pack("<I", len(data)) + data)


class Arrays(Case):
    def npy(self, source, *args):
        d = json.loads(self.ok("analyze", source, "-o", self.path("x.npy"), "--json", *args))
        values = np.load(self.path("x.npy"))
        os.remove(self.path("x.npy"))
        return d, values

    def speech(self):
        with wave.open(SPEECH) as f:
            return np.frombuffer(f.readframes(f.getnframes()), "<i2") / 32768.0

    def chord(self, seconds, amplitude=0.1):
        t = np.arange(int(seconds * RATE)) / RATE
        x = sum(amplitude * np.cos(2 * np.pi * f * t + 0.7 * k) for k, f in enumerate(CHORD_HZ))
        fade = np.minimum(1, np.minimum(t, t[::-1]) / 0.05)
        x = (x * (0.5 - 0.5 * np.cos(np.pi * fade))).astype("f4").astype(float)
        write_float(self.path("chord.wav"), x)
        return x


@unittest.skipIf(missing("numpy"), missing("numpy"))
@unittest.skipIf(missing("scipy.signal"), missing("scipy.signal"))
class SciPy(Arrays):
    def test_stft(self):
        """scipy.signal.stft divides by the sum of the window and counts the phase from the window's start; ours is that
        of the window's centre, size / 2 samples later, and bin k turns by k / 2 cycles in between: a sign of (-1)^k.
        1e-6 of the loudest value: sums of thousands of products in float, 6e-8 each, as they come."""
        from scipy.signal import get_window, stft
        x = self.speech()
        for size, hop, window, name in ((2048, 512, "hann", "hann"), (512, 100, "hamming", "hamming"),
                                        (4096, 1024, "blackmanharris", "blackman-harris"), (1500, 375, "hann", "hann"),
                                        (64, 16, "hann", "hann")):
            w = get_window(window, size)  # periodic
            d, c = self.npy(SPEECH, "--size", str(size), "--hop", str(hop), "--window", name)
            f, t, z = stft(x, RATE, w, size, size - hop, boundary="zeros", padded=True)
            n = min(z.shape[1], c.shape[1])
            sign = (-1.0)**np.arange(len(f))
            mine = c[0, :n].T * (d["sine_scale"] / 2) * sign[:, None]
            self.assertLess(np.abs(mine - z[:, :n]).max(), 1e-6 * np.abs(z).max(), (size, hop, window))
            self.assertAlmostEqual(d["first_slice"] * hop / RATE, t[0], 12)
            self.assertGreater(n, len(x) // hop)


class Bank:
    """NSGT of a whole sound by the formulas (Balazs et al. 2011, Holighaus et al. 2013), bands as wide as cqt and vqt ask
    for: cos^p windows of width (S / 2)(alpha f + gamma), true centres, painless, time-invariant phase."""
    def __init__(self, length, bins_per_octave, gamma_hz=0.0, support=3.0, power=2):
        self.length, self.gamma_hz, self.support, self.power = length, gamma_hz, support, power
        self.alpha = 2**(1 / bins_per_octave) - 2**(-1 / bins_per_octave)

    def coefficients(self, spectrum, freq_hz, columns):
        """[columns] of amplitude: |c| of a sine is its amplitude; coefficient nu is at sample nu length / columns."""
        centre = freq_hz * self.length / RATE
        width = self.support / 2 * (self.alpha * freq_hz + self.gamma_hz) * self.length / RATE
        j = np.arange(math.floor(centre - width / 2) + 1, math.ceil(centre + width / 2))
        assert len(j) <= columns
        z = np.zeros(columns, complex)
        z[j % columns] = spectrum[j] * np.cos(np.pi * (j - centre) / width)**self.power
        return np.fft.ifft(z) * columns * 2 / self.length


@unittest.skipIf(missing("numpy"), missing("numpy"))
class Formulas(Arrays):
    def whole(self, x, d, length, bank):
        pitch = round(d["column_s"] * RATE)
        self.assertEqual(length % pitch, 0)
        spectrum = np.fft.fft(np.concatenate([x, np.zeros(length - len(x))]))
        return np.stack([bank.coefficients(spectrum, f, length // pitch)[:d["shape"][1]] for f in d["frequencies_hz"]],
                        axis=1)

    def test_nsgt(self):
        """The same sums in float against double: 1e-6 of the loudest."""
        for seconds, args, make in (
                (3.0, ["--bins-per-octave", "48", "--gamma-hz", "0", "--fmin", "100", "--fmax", "4000"],
                 lambda n: Bank(n, 48)),
                (1.0, ["--bins-per-octave", "24", "--gamma-hz", "25", "--window", "cos4", "--fmin", "200", "--fmax",
                       "9000", "--layout", "notes"], lambda n: Bank(n, 24, 25.0, 4.0, 4))):
            x = self.chord(seconds)
            d, c = self.npy(self.path("chord.wav"), "--transform", "nsgt", *args)
            # as long as the plan is: the least 64 * 2^a 3^b 5^c with a quarter of a second and 512 samples to spare
            length = 64 * next(n for n in range(-(-(len(x) + RATE // 4 + 512) // 64), 1 << 20) if smooth(n))
            ideal = self.whole(x, d, length, make(length))
            self.assertLess(np.abs(c[0] * d["sine_scale"] - ideal).max(), 1e-6 * np.abs(ideal).max())

    def test_cqt_of_a_chord(self):
        """cqt in slices against the whole sound. Slices of the default quality cut atoms off at -50 dB and below
        (docs/transforms-formulas.md); precise ones at -90 dB. Level in dB and phase on every note, where all sound."""
        x = self.chord(4.0)
        for quality, support, power, limit_db in (("default", 3.0, 2, -50), ("precise", 4.0, 4, -90)):
            d, c = self.npy(self.path("chord.wav"), "--transform", "cqt", "--bins-per-octave", "12", "--quality", quality,
                            "--fmin", "100", "--fmax", "2000")
            length = 1 << 18  # any length that holds the sound will do; a multiple of the pitch
            ideal = self.whole(x, d, length, Bank(length, 12, 0.0, support, power))
            mine = c[0] * d["sine_scale"]
            error = 10 * math.log10((np.abs(mine - ideal)**2).sum() / (np.abs(ideal)**2).sum())
            self.assertLess(error, limit_db, quality)
            i = round(2.0 / d["column_s"])
            for k, f in enumerate(CHORD_HZ):
                row = int(np.argmin(np.abs(np.array(d["frequencies_hz"]) - f)))
                self.assertAlmostEqual(d["frequencies_hz"][row], f, 6)
                note = 0.1 * np.exp(2j * np.pi * f * i * d["column_s"] + 0.7j * k)
                others = sum(abs(0.1 * self.seen(f, g, support, power)) for g in CHORD_HZ if g != f)
                if others == 0:  # no other note in the band: what is there is the note
                    self.assertLess(abs(mine[i, row] - note), 0.003 * 0.1, (quality, f))

    @staticmethod
    def seen(band_hz, tone_hz, support, power):
        u = (tone_hz - band_hz) / (support / 2 * (2**(1 / 12) - 2**(-1 / 12)) * band_hz)
        return math.cos(math.pi * u)**power if abs(u) < 0.5 else 0.0


def smooth(n):
    for p in (2, 3, 5):
        while n % p == 0:
            n //= p
    return n == 1


# Bands of others are as narrow as they choose to make them, so what is common ground is the level of notes that are
# alone in their bands, at the bands' centres.
NOTES_HZ = [440 * 2**((n - 69) / 12) for n in (45, 57, 69, 81, 93)]


@unittest.skipIf(missing("numpy"), missing("numpy"))
class Packages(Arrays):
    def notes(self):
        """Octaves of A, 4 s, levels of their own; what our cqt says of them (a tenth of a second in the middle)."""
        t = np.arange(4 * RATE) / RATE
        self.levels = [0.02 * (k + 1) for k in range(len(NOTES_HZ))]
        x = sum(a * np.cos(2 * np.pi * f * t) for a, f in zip(self.levels, NOTES_HZ))
        x *= 0.5 - 0.5 * np.cos(np.pi * np.minimum(1, np.minimum(t, t[::-1]) / 0.05))
        write_float(self.path("notes.wav"), x)
        d, power = self.npy(self.path("notes.wav"), "--transform", "cqt", "--bins-per-octave", "24", "--values", "power",
                            "--start", "1.95", "--end", "2.05")
        rows = [int(np.argmin(np.abs(np.array(d["frequencies_hz"]) - f))) for f in NOTES_HZ]
        return x, 10 * np.log10(power[0].mean(0)[rows])

    def check(self, theirs_db, ours_db, tolerance_db):
        """Level against level, and both against the truth."""
        self.assertLess(np.abs(ours_db - 20 * np.log10(self.levels)).max(), 0.02)
        self.assertLess(np.abs(np.asarray(theirs_db) - ours_db).max(), tolerance_db)

    @unittest.skipIf(missing("nsgt"), missing("nsgt"))
    def test_nsgt_package(self):
        """nsgt rounds a band's centre and width to bins of the spectrum, here a quarter of a hertz: at A2, 110 Hz, with
        bands of 6.3 Hz, that is cos^2(pi / 2 * 0.125 / 3.2), 0.03 dB."""
        from nsgt import NSGT, OctScale
        x, ours_db = self.notes()
        try:
            transform = NSGT(OctScale(55, 7040, 24), RATE, len(x), real=True)
        except TypeError as e:
            self.skipTest("this nsgt does not work with NumPy %s: %s" % (np.__version__, e))
        coefficients = list(transform.forward(x))
        f = [0] + list(np.asarray(OctScale(55, 7040, 24)()[0])) + [RATE / 2]
        theirs_db = []
        for note in NOTES_HZ:
            c = coefficients[int(np.argmin(np.abs(np.array(f) - note)))]
            middle = np.abs(c[int(len(c) * 1.95 / 4):max(int(len(c) * 2.05 / 4), int(len(c) * 1.95 / 4) + 1)])
            theirs_db.append(20 * math.log10(middle.mean() * 2 * len(c) / len(x)))
        self.check(theirs_db, ours_db, 0.05)

    @unittest.skipIf(missing("librosa"), missing("librosa"))
    def test_librosa(self):
        """librosa.cqt filters by truncated kernels (sparsity 0.01) on sounds it has resampled octave by octave: its level
        is good to some tenths of a decibel. scale=True multiplies by the square root of the kernel's length."""
        import librosa
        x, ours_db = self.notes()
        c = librosa.cqt(x, sr=RATE, hop_length=512, fmin=55.0, n_bins=7 * 24, bins_per_octave=24)
        f = librosa.cqt_frequencies(7 * 24, fmin=55.0, bins_per_octave=24)
        lengths, _ = librosa.filters.wavelet_lengths(freqs=f, sr=RATE, filter_scale=1)
        frames = slice(round(1.95 * RATE / 512), round(2.05 * RATE / 512))
        rows = [int(np.argmin(np.abs(f - note))) for note in NOTES_HZ]
        theirs = [2 * np.abs(c[r, frames]).mean() / math.sqrt(lengths[r]) for r in rows]
        self.check(20 * np.log10(theirs), ours_db, 0.5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
