# SPDX-License-Identifier: GPL-3.0-or-later
"""Every transform and preset through the real sonobrush-cli: lists, plans, round trips, arrays, refusals."""
import json
import math
import os
import struct
import unittest
import wave

from cli_case import SPEECH, MUSIC, read, read_png, read_wav, write_wav, Case

try:
    import numpy as np
except ImportError:
    np = None

GUITAR = "/usr/share/sonic-pi/samples/guit_em9.flac"
TRANSFORMS = ("stft", "slicq", "cqt", "vqt", "nsgt", "erb", "mel", "bark")
PRESETS = ("everyday", "music", "speech", "drums", "bass", "field")


class Lists(Case):
    def test_tables(self):
        d = json.loads(self.ok("transforms", "--json"))
        self.assertEqual(tuple(t["name"] for t in d["transforms"]), TRANSFORMS)
        self.assertEqual(tuple(p["name"] for p in d["presets"]), PRESETS)
        text = self.ok("transforms").decode()
        for t in d["transforms"]:
            self.assertIn("\n%s: " % t["name"] if t["name"] != "stft" else "stft: ", text)
            self.assertIn(t["tip"], text)
            self.assertTrue(set(t["main_params"]) <= {p["name"] for p in t["params"]})
            for p in t["params"]:
                self.assertIn("  --%s " % p["name"].replace("_", "-"), text)
                self.assertIn(p["tip"], text)
                self.assertTrue(p["default"] in p["choices"] if "choices" in p else p["min"] <= p["default"] <= p["max"])
        for p in d["presets"]:
            self.assertIn(p["tip"], text)

    def test_help_shows_the_options_of_the_transform_that_is_named(self):
        self.assertIn(b"--hop", self.ok("help", "analyze"))
        text = self.ok("analyze", "--transform", "vqt", "--help").decode()
        self.assertIn("--gamma-hz", text)
        self.assertNotIn("--hop", text)
        self.assertRegex(self.ok("roundtrip", "--preset=drums", "--help").decode(),
                         r"--bins-per-octave=N +Bands per octave, 3 to 96 \(default 12\)")

    def test_plans(self):
        for args in [["--transform", t] for t in TRANSFORMS] + [["--preset", p] for p in PRESETS]:
            d = json.loads(self.ok("transforms", *args, "--json"))
            self.assertTrue(0 < d["bound_a"] <= d["bound_b"], d)
            self.assertTrue(0 <= d["lowest_hz"] < d["highest_hz"] <= 24000)
            self.assertRegex(self.ok("transforms", *args).decode(), r"\n  frame +A [\d.]+, B [\d.]+ ")
        for name in PRESETS:  # what a preset promises to show is shown
            d = json.loads(self.ok("transforms", "--preset", name, "--json"))
            if "fmin_hz" in d["transform"]:
                self.assertLess(d["lowest_hz"], 1.2 * d["transform"]["fmin_hz"] + 4)
        d = json.loads(self.ok("transforms", "--transform", "cqt", "--bins-per-octave", "96", "--fmin-hz", "16",
                               "--json"))
        self.assertEqual(d["slice_frames"], 1 << 20)
        self.assertTrue(16 < d["constant_q_from_hz"] < 40)
        text = self.ok("transforms", "--transform", "cqt", "--bins-per-octave", "96", "--fmin-hz", "16").decode()
        self.assertIn("as asked for from %.5g Hz" % d["constant_q_from_hz"], text)

    def test_refusals_say_what_is_wrong(self):
        for code, says, args in (
                (2, "unknown transform 'wavelet', must be one of: stft, slicq", ["--transform", "wavelet"]),
                (2, "unknown preset 'jazz', must be one of: everyday, music", ["--preset", "jazz"]),
                (2, "--preset music is for --transform vqt, not cqt", ["--preset", "music", "--transform", "cqt"]),
                (2, "--bins-per-octave is 2, must be from 3 to 96", ["--transform", "vqt", "--bins-per-octave", "2"]),
                (2, "--layout is 'x', must be one of: warped, notes", ["--preset", "music", "--layout", "x"]),
                (2, "--hop-eighths is 7 eighths of a slice", ["--transform", "slicq", "--hop-eighths", "7"]),
                (2, "--gamma-hz", ["--transform", "cqt", "--gamma-hz", "3"]),
                (1, "slice is 5000, must be a power of two", ["--transform", "slicq", "--slice", "5000"]),
                (1, "fmin_hz is 900, must be below fmax_hz 800", ["--transform", "erb", "--fmin-hz", "900", "--fmax-hz",
                                                                  "800"]),
                (1, "nsgt takes the sound as a whole: it has 4194305 frames",
                 ["--transform", "nsgt", "--frames", "4194305"]),
                (1, "no band fits", ["--transform", "cqt", "--fmin-hz", "19000", "--rate", "38001"]),
                (1, "sample rate", ["--transform", "cqt", "--rate", "-1"])):
            self.assertIn(says, self.fails(code, "transforms", *args))


class Roundtrip(Case):
    def snr(self, path, *args):
        snr_db = json.loads(self.ok("roundtrip", path, "--json", *args))["snr_db"]
        return math.inf if snr_db is None else snr_db  # the same bits

    def test_every_transform_and_preset(self):
        for args in [["--transform", t] for t in TRANSFORMS] + [["--preset", p] for p in PRESETS]:
            for path in (SPEECH, MUSIC):
                self.assertGreaterEqual(self.snr(path, *args), 130, (path, args))
        self.assertGreaterEqual(self.snr(GUITAR, "--transform", "vqt", "--layout", "notes", "--bins-per-octave", "36"), 125)

    def test_any_length(self):
        """Far below a slice, around one, and several that share what lies between them."""
        for n in (1, 2, 997, 65535, 65536, 65537, 300007):
            write_wav(self.path("n.wav"), [(i * 7919) % 20000 - 10000 for i in range(1, n + 1)], 48000)
            for args in (["--transform", "vqt"], ["--transform", "nsgt"], ["--preset", "drums"],
                         ["--transform", "slicq", "--slice", "4096", "--hop-eighths", "5", "--fmin-hz", "200"]):
                self.assertGreaterEqual(self.snr(self.path("n.wav"), *args), 125, (n, args))

    def test_the_whole_sound_has_a_limit(self):
        frames = bytes(2 * (1 << 22))
        with wave.open(self.path("long.wav"), "wb") as f:
            f.setnchannels(1)
            f.setsampwidth(2)
            f.setframerate(48000)
            f.writeframes(frames + b"\0\0")
        for command in (["roundtrip"], ["analyze", "-o", self.path("x.npy")], ["analyze", "-o", self.path("x.png")]):
            self.assertIn("4194305 frames, must have from 1 to 4194304 (use slicq)",
                          self.fails(1, *command, self.path("long.wav"), "--transform", "nsgt"))
        self.no_leftovers("long.wav")

    def test_it_says_what_the_plan_is(self):
        d = json.loads(self.ok("roundtrip", SPEECH, "--preset", "music", "--bins-per-octave", "24", "--json"))
        self.assertEqual(d["transform"]["name"], "vqt")
        self.assertEqual((d["transform"]["bins_per_octave"], d["transform"]["gamma_hz"]), (24, 6.6))
        self.assertLess(d["bound_b"] / d["bound_a"], 1.1)
        self.assertIn(b"bands from 32.", self.ok("roundtrip", SPEECH, "--preset", "music"))

    def test_it_says_how_long_it_takes_when_it_is_asked(self):
        d = json.loads(self.ok("roundtrip", SPEECH, "--preset", "music", "--repeat", "2", "--json"))
        self.assertTrue(0 < d["analyse_cpu_s"] < 10 and 0 < d["synthesise_cpu_s"] < 10)
        self.assertIn(b" s to analyse", self.ok("roundtrip", SPEECH, "--repeat", "1"))
        self.assertNotIn(b" s to analyse", self.ok("roundtrip", SPEECH))
        for n in ("0", "-1", "1001"):
            self.assertIn("--repeat is %s, must be from 1 to 1000" % n, self.fails(2, "roundtrip", SPEECH, "--repeat", n))


@unittest.skipUnless(np, "needs NumPy")
class Arrays(Case):
    def npy(self, source, *args):
        d = json.loads(self.ok("analyze", source, "-o", self.path("x.npy"), "--json", *args))
        values = np.load(self.path("x.npy"))
        os.remove(self.path("x.npy"))
        self.assertEqual(list(values.shape), d["shape"])
        self.assertEqual(values.dtype, np.float32 if d["values"] == "power" else np.complex64)
        return d, values

    def speech(self):
        with wave.open(SPEECH) as f:
            return np.frombuffer(f.readframes(f.getnframes()), "<i2") / 32768.0

    def merged(self, x, d, size, eighths, freq_hz, width_hz, power):
        """[columns][bands] by the formulas of docs/transforms-formulas.md, in double, with NumPy's FFT."""
        rate = 48000
        hop, ramp = size * eighths // 8, size // 16
        pad, lead = (size - hop - ramp) // 2, (size - hop) // 2
        rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(ramp) + 0.5) / ramp)
        h = np.concatenate([np.zeros(pad), rise, np.ones(hop - ramp), 1 - rise, np.zeros(size - pad - hop - ramp)])
        columns = round(size / (d["column_s"] * rate))
        pitch = size // columns
        out = np.zeros(d["shape"][1:], complex)
        first = d["first_column"]
        for m in range(-1, (len(x) + lead) // hop + 1):
            start = m * hop - lead
            t = np.arange(start, start + size)
            inside = (t >= 0) & (t < len(x))
            placed = np.zeros(size)
            placed[t[inside] % size] = x[t[inside]] * h[inside]
            spectrum = np.fft.fft(placed)
            i = np.arange(max(first, -(-start // pitch)), min(first + len(out), -(-(start + size) // pitch)))
            for r, f in enumerate(freq_hz):
                centre, width = f * size / rate, width_hz(f) * size / rate
                j = np.arange(math.floor(centre - width / 2) + 1, math.ceil(centre + width / 2))
                band = np.zeros(columns, complex)
                band[j % columns] = spectrum[j] * np.cos(np.pi * (j - centre) / width)**power / math.sqrt(columns * size)
                out[i - first, r] += (np.fft.ifft(band) * columns)[i % columns]
        return out

    def test_slicq_against_numpy(self):
        alpha = 2**(1 / 24) - 2**(-1 / 24)
        for eighths, window, power, support, least in ((6, "hann", 2, 3, 15), (5, "cos4", 4, 4, 13), (4, "hann", 2, 3, 10)):
            d, c = self.npy(SPEECH, "--transform", "slicq", "--bins-per-octave", "24", "--slice", "16384", "--window",
                            window, "--hop-eighths", str(eighths), "--fmin-hz", "100", "--gamma-hz", "20", "--fmax-hz", "9000")
            f = np.array(d["frequencies_hz"])
            ideal = self.merged(self.speech(), d, 16384, eighths, f,
                                lambda f: max(least * 48000 / 16384, support / 2 * (alpha * f + 20)), power)
            self.assertLess(np.abs(c[0] - ideal).max(), 1e-6 * np.abs(ideal).max())
            self.assertTrue(np.allclose(np.diff(np.log2(f + 20 / alpha)), 1 / 24, atol=1e-9))

    def test_slices_agree_with_the_whole(self):
        """Merged slices are nearly the coefficients of the whole sound, phase included."""
        args = ["--bins-per-octave", "24", "--window", "cos4", "--fmin-hz", "100", "--fmax", "3000", "--fmin", "200"]
        d, c = self.npy(SPEECH, "--transform", "slicq", "--slice", "131072", *args)
        w, whole = self.npy(SPEECH, "--transform", "nsgt", *args)
        self.assertEqual(d["frequencies_hz"], w["frequencies_hz"])
        every, of_whole = 0.008 / d["column_s"], 0.008 / w["column_s"]  # the grids meet somewhere
        hits = [(round(k * every), round(k * of_whole)) for k in range(1, 150)
                if abs(k * every - round(k * every)) + abs(k * of_whole - round(k * of_whole)) < 1e-9]
        self.assertGreater(len(hits), 10)
        a = np.array([c[0, i] for i, _ in hits]) * d["sine_scale"]
        b = np.array([whole[0, k] for _, k in hits]) * w["sine_scale"]
        self.assertLess(np.abs(a - b).max(), 1e-4 * np.abs(b).max())

    def test_a_sine_reads_its_amplitude(self):
        tone = [round(16384 * math.sin(2 * math.pi * 880 * i / 48000)) for i in range(96000)]
        write_wav(self.path("tone.wav"), tone, 48000)
        for t in TRANSFORMS[1:]:
            d, power = self.npy(self.path("tone.wav"), "--transform", t, "--values", "power", "--start", "0.9", "--end", "1.1")
            d2, c = self.npy(self.path("tone.wav"), "--transform", t, "--start", "0.9", "--end", "1.1")
            self.assertTrue(np.allclose(power, (np.abs(c) * d2["sine_scale"])**2, atol=1e-7))
            nearest = int(np.argmin(np.abs(np.array(d["frequencies_hz"]) - 880)))
            self.assertEqual(int(power[0, 50].argmax()), nearest)
            if t in ("slicq", "cqt", "vqt", "nsgt"):  # A5 is the centre of a band, counted from A4 ...
                if d["transform"].get("gamma_hz", 0) == 0:
                    self.assertLess(abs(20 * math.log10(math.sqrt(power[0, 50, nearest]) / 0.5)), 0.01)
            ideal = 0.5 * np.exp(2j * np.pi * 880 * (d2["first_time_s"] + 50 * d2["column_s"]) - 0.5j * np.pi)
            self.assertLess(abs(np.angle(c[0, 50, nearest] / ideal)), 1e-3)  # the phase of the sine there

    def test_rows_and_columns_that_are_asked_for(self):
        d, c = self.npy(MUSIC, "--transform", "vqt", "--fmin", "400", "--fmax", "900", "--channel", "1",
                        "--start", "0.25", "--end", "0.5")
        whole, all_of_it = self.npy(MUSIC, "--transform", "vqt", "--fmin", "400", "--fmax", "900")
        f = d["frequencies_hz"]
        self.assertTrue(400 <= f[0] < f[-1] <= 900)
        self.assertAlmostEqual(d["first_time_s"], d["first_column"] * d["column_s"], 12)
        self.assertTrue(0.25 <= d["first_time_s"] < 0.25 + d["column_s"])
        at = d["first_column"] - whole["first_column"]
        self.assertTrue(np.array_equal(c[0], all_of_it[1, at:at + c.shape[1]]))  # whatever else is asked for
        self.assertIn("no band of vqt has its centre between 440.1 Hz and 440.2 Hz",
                      self.fails(1, "analyze", MUSIC, "-o", self.path("x.npy"), "--transform", "vqt", "--fmin", "440.1",
                                 "--fmax", "440.2"))
        self.assertIn("no column lies between", self.fails(1, "analyze", MUSIC, "-o", self.path("x.npy"), "--transform",
                                                           "vqt", "--start", "0.50001", "--end", "0.500011"))
        d, c = self.npy(MUSIC, "--fmin", "400", "--fmax", "900")
        self.assertTrue(400 <= d["first_hz"] < 400 + d["bin_hz"])
        self.assertEqual(d["shape"][2], len([k for k in range(1025) if 400 <= k * d["bin_hz"] <= 900]))
        self.no_leftovers()

    def test_same_array_for_any_number_of_threads(self):
        for t in ("vqt", "nsgt"):
            for n in ("1", "2", "3"):
                self.ok("analyze", SPEECH, "-o", self.path(n + ".npy"), "--threads", n, "--transform", t, "--fmax", "2000")
            self.assertEqual(read(self.path("1.npy")), read(self.path("2.npy")))
            self.assertEqual(read(self.path("1.npy")), read(self.path("3.npy")))

    def test_bands_of_an_axis(self):
        """Triangles that overlap by half: each column's power is divided, and none is lost."""
        for scale in ("linear", "log", "mel", "erb", "bark"):
            args = ["--scale", scale, "--fmin", "50", "--fmax", "12000"]
            d, bands = self.npy(SPEECH, "--bands", "40", *args)
            _, c = self.npy(SPEECH)
            self.assertEqual((d["shape"][2], d["values"]), (40, "power"))
            f = np.array(d["frequencies_hz"])
            self.assertEqual((f[0], f[-1]), (50, 12000))
            scaled = (np.abs(c[0]) * 2 * math.sqrt(2048) / 1024)**2 / 1.5  # 1.5: Hann's noise bandwidth
            self.assertTrue(np.allclose(bands[0].sum(1), scaled.sum(1), rtol=1e-4, atol=1e-12))
            warp = {"linear": lambda f: f, "log": np.log, "mel": lambda f: np.log(700 + f),
                    "erb": lambda f: np.log(1 / 0.00437 + f), "bark": lambda f: -1 / (1960 + f)}[scale]
            bins = np.maximum(np.arange(1025) * 48000 / 2048, 1e-9)
            weight = np.maximum(0, 1 - np.abs((np.clip(warp(bins), warp(f[0]), warp(f[-1]))[:, None] - warp(f)[None, :]) /
                                              (warp(f[1]) - warp(f[0]))))
            self.assertLess(np.abs(weight.sum(1) - 1).max(), 1e-6)
            self.assertTrue(np.allclose(bands[0], scaled @ weight, rtol=1e-3, atol=1e-9 * scaled.max()))

    def test_refusals(self):
        out = self.path("x.npy")
        for says, args in (("--bands is for the stft; vqt has bands", ["--bands", "10", "--transform", "vqt"]),
                           ("--bands is 1, must be from 2", ["--bands", "1"]),
                           ("--values is 'phase', must be one of: complex, power", ["--values", "phase"]),
                           ("--bands have powers", ["--bands", "10", "--values", "complex"])):
            self.assertIn(says, self.fails(2, "analyze", SPEECH, "-o", out, *args))
        self.no_leftovers()


class Pictures(Case):
    def picture(self, source, *args):
        """The numbers of --json and the spectrogram as [y][x] of brightness."""
        d = json.loads(self.ok("analyze", source, "-o", self.path("x.png"), "--json", "--map", "grey", "--width", "500",
                               "--height", "400", *args))
        width, height, rows = read_png(self.path("x.png"))
        self.assertEqual((width, height), (500, 400))
        box = d["spectrogram_px"]
        return d, [rows[y][3 * box["x"]:3 * (box["x"] + box["width"]):3] for y in range(box["y"], box["y"] + box["height"])]

    def tone(self):
        write_wav(self.path("tone.wav"), [round(16384 * math.sin(2 * math.pi * 880 * i / 48000)) for i in range(72000)], 48000)
        return self.path("tone.wav")

    WARPS = {"linear": lambda f: f, "log": math.log, "mel": lambda f: math.log(700 + f),
             "erb": lambda f: math.log(1 / 0.00437 + f), "bark": lambda f: -1 / (1960 + f)}

    def brightest_at(self, d, picture):
        column = [row[len(picture[0]) // 2] for row in picture]
        warp = self.WARPS[d["scale"]]
        f0, f1 = warp(d["f0_hz"]), warp(d["f1_hz"])
        position = 1 - (column.index(max(column)) + column.count(max(column)) / 2) / len(column)
        return position, (warp(880) - f0) / (f1 - f0)

    def test_a_tone_is_where_it_should_be_in_every_transform_on_every_axis(self):
        own = {"stft": "log", "slicq": "log", "cqt": "log", "vqt": "log", "nsgt": "log", "erb": "erb", "mel": "mel",
               "bark": "bark"}
        for t in TRANSFORMS:
            for scale in (None, "linear", "log", "mel", "erb", "bark"):
                d, picture = self.picture(self.tone(), "--transform", t, *(["--scale", scale] if scale else []))
                self.assertEqual((d["scale"], d["ceiling_db"]), (scale or own[t], -5))  # the sine reads -6 dB
                at, expected = self.brightest_at(d, picture)
                self.assertAlmostEqual(at, expected, delta=0.02, msg=(t, scale))
        self.assertEqual(self.picture(self.tone(), "--preset", "field")[0]["scale"], "mel")

    def test_a_picture_of_a_bank_ends_where_its_bands_do(self):
        d, _ = self.picture(SPEECH, "--transform", "vqt", "--fmin-hz", "110", "--fmax-hz", "7000")
        self.assertTrue(100 < d["f0_hz"] < 110.5 and 6900 < d["f1_hz"] < 7200, d)
        d, _ = self.picture(SPEECH, "--transform", "vqt", "--fmin-hz", "110", "--fmin", "50", "--fmax", "20000")
        self.assertEqual((d["f0_hz"], d["f1_hz"]), (50, 20000))

    def test_bands_of_an_axis(self):
        for scale in self.WARPS:
            d, picture = self.picture(self.tone(), "--bands", "60", "--scale", scale)
            at, expected = self.brightest_at(d, picture)
            self.assertAlmostEqual(at, expected, delta=0.02, msg=scale)
            column = [row[200] for row in picture]
            self.assertLessEqual(sum(a != b for a, b in zip(column, column[1:])), 59)  # stripes
        d, _ = self.picture(SPEECH, "--bands", "60", "--quick", "--channel", "0")
        self.assertEqual((d["n_bands"], d["pool"]), (60, "max"))

    def test_notes_beside_the_axis(self):
        """Other labels, the same spectrogram; another tuning moves bands and labels alike against Hz."""
        args = ["--transform", "cqt", "--bins-per-octave", "12", "--fmin-hz", "110", "--fmax-hz", "1760", "--fmin", "110",
                "--fmax", "1760"]
        labels = []
        for more in ([], ["--notes"], ["--notes", "--tuning-hz", "415"]):
            _, picture = self.picture(self.tone(), *args, *more)
            _, _, rows = read_png(self.path("x.png"))
            labels.append([row[:3 * 70] for row in rows])  # what is left of the spectrogram
            if more == ["--notes"]:
                self.assertEqual(picture, in_hz)
            in_hz = picture
        self.assertNotEqual(labels[0], labels[1])
        self.assertNotEqual(labels[1], labels[2])

    def test_the_loudest_or_the_mean(self):
        """A click in near silence: to be seen by max, to weigh little by mean."""
        samples = [(i * 7919) % 5 - 2 for i in range(48000 * 20)]
        samples[480000:480003] = (30000, -30000, 20000)
        write_wav(self.path("click.wav"), samples, 48000)
        for args in ([], ["--transform", "vqt"], ["--bands", "40"]):
            most, mean = (max(max(row[140:190]) for row in
                              self.picture(self.path("click.wav"), "--pool", pool, "--ceiling", "0", *args)[1])
                          for pool in ("max", "mean"))
            self.assertGreater(most, mean + 10, args)
        self.assertIn("--pool is 'min'", self.fails(2, "analyze", SPEECH, "-o", self.path("x.png"), "--pool", "min"))

    def test_same_picture_for_any_number_of_threads(self):
        for t in ("vqt", "nsgt", "erb"):
            for n in ("1", "2", "3"):
                self.ok("analyze", SPEECH, "-o", self.path(n + ".png"), "--threads", n, "--transform", t)
            self.assertEqual(read(self.path("1.png")), read(self.path("2.png")))
            self.assertEqual(read(self.path("1.png")), read(self.path("3.png")))


BOX = {"kind": "box", "t0_s": 0.05, "t1_s": 0.2, "f0_hz": 300, "f1_hz": 1200, "feather_ms": 10, "feather_hz": 50}
PRECISE = {"name": "vqt", "quality": "precise", "bins_per_octave": 24}


class Render(Case):
    def script(self, *edits):
        with open(self.path("e.json"), "w") as f:
            json.dump({"sonobrush_edits": 1, "edits": list(edits)}, f)
        return self.path("e.json")

    def render(self, script, *args, out="o.wav"):
        return json.loads(self.ok("render", SPEECH, "--edits", script, "-o", self.path(out), "--json", *args))

    def test_every_transform_edits(self):
        """An octave of speech is gone, silence elsewhere in time is kept, and it is the same again."""
        script = self.script({"operation": "erase", "mask": {"shapes": [BOX]}})
        before = read_wav(SPEECH)[1]
        results = {}
        for t in TRANSFORMS:
            d = self.render(script, "--transform", t)["edits"][0]
            self.assertEqual(d["transform"], t)
            after = read_wav(self.path("o.wav"))[1]
            at = 2 * max(0, d["dirty"]["start_frame"])
            end = 2 * (d["dirty"]["start_frame"] + d["dirty"]["n_frames"])
            self.assertEqual(before[:at], after[:at])
            self.assertEqual(before[end:], after[end:])
            middle = slice(2 * 3840, 2 * 8640)  # 0.08 to 0.18 s
            change = [abs(a - b) for a, b in zip(struct.unpack("<4800h", before[middle]), struct.unpack("<4800h", after[middle]))]
            self.assertGreater(max(change), 500, t)
            self.render(script, "--transform", t, "--threads", "1", out="p.wav")
            self.assertEqual(read(self.path("o.wav")), read(self.path("p.wav")))
            results[t] = after
        self.assertEqual(results["slicq"], results["vqt"])  # the same machine, and by default the same settings
        self.assertEqual(len(set(results.values())), len(TRANSFORMS) - 1)

    def test_the_edit_that_names_its_transform_keeps_it(self):
        one = {"operation": "erase", "mask": {"shapes": [BOX]}}
        two = dict(one, transform=PRECISE)
        d = self.render(self.script(one, two), "--preset", "bass", "--params", "bins_per_octave=24,fmin_hz=60")
        self.assertEqual([e["transform"] for e in d["edits"]], ["slicq", "vqt"])
        written = self.render(self.script(dict(one, transform={"name": "vqt", "bins_per_octave": 24, "quality": "precise"})))
        asked = self.render(self.script(one), "--transform", "vqt", "--params", "quality=precise bins_per_octave=24", out="p.wav")
        self.assertEqual(read(self.path("o.wav")), read(self.path("p.wav")))
        self.assertEqual(written["edits"][0]["dirty"], asked["edits"][0]["dirty"])

    def test_refusals(self):
        script = self.script({"operation": "erase", "mask": {"shapes": [BOX]}})
        for says, args in (("unknown transform 'x'", ["--transform", "x"]), ("unknown preset", ["--preset", "x"]),
                           ("--params needs", ["--params", "size=64"]),
                           ("--params: unknown parameter 'hop'", ["--transform", "vqt", "--params", "hop=64"]),
                           ("--params: gamma_hz is 201 Hz", ["--transform", "vqt", "--params", "gamma_hz=201"]),
                           ("'gamma_hz' must be name=value", ["--transform", "vqt", "--params", "gamma_hz"])):
            self.assertIn(says, self.fails(2, "render", SPEECH, "--edits", script, "-o", self.path("o.wav"), *args))
        for transform, says in (({"name": "wavelet"}, "edits[0].transform.name: 'wavelet' is not a known transform"),
                                ({"name": "vqt", "hop": 3}, "edits[0].transform.hop: unknown field"),
                                ({"name": "vqt", "layout": 1}, "edits[0].transform.layout"),
                                ({"name": "vqt", "gamma_hz": 201}, "gamma_hz is 201 Hz"),
                                ({"name": "slicq", "slice": 5000}, "edits[0]: slice is 5000, must be a power of two")):
            script = self.script({"operation": "erase", "transform": transform, "mask": {"shapes": [BOX]}})
            self.assertIn(says, self.fails(1, "render", SPEECH, "--edits", script, "-o", self.path("o.wav")))
        self.no_leftovers("e.json")


if __name__ == "__main__":
    unittest.main()
