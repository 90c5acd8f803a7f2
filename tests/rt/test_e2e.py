# SPDX-License-Identifier: GPL-3.0-or-later
"""From a file to the device, beside a JACK server without hardware (with-loopback.sh): what sonobrush-cli plays is what
another client hears. test_e2e.py bits CHANNELS RATE | resampled SERVER_RATE | hostile"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

from tap import BUILD, Failure, Tap, check, fade_curve, noise, same_bits, where, write_wav

TRIES = 8


def play(path):
    words = [f"{BUILD}/src/cli/sonobrush-cli", "play", path, "--device", "loopback", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    check(done.returncode == 0, f"sonobrush-cli play: {done.returncode} {done.stderr}")
    return json.loads(done.stdout)


def hear_once(folder, path, n_channels, rate_hz):
    """What is heard of a file, what the player says of it, and whether all were in time."""
    tap = Tap(folder, n_channels, rate_hz)
    report = play(path)
    heard, _ = tap.end()
    return heard, report, report["n_starved"] == 0 and report["n_xruns"] == 0 and tap.n_late == 0


def hear(folder, path, n_channels, rate_hz):
    """A server without a real-time thread is late on a busy machine: then once more."""
    for _ in range(TRIES):
        heard, report, in_time = hear_once(folder, path, n_channels, rate_hz)
        if in_time:
            return heard, report
        print(f"once more: {report['n_xruns']} xruns, starved {report['n_starved']} times")
    raise Failure(f"{TRIES} times late or starved: {report}")


def bits(folder, n_channels, rate_hz):
    """Every frame is heard at its place with its bits. A busy machine makes the server give the other client a period
    twice, or half: then what was missed must be heard the next time. SONO_STRICT: once is enough."""
    n_channels, rate_hz = int(n_channels), int(rate_hz)
    sound = noise(rate_hz * 2 + 123, n_channels, level=1.0)
    sound[1000:1004] = np.float32([[1.0], [-1.0], [1e-42], [-0.0]])  # full scale, a denormal
    path = os.path.join(folder, "noise.wav")
    write_wav(path, sound, rate_hz)
    curve = fade_curve(rate_hz)
    n, end, middle = len(curve), len(sound), len(sound) // 2
    gain = np.concatenate([curve, np.ones(end - 2 * n), curve[::-1]])[:, None]
    missing = np.ones(end, dtype=bool)
    n_perfect = 0
    for attempt in range(1 if os.environ.get("SONO_STRICT") else TRIES):
        heard, report, _ = hear_once(folder, path, n_channels, rate_hz)
        check(report["rate_hz"] == rate_hz, f"it was played at {report['rate_hz']} Hz")
        at = where(heard, sound, middle)
        if at is None or at < middle:
            continue  # late just then
        heard = heard[at - middle:at - middle + end]
        heard = np.concatenate([heard, np.zeros((end - len(heard), n_channels), dtype=np.float32)])
        right = (heard.view(np.uint32) == sound.view(np.uint32)).all(axis=1)
        for edge in (slice(0, n), slice(end - n, end)):
            right[edge] = (np.abs(heard[edge] - sound[edge] * gain[edge]) <= 1.2e-7).all(axis=1)
        missing &= ~right
        n_perfect += bool(right.all())
        if not missing.any():
            break
        print(f"attempt {attempt + 1}: {np.count_nonzero(~right)} of {end} frames were not right, {report['n_xruns']} xruns, "
              f"starved {report['n_starved']} times")
    check(not missing.any(), f"{np.count_nonzero(missing)} frames were never right, first {np.flatnonzero(missing)[:5]}")
    print(f"ok: {n_channels} channels, {rate_hz} Hz: {end - 2 * n} frames bit for bit, the fades on their curve; all at once "
          f"{n_perfect} of {attempt + 1} times")


def resampled(folder, server_hz):
    """Tones whose values at the server's rate are known: better than any resampler."""
    server_hz = int(server_hz)
    worst = -999.0
    for file_hz in (44100, 96000):
        n = 2 * file_hz
        t = np.arange(n) / file_hz
        tones = ((997.0, 0.3), (6151.3, 0.2), (15013.7, 0.1))
        sound = sum(level * np.sin(2 * np.pi * hz * t + 0.3) for hz, level in tones)
        path = os.path.join(folder, "tones.wav")
        write_wav(path, np.stack([sound, -sound], axis=1).astype(np.float32), file_hz)
        heard, report = hear(folder, path, 2, server_hz)
        check(report["rate_hz"] == server_hz, f"it was played at {report['rate_hz']} Hz")
        first = int(np.flatnonzero(heard[:, 0])[0])
        part = heard[first + server_hz // 2:first + server_hz, 0].astype(np.float64)
        # least squares: the place within a frame is the resampler's choice
        u = np.arange(len(part)) / server_hz
        basis = np.stack([f(2 * np.pi * hz * u) for hz, _ in tones for f in (np.sin, np.cos)], axis=1)
        weights = np.linalg.lstsq(basis, part, rcond=None)[0]
        error_db = 20 * np.log10(np.sqrt(np.mean((part - basis @ weights) ** 2)) / np.sqrt(np.mean(part ** 2)))
        for i, (hz, level) in enumerate(tones):
            got = np.hypot(*weights[2 * i:2 * i + 2])
            off_db = 20 * np.log10(abs(got - level) / level)
            check(off_db <= -100.0, f"{hz} Hz: level off by {off_db:.1f} dB")
        # the other channel is the same, negated: nothing was mixed
        check(same_bits(heard[:, 1], -heard[:, 0]) or np.array_equal(heard[:, 1], -heard[:, 0]), "channels differ")
        print(f"{file_hz} Hz on {server_hz} Hz: error {error_db:.1f} dB")
        worst = max(worst, error_db)
    check(worst <= -120.0, f"error {worst:.1f} dB")
    print("ok: resampled")


def hostile(folder):
    """Whatever a file holds: finite, within full scale, and no step at the edges."""
    rate_hz, n = 48000, 48000
    ramp = np.arange(n)
    some = noise(n, 1)[:, 0]
    spoiled = {value: some.copy() for value in (np.nan, np.inf, -np.inf, 1e30, -1e30, 3e38)}
    for value, sound in spoiled.items():
        sound[n // 3:n // 3 + 100] = np.float32(value)
        sound[0] = sound[-1] = np.float32(value)
    cases = {f"{value} in it": sound for value, sound in spoiled.items()}
    cases.update({f"nothing but {value}": np.full(n, value, dtype=np.float32) for value in (np.nan, np.inf, 1e30, 9.0)})
    cases["DC"] = np.ones(n, dtype=np.float32)
    cases["square"] = np.where(ramp // 24 % 2, 1.0, -1.0).astype(np.float32)
    cases["square of 4"] = cases["square"] * np.float32(4.0)
    cases["denormals"] = np.full(n, 1e-41, dtype=np.float32)
    path = os.path.join(folder, "hostile.wav")
    tap = Tap(folder, 2, rate_hz, most_s=120.0)
    reports = {}
    for name, sound in cases.items():
        write_wav(path, np.stack([sound, sound], axis=1), rate_hz)
        reports[name] = play(path)
    heard, _ = tap.end()
    check(np.isfinite(heard).all(), "not finite")
    check(np.abs(heard).max() <= 1.0, f"up to {np.abs(heard).max()}")
    # edges: wherever silence (10 ms of it) begins or ends
    quiet = np.convolve((heard != 0.0).any(axis=1), np.ones(480), "full")[:len(heard)] == 0
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    worst, worst_at = 0.0, 0
    for edge in edges:
        around = heard[max(edge - 484, 0):edge + 6].astype(np.float64)
        run = np.flatnonzero(around.any(axis=1))
        if len(run):
            first, last = around[run[0]], around[run[-1]]
            step = np.abs(first).max() if not quiet[edge + 1] else np.abs(last).max()
            if step > worst:
                worst, worst_at = step, edge
    check(len(edges) >= 2 * (len(cases) - 3), f"only {len(edges)} edges")
    check(worst <= 0.01, f"a step of {worst:g} at frame {worst_at}, an edge of {edges.tolist()}")
    check(reports["square of 4"]["n_clipped"] > 0, "nothing was clipped")
    print(f"ok: {len(cases)} sounds, {len(edges)} edges, steps of at most {20 * np.log10(worst + 1e-12):.1f} dBFS")


def main():
    case, *words = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="sono-e2e-") as folder:
        try:
            {"bits": bits, "resampled": resampled, "hostile": hostile}[case](folder, *words)
        except Failure as failure:
            sys.exit(f"FAILED: {case} {' '.join(words)}: {failure}")


main()
