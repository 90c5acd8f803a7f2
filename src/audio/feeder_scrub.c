/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feeder_scrub.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846
#define SPRING_PER_S 40.0 /* a moving hand is followed 2 / 40 s behind */
#define MAX_SPEED 4.0
#define LEAP_S 0.25 /* so far behind, it leaps */
#define LEAP_FADE_S 0.004
#define LEVEL_S 0.003     /* from silence to full level, at least: a hand may turn round at once */
#define SILENT_SPEED 0.01 /* below: a hand at rest; from FULL_SPEED on full level */
#define FULL_SPEED 0.1

#define ZEROS 8 /* of the sinc, on each side */
#define TABLE_PER_ZERO 512
#define MAX_RATIO 16.0 /* frames of the clip for one of the ring */
#define SPAN_FRAMES (SCRUB_BLOCK_FRAMES * (int)MAX_RATIO + 2 * ZEROS * (int)MAX_RATIO + 16)

struct FeederScrub {
    int n_channels;
    double at_s, speed; /* of the clip; seconds a second */
    double fade;        /* 1: heard; on its way to 0 before a leap */
    double level;       /* by speed */
    bool leaps;
    PlayVoice voice; /* of the last block */
    float table[ZEROS * TABLE_PER_ZERO + 2];
    float weights[2 * ZEROS * (int)MAX_RATIO + 2];
    double places[SCRUB_BLOCK_FRAMES + 1]; /* of this block: frames of the clip */
    float gains[SCRUB_BLOCK_FRAMES];
    double clip_hz;
    float *span[SONO_OUTPUT_MAX_CHANNELS];  /* float[SPAN_FRAMES] each */
    float *other[SONO_OUTPUT_MAX_CHANNELS]; /* float[SCRUB_BLOCK_FRAMES] each */
    float *scratch;                         /* float[2][SPAN_FRAMES] */
};

/* sinc under a Hann window, from its centre out. */
static void fill_table(float *table)
{
    for (int i = 0; i < ZEROS * TABLE_PER_ZERO + 2; i++) {
        const double u = (double)i / TABLE_PER_ZERO;
        const double sinc = i == 0 ? 1.0 : sin(PI * u) / (PI * u);
        table[i] = u < ZEROS ? (float)(sinc * (0.5 + 0.5 * cos(PI * u / ZEROS))) : 0.0F;
    }
}

FeederScrub *feeder_scrub_new(int n_channels)
{
    FeederScrub *s = sono_calloc(1, sizeof *s);
    const size_t n = (size_t)(n_channels + 2) * SPAN_FRAMES + (size_t)n_channels * SCRUB_BLOCK_FRAMES;
    float *memory = sono_alloc_aligned(n, sizeof *memory);
    if (!s || !memory) {
        sono_free(s);
        sono_free(memory);
        return NULL;
    }
    s->n_channels = n_channels;
    s->scratch = memory;
    for (int c = 0; c < n_channels; c++) {
        s->span[c] = memory + (ptrdiff_t)(2 + c) * SPAN_FRAMES;
        s->other[c] = memory + (ptrdiff_t)(2 + n_channels) * SPAN_FRAMES + (ptrdiff_t)c * SCRUB_BLOCK_FRAMES;
    }
    fill_table(s->table);
    return s;
}

void feeder_scrub_free(FeederScrub *s)
{
    if (s) {
        play_voice_unref(&s->voice);
        sono_free(s->scratch);
        sono_free(s);
    }
}

int feeder_scrub_n_channels(const FeederScrub *s)
{
    return s->n_channels;
}

void feeder_scrub_begin(FeederScrub *s, double at_frame)
{
    play_voice_unref(&s->voice);
    s->clip_hz = 1.0; /* until the first block: seconds are frames */
    s->at_s = at_frame;
    s->speed = 0.0;
    s->fade = 1.0;
    s->level = 0.0;
    s->leaps = false;
}

double feeder_scrub_from(const FeederScrub *s)
{
    return s->places[0];
}

double feeder_scrub_at(const FeederScrub *s)
{
    return s->at_s * s->clip_hz;
}

static double limit(double x, double most)
{
    return x > most ? most : (x < -most ? -most : x);
}

/* One step of the spring. */
static void follow(FeederScrub *s, double target_s, double max_speed, double dt_s)
{
    const double behind_s = target_s - s->at_s;
    if (fabs(behind_s) > LEAP_S) {
        s->leaps = true;
    }
    if (s->leaps) {
        s->fade -= dt_s / LEAP_FADE_S;
        if (s->fade <= 0.0) {
            s->fade = 0.0;
            s->at_s = target_s - limit(behind_s, 0.02); /* a little way to go, so that something is heard there */
            s->leaps = false;
        }
    } else {
        s->fade = s->fade + dt_s / LEAP_FADE_S < 1.0 ? s->fade + dt_s / LEAP_FADE_S : 1.0;
    }
    if (s->leaps) {
        s->at_s += s->speed * dt_s; /* as it went, while it fades */
        return;
    }
    const double pull = SPRING_PER_S * SPRING_PER_S * behind_s - 2.0 * SPRING_PER_S * s->speed;
    s->speed = limit(s->speed + pull * dt_s, max_speed);
    s->at_s += s->speed * dt_s;
}

static float level_of(FeederScrub *s, double dt_s)
{
    const double x = (fabs(s->speed) - SILENT_SPEED) / (FULL_SPEED - SILENT_SPEED);
    const double level = x <= 0.0 ? 0.0 : (x >= 1.0 ? 1.0 : x * x * (3.0 - 2.0 * x));
    s->level += limit(level - s->level, dt_s / LEVEL_S);
    return (float)(s->level * (0.5 - 0.5 * cos(PI * s->fade)));
}

/* Where the n frames lie and how loud they are. True: something is to be heard. */
static bool plan(FeederScrub *s, double target_s, double ring_hz, int n)
{
    const double fastest = MAX_RATIO * ring_hz / s->clip_hz * 0.999;
    bool heard = false;
    for (int i = 0; i < n; i++) {
        s->places[i] = s->at_s * s->clip_hz;
        follow(s, target_s, MAX_SPEED < fastest ? MAX_SPEED : fastest, 1.0 / ring_hz);
        s->gains[i] = level_of(s, 1.0 / ring_hz);
        heard = heard || s->gains[i] > 0.0F;
    }
    s->places[n] = s->at_s * s->clip_hz;
    if (!heard && fabs(target_s - s->at_s) * s->clip_hz < 0.5) {
        s->at_s = target_s;
        s->speed = 0.0;
    }
    return heard;
}

/* Frame i of the block out of the span that begins at `first`: the kernel is as wide as the speed. */
static void read_between(FeederScrub *s, int i, int64_t first, float *const *out)
{
    const double moved = fabs(s->places[i + 1] - s->places[i]);
    const double ratio = moved < 1.0 || moved > MAX_RATIO ? 1.0 : moved; /* more: a leap, inaudible */
    const int half = (int)ceil(ZEROS * ratio);
    const int64_t middle = (int64_t)floor(s->places[i]);
    const int n = 2 * half;
    const float scale = (float)(1.0 / ratio) * s->gains[i];
    for (int k = 0; k < n; k++) {
        const double u = fabs((double)(middle - half + 1 + k) - s->places[i]) / ratio * TABLE_PER_ZERO;
        const int j = u < ZEROS * TABLE_PER_ZERO ? (int)u : ZEROS * TABLE_PER_ZERO;
        const float part = (float)(u - (double)j);
        s->weights[k] =
            scale * (s->table[j] + (u < ZEROS * TABLE_PER_ZERO ? part * (s->table[j + 1] - s->table[j]) : 0.0F));
    }
    for (int c = 0; c < s->n_channels; c++) {
        const float *from = s->span[c] + (middle - half + 1 - first);
        float sum = 0.0F;
        for (int k = 0; k < n; k++) {
            sum += s->weights[k] * from[k];
        }
        out[c][i] = sum;
    }
}

/* The longest part of the block from i on whose frames lie within one span; its first frame of the clip and length. */
static int next_part(const FeederScrub *s, int i, int n, int64_t *first, int *n_span)
{
    const int margin = ZEROS * (int)MAX_RATIO + 2;
    double low = s->places[i];
    double high = low;
    int k = i;
    for (; k < n; k++) {
        const double l = s->places[k] < low ? s->places[k] : low;
        const double h = s->places[k] > high ? s->places[k] : high;
        if (h - l > SPAN_FRAMES - 2 * margin - 2) {
            break;
        }
        low = l;
        high = h;
    }
    *first = (int64_t)floor(low) - margin;
    *n_span = (int)((int64_t)ceil(high) - (int64_t)floor(low)) + 2 * margin;
    return k - i;
}

static bool read_block(FeederScrub *s, const PlayVoice *voice, int n, float *const *out)
{
    bool ok = true;
    for (int done = 0; done < n;) {
        int64_t first = 0;
        int n_span = 0;
        const int m = next_part(s, done, n, &first, &n_span);
        ok = play_voice_render(voice, first, n_span, s->span, s->n_channels, s->scratch) && ok;
        for (int i = done; i < done + m; i++) {
            read_between(s, i, first, out);
        }
        done += m;
    }
    return ok;
}

bool feeder_scrub_render(FeederScrub *s, const PlayVoice *voice, double target_frame, double ring_hz, int n,
                         float *const *out)
{
    const SonoClip *clip = voice->sound.clip;
    const double clip_hz = clip ? sono_clip_rate_hz(clip) : ring_hz;
    const double last = clip ? (double)sono_clip_n_frames(clip) : target_frame;
    const bool first_block = !s->voice.sound.clip;
    s->at_s *= s->clip_hz / clip_hz;
    s->clip_hz = clip_hz;
    target_frame = target_frame > last ? last : (target_frame < 0.0 ? 0.0 : target_frame);
    bool ok = true;
    if (plan(s, target_frame / clip_hz, ring_hz, n)) {
        ok = read_block(s, voice, n, out);
        if (!first_block && !play_voice_same(&s->voice, voice)) { /* another voice: over into it within this block */
            ok = read_block(s, &s->voice, n, s->other) && ok;
            for (int c = 0; c < s->n_channels; c++) {
                for (int i = 0; i < n; i++) {
                    out[c][i] = s->other[c][i] + ((float)i + 0.5F) / (float)n * (out[c][i] - s->other[c][i]);
                }
            }
        }
    } else {
        for (int c = 0; c < s->n_channels; c++) {
            memset(out[c], 0, (size_t)n * sizeof **out);
        }
    }
    if (first_block || !play_voice_same(&s->voice, voice)) {
        play_voice_unref(&s->voice);
        s->voice = play_voice_ref(voice);
    }
    return ok;
}
