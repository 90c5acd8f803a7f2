/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels read from what is on screen: under the pointer, and those that the colours should span. */
#include "scene.h"

#include "sono_mem.h"

#include <math.h>
#include <stdlib.h>

/* Places of a lane that are looked at. */
#define PLACES_X 320
#define PLACES_Y 160
#define STEP_DB 5.0
#define MIN_RANGE_DB 20.0
#define FLOOR_PART 0.1

typedef float (*ReadList)(const SonoTileList *list, double t_s, double freq_hz);

/* read: for pictures of tiles. */
static float level_at(const SonoScene *s, int channel, double t_s, double freq_hz, ReadList read)
{
    float level_db = (float)SONO_TILE_FLOOR_DB;
    if (s->paints) {
        (void)painter_level(s->painter, channel, t_s, freq_hz, &level_db);
        return level_db;
    }
    for (int i = 0; i < s->n_lanes; i++) {
        if (s->lanes[i].channel == channel) {
            level_db = read(s->lanes[i].list, t_s, freq_hz);
        }
    }
    return level_db;
}

/* The canvas may have become smaller under a pointer that does not move. */
static bool is_in_view(const SonoScene *s)
{
    const SonoPointer *at = &s->pointer;
    return s->dragging ||
           (at->x_px >= 0.0 && at->x_px < s->view.width_px && at->y_px >= 0.0 && at->y_px < s->view.height_px);
}

SonoProbe sono_scene_probe(const SonoScene *s)
{
    SonoProbe probe = {.inside = s->inside && s->plan && is_in_view(s), .level_db = SONO_TILE_FLOOR_DB};
    if (!probe.inside) {
        return probe;
    }
    const int lane = s->dragging ? s->context.down_lane : sono_view_state_lane_at(&s->view, s->pointer.y_px);
    probe.channel = sono_view_state_lane(&s->view, lane).channel;
    sono_view_state_to_sound(&s->view, lane, s->pointer.x_px, s->pointer.y_px, &probe.t_s, &probe.freq_hz);
    probe.level_db = (double)level_at(s, probe.channel, probe.t_s, probe.freq_hz, sono_tile_list_reading);
    return probe;
}

/* Levels of a grid over a lane, without those of which nothing is known (and of silence). */
static size_t sample_lane(const SonoScene *s, int lane, float *levels)
{
    const SonoViewState *v = &s->view;
    const SonoLane l = sono_view_state_lane(v, lane);
    size_t n = 0;
    for (int x = 0; x < PLACES_X; x++) {
        for (int y = 0; y < PLACES_Y; y++) {
            double t_s = 0.0;
            double freq_hz = 0.0;
            sono_view_state_to_sound(v, lane, (x + 0.5) / PLACES_X * v->width_px,
                                     l.y_px + (y + 0.5) / PLACES_Y * l.height_px, &t_s, &freq_hz);
            const float level_db =
                t_s < v->end_s ? level_at(s, l.channel, t_s, freq_hz, sono_tile_list_level) : (float)SONO_TILE_FLOOR_DB;
            if (level_db > (float)SONO_TILE_FLOOR_DB) {
                levels[n++] = level_db;
            }
        }
    }
    return n;
}

static int compare_floats(const void *a, const void *b)
{
    const float x = *(const float *)a;
    const float y = *(const float *)b;
    return (x > y) - (x < y);
}

bool sono_scene_fit_contrast(SonoScene *s)
{
    const int n_lanes = sono_view_state_n_lanes(&s->view);
    if (!s->plan) {
        return false;
    }
    float *levels = sono_calloc((size_t)n_lanes * PLACES_X * PLACES_Y, sizeof *levels);
    size_t n = 0;
    for (int i = 0; i < n_lanes && levels; i++) {
        n += sample_lane(s, i, levels + n);
    }
    if (n > 0) {
        qsort(levels, n, sizeof *levels, compare_floats);
        const double low_db = (double)levels[(size_t)(FLOOR_PART * (double)(n - 1))];
        s->view.ceiling_db = STEP_DB * ceil((double)levels[n - 1] / STEP_DB);
        s->view.floor_db = fmin(STEP_DB * floor(low_db / STEP_DB), s->view.ceiling_db - MIN_RANGE_DB);
    }
    sono_free(levels);
    return n > 0;
}
