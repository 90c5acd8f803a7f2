/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt_stream.h"

#include <math.h>
#include <poll.h>
#include <string.h>

#include "sono_clock.h"

float rt_sample(uint32_t channel, uint64_t frame)
{
    uint64_t h = (frame + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ ((uint64_t)channel + 1) * UINT64_C(0xbf58476d1ce4e5b9);
    h ^= h >> 29;
    h *= UINT64_C(0x94d049bb133111eb);
    h ^= h >> 32;
    return (float)(((double)(h & 0xffffff) / 8388608.0 - 1.0) * 0.9);
}

double rt_wait_phase(SonoOutput *output, SonoOutputPhase phase, double most_s)
{
    const double began_s = sono_now_s();
    for (;;) {
        const SonoOutputState state = sono_output_state(output);
        if (state.phase == phase) {
            return sono_now_s() - began_s;
        }
        if (sono_now_s() - began_s > most_s) {
            fail_msg("phase is %d, not %d, after %g s: %s", (int)state.phase, (int)phase, most_s, state.line);
        }
        (void)poll(NULL, 0, 2);
    }
}

void rt_stream_attach(RtStream *stream, SonoOutput *output, uint64_t capture_frames)
{
    *stream = (RtStream){.output = output, .state = sono_output_state(output)};
    stream->ring = sono_output_acquire_ring(output, &stream->epoch);
    assert_non_null(stream->ring);
    stream->capacity = stream->ring->capacity_frames;
    stream->n_channels = stream->ring->n_channels;
    stream->n_in_channels = stream->ring->n_in_channels;
    assert_int_equal(stream->n_channels, stream->state.n_channels);
    /* a device that does not keep pace waits for who takes, once anything was taken */
    for (int i = 0; i < 1000 && stream->n_in_channels > 0 && stream->captured == 0; i++) {
        stream->captured = atomic_load_explicit(&stream->ring->in_written, memory_order_acquire);
        (void)poll(NULL, 0, stream->captured == 0);
    }
    atomic_store_explicit(&stream->ring->in_taken, stream->captured, memory_order_release);
    stream->captured_room = stream->captured + capture_frames;
    stream->capture = calloc((size_t)stream->n_in_channels * stream->captured_room + 1, sizeof(float));
    assert_non_null(stream->capture);
}

void rt_stream_open(RtStream *stream, SonoOutput *output, const SonoOutputWish *wish, uint64_t capture_frames)
{
    sono_output_open(output, wish);
    (void)rt_wait_phase(output, SONO_OUTPUT_RUNNING, 20.0);
    rt_stream_attach(stream, output, capture_frames);
}

static void feed(RtStream *stream, uint64_t total)
{
    PlayRing *ring = stream->ring;
    const uint64_t taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
    const uint64_t until = taken + stream->capacity < total ? taken + stream->capacity : total;
    for (uint32_t c = 0; c < stream->n_channels; c++) {
        float *plane = play_ring_plane(ring, stream->capacity, c);
        for (uint64_t f = stream->fed; f < until; f++) {
            plane[f & (stream->capacity - 1)] = rt_sample(c, f);
        }
    }
    if (until > stream->fed) {
        stream->fed = until;
        if (until == total) {
            atomic_store_explicit(&ring->end, total, memory_order_release);
        }
        atomic_store_explicit(&ring->written, until, memory_order_release);
    }
}

static void take(RtStream *stream)
{
    PlayRing *ring = stream->ring;
    const uint64_t there = atomic_load_explicit(&ring->in_written, memory_order_acquire);
    assert_true(there - stream->captured <= stream->capacity);
    for (uint32_t c = 0; c < stream->n_in_channels; c++) {
        const float *plane = play_ring_in_plane(ring, stream->capacity, stream->n_channels, c);
        for (uint64_t f = stream->captured; f < there && f < stream->captured_room; f++) {
            stream->capture[c * stream->captured_room + f] = plane[f & (stream->capacity - 1)];
        }
    }
    atomic_store_explicit(&ring->in_taken, there, memory_order_release);
    stream->captured = there;
}

void rt_stream_turn(RtStream *stream, uint64_t total)
{
    feed(stream, total);
    if (stream->n_in_channels > 0) {
        take(stream);
    }
}

void rt_stream_play(RtStream *stream, uint64_t total, double most_s)
{
    const double until_s = sono_now_s() + most_s;
    uint64_t heard_out = 0;
    for (;;) {
        rt_stream_turn(stream, total);
        const uint64_t taken = atomic_load_explicit(&stream->ring->taken, memory_order_acquire);
        if (taken >= total && heard_out == 0) {
            heard_out = stream->captured + 4096 + 4 * (uint64_t)stream->state.buffer_frames;
        }
        if (heard_out > 0 && (stream->n_in_channels == 0 || stream->captured >= heard_out)) {
            return;
        }
        if (sono_now_s() > until_s) {
            fail_msg("after %g s %llu of %llu frames were taken", most_s, (unsigned long long)taken,
                     (unsigned long long)total);
        }
        (void)poll(NULL, 0, 1);
    }
}

/* What frame f of the sound is after the last stage. */
static float expected(uint32_t c, uint64_t f, uint64_t total, uint32_t fade)
{
    const double pi = 3.14159265358979323846;
    float gain = 1.0f;
    if (f < fade) {
        gain *= (float)(0.5 * (1.0 - cos(pi * ((double)f + 0.5) / fade)));
    }
    if (total - f <= fade) {
        gain *= (float)(0.5 * (1.0 - cos(pi * ((double)(total - f) - 0.5) / fade)));
    }
    return gain == 1.0f ? rt_sample(c, f) : rt_sample(c, f) * gain;
}

static bool fits(const RtStream *stream, uint64_t delay, uint64_t total, uint32_t fade)
{
    for (uint64_t f = total / 2; f < total / 2 + 16; f++) {
        if (stream->capture[f + delay] != expected(0, f, total, fade)) {
            return false;
        }
    }
    return true;
}

void rt_stream_check(const RtStream *stream, uint64_t total)
{
    const uint32_t fade = play_ring_fade_frames(stream->state.rate_hz);
    const uint64_t n = stream->captured < stream->captured_room ? stream->captured : stream->captured_room;
    uint64_t delay = 0;
    while (delay + total < n && !fits(stream, delay, total, fade)) {
        delay++;
    }
    if (delay + total >= n) {
        fail_msg("the sound is not in the %llu frames captured", (unsigned long long)n);
    }
    for (uint32_t c = 0; c < stream->n_in_channels; c++) {
        for (uint64_t i = 0; i < n; i++) {
            const bool inside = i >= delay && i - delay < total;
            const float want = inside ? expected(c, i - delay, total, fade) : 0.0f;
            const float got = stream->capture[c * stream->captured_room + i];
            if (memcmp(&want, &got, sizeof want) != 0 && !(want == 0.0f && got == 0.0f)) {
                fail_msg("channel %u, frame %lld of %llu: %.9g, not %.9g", c, (long long)(i - delay),
                         (unsigned long long)total, (double)got, (double)want);
            }
        }
    }
}

void rt_stream_close(RtStream *stream)
{
    sono_output_release_ring(stream->output, stream->ring);
    free(stream->capture);
    *stream = (RtStream){0};
}
