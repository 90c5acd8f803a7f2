/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Meters. Peaks, holds and rms go in steps of 10 ms, loudness in blocks of 100 ms: libebur128 weighs them, and finds
 * true peaks. Its own sums over 3 s of samples at every reading, and its gating (a list that grows, or bins of 0.1 LU)
 * are left out: momentary and short-term loudness are means of 4 and 30 blocks, the rest is meters_gate.h. */
#include "sono_meters.h"

#include "meters_gate.h"
#include "sono_mem.h"

#include <ebur128.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#define STEPS_PER_S 100
#define HOLD_STEPS 150 /* SONO_METER_HOLD_S */
#define RMS_STEPS 30   /* 300 ms */
#define BLOCK_STEPS 10 /* a loudness block: 100 ms */
#define MOMENTARY_BLOCKS 4
#define SHORT_BLOCKS 30

typedef struct Channel {
    float peaks[HOLD_STEPS];   /* of the last steps, by step % HOLD_STEPS */
    double squares[RMS_STEPS]; /* sums of squares, by step % RMS_STEPS */
    float part_peak;           /* of the step that has begun */
    double part_squares;
    double bar_db, hold_db;
} Channel;

struct SonoMeters {
    double rate_hz;
    int n_channels;
    int64_t step_frames, part_frames; /* of a step; of the one that has begun */
    int64_t n_steps;
    double fall_db;     /* in one step */
    float *interleaved; /* float[step_frames][n_channels] */
    ebur128_state *ebur;
    double blocks[SHORT_BLOCKS]; /* their energies */
    MetersGate *gate_400ms, *gate_3s;
    int64_t n_blocks;
    uint64_t clipped;
    Channel channels[];
};

/* ebur128_init fills tables that all states share. */
static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;

static double to_db(double amplitude)
{
    const double db = amplitude > 0.0 ? 20.0 * log10(amplitude) : SONO_METER_FLOOR_DB;
    return db > SONO_METER_FLOOR_DB ? db : SONO_METER_FLOOR_DB;
}

static float to_lufs(double energy)
{
    const double lufs = energy > 0.0 ? 10.0 * log10(energy) - 0.691 : SONO_METER_FLOOR_DB;
    return (float)(lufs > SONO_METER_FLOOR_DB ? lufs : SONO_METER_FLOOR_DB);
}

/* Up to six channels are libebur128's L, R, C, LFE, Ls, Rs, eight those of 7.1 (ITU-R BS.1770-5, annex 3: 1.41 at the
 * sides, 1 behind). More are no arrangement of loudspeakers: all count the same. */
static void place_channels(ebur128_state *ebur, int n_channels)
{
    static const int eight[8] = {EBUR128_LEFT,  EBUR128_RIGHT, EBUR128_CENTER, EBUR128_UNUSED,
                                 EBUR128_Mp090, EBUR128_Mm090, EBUR128_Mp135,  EBUR128_Mm135};
    for (int c = 0; n_channels > 6 && c < n_channels; c++) {
        (void)ebur128_set_channel(ebur, (unsigned)c, n_channels <= 8 ? eight[c] : EBUR128_CENTER);
    }
}

static ebur128_state *new_ebur(double rate_hz, int n_channels)
{
    const int mode = EBUR128_MODE_M | EBUR128_MODE_TRUE_PEAK;
    (void)pthread_mutex_lock(&init_lock);
    ebur128_state *ebur = ebur128_init((unsigned)n_channels, (unsigned long)lround(rate_hz), mode);
    (void)pthread_mutex_unlock(&init_lock);
    if (ebur) {
        place_channels(ebur, n_channels);
    }
    return ebur;
}

static void clear(SonoMeters *m)
{
    m->part_frames = m->n_steps = m->n_blocks = 0;
    m->clipped = 0;
    meters_gate_clear(m->gate_400ms);
    meters_gate_clear(m->gate_3s);
    memset(m->channels, 0, (size_t)m->n_channels * sizeof m->channels[0]);
    for (int c = 0; c < m->n_channels; c++) {
        m->channels[c].bar_db = m->channels[c].hold_db = SONO_METER_FLOOR_DB;
    }
}

SonoStatus sono_meters_new(double rate_hz, int n_channels, SonoMeters **out, SonoError *err)
{
    if (n_channels < 1 || n_channels > SONO_METER_CHANNELS || !(rate_hz >= 8000.0 && rate_hz <= 768000.0)) {
        return sono_fail(err, SONO_E_RANGE, "meters of %d channels at %g Hz", n_channels, rate_hz);
    }
    SonoMeters *m = sono_calloc(1, sizeof *m + (size_t)n_channels * sizeof m->channels[0]);
    if (!m) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for meters");
    }
    m->rate_hz = rate_hz;
    m->n_channels = n_channels;
    m->step_frames = llround(rate_hz / STEPS_PER_S);
    m->fall_db = SONO_METER_FALL_DB_PER_S * (double)m->step_frames / rate_hz;
    m->interleaved = sono_alloc_aligned((size_t)m->step_frames, (size_t)n_channels * sizeof(float));
    m->ebur = new_ebur(rate_hz, n_channels);
    m->gate_400ms = meters_gate_new();
    m->gate_3s = meters_gate_new();
    if (!m->interleaved || !m->ebur || !m->gate_400ms || !m->gate_3s) {
        sono_meters_free(m);
        return sono_fail(err, SONO_E_NOMEM, "no memory for meters");
    }
    clear(m);
    *out = m;
    return SONO_OK;
}

void sono_meters_free(SonoMeters *m)
{
    if (m) {
        if (m->ebur) {
            ebur128_destroy(&m->ebur);
        }
        meters_gate_free(m->gate_400ms);
        meters_gate_free(m->gate_3s);
        sono_free(m->interleaved);
        sono_free(m);
    }
}

void sono_meters_reset(SonoMeters *m)
{
    ebur128_state *fresh = new_ebur(m->rate_hz, m->n_channels);
    if (fresh) { /* without memory loudness goes on as it was */
        ebur128_destroy(&m->ebur);
        m->ebur = fresh;
    }
    clear(m);
}

/* Energy of the last n blocks; nothing until there are so many. */
static double mean_blocks(const SonoMeters *m, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n && m->n_blocks >= n; i++) {
        sum += m->blocks[(m->n_blocks - 1 - i) % SHORT_BLOCKS];
    }
    return sum / n;
}

/* A block of loudness is complete. */
static void end_block(SonoMeters *m)
{
    double lufs = 0.0;
    double energy = 0.0;
    if (ebur128_loudness_window(m->ebur, 100, &lufs) == EBUR128_SUCCESS && isfinite(lufs)) {
        energy = pow(10.0, (lufs + 0.691) / 10.0);
    }
    m->blocks[m->n_blocks++ % SHORT_BLOCKS] = energy;
    meters_gate_add(m->gate_400ms, mean_blocks(m, MOMENTARY_BLOCKS));
    meters_gate_add(m->gate_3s, mean_blocks(m, SHORT_BLOCKS));
}

/* A step is complete in `interleaved` and the parts. */
static SonoStatus end_step(SonoMeters *m, SonoError *err)
{
    if (ebur128_add_frames_float(m->ebur, m->interleaved, (size_t)m->step_frames) != EBUR128_SUCCESS) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for measuring loudness");
    }
    for (int c = 0; c < m->n_channels; c++) {
        Channel *ch = &m->channels[c];
        ch->peaks[m->n_steps % HOLD_STEPS] = ch->part_peak;
        ch->squares[m->n_steps % RMS_STEPS] = ch->part_squares;
        float highest = 0.0F;
        for (int i = 0; i < HOLD_STEPS; i++) {
            highest = ch->peaks[i] > highest ? ch->peaks[i] : highest;
        }
        ch->bar_db = fmax(to_db((double)ch->part_peak), ch->bar_db - m->fall_db);
        ch->hold_db = fmax(to_db((double)highest), ch->hold_db - m->fall_db);
        ch->part_peak = 0.0F;
        ch->part_squares = 0.0;
    }
    m->part_frames = 0;
    if (++m->n_steps % BLOCK_STEPS == 0) {
        end_block(m);
    }
    return SONO_OK;
}

SonoStatus sono_meters_add(SonoMeters *m, const float *const *pcm, int64_t n_frames, SonoError *err)
{
    for (int64_t done = 0; done < n_frames;) {
        const int64_t room = m->step_frames - m->part_frames;
        const int64_t n = n_frames - done < room ? n_frames - done : room;
        for (int c = 0; c < m->n_channels; c++) {
            Channel *ch = &m->channels[c];
            float *to = m->interleaved + m->part_frames * m->n_channels + c;
            float peak = 0.0F;
            double squares = 0.0;
            for (int64_t i = 0; i < n; i++) {
                const float x = isfinite(pcm[c][done + i]) ? pcm[c][done + i] : 0.0F; /* one NaN would stay for ever */
                const float level = fabsf(x);
                to[i * m->n_channels] = x;
                peak = level > peak ? level : peak;
                squares += (double)x * (double)x;
            }
            ch->part_peak = peak > ch->part_peak ? peak : ch->part_peak;
            ch->part_squares += squares;
            m->clipped |= peak >= 1.0F ? UINT64_C(1) << c : 0;
        }
        done += n;
        m->part_frames += n;
        if (m->part_frames == m->step_frames) {
            const SonoStatus status = end_step(m, err);
            if (status != SONO_OK) {
                m->part_frames = 0;
                return status;
            }
        }
    }
    return SONO_OK;
}

void sono_meters_read(const SonoMeters *m, SonoMeterReading *out)
{
    SonoMeterReading r = {.n_channels = m->n_channels, .clipped = m->clipped};
    double true_peak = 0.0;
    for (int c = 0; c < SONO_METER_CHANNELS; c++) {
        r.peak_db[c] = r.hold_db[c] = r.rms_db[c] = (float)SONO_METER_FLOOR_DB;
    }
    for (int c = 0; c < m->n_channels; c++) {
        const Channel *ch = &m->channels[c];
        const double part_db = to_db((double)ch->part_peak);
        double squares = 0.0;
        for (int i = 0; i < RMS_STEPS; i++) {
            squares += ch->squares[i];
        }
        r.peak_db[c] = (float)fmax(ch->bar_db, part_db);
        r.hold_db[c] = (float)fmax(ch->hold_db, part_db);
        r.rms_db[c] = (float)to_db(sqrt(squares / ((double)m->step_frames * RMS_STEPS)));
        double peak = 0.0;
        if (ebur128_true_peak(m->ebur, (unsigned)c, &peak) == EBUR128_SUCCESS && peak > true_peak) {
            true_peak = peak;
        }
    }
    r.true_peak_db = (float)to_db(true_peak);
    r.momentary_lufs = to_lufs(mean_blocks(m, MOMENTARY_BLOCKS));
    r.short_lufs = to_lufs(mean_blocks(m, SHORT_BLOCKS));
    r.integrated_lufs = to_lufs(meters_gate_integrated(m->gate_400ms));
    r.range_lu = (float)meters_gate_range(m->gate_3s);
    *out = r;
}
