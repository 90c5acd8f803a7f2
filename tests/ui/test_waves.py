# SPDX-License-Identifier: GPL-3.0-or-later
"""The waveforms on the screen against the samples: minimum, maximum and rms of every column, from the whole of a sound
down to its samples, with the pixels of one screen and with those of a denser one."""
import subprocess
import sys

import numpy as np

from sonoui import App, Atspi, GLib, check, cli, find, name_of, run, wait_until, xdotool

SAMPLES = "/usr/share/sonic-pi/samples/"
PARTS = [SAMPLES + name + ".flac" for name in ("loop_garzul", "ambi_sauna", "loop_3d_printer", "ambi_haunted_hum")]
LIT, LIT_RMS = 62, 142  # of green: half way from the ground to the wave's colour, from there to the rms's
SCALE_PX = 46  # at the right edge lies the scale
SOFT_PX = 1.2  # ends are soft, and columns begin up to a pixel beside those of this test


def make_sound(home):
    """Some tens of seconds of real sound, and its samples: [frame, channel]."""
    path = home / "long.wav"
    subprocess.run(["sox", *PARTS, "-b", "16", path], check=True)
    raw = subprocess.run(["sox", path, "-t", "f32", "-"], check=True, capture_output=True).stdout
    rate = int(subprocess.run(["soxi", "-r", path], check=True, capture_output=True, text=True).stdout)
    return path, np.frombuffer(raw, "<f4").reshape(-1, 2), rate


def picture(wid):
    """[row, column, colour] of a window."""
    ppm = subprocess.run(["import", "-window", str(wid), "-depth", "8", "ppm:-"], check=True, capture_output=True).stdout
    _, size, _, data = ppm.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


class Waves:
    def __init__(self, home, scale):
        self.path, self.pcm, self.rate = make_sound(home)
        self.scale = scale
        self.app = App(home, self.path, env={"GDK_SCALE": str(scale)})
        self.app.wait_ready()
        self.wid = self.app.focus()
        self.app.act("select-none")
        xdotool("mousemove", 5, 890)  # the place under the pointer is marked

    def lane(self, channel):
        """Whether the pixels of a channel's lane are lit, and by the rms: [row, column]."""
        root = self.app.root()
        frame = find(root, lambda n: n.get_role() == Atspi.Role.FRAME).get_extents(Atspi.CoordType.WINDOW)
        e = find(root, lambda n: name_of(n) == "Waveform").get_extents(Atspi.CoordType.WINDOW)
        shown = picture(self.wid)
        edge = (shown.shape[1] - self.scale * frame.width) // 2  # of the window, which GTK draws and does not count
        x, y, width, height = (self.scale * v for v in (e.x, e.y, e.width, e.height))
        x, y = x + edge, y + edge
        each = 0.5 * (height / self.scale - 1)
        top = int(channel * (each + 1) * self.scale + 0.5)
        rows = min(int((channel * (each + 1) + each) * self.scale + 0.5), height) - top
        green = shown[y + top:y + top + rows, x:x + width - SCALE_PX * self.scale, 1]
        return green > LIT, green > LIT_RMS, width

    def columns(self, channel, t0_s, t1_s, width, n):
        """Minimum, maximum, rms of the first n of so many columns."""
        edges = np.round((t0_s + (t1_s - t0_s) * np.arange(width + 1) / width) * self.rate).astype(int)[:n + 1]
        x = self.pcm[:, channel].astype(float)
        starts, ends = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
        least = np.array([x[a:b].min() for a, b in zip(starts, ends)])
        most = np.array([x[a:b].max() for a, b in zip(starts, ends)])
        rms = np.array([np.sqrt(np.mean(x[a:b] ** 2)) for a, b in zip(starts, ends)])
        return least, most, rms


def near(values, pick):
    """Of each column and those beside it."""
    padded = np.pad(values, 1, mode="edge")
    return pick.reduce([padded[:-2], padded[1:-1], padded[2:]])


def misses(lit, lit_rms, least, most, rms):
    """Columns whose ends are not where they belong, and those that were looked at."""
    rows, n = lit.shape
    row = lambda v: 0.5 * rows * (1.0 - np.clip(v, -1.0, 1.0))  # noqa: E731
    joined = np.maximum(most, np.concatenate([least[:1], least[:-1]]))
    seen = lit.any(axis=0)
    top = lit.argmax(axis=0)
    wrong = ~seen | (top < row(near(joined, np.maximum)) - SOFT_PX) | (top > row(near(joined, np.minimum)) + SOFT_PX)
    bottom = rows - lit[::-1].argmax(axis=0)
    joined = np.minimum(least, np.concatenate([most[:1], most[:-1]]))
    wrong |= (bottom > row(near(joined, np.minimum)) + SOFT_PX) | (bottom < row(near(joined, np.maximum)) - SOFT_PX)
    inner = np.minimum(rms, np.minimum(most, -least))  # where the wave lies on one side, there is none
    high = lit_rms.sum(axis=0)
    looked = (0.5 * rows * near(inner, np.minimum) > 2.0) & (rms == inner)
    wrong |= looked & ((high > rows * near(rms, np.maximum) + 2 * SOFT_PX) | (high < rows * near(inner, np.minimum) - 2 * SOFT_PX))
    thick = 0.5 * rows * (most - least) > 1.0
    return wrong & thick, thick


def compare(waves, t0_s, t1_s):
    app = waves.app
    app.act("show-region", GLib.Variant("(dddd)", (t0_s, t1_s, 0.0, waves.rate / 2)))
    app.wait_ready()
    for channel in (0, 1):
        found = {}

        def right(c=channel, f=found):
            lit, lit_rms, width = waves.lane(c)
            n = lit.shape[1] - 1  # the last one's neighbour is not looked at
            for shift in (0, 7):  # seven columns later it is another sound: what is looked at can be wrong
                late_s = shift * (t1_s - t0_s) / width
                wrong, looked = misses(lit, lit_rms, *waves.columns(c, t0_s + late_s, t1_s + late_s, width, n + 1))
                f[shift] = wrong[:n].sum(), looked[:n].sum(), n, np.flatnonzero(wrong[:n])[:10]
            return f[0][0] == 0
        wait_until(right, lambda: f"channel {channel}, {t0_s}..{t1_s} s: {found}", 10)
        check(found[0][1] > 0.5 * found[0][2], f"channel {channel}, {t0_s}..{t1_s} s: little was looked at: {found}")
        check(found[7][0] > 0.2 * found[7][1], f"channel {channel}, {t0_s}..{t1_s} s: another sound is right: {found}")


def compare_samples(waves, t0_s, t1_s):
    """A line from sample to sample."""
    app = waves.app
    app.act("show-region", GLib.Variant("(dddd)", (t0_s, t1_s, 0.0, waves.rate / 2)))
    app.wait_ready()

    def wrong(late_s):
        lit, _, width = waves.lane(0)
        rows, n = lit.shape
        s = t0_s + late_s + (t1_s - t0_s) * (np.arange(n) + 0.5) / width
        y = 0.5 * rows * (1.0 - np.interp(s * waves.rate, np.arange(len(waves.pcm)), waves.pcm[:, 0]))
        reach = near(y, np.maximum) - near(y, np.minimum) + 2.5 * waves.scale
        top, bottom = lit.argmax(axis=0), rows - lit[::-1].argmax(axis=0)
        return (~lit.any(axis=0) | (np.abs(0.5 * (top + bottom) - y) > 0.5 * reach) | (bottom - top > 2 * reach)).sum(), n
    wait_until(lambda: wrong(0.0)[0] == 0, lambda: f"samples of {t0_s}..{t1_s} s: {wrong(0.0)} columns are wrong", 10)
    check(wrong(8.0 / waves.rate)[0] > 0.2 * wrong(0.0)[1], "other samples are right")


def look(home, scale):
    waves = Waves(home, scale)
    end_s = len(waves.pcm) / waves.rate
    waves.app.act("seek", GLib.Variant("d", end_s))  # the cursor is a line, too
    compare(waves, 0.0, end_s)  # thousands of frames a column: from the pyramid
    compare(waves, 8.0, 12.0)  # some hundred
    compare(waves, 9.0, 9.25)  # a dozen
    compare_samples(waves, 9.1, 9.105)
    waves.app.quit()


def test_waves(home):
    look(home, 1)


def test_waves_dense(home):
    """Two pixels of the screen for one of the window."""
    look(home, 2)


def main():
    run({"waves": test_waves, "waves_dense": test_waves_dense}, sys.argv[1:])


if __name__ == "__main__":
    main()
