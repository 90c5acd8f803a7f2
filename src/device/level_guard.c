/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels are compared as integers: the bits of |x| are ordered like |x|, and no sample, denormals included, is touched
 * by arithmetic unless it has to change. */
#include "level_guard.h"

#include <string.h>

#include "play_ring.h"

#define ONE_BITS INT32_C(0x3f800000)
#define MUTE_BITS INT32_C(0x41000000) /* PLAY_RING_MUTE_LEVEL */
#define INFINITE_BITS INT32_C(0x7f800000)
/* So many non-finite frames in close order are no accident any more; a good frame makes up for 1/16 of a bad one. */
#define BAD_STEP 16U
#define BAD_LIMIT (32U * BAD_STEP)

static inline int32_t level_bits(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & INT32_C(0x7fffffff);
}

static int32_t peak_bits(const float *x, uint32_t n)
{
    int32_t peak = 0;
    for (uint32_t i = 0; i < n; i++) {
        const int32_t bits = level_bits(x[i]);
        peak = bits > peak ? bits : peak;
    }
    return peak;
}

static bool is_muting(const LevelGuard *guard)
{
    return (guard->decay_left | guard->mute_left | guard->return_left) != 0;
}

static void begin_mute(LevelGuard *guard)
{
    if (guard->decay_left == 0 && guard->mute_left == 0) {
        guard->muted++;
        guard->decay_left = guard->fade_frames;
        memcpy(guard->held, guard->last, sizeof guard->held);
    }
    guard->mute_left = guard->mute_frames;
    guard->return_left = guard->fade_frames;
}

static void rest(LevelGuard *guard, uint32_t n_frames)
{
    guard->badness -= guard->badness < n_frames ? guard->badness : n_frames;
}

/* Counts what is not finite; true when this block must not be heard. */
static bool is_unbearable(LevelGuard *guard, const float *const *in, uint32_t n)
{
    bool bad[GUARD_CHUNK_FRAMES] = {false}, unbearable = false;
    for (uint32_t c = 0; c < guard->n_channels; c++) {
        for (uint32_t i = 0; i < n; i++) {
            const int32_t bits = level_bits(in[c][i]);
            if (bits >= INFINITE_BITS) {
                guard->non_finite++;
                bad[i] = true;
            } else if (bits > MUTE_BITS) {
                unbearable = true;
            }
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (bad[i]) {
            guard->badness += BAD_STEP;
        } else {
            rest(guard, 1);
        }
        if (guard->badness > BAD_LIMIT) {
            guard->badness = BAD_LIMIT;
            unbearable = true;
        }
    }
    return unbearable;
}

/* One frame on in the mute: the gain of the sound, and of the samples held. */
static void step_mute(LevelGuard *guard, float *sound, float *held)
{
    *held = 0.0f;
    if (guard->decay_left > 0) {
        *held = guard->curve[--guard->decay_left];
        *sound = 0.0f;
    } else if (guard->mute_left > 0) {
        guard->mute_left--;
        *sound = 0.0f;
    } else if (guard->return_left > 0) {
        *sound *= guard->curve[guard->fade_frames - guard->return_left--];
    }
}

/* Not finite: zero. Clipped before the gain, so that the fade of a sound that is too loud is no steeper than its curve.
 */
static float tame(LevelGuard *guard, float x, float gain)
{
    const int32_t bits = level_bits(x);
    if (bits >= INFINITE_BITS) {
        x = 0.0f;
    } else if (bits > ONE_BITS) {
        guard->clipped += gain > 0.0f;
        x = x > 0.0f ? 1.0f : -1.0f;
    }
    return x;
}

static void pass_slowly(LevelGuard *guard, const float *const *in, const float *gains, float *const *out,
                        uint32_t out_at, uint32_t n)
{
    float sound[GUARD_CHUNK_FRAMES], held[GUARD_CHUNK_FRAMES];
    for (uint32_t i = 0; i < n; i++) {
        sound[i] = gains ? gains[i] : 1.0f;
        step_mute(guard, &sound[i], &held[i]);
    }
    for (uint32_t c = 0; c < guard->n_channels; c++) {
        float *to = out[c] + out_at;
        for (uint32_t i = 0; i < n; i++) {
            const float x = in ? tame(guard, in[c][i], sound[i]) : 0.0f;
            to[i] = sound[i] == 1.0f ? x : x * sound[i] + held[i] * guard->held[c];
        }
        guard->last[c] = to[n - 1];
    }
}

void level_guard_pass(LevelGuard *guard, const float *const *in, const float *gains, float *const *out, uint32_t out_at,
                      uint32_t n)
{
    int32_t peak = 0;
    for (uint32_t c = 0; in && c < guard->n_channels; c++) {
        const int32_t bits = peak_bits(in[c], n);
        peak = bits > peak ? bits : peak;
    }
    if (peak > MUTE_BITS) {
        if (is_unbearable(guard, in, n)) {
            begin_mute(guard);
        }
    } else {
        rest(guard, n);
    }
    if (gains || peak > ONE_BITS || is_muting(guard)) {
        pass_slowly(guard, in, gains, out, out_at, n);
        return;
    }
    for (uint32_t c = 0; c < guard->n_channels; c++) {
        if (in) {
            memcpy(out[c] + out_at, in[c], n * sizeof(float));
        } else {
            memset(out[c] + out_at, 0, n * sizeof(float));
        }
        guard->last[c] = out[c][out_at + n - 1];
    }
}
