/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is heard at a moment. The device says of one frame when it is heard; those around it follow in step. */
#include "player_private.h"

#include <time.h>

int64_t player_now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* The frame of the ring that is heard now: never one that was not played yet, nor one before the present run, where
 * frames that a cut has dropped would count. */
static double heard_frame(const PlayerHeard *h, const PlayRingPlace *place, int64_t now_ns)
{
    const double since_s = 1e-9 * (double)(now_ns - place->dac_ns);
    const double taken = (double)atomic_load_explicit(&h->ring->taken, memory_order_acquire);
    double frame = (double)place->frame + since_s * h->rate_hz;
    const double last = place->playing ? taken : (double)place->frame;
    frame = frame < last ? frame : last;
    return frame > (double)h->run_frame ? frame : (double)h->run_frame;
}

PlayerPlace player_place(const PlayerHeard *h, int64_t now_ns)
{
    PlayerPlace p = {.clip_frame = h->resume_frame};
    PlayRingPlace place = {0};
    if (!h->ring) {
        return p;
    }
    double frame = (double)h->run_frame;
    if (play_ring_place(h->ring, &place) && place.dac_ns > 0) {
        frame = heard_frame(h, &place, now_ns);
        p.sounding = place.playing || now_ns < place.dac_ns;
    }
    (void)player_map_find(&h->map, frame, &p.clip_frame, &p.revision);
    return p;
}

void player_add_reading(PlayerReadings *r, int64_t heard_ns, const SonoMeterReading *reading)
{
    const uint64_t last = r->n - 1;
    if (r->n > 0 && heard_ns < r->heard_ns[last % PLAYER_READINGS]) {
        heard_ns = r->heard_ns[last % PLAYER_READINGS];
    }
    r->heard_ns[r->n % PLAYER_READINGS] = heard_ns;
    r->readings[r->n++ % PLAYER_READINGS] = *reading;
}

SonoMeterReading player_reading(const PlayerReadings *r, int64_t now_ns)
{
    const uint64_t n = r->n < PLAYER_READINGS ? r->n : PLAYER_READINGS;
    for (uint64_t i = 1; i <= n; i++) {
        const uint64_t at = (r->n - i) % PLAYER_READINGS;
        if (r->heard_ns[at] <= now_ns || i == PLAYER_READINGS) {
            return r->readings[at];
        }
    }
    SonoMeterReading none = {.true_peak_db = (float)SONO_METER_FLOOR_DB,
                             .momentary_lufs = (float)SONO_METER_FLOOR_DB,
                             .short_lufs = (float)SONO_METER_FLOOR_DB,
                             .integrated_lufs = (float)SONO_METER_FLOOR_DB};
    for (int c = 0; c < SONO_METER_CHANNELS; c++) {
        none.peak_db[c] = none.hold_db[c] = none.rms_db[c] = (float)SONO_METER_FLOOR_DB;
    }
    return none;
}
