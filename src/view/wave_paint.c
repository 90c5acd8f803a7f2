/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wave_paint.h"

#include <math.h>

#define CLIP_MARK 0.045 /* of the height */

double wave_position(const WaveLook *look, double sample)
{
    const double x = sample * look->gain;
    if (!look->decibels) {
        return fmax(-1.0, fmin(1.0, x));
    }
    const double size = fabs(x) > 1e-9 ? 1.0 + 20.0 * log10(fabs(x)) / WAVE_DB_SPAN : 0.0;
    return copysign(fmax(0.0, fmin(1.0, size)), x);
}

/* a over b by part: 0 is b, 256 is a. Both premultiplied. */
static uint32_t mix(uint32_t a, uint32_t b, uint32_t part)
{
    const uint32_t even = ((a & 0xff00ffu) * part + (b & 0xff00ffu) * (256u - part)) >> 8 & 0xff00ffu;
    const uint32_t odd = ((a >> 8 & 0xff00ffu) * part + (b >> 8 & 0xff00ffu) * (256u - part)) & 0xff00ff00u;
    return even | odd;
}

/* Rows [top, bottom) of a column, ends by coverage. */
static void fill(uint32_t *pixels, size_t pitch, double height, double top, double bottom, uint32_t colour)
{
    top = fmax(0.0, top);
    bottom = fmin(height, bottom);
    if (!(bottom > top)) {
        return;
    }
    const int first = (int)top;
    const int last = (int)ceil(bottom) - 1;
    for (int y = first; y <= last; y++) {
        const double covered = fmin(y + 1.0, bottom) - fmax(y, top);
        uint32_t *p = pixels + (size_t)y * pitch;
        *p = covered >= 1.0 ? colour : mix(colour, *p, (uint32_t)(256.0 * covered));
    }
}

/* At least a pixel high, about its middle. */
static void fill_line(uint32_t *pixels, size_t pitch, double height, double top, double bottom, uint32_t colour)
{
    const double lack = fmax(0.0, 1.0 - (bottom - top));
    fill(pixels, pitch, height, top - 0.5 * lack, bottom + 0.5 * lack, colour);
}

void wave_paint(const WaveLook *look, const SonoPeak *peaks, int n, uint32_t *pixels, size_t pitch)
{
    const double height = look->height_px;
    const double middle = 0.5 * height;
    const double mark = fmax(2.0, CLIP_MARK * height);
    for (int i = 0; i < n; i++) {
        const SonoPeak *p = &peaks[i];
        const SonoPeak *before = &peaks[i > 0 ? i - 1 : 0];
        const double high = wave_position(look, fmaxf(p->max, before->min));
        const double low = wave_position(look, fminf(p->min, before->max));
        if (p->min == 0.0f && p->max == 0.0f && high == 0.0 && low == 0.0) {
            continue; /* silence, or nothing known: the zero line is there already */
        }
        fill_line(pixels + i, pitch, height, middle * (1.0 - high), middle * (1.0 - low), look->wave);
        const double rms = wave_position(look, p->rms);
        fill(pixels + i, pitch, height, middle * (1.0 - fmin(rms, high)), middle * (1.0 + fmin(rms, -low)), look->rms);
        if (p->max >= 1.0f) {
            fill(pixels + i, pitch, height, 0.0, mark, look->clip);
        }
        if (p->min <= -1.0f) {
            fill(pixels + i, pitch, height, height - mark, height, look->clip);
        }
    }
}
