/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "waveform_texture.h"

#include <math.h>
#include <string.h>

#include "lane_style.h"

#define MARGIN 0.25 /* of the view's width, painted on both sides */
#define GAP_PX 1.0
#define DOT_PX 5.0 /* distance of samples from which they are dots */

void waveform_lane(const SonoViewState *view, int lane, double height_px, double *y_px, double *lane_height_px)
{
    const int n = sono_view_state_n_lanes(view);
    const double each = (height_px - GAP_PX * (n - 1)) / n;
    *y_px = lane * (each + GAP_PX);
    *lane_height_px = fmax(each, 1.0);
}

void waveform_texture_clear(WaveformTexture *t)
{
    g_clear_object(&t->texture);
}

static gboolean same_look(const WaveLook *a, const WaveLook *b)
{
    return a->gain == b->gain && a->decibels == b->decibels && a->wave == b->wave && a->rms == b->rms &&
           a->clip == b->clip;
}

static gboolean is_current(const WaveformTexture *t, const SonoViewState *view, double rate_hz, const WaveLook *look,
                           int height_px, int scale)
{
    const double span_s = t->width_px * view->s_per_px / scale;
    return t->texture && t->scale == scale && t->height_px == height_px * scale && same_look(&t->look, look) &&
           t->rate_hz == rate_hz && t->of.s_per_px == view->s_per_px && t->of.width_px == view->width_px &&
           t->of.n_channels == view->n_channels && t->of.only_channel == view->only_channel &&
           t->of.first_lane == view->first_lane && t->of.height_px == view->height_px && t->of.end_s == view->end_s &&
           t->t0_s <= view->t0_s + 1e-12 &&
           t->t0_s + span_s >= fmin(view->t0_s + view->width_px * view->s_per_px, view->end_s) - 1e-12;
}

/* A line through samples, dots where there is room. Paths, but few of them: a sample is a pixel or more wide. */
static gboolean paint_samples(WaveformTexture *t, LaneFeed *feed, int channel, guint32 *pixels, int height)
{
    const double px_per_frame = t->scale / (t->of.s_per_px * t->rate_hz);
    const double first = fmax(0.0, floor(t->t0_s * t->rate_hz) - 1.0);
    const int n = (int)ceil(t->width_px / px_per_frame) + 3;
    const SonoPeaksSpan span = {channel, first / t->rate_hz, 1.0 / t->rate_hz, n};
    g_autofree SonoPeak *peaks = g_new(SonoPeak, (gsize)n);
    const gboolean exact = lane_feed_get(feed, &span, peaks);
    const double end = t->of.end_s * t->rate_hz;
    const double middle = 0.5 * height;
    cairo_surface_t *surface = cairo_image_surface_create_for_data((guchar *)pixels, CAIRO_FORMAT_ARGB32, t->width_px,
                                                                   height, 4 * t->width_px);
    cairo_t *cr = cairo_create(surface);
    for (int pass = 0; pass < (px_per_frame >= DOT_PX * t->scale ? 2 : 1); pass++) {
        const guint32 colour = t->look.rms;
        cairo_set_source_rgb(cr, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0, (colour & 0xff) / 255.0);
        for (int i = 0; i < n && first + i < end; i++) {
            const double x = ((first + i) / t->rate_hz - t->t0_s) / t->of.s_per_px * t->scale;
            const double y = middle * (1.0 - wave_position(&t->look, peaks[i].max));
            if (pass == 0) {
                cairo_line_to(cr, x, y);
            } else {
                const double r = 1.8 * t->scale;
                cairo_move_to(cr, x + r, y);
                cairo_arc(cr, x, y, r, 0.0, 2.0 * G_PI);
            }
        }
        if (pass == 0) {
            cairo_set_line_width(cr, 1.0 * t->scale);
            cairo_stroke(cr);
        } else {
            cairo_fill(cr);
        }
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return exact;
}

static gboolean paint_columns(WaveformTexture *t, LaneFeed *feed, int channel, guint32 *pixels)
{
    const SonoPeaksSpan span = {channel, t->t0_s, t->of.s_per_px / t->scale, t->width_px};
    g_autofree SonoPeak *peaks = g_new(SonoPeak, (gsize)t->width_px);
    const gboolean exact = lane_feed_get(feed, &span, peaks);
    wave_paint(&t->look, peaks, t->width_px, pixels, (size_t)t->width_px);
    return exact;
}

/* Columns begin at whole multiples of their length, so that a sound looks the same wherever it is scrolled to. */
static void place(WaveformTexture *t)
{
    const double column_s = t->of.s_per_px / t->scale;
    const double width = t->of.width_px * t->scale;
    const double first = fmax(0.0, floor(t->of.t0_s / column_s - MARGIN * width));
    const double last = fmin(ceil(t->of.t0_s / column_s + (1.0 + MARGIN) * width), ceil(t->of.end_s / column_s) + 1.0);
    t->t0_s = first * column_s;
    t->width_px = (int)CLAMP(last - first, 1.0, 16384.0);
}

void waveform_texture_update(WaveformTexture *t, LaneFeed *feed, const SonoViewState *view, double rate_hz,
                             WaveLook look, int height_px, int scale)
{
    if (is_current(t, view, rate_hz, &look, height_px, scale)) {
        return;
    }
    waveform_texture_clear(t);
    t->of = *view;
    t->look = look;
    t->rate_hz = rate_hz;
    t->scale = scale;
    t->height_px = height_px * scale;
    place(t);
    t->exact = TRUE;
    guint32 *pixels = g_new0(guint32, (gsize)t->width_px * (gsize)t->height_px);
    for (int lane = 0; lane < sono_view_state_n_lanes(view); lane++) {
        double y = 0.0;
        double height = 0.0;
        waveform_lane(view, lane, height_px, &y, &height);
        const int top = (int)lround(y * scale);
        const int rows = MIN((int)lround((y + height) * scale), t->height_px) - top;
        guint32 *lane_pixels = pixels + (gsize)top * (gsize)t->width_px;
        const int channel = sono_view_state_lane(view, lane).channel;
        t->look.height_px = rows;
        if (rows > 0) {
            const gboolean exact = view->s_per_px * rate_hz / scale < WAVEFORM_LINE_FRAMES
                                       ? paint_samples(t, feed, channel, lane_pixels, rows)
                                       : paint_columns(t, feed, channel, lane_pixels);
            t->exact = t->exact && exact;
        }
    }
    t->texture = lane_texture(pixels, t->width_px, t->height_px);
}
