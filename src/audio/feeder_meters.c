/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metering what was played: the frames still lie in the ring behind `taken`, and what a cut dropped is left out. A
 * reading is shown when its last frame is heard. */
#include "feeder.h"

#include <string.h>

#include "sono_log.h"

#define FALL_S 7.0    /* from +12 dB down to the floor, by 20 dB/s */
#define AT_ONCE_S 0.1 /* of sound in one round: filling comes first */
#define MAX_SILENCE_S 0.5

/* A new ring; meters go on where it has the same shape. */
void feeder_meter_ring(Feeder *f)
{
    FeederMeters *m = &f->meters;
    SonoError err = {0};
    m->metered = f->ring.written;
    m->skip_from = m->skip_to = 0;
    if (m->meters && m->rate_hz == f->ring.rate_hz && m->n_channels == (int)f->ring.n_channels) {
        return;
    }
    sono_meters_free(m->meters);
    m->meters = NULL;
    m->rate_hz = f->ring.rate_hz;
    m->n_channels = (int)f->ring.n_channels;
    if (sono_meters_new(m->rate_hz, m->n_channels, &m->meters, &err) != SONO_OK) {
        sono_log(SONO_LOG_WARNING, "player", "%s", err.message);
        m->meters = NULL;
    }
}

void feeder_meter_cut(Feeder *f, uint64_t to)
{
    FeederMeters *m = &f->meters;
    if (m->skip_to <= m->metered) {
        const double more = SONO_PLAYER_CROSSFADE_S * f->ring.rate_hz + f->ring.buffer_frames;
        m->skip_from = f->ring.taken + (uint64_t)more;
    }
    m->skip_to = to;
    m->skip_from = m->skip_from < to ? m->skip_from : to;
}

static void add(FeederMeters *m, const float *const *pcm, int64_t n)
{
    SonoError err = {0};
    if (sono_meters_add(m->meters, pcm, n, &err) != SONO_OK) {
        sono_log(SONO_LOG_WARNING, "player", "%s; the meters rest", err.message);
        sono_meters_free(m->meters);
        m->meters = NULL;
    }
}

static void show(Feeder *f, int64_t heard_ns)
{
    SonoMeterReading reading;
    if (f->meters.meters) {
        sono_meters_read(f->meters.meters, &reading);
        (void)pthread_mutex_lock(&f->player->lock);
        player_add_reading(&f->player->heard.readings, heard_ns, &reading);
        (void)pthread_mutex_unlock(&f->player->lock);
    }
}

/* Frames [metered, until) out of the ring. */
static void meter_ring(Feeder *f, uint64_t until)
{
    FeederMeters *m = &f->meters;
    const FeederRing *r = &f->ring;
    while (m->metered < until && m->meters) {
        const uint32_t index = (uint32_t)m->metered & (r->capacity - 1);
        const uint64_t room = r->capacity - index;
        const uint64_t n = until - m->metered < room ? until - m->metered : room;
        const float *pcm[SONO_OUTPUT_MAX_CHANNELS];
        for (uint32_t c = 0; c < r->n_channels; c++) {
            pcm[c] = play_ring_plane(r->ring, r->capacity, c) + index;
        }
        add(m, pcm, (int64_t)n);
        m->metered += n;
    }
    m->metered = until;
}

static void meter_played(Feeder *f)
{
    FeederMeters *m = &f->meters;
    uint64_t until = f->ring.taken;
    const uint64_t most = m->metered + (uint64_t)(AT_ONCE_S * f->ring.rate_hz);
    until = until < most ? until : most;
    if (m->metered < m->skip_to && until > m->skip_from) {
        meter_ring(f, m->metered > m->skip_from ? m->metered : m->skip_from);
        m->metered = until < m->skip_to ? until : m->skip_to;
    }
    meter_ring(f, until > m->metered ? until : m->metered);
}

/* When the last metered frame is heard. */
static int64_t heard_ns(const Feeder *f, int64_t now_ns)
{
    PlayRingPlace place = {0};
    if (!play_ring_place(f->ring.ring, &place) || place.dac_ns <= 0) {
        return now_ns;
    }
    const double frames = (double)f->meters.metered - (double)place.frame;
    return place.dac_ns + (int64_t)(1e9 * frames / f->ring.rate_hz);
}

/* Nothing is played: bars fall all the same. */
static void meter_silence(Feeder *f, int64_t now_ns)
{
    static const float zeros[480]; /* one block serves all channels */
    FeederMeters *m = &f->meters;
    const float *pcm[SONO_OUTPUT_MAX_CHANNELS];
    for (int c = 0; c < m->n_channels; c++) {
        pcm[c] = zeros;
    }
    if (m->silent_ns == 0) {
        m->silent_ns = now_ns;
        m->fall_until_ns = now_ns + (int64_t)(1e9 * FALL_S);
    }
    const double since_s = 1e-9 * (double)(now_ns - m->silent_ns);
    int64_t n = (int64_t)((since_s < MAX_SILENCE_S ? since_s : MAX_SILENCE_S) * m->rate_hz);
    while (n > 0 && m->meters) {
        const int64_t part = n < 480 ? n : 480;
        add(m, pcm, part);
        n -= part;
    }
    m->silent_ns = now_ns;
    show(f, now_ns);
}

void feeder_meter(Feeder *f, int64_t now_ns)
{
    FeederMeters *m = &f->meters;
    const bool reset = m->reset_serial != f->ask.reset_serial;
    m->reset_serial = f->ask.reset_serial;
    if (f->ring.ring) {
        feeder_see_taken(&f->ring);
    }
    if (!m->meters) {
        if (f->ring.ring) {
            m->metered = f->ring.taken;
        }
        return;
    }
    if (reset) {
        sono_meters_reset(m->meters);
    }
    if (f->ring.ring && m->metered < f->ring.taken) {
        m->silent_ns = 0;
        m->fall_until_ns = INT64_MAX; /* until silence begins */
        meter_played(f);
        show(f, heard_ns(f, now_ns));
    } else if (!f->run.active && (m->silent_ns == 0 || now_ns < m->fall_until_ns)) {
        meter_silence(f, now_ns);
    } else if (reset) {
        show(f, now_ns);
    }
}
