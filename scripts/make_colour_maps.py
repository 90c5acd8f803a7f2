#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/engine/colour_tables.h: the 256 sRGB entries of each colour map.

A map is a path through OKLab (B. Ottosson, "A perceptual color space for image processing", 2020): lightness rises
evenly from the first entry to the last, so that equal steps in dB look like equal steps, in grey print too and to
colour-blind eyes; hue and chroma follow control points (position, chroma, hue in degrees), interpolated by a cubic
through a and b. Where a colour would leave sRGB its chroma is lowered, never its lightness.

    scripts/make_colour_maps.py > src/engine/colour_tables.h
"""
import math

N = 256

# name: (what it is, lightness at both ends, [(position, chroma, hue)])
MAPS = {
    "ember": ("night blue, violet, red, amber, pale yellow", (0.06, 0.975),
              [(0.00, 0.020, 280), (0.16, 0.110, 286), (0.34, 0.165, 312), (0.50, 0.190, 357), (0.64, 0.190, 30),
               (0.78, 0.165, 62), (0.90, 0.140, 90), (1.00, 0.060, 105)]),
    "tide": ("deep blue, sea green, sand", (0.08, 0.97),
             [(0.00, 0.030, 275), (0.20, 0.105, 265), (0.40, 0.100, 235), (0.58, 0.115, 185), (0.74, 0.150, 150),
              (0.88, 0.150, 115), (1.00, 0.070, 100)]),
    "grey": ("black to white", (0.07, 1.0), [(0.0, 0.0, 0), (1.0, 0.0, 0)]),
}


def linear_from_oklab(lightness, a, b):
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (+4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
            -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
            -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_)


def srgb(v):
    v = min(max(v, 0.0), 1.0)
    return 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055


def in_gamut(rgb):
    return all(-1e-4 <= v <= 1 + 1e-4 for v in rgb)


def colour(lightness, a, b):
    """sRGB bytes; chroma is halved towards the largest that fits."""
    low, high = 0.0, 1.0
    if not in_gamut(linear_from_oklab(lightness, a, b)):
        for _ in range(40):
            mid = (low + high) / 2
            if in_gamut(linear_from_oklab(lightness, mid * a, mid * b)):
                low = mid
            else:
                high = mid
    else:
        low = 1.0
    return [round(255 * srgb(v)) for v in linear_from_oklab(lightness, low * a, low * b)]


def cubic(points, t):
    """Catmull-Rom through (position, value) with uneven positions."""
    i = max(k for k in range(len(points) - 1) if points[k][0] <= t)
    (x1, y1), (x2, y2) = points[i], points[i + 1]
    x0, y0 = points[i - 1] if i > 0 else (2 * x1 - x2, 2 * y1 - y2)
    x3, y3 = points[i + 2] if i + 2 < len(points) else (2 * x2 - x1, 2 * y2 - y1)
    d1, d2 = (y2 - y0) / (x2 - x0), (y3 - y1) / (x3 - x1)
    h = x2 - x1
    u = (t - x1) / h
    return ((2 * u ** 3 - 3 * u ** 2 + 1) * y1 + (u ** 3 - 2 * u ** 2 + u) * h * d1 +
            (3 * u ** 2 - 2 * u ** 3) * y2 + (u ** 3 - u ** 2) * h * d2)


def table(ends, path):
    a = [(p, c * math.cos(math.radians(h))) for p, c, h in path]
    b = [(p, c * math.sin(math.radians(h))) for p, c, h in path]
    for i in range(N):
        t = i / (N - 1)
        yield colour(ends[0] + (ends[1] - ends[0]) * t, cubic(a, t), cubic(b, t))


def main():
    print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
    print("/* Written by scripts/make_colour_maps.py, which says how the colours were chosen. Do not edit. */")
    print("/* clang-format off */")
    print("#pragma once\n#include <stdint.h>")
    for name, (what, ends, path) in MAPS.items():
        print(f"\n/* {what} */\nstatic const uint8_t sono_colours_{name}[256][3] = {{")
        cells = ["{%d, %d, %d}," % tuple(c) for c in table(ends, path)]
        line = "   "
        for cell in cells:
            if len(line) + 1 + len(cell) > 120:
                print(line)
                line = "   "
            line += " " + cell
        print(line + "\n};")


main()
