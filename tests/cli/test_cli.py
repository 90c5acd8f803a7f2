# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the real sonobrush-cli on real files: what it prints, writes, refuses and returns."""
import json
import math
import os
import pty
import re
import resource
import signal
import struct
import subprocess
import time
import unittest
import wave

from cli_case import (CLI, ROOT, SPEECH, MUSIC, HOSTILE, run, read, write, write_wav, read_wav, read_png,
                      signal_mask, start, codec_of, Case)

try:
    import numpy as np
except ImportError:
    np = None


class Usage(Case):
    def test_help_and_version(self):
        self.assertRegex(self.ok("--version").decode(), r"\Asonobrush-cli \d+\.\d+\.\d+\n\Z")
        text = self.ok("--help").decode()
        for command in ("info", "analyze", "render", "roundtrip", "bench", "transforms", "engines", "help"):
            self.assertIn("\n  %s " % command, text)
            first = self.ok("help", command)
            if command != "help":
                self.assertEqual(first, self.ok(command, "--help"))
                self.assertIn(b"sonobrush-cli " + command.encode(), first)
        self.assertEqual(self.ok("help").decode(), text)

    def test_wrong_usage_is_2(self):
        self.fails(2)
        self.assertIn("'frobnicate'", self.fails(2, "frobnicate"))
        self.assertIn("--frob", self.fails(2, "info", "--frob", SPEECH))
        self.assertIn("FILE is missing", self.fails(2, "info"))
        self.assertIn("unexpected argument", self.fails(2, "info", SPEECH, SPEECH))
        self.assertIn("unknown command", self.fails(2, "help", "frobnicate"))
        self.assertIn("-o is missing", self.fails(2, "analyze", SPEECH))
        self.assertIn("must end in", self.fails(2, "analyze", SPEECH, "-o", self.path("x.gif")))
        out = self.path("x.png")
        self.assertIn("unknown transform 'x', must be one of: stft", self.fails(2, "analyze", SPEECH, "--transform", "x"))
        self.assertIn("--size", self.fails(2, "analyze", SPEECH, "-o", out, "--size", "many"))
        self.assertIn("--size is 63 frames", self.fails(2, "analyze", SPEECH, "-o", out, "--size=63"))
        self.assertIn("hann, hamming", self.fails(2, "roundtrip", SPEECH, "--window", "box"))
        self.assertIn("--scale", self.fails(2, "analyze", SPEECH, "-o", out, "--scale", "octaves"))
        self.assertIn("--map", self.fails(2, "analyze", SPEECH, "-o", out, "--map", "jet"))
        self.assertIn("--end", self.fails(2, "analyze", SPEECH, "-o", out, "--start", "1", "--end", "0.5"))
        self.assertIn("--start 99", self.fails(2, "analyze", SPEECH, "-o", out, "--start", "99"))
        self.assertIn("--start", self.fails(2, "analyze", SPEECH, "-o", out, "--start", "nan"))
        self.assertIn("--channel 1", self.fails(2, "analyze", SPEECH, "-o", out, "--channel", "1"))
        self.assertIn("--floor", self.fails(2, "analyze", SPEECH, "-o", out, "--floor", "0", "--ceiling", "-10"))
        self.assertIn("no room", self.fails(2, "analyze", SPEECH, "-o", out, "--width", "100"))
        self.assertIn("--fmin", self.fails(2, "analyze", SPEECH, "-o", out, "--fmax", "99999"))
        self.assertIn("--threads", self.fails(2, "analyze", SPEECH, "-o", out, "--threads", "-1"))
        self.assertIn("--threads", self.fails(2, "roundtrip", SPEECH, "--threads", "257"))
        self.assertIn("--threads", self.fails(2, "render", SPEECH, "--edits", "e", "-o", "x.wav", "--threads", "9999"))
        self.assertIn("--edits is missing", self.fails(2, "render", SPEECH, "-o", "x.wav"))
        self.assertIn("--bits", self.fails(2, "render", SPEECH, "--edits", "e", "-o", "x.wav", "--bits", "17"))
        self.no_leftovers()

    def test_failures_are_1(self):
        self.assertIn("/nonexistent.wav", self.fails(1, "info", "/nonexistent.wav"))
        self.assertIn("/etc/passwd", self.fails(1, "info", "/etc/passwd"))
        self.fails(1, "info", "/")
        self.fails(1, "info", "/dev/zero")
        os.mkfifo(self.path("fifo"))
        self.assertIn("fifo", self.fails(1, "info", self.path("fifo")))
        write(self.path("empty.wav"), b"")
        self.assertIn("empty.wav", self.fails(1, "info", self.path("empty.wav")))
        self.assertIn("no frame", self.fails(1, "roundtrip", SPEECH, "--size", "1024", "--hop", "1025"))
        self.assertIn("factors", self.fails(1, "roundtrip", SPEECH, "--size", "1022"))
        self.assertIn("backend", self.fails(1, "roundtrip", SPEECH, "--backend", "abacus"))
        self.fails(1, "analyze", SPEECH, "-o", "/nonexistent/x.png")
        self.fails(1, "analyze", SPEECH, "-o", "/nonexistent/x.npy")
        self.no_leftovers("fifo", "empty.wav")

    def test_what_is_ignored_stays_ignored(self):
        """nohup keeps a program alive when its terminal goes."""
        write_wav(self.path("long.wav"), [(i * 7919) % 20000 - 10000 for i in range(44100 * 20)])
        p = start(["roundtrip", self.path("long.wav"), "--hop", "64"], [signal.SIGHUP])
        self.assertEqual(signal_mask(p.pid, "SigIgn") >> (signal.SIGHUP - 1) & 1, 1)
        p.send_signal(signal.SIGHUP)
        p.communicate(timeout=120)
        self.assertEqual(p.returncode, 0)

    def test_long_names_do_not_push_the_reason_out(self):
        folder = self.path(os.path.join("d" * 200, "e" * 200))
        os.makedirs(folder)
        script, out = os.path.join(folder, "script.json"), self.path("o.wav")
        self.assertIn("script.json: No such file", self.fails(1, "render", SPEECH, "--edits", script, "-o", out))
        write(script, b'{"sonobrush_edits": 1, "edits": [], "x": 1}')
        self.assertIn("script.json: x: unknown field", self.fails(1, "render", SPEECH, "--edits", script, "-o", out))
        edit = {"operation": "erase", "channels": [7], "mask": {"shapes": []}}
        write(script, json.dumps({"sonobrush_edits": 1, "edits": [edit]}).encode())
        self.assertIn("script.json: edits[0].channels: channel 7 does not exist",
                      self.fails(1, "render", SPEECH, "--edits", script, "-o", out))
        for name in ("x.npy", "x.png"):
            self.assertIn(name + ": cannot open its folder: No such file",
                          self.fails(1, "analyze", SPEECH, "-o", os.path.join(folder, "none", name)))

    def test_full_standard_output_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            r = subprocess.run([CLI, "engines"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(r.returncode, 1)
        self.assertRegex(r.stderr.decode(), r"\Asonobrush-cli: [^\n]+\n\Z")


class Terminal(Case):
    BAD = re.compile(b"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")

    def test_nothing_steers_the_terminal(self):
        samples = [int(9000 * math.sin(i / 9)) for i in range(9000)]
        folder = self.path("d")
        os.mkdir(folder)
        hostile = os.path.join(folder, HOSTILE + ".wav")
        bad_bytes = os.path.join(folder.encode(), b"\xff\xfe\x9b.wav")
        write_wav(hostile, samples)
        write(bad_bytes, read(hostile))
        titled = os.path.join(folder, "titled.wav")
        data = read(hostile)
        title = b"INFOINAM" + struct.pack("<I", 16) + b"\x1b]0;owned\x07\x1b[2J\0\0\0"
        chunk = b"LIST" + struct.pack("<I", len(title)) + title
        write(titled, b"RIFF" + struct.pack("<I", len(data) - 8 + len(chunk)) + data[8:36] + chunk + data[36:])
        script = os.path.join(folder, "x\x1b[2J.json")
        with open(script, "w") as f:
            f.write('{"sonobrush_edits": 1, "edits": [], "a\\u001b[2J\\u202e": 1}')
        out = os.path.join(folder, "o\x1b[2J")
        for name in (hostile, bad_bytes, titled, "missing" + HOSTILE):
            for args in (["info", name], ["info", "--json", name], ["roundtrip", name], ["roundtrip", "--json", name],
                         ["analyze", name, "-o", out + ".png", "--json"], ["analyze", name, "-o", out + ".npy", "--json"],
                         ["analyze", name, "-o", out + "/x.npy"], ["analyze", name, "-o", out + ".gif"],
                         ["render", name, "--edits", script, "-o", out + ".wav"],
                         ["render", name, "--edits", "none" + HOSTILE, "-o", out + ".wav"],
                         [name], ["help", name], ["info", b"--" + os.fsencode(name)], ["info", "x", name],
                         ["analyze", name, "--transform", name, "-o", "x.png"], ["roundtrip", name, "--window", name]):
                r = run(*args)
                for text in (r.stdout, r.stderr):
                    self.assertIsNone(self.BAD.search(text), (args, text))
                    text.decode("utf-8")
                self.assertLessEqual(r.stderr.count(b"\n"), 1, r)
                if "--json" in args and r.returncode == 0:
                    json.loads(r.stdout)

    def test_progress_only_on_a_terminal(self):
        # a minute at a small hop: long enough for a bar to appear
        write_wav(self.path("long.wav"), [(i * 7919) % 20000 - 10000 for i in range(44100 * 40)])
        for hop in ("64", "16", "8"):  # the faster the machine, the more it is given to do
            args = [CLI, "roundtrip", self.path("long.wav"), "--hop", hop]
            began_s = time.monotonic()
            r = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
            self.assertEqual((r.returncode, r.stderr), (0, b""))
            if time.monotonic() - began_s > 1.5:
                break
        master, slave = pty.openpty()
        p = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
        out = p.communicate(timeout=120)[0]
        os.close(master)
        self.assertEqual((p.returncode, out), (0, r.stdout))
        self.assertIn(b"round trip [", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"))  # and it is gone at the end


class Info(Case):
    def test_speech(self):
        d = json.loads(self.ok("info", "--json", SPEECH))
        with wave.open(SPEECH) as f:
            self.assertEqual((d["n_frames"], d["n_channels"], d["rate_hz"]),
                             (f.getnframes(), f.getnchannels(), f.getframerate()))
            data = struct.unpack("<%dh" % f.getnframes(), f.readframes(f.getnframes()))
        self.assertAlmostEqual(d["channels"][0]["peak"], max(map(abs, data)) / 32768, 12)
        rms = math.sqrt(sum(x * x for x in data) / len(data)) / 32768
        self.assertAlmostEqual(d["channels"][0]["rms_db"], 20 * math.log10(rms), 9)
        self.assertEqual((d["format"], d["bits"], d["truncated"], d["warning"]), ("WAV", 16, False, None))
        text = self.ok("info", SPEECH).decode()
        self.assertIn("48000 Hz", text)
        self.assertIn("%d frames" % d["n_frames"], text)

    def test_silence(self):
        write_wav(self.path("s.wav"), [0] * 1000)
        d = json.loads(self.ok("info", "--json", self.path("s.wav")))
        self.assertEqual(d["channels"], [{"peak": 0, "peak_db": None, "rms_db": None}])
        self.assertIn(b"silent", self.ok("info", self.path("s.wav")))

    def test_truncated(self):
        for source in (SPEECH, MUSIC):
            name = "cut" + os.path.splitext(source)[1]
            write(self.path(name), read(source)[:60000])
            for args in (["info", "--json"], ["roundtrip", "--json"], ["analyze", "-o", self.path("x.png")]):
                r = run(*args, self.path(name))
                self.assertEqual(r.returncode, 0, r)
                self.assertRegex(r.stderr.decode(), r"\Asonobrush-cli: warning: [^\n]*cut[^\n]*\n\Z")
            d = json.loads(run("info", "--json", self.path(name)).stdout)
            self.assertTrue(d["truncated"])
            self.assertIn(name, d["warning"])
            self.assertGreater(d["n_frames"], 10000)


class Analyze(Case):
    def tone(self, freq_hz, seconds=0.5, rate=44100):
        write_wav(self.path("tone.wav"), [round(16384 * math.sin(2 * math.pi * freq_hz * i / rate))
                                          for i in range(int(seconds * rate))], rate)
        return self.path("tone.wav")

    def test_low_frequencies_are_at_the_bottom(self):
        for scale in ("linear", "log", "mel", "erb", "bark"):
            brightest = []
            for freq_hz in (500, 5000):
                out = self.path("%s%d.png" % (scale, freq_hz))
                d = json.loads(self.ok("analyze", self.tone(freq_hz), "-o", out, "--json", "--scale", scale,
                                       "--map", "grey", "--width", "400", "--height", "300"))
                self.assertEqual(d["ceiling_db"], -5)  # the sine reads -6 dB
                width, height, rows = read_png(out)
                self.assertEqual((width, height), (400, 300))
                box = d["spectrogram_px"]
                x = 3 * (box["x"] + box["width"] // 2)
                column = [rows[y][x] for y in range(box["y"], box["y"] + box["height"])]
                brightest.append(column.index(max(column)))
                part = 1 - (brightest[-1] + 0.5) / box["height"]
                f0, f1 = d["f0_hz"], d["f1_hz"]
                if scale == "linear":
                    expected = (freq_hz - f0) / (f1 - f0)
                elif scale == "log":
                    expected = math.log(freq_hz / f0) / math.log(f1 / f0)
                else:
                    warp = {"mel": lambda f: math.log(1 + f / 700), "erb": lambda f: math.log(1 + 0.00437 * f),
                            "bark": lambda f: f / (1960 + f)}[scale]
                    expected = (warp(freq_hz) - warp(f0)) / (warp(f1) - warp(f0))
                self.assertAlmostEqual(part, expected, delta=0.03)
            self.assertGreater(brightest[0], brightest[1])

    def test_time_runs_to_the_right(self):
        samples = [0] * 22050 + [round(16384 * math.sin(i / 5)) for i in range(22050)]
        write_wav(self.path("t.wav"), samples)
        d = json.loads(self.ok("analyze", self.path("t.wav"), "-o", self.path("t.png"), "--json", "--map", "grey"))
        _, _, rows = read_png(self.path("t.png"))
        box = d["spectrogram_px"]
        mean = [sum(rows[y][3 * (box["x"] + int(part * box["width"]))] for y in range(box["y"], box["y"] + box["height"]))
                for part in (0.25, 0.75)]
        self.assertLess(mean[0], mean[1] / 4)

    def test_range_and_quick(self):
        for args in (["--floor", "-80", "--ceiling", "-20"], ["--floor", "-60"], ["--ceiling", "0"]):
            d = json.loads(self.ok("analyze", SPEECH, "-o", self.path("x.png"), "--json", *args))
            for name, value in zip(args[::2], args[1::2]):
                self.assertEqual(d[name[2:] + "_db"], float(value))
            self.assertLess(d["floor_db"], d["ceiling_db"])
        self.ok("analyze", MUSIC, "-o", self.path("x.png"), "--quick", "--map", "tide")
        self.ok("analyze", SPEECH, "-o", self.path("x.png"), "--quick", "--start", "0.5", "--end", "0.6")
        self.no_leftovers("x.png")

    def test_same_picture_for_any_number_of_threads(self):
        for n in ("1", "2", "3"):
            self.ok("analyze", SPEECH, "-o", self.path(n + ".png"), "--threads", n)
        self.assertEqual(read(self.path("1.png")), read(self.path("2.png")))
        self.assertEqual(read(self.path("1.png")), read(self.path("3.png")))

    def npy(self, source, *args):
        out = self.path("x.npy")
        d = json.loads(self.ok("analyze", source, "-o", out, "--json", *args))
        data = read(out)
        self.assertEqual(data[:8], b"\x93NUMPY\x01\x00")
        length = struct.unpack("<H", data[8:10])[0]
        self.assertEqual((10 + length) % 64, 0)
        header = eval(data[10:10 + length].decode("latin1"))  # a Python literal by definition
        self.assertEqual(header, {"descr": "<c8", "fortran_order": False, "shape": tuple(d["shape"])})
        self.assertEqual(len(data), 10 + length + 8 * math.prod(d["shape"]))
        self.no_leftovers("x.npy")
        return d, np.load(out) if np else None

    def test_array_shapes(self):
        d, _ = self.npy(MUSIC)
        self.assertEqual(d["shape"], [2, 1 + 77321 // 512, 1025])
        self.assertEqual((d["first_slice"], d["first_time_s"]), (0, 0))
        d, _ = self.npy(MUSIC, "--channel", "1", "--start", "0.5", "--end", "1", "--size", "1000", "--hop", "100")
        self.assertEqual(d["shape"], [1, 221 - 0, 501])  # slices 221 (0.5011 s) to 441 (1.0 s)
        self.assertEqual(d["first_slice"], 221)
        self.assertIn("no slice", self.fails(1, "analyze", SPEECH, "-o", self.path("y.npy"), "--start", "0.502",
                                             "--end", "0.503"))

    @unittest.skipUnless(np, "needs NumPy")
    def test_array_against_numpy(self):
        with wave.open(SPEECH) as f:
            x = np.frombuffer(f.readframes(f.getnframes()), "<i2") / 32768.0
        for size, hop, window in ((2048, 512, "hann"), (1500, 333, "hamming"), (4096, 1024, "blackman-harris")):
            d, c = self.npy(SPEECH, "--size", str(size), "--hop", str(hop), "--window", window)
            u = (np.arange(size) - size // 2) / size
            w = {"hann": 0.5 + 0.5 * np.cos(2 * np.pi * u),
                 "hamming": 0.54 + 0.46 * np.cos(2 * np.pi * u),
                 "blackman-harris": 0.35875 + 0.48829 * np.cos(2 * np.pi * u) + 0.14128 * np.cos(4 * np.pi * u) +
                 0.01168 * np.cos(6 * np.pi * u)}[window]
            padded = np.concatenate([np.zeros(size), x, np.zeros(2 * size)])
            self.assertEqual(c.dtype, np.complex64)
            worst = 0.0
            for k in range(c.shape[1]):
                at = size + (d["first_slice"] + k) * hop - size // 2
                frame = np.roll(padded[at:at + size] * w, -(size // 2))  # the phase at the centre
                worst = max(worst, np.abs(np.fft.rfft(frame) / math.sqrt(size) - c[0, k]).max())
            self.assertLess(worst, 1e-5)
            self.assertLess(worst / np.abs(c).max(), 1e-6)
            self.assertAlmostEqual(d["sine_scale"], 2 * math.sqrt(size) / w.sum(), 9)
            self.assertAlmostEqual(d["bin_hz"], 48000 / size, 9)

    @unittest.skipUnless(np, "needs NumPy")
    def test_array_against_scipy(self):
        try:
            from scipy.signal import stft
        except ImportError:
            self.skipTest("needs SciPy")
        with wave.open(SPEECH) as f:
            x = np.frombuffer(f.readframes(f.getnframes()), "<i2") / 32768.0
        _, c = self.npy(SPEECH)
        _, _, z = stft(x, 48000, "hann", 2048, 1536, boundary="zeros", padded=True)
        n = min(z.shape[1], c.shape[1])
        window_sum = 1024.0  # of a Hann window of 2048, by which SciPy divides
        phase = (-1.0) ** np.arange(1025)  # SciPy's phase is that of the start of the window
        mine = c[0, :n].T * math.sqrt(2048) / window_sum * phase[:, None]
        self.assertLess(np.abs(mine - z[:, :n]).max(), 1e-5)

    def test_interrupted_array_leaves_nothing(self):
        write_wav(self.path("long.wav"), [(i * 7919) % 20000 - 10000 for i in range(44100 * 60)])
        p = start(["analyze", self.path("long.wav"), "-o", self.path("x.npy"), "--hop", "16"])
        deadline = time.monotonic() + 60

        def writes():  # a file in the folder, with or without a name
            links = (os.path.join(f"/proc/{p.pid}/fd", fd) for fd in os.listdir(f"/proc/{p.pid}/fd"))
            return any(re.match(re.escape(self.path("")) + r"(\.sonobrush-|#)", os.readlink(link)) for link in links)
        while time.monotonic() < deadline and p.poll() is None and not writes():
            time.sleep(0.005)
        p.send_signal(signal.SIGINT)
        out, text = p.communicate(timeout=60)
        self.assertEqual((p.returncode, out, text), (3, b"", b"sonobrush-cli: cancelled\n"))
        self.no_leftovers("long.wav")

    def test_arrays_follow_links_and_replace_only_files(self):
        write(self.path("x.npy"), b"old")
        os.chmod(self.path("x.npy"), 0o604)
        os.symlink("x.npy", self.path("link.npy"))
        self.ok("analyze", SPEECH, "-o", self.path("link.npy"))
        self.assertTrue(os.path.islink(self.path("link.npy")))
        self.assertEqual(read(self.path("x.npy"))[:6], b"\x93NUMPY")
        self.assertEqual(os.stat(self.path("x.npy")).st_mode & 0o777, 0o604)
        os.mkfifo(self.path("fifo.npy"))
        self.assertIn("not a regular file", self.fails(1, "analyze", SPEECH, "-o", self.path("fifo.npy")))
        os.mkdir(self.path("folder.npy"))
        self.assertIn("is a directory", self.fails(1, "analyze", SPEECH, "-o", self.path("folder.npy")))
        self.no_leftovers("x.npy", "link.npy", "fifo.npy", "folder.npy")

    def test_interrupt_is_heard_while_the_codec_hangs(self):
        """A file read where it lies; the codec is stopped by hand."""
        write_wav(self.path("long.wav"), [(i * 7919) % 20000 - 10000 for i in range(44100 * 60)])
        p = start(["analyze", self.path("long.wav"), "-o", self.path("x.npy"), "--hop", "16"],
                  SONO_CODEC_TIMEOUT_S="300")
        codec = codec_of(p)
        os.kill(codec, signal.SIGSTOP)
        p.send_signal(signal.SIGINT)
        out, text = p.communicate(timeout=60)
        self.assertEqual((p.returncode, out, text), (3, b"", b"sonobrush-cli: cancelled\n"))
        self.no_leftovers("long.wav")

    def test_full_disk_leaves_nothing(self):
        """A limit on the size of files acts like a full disk."""
        write(self.path("x.npy"), b"old")
        limit = (16 << 20, 16 << 20)

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)

        r = run("analyze", SPEECH, "-o", self.path("x.npy"), "--hop", "16", preexec_fn=small_files,
                restore_signals=False)
        self.assertRegex(r.stderr.decode(), r"\Asonobrush-cli: [^\n]*x.npy: cannot write: [^\n]+\n\Z")
        self.assertEqual(read(self.path("x.npy")), b"old")
        self.assertEqual((r.returncode, r.stdout), (1, b""))
        self.no_leftovers("x.npy")


class Roundtrip(Case):
    def test_snr(self):
        for source in (SPEECH, MUSIC):
            d = json.loads(self.ok("roundtrip", source, "--json"))
            self.assertGreaterEqual(d["snr_db"], 130)
            self.assertEqual(d["snr_db"], min(c["snr_db"] for c in d["channels"]))
            self.assertTrue(0 < d["channels"][0]["max_error"] < 1e-6)
            self.assertEqual(d["transform"], {"name": "stft", "size": 2048, "hop": 512, "window": "hann"})
        self.assertIn(b"SNR 1", self.ok("roundtrip", SPEECH, "--size", "625", "--hop", "125", "--window", "hamming"))

    def test_many_spans(self):
        write_wav(self.path("l.wav"), [(i * 7919) % 20000 - 10000 for i in range(600000)])
        d = json.loads(self.ok("roundtrip", self.path("l.wav"), "--json"))
        self.assertGreaterEqual(d["snr_db"], 130)
        self.assertEqual(d["n_frames"], 600000)

    def test_silence(self):
        write_wav(self.path("s.wav"), [0] * 5000)
        d = json.loads(self.ok("roundtrip", self.path("s.wav"), "--json"))
        self.assertEqual((d["snr_db"], d["channels"][0]["silent"]), (None, True))


class Engines(Case):
    def test_lists(self):
        d = json.loads(self.ok("engines", "--json"))
        self.assertTrue(any(b["name"] == "cpu" and b["available"] for b in d["backends"]))
        self.assertEqual([t["name"] for t in d["transforms"]][:3], ["stft", "slicq", "cqt"])
        self.assertEqual({o["name"] for o in d["operations"]}, {"gain", "erase", "restore"})
        self.assertEqual(d["colour_maps"][0], "ember")
        text = self.ok("engines").decode()
        for name in ("cpu", "stft", "vqt", "gain_db", "erase", "ember"):
            self.assertIn(name, text)


SCRIPT = {"sonobrush_edits": 1, "edits": [
    {"operation": "erase", "label": "one",
     "mask": {"shapes": [{"kind": "box", "t0_s": 0.4, "t1_s": 0.5, "f0_hz": 200, "f1_hz": 2000,
                          "feather_ms": 5, "feather_hz": 50}]}},
    {"operation": "gain", "params": {"gain_db": -20}, "solver": {"max_steps": 0},
     "mask": {"shapes": [{"kind": "stroke", "brush": {"radius_ms": 20, "radius_hz": 300},
                          "points": [[0.9, 500, 1], [1.0, 900, 0.5]]}]}}]}


class Render(Case):
    def script(self, value=SCRIPT, name="e.json"):
        with open(self.path(name), "w") as f:
            f.write(value if isinstance(value, str) else json.dumps(value))
        return self.path(name)

    def test_nothing_to_do_keeps_every_sample(self):
        script = self.script({"sonobrush_edits": 1, "edits": []})
        self.assertEqual(self.ok("render", SPEECH, "--edits", script, "-o", self.path("o.wav")), b"")
        self.assertEqual(read_wav(self.path("o.wav")), read_wav(SPEECH))
        self.no_leftovers("e.json", "o.wav")

    def test_the_documented_example_works(self):
        with open(os.path.join(ROOT, "docs", "edit-script.md")) as f:
            example = re.search(r"```json\n(.*?)```", f.read(), re.S).group(1)
        self.ok("render", SPEECH, "--edits", self.script(example), "-o", self.path("o.wav"))

    def test_edits_change_their_span_only_and_repeat_exactly(self):
        d = json.loads(self.ok("render", SPEECH, "--edits", self.script(), "-o", self.path("o.wav"), "--json"))
        self.ok("render", SPEECH, "--edits", self.script(), "-o", self.path("p.wav"), "--threads", "1")
        self.assertEqual(read(self.path("o.wav")), read(self.path("p.wav")))
        before, after = read_wav(SPEECH), read_wav(self.path("o.wav"))
        self.assertEqual(before[0], after[0])
        self.assertEqual([e["operation"] for e in d["edits"]], ["erase", "gain"])
        self.assertEqual(d["edits"][1]["steps"], 0)
        changed = [i for i in range(0, len(before[1]), 2) if before[1][i:i + 2] != after[1][i:i + 2]]
        self.assertGreater(len(changed), 1000)
        spans = [(2 * e["dirty"]["start_frame"], 2 * (e["dirty"]["start_frame"] + e["dirty"]["n_frames"]))
                 for e in d["edits"]]
        for i in changed:
            self.assertTrue(any(a <= i < b for a, b in spans))
        self.assertLess(sum(b - a for a, b in spans), len(before[1]))
        for name in ("load_s", "edit_s", "save_s"):
            self.assertGreaterEqual(d[name], 0)

    def test_restoring_puts_an_earlier_state_back(self):
        box = {"kind": "box", "t0_s": 0, "t1_s": 9, "f0_hz": 0, "f1_hz": 24000}
        back = {"operation": "restore", "mask": {"shapes": [box]}}
        script = {"sonobrush_edits": 1, "edits": [*SCRIPT["edits"], back]}
        self.ok("render", SPEECH, "--edits", self.script(script), "-o", self.path("o.wav"))
        self.assertEqual(read_wav(self.path("o.wav")), read_wav(SPEECH))
        self.ok("render", SPEECH, "--edits", self.script({**SCRIPT, "edits": SCRIPT["edits"][:1]}), "-o", self.path("a.wav"))
        script["edits"][2] = {**back, "params": {"state": 1}}
        self.ok("render", SPEECH, "--edits", self.script(script), "-o", self.path("b.wav"))
        self.assertEqual(read_wav(self.path("a.wav")), read_wav(self.path("b.wav")))
        script["edits"][2] = {**back, "params": {"state": 3}}
        self.assertIn("e.json: edits[2].params.state: is 3, but only 2 edits come before this one",
                      self.fails(1, "render", SPEECH, "--edits", self.script(script), "-o", self.path("c.wav")))

    def test_options_that_do_not_apply_are_refused(self):
        for name, options, says in (("o.wav", ("--quality", "0.5"), "--quality"),
                                    ("o.ogg", ("--dither",), "--dither"), ("o.ogg", ("--bits", "16"), "--bits"),
                                    ("o.wav", ("--dither", "--bits", "float"), "--dither")):
            self.assertIn(says, self.fails(1, "render", SPEECH, "--edits", self.script(), "-o", self.path(name), *options))
        self.no_leftovers("e.json")

    def test_bits_and_formats(self):
        script = self.script()
        for bits, kind in (("16", "PCM_16"), ("24", "PCM_24"), ("32", "PCM_32"), ("float", "FLOAT")):
            self.ok("render", SPEECH, "--edits", script, "-o", self.path("o.wav"), "--bits", bits)
            self.assertEqual(json.loads(self.ok("info", "--json", self.path("o.wav")))["subtype"], kind)
        self.ok("render", MUSIC, "--edits", script, "-o", self.path("o.flac"), "--dither")
        self.assertEqual(json.loads(self.ok("info", "--json", self.path("o.flac")))["format"], "FLAC")
        self.assertIn("24 bits", self.fails(1, "render", MUSIC, "--edits", script, "-o", self.path("x.flac"),
                                            "--bits", "float"))
        self.assertIn("x.xyz", self.fails(1, "render", MUSIC, "--edits", script, "-o", self.path("x.xyz")))

    def test_bad_scripts_leave_the_old_file(self):
        out = self.path("o.wav")
        write(out, b"old")
        for value, says in (("{", "line 1"), ('{"sonobrush_edits": 1, "edits": [], "x": 1}', "x: unknown field"),
                            ({"sonobrush_edits": 1, "edits": [{"operation": "zap", "mask": {"shapes": []}}]},
                             "edits[0].operation"),
                            ({"sonobrush_edits": 1, "edits": [dict(SCRIPT["edits"][0], channels=[1])]},
                             "edits[0].channels: channel 1 does not exist"),
                            ({"sonobrush_edits": 1, "edits": [dict(SCRIPT["edits"][0], transform={
                                "name": "stft", "size": 1024, "hop": 1025})]}, "edits[0]")):
            text = self.fails(1, "render", SPEECH, "--edits", self.script(value), "-o", out)
            self.assertIn(says, text)
            self.assertIn("e.json", text)
        self.assertIn("none.json", self.fails(1, "render", SPEECH, "--edits", "none.json", "-o", out))
        self.assertEqual(read(out), b"old")
        self.no_leftovers("e.json", "o.wav")

    def test_cancel_leaves_the_old_file(self):
        write_wav(self.path("long.wav"), [(i * 7919) % 20000 - 10000 for i in range(44100 * 30)])
        edit = {"operation": "erase", "mask": {"shapes": [{"kind": "box", "t0_s": 0, "t1_s": 30, "f0_hz": 0,
                                                           "f1_hz": 9000}]}}
        script = self.script({"sonobrush_edits": 1, "edits": [edit] * 50})
        write(self.path("o.wav"), b"old")
        p = start(["render", self.path("long.wav"), "--edits", script, "-o", self.path("o.wav")])
        p.send_signal(signal.SIGINT)
        asked_s = time.monotonic()
        out, text = p.communicate(timeout=60)
        self.assertLess(time.monotonic() - asked_s, 10)
        self.assertEqual((p.returncode, out, text), (3, b"", b"sonobrush-cli: cancelled\n"))
        self.assertEqual(read(self.path("o.wav")), b"old")
        self.no_leftovers("e.json", "o.wav", "long.wav")


if __name__ == "__main__":
    unittest.main()
