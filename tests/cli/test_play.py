# SPDX-License-Identifier: GPL-3.0-or-later
"""sonobrush-cli devices and play, on the device without hardware: what is played, for how long, how it ends."""
import json
import math
import os
import pty
import select
import signal
import subprocess
import time
import unittest

from cli_case import CLI, MUSIC, SPEECH, Case, run, start, write, write_wav

VIRTUAL = ("--device", "virtual")
FAST = ("--device", "virtual:unpaced")


def sine(seconds, rate, hertz, level):
    return [round(32767 * level * math.sin(2 * math.pi * hertz * i / rate)) for i in range(int(seconds * rate))]


def stereo(samples):
    return [x for x in samples for _ in range(2)]


class Devices(Case):
    def test_the_virtual_one_is_always_there(self):
        devices = json.loads(self.ok("devices", "--json"))["devices"]
        last = devices[-1]
        self.assertEqual((last["name"], last["n_output_channels"], last["default"]), ("virtual", 64, False))
        self.assertLessEqual(sum(d["default"] for d in devices), 1)
        text = self.ok("devices").decode().splitlines()
        self.assertEqual(len(text), len(devices))
        self.assertRegex(text[-1], r"\A  virtual +64 out, 64 in, 48000 Hz")

    def test_without_the_child_it_says_so(self):
        r = run("devices", env=dict(os.environ, SONO_AUDIO="/nonexistent/sonobrush-audio"))
        self.assertEqual((r.returncode, r.stdout), (1, b""))
        self.assertRegex(r.stderr, rb"\Asonobrush-cli: [^\n]*sonobrush-audio[^\n]*\n\Z")


class Play(Case):
    def setUp(self):
        super().setUp()
        self.tone = self.path("tone.wav")
        write_wav(self.tone, stereo(sine(4, 48000, 997, 0.1)), 48000, 2)

    def play(self, *args):
        return json.loads(self.ok("play", *args, "--json"))

    def erase(self, *boxes):
        """An edit script that erases boxes, one edit each."""
        edits = [{"operation": "erase", "mask": {"shapes": [dict(
            zip(("t0_s", "t1_s", "f0_hz", "f1_hz"), box), kind="box", combine="add", feather_ms=10, feather_hz=50)]}}
                 for box in boxes]
        path = self.path("edits.json")
        write(path, json.dumps({"sonobrush_edits": 1, "edits": edits}).encode())
        return path

    def test_wrong_usage_is_2(self):
        bad = (("--box", "1,2,3"), ("--box", "2,1,100,200"), ("--box", "1,2,x,200"), ("--box", "1,2,200,100"),
               ("--gain", "13"), ("--gain", "nan"), ("--loop", "-1"), ("--from", "2", "--to", "1"), ("--to", "0"),
               ("--mode", "left"), ("--mute", "a"), ("--solo", "0,"), ("--mute", "256"), ("--rate", "10"),
               ("--buffer", "9000"), ("--channel", "0"), ("--delta",), ("--box", "1,2,3,4", "--from", "1"),
               ("--device", "x" * 200), ("--threads", "-1"), ("--channel", "999", "--box", "1,2,3,4"))
        for args in bad:
            self.assertIn(args[0] if args[0] != "--from" else "--to", self.fails(2, "play", self.tone, *args))
        script = self.erase((1, 2, 500, 1500))
        self.assertIn("--delta", self.fails(2, "play", self.tone, "--delta", "--edits", script, "--from", "1"))
        self.assertIn("unexpected argument", self.fails(2, "devices", "x"))

    def test_failures_are_1(self):
        self.assertIn("ends at 4.000 s", self.fails(1, "play", self.tone, *FAST, "--from", "4"))
        self.assertIn("ends at 4.000 s", self.fails(1, "play", self.tone, *FAST, "--box", "9,10,100,200"))
        self.assertIn("has 2 channels", self.fails(1, "play", self.tone, *FAST, "--mute", "2"))
        self.assertIn("has 2 channels", self.fails(1, "play", self.tone, *FAST, "--box", "1,2,100,200", "--channel", "2"))
        self.assertIn("nosuchdevice", self.fails(1, "play", self.tone, "--device", "nosuchdevice"))
        self.assertIn("options", self.fails(1, "play", self.tone, "--device", "virtual:frobnicate"))
        self.assertIn("0.25 s", self.fails(1, "play", self.tone, *FAST, "--from", "1", "--to", "1.1", "--loop", "3"))
        self.assertIn("/nonexistent", self.fails(1, "play", "/nonexistent.wav", *FAST))
        nothing = self.erase((100, 101, 500, 1500))
        self.assertIn("no edit changes", self.fails(1, "play", self.tone, *FAST, "--edits", nothing, "--delta"))

    def test_it_lasts_as_long_as_it_sounds(self):
        for args, seconds in ((("--from", "3"), 1.0), (("--from", "1", "--to", "1.5"), 0.5), (("--to", "0.25"), 0.25),
                              (("--from", "2", "--to", "2.5", "--loop", "3"), 1.5), (("--box", "1,2,500,1500"), 1.0)):
            for _ in range(3):  # a machine that others use may starve it
                report = self.play(self.tone, *VIRTUAL, *args)
                if report["n_starved"] + report["n_xruns"] == 0:
                    break
            self.assertAlmostEqual(report["seconds"], seconds, delta=0.12, msg=(args, report))
            self.assertEqual((report["device"], report["rate_hz"], report["n_channels"]), ("virtual", 48000, 2))

    def test_what_is_heard(self):
        whole = self.play(self.tone, *FAST)
        self.assertEqual(whole["what"], "sound")
        self.assertAlmostEqual(whole["integrated_lufs"], -20, delta=0.15)  # both channels: -20 dBFS is -20 LUFS
        self.assertAlmostEqual(whole["true_peak_db"], -20, delta=0.1)
        for args, level in ((("--gain", "-6"), -26), (("--solo", "1"), -23.01), (("--mute", "0"), -23.01),
                            (("--mode", "mid"), -20), (("--mode", "side"), None), (("--gain", "-60"), None),
                            (("--box", "0,4,500,2000"), -20), (("--box", "0,4,2000,9000"), None),
                            (("--box", "0,4,500,2000", "--channel", "0"), -23.01), (("--rate", "44100"), -20)):
            report = self.play(self.tone, *FAST, *args)
            heard = report["integrated_lufs"]
            if level is None:
                self.assertLess(heard, -60, args)
            else:
                self.assertAlmostEqual(heard, level, delta=0.2, msg=args)

    def test_edits_and_what_they_took_away(self):
        script = self.erase((0, 4, 500, 2000), (2.0, 3.0, 6000, 8000))
        self.assertLess(self.play(self.tone, *FAST, "--edits", script)["integrated_lufs"], -55)
        delta = self.play(self.tone, *VIRTUAL, "--edits", self.erase((1.0, 2.0, 500, 2000)), "--delta")
        self.assertEqual(delta["what"], "delta")
        self.assertAlmostEqual(delta["seconds"], 1.0, delta=0.2)
        self.assertAlmostEqual(delta["true_peak_db"], -20, delta=0.5)

    def test_interrupting_fades_and_is_3(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            p = start(["play", self.tone, *VIRTUAL, "--loop", "0"])
            time.sleep(0.7)
            self.assertIsNone(p.poll())
            begun = time.monotonic()
            p.send_signal(number)
            out, err = p.communicate(timeout=10)
            self.assertEqual((p.returncode, out, err), (3, b"", b"sonobrush-cli: cancelled\n"))
            self.assertLess(time.monotonic() - begun, 1.5)

    def test_a_lost_device_is_1(self):
        begun = time.monotonic()
        message = self.fails(1, "play", self.tone, "--device", "virtual:unplug_s=0.5")
        self.assertLess(time.monotonic() - begun, 4)
        self.assertGreater(len(message), len("sonobrush-cli: \n"))

    def test_no_child_is_left(self):
        before = self.children()
        self.play(self.tone, *FAST)
        self.fails(1, "play", self.tone, "--device", "virtual:unplug_s=0.2")
        deadline = time.monotonic() + 5
        while self.children() != before and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.children(), before)

    @staticmethod
    def children():
        """Device children of ours that nobody waits for any more: they have this very temporary program as their own."""
        names = set()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as f:
                    ours = f"SONO_PLAY_TEST={os.getpid()}".encode() in f.read().split(b"\0")
                if ours:
                    names.add(pid)
            except OSError:
                pass
        return names

    def test_the_position_is_shown_on_a_terminal(self):
        main, other = pty.openpty()
        p = subprocess.Popen([CLI, "play", self.tone, *VIRTUAL, "--to", "0.6"], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=other)
        os.close(other)
        text = b""
        while True:
            ready, _, _ = select.select([main], [], [], 10)
            self.assertTrue(ready)
            try:
                data = os.read(main, 4096)
            except OSError:
                break
            if not data:
                break
            text += data
        out, _ = p.communicate(timeout=10)
        os.close(main)
        self.assertEqual((p.returncode, out), (0, b""))
        self.assertRegex(text, rb"\rplaying 0\.[345]\d / 4\.00 s\x1b\[K")
        self.assertTrue(text.endswith(b"\r\x1b[K"), text[-40:])

    def test_real_sounds(self):
        for path, channels in ((SPEECH, 2), (MUSIC, 2)):
            report = self.play(path, *FAST)
            self.assertEqual((report["n_channels"], report["n_xruns"], report["n_clipped"]), (channels, 0, 0))
            self.assertTrue(-40 < report["integrated_lufs"] < -5, report)


os.environ["SONO_PLAY_TEST"] = str(os.getpid())
if __name__ == "__main__":
    unittest.main()
