/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The callers' side of a SonoOutput: wishes go in, states come out, nothing waits. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "output_internal.h"
#include "sono_mem.h"

#define FREE_WAIT_NS 50000000

static void wake(SonoOutput *output)
{
    const uint64_t one = 1;
    ssize_t n;
    do {
        n = write(output->wake_fd, &one, sizeof one); /* non-blocking: a full counter wakes as well */
    } while (n < 0 && errno == EINTR);
}

SonoStatus sono_output_new(void (*changed)(void *ctx), void *ctx, SonoOutput **out, SonoError *err)
{
    SonoOutput *output = sono_calloc(1, sizeof *output);
    const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!output || wake_fd < 0) {
        goto fail;
    }
    output->changed = changed;
    output->ctx = ctx;
    output->wake_fd = wake_fd;
    output->has_owner = output->has_worker = true;
    pthread_condattr_t monotonic;
    (void)pthread_mutex_init(&output->call_lock, NULL);
    (void)pthread_mutex_init(&output->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&output->worker_gone, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    pthread_t thread;
    if (pthread_create(&thread, NULL, sono_output_worker, output)) {
        sono_output_destroy(output);
        return sono_fail(err, SONO_E_NOMEM, "no thread to watch the sound device");
    }
    (void)pthread_detach(thread);
    *out = output;
    return SONO_OK;
fail:
    if (wake_fd >= 0) {
        (void)close(wake_fd);
    }
    sono_free(output);
    return sono_fail(err, SONO_E_NOMEM, "no memory for the sound output");
}

void sono_output_destroy(SonoOutput *output)
{
    while (output->rings) {
        OutputRing *ring = output->rings;
        output->rings = ring->next;
        sono_output_unmap_ring(ring);
    }
    (void)close(output->wake_fd);
    (void)pthread_cond_destroy(&output->worker_gone);
    (void)pthread_mutex_destroy(&output->lock);
    (void)pthread_mutex_destroy(&output->call_lock);
    sono_free(output);
}

static double at_most(double value, double most)
{
    return value < most ? value : most;
}

/* What a wish can mean at all. */
static SonoOutputWish sensible(const SonoOutputWish *wish)
{
    SonoOutputWish w = *wish;
    w.device[sizeof w.device - 1] = 0;
    w.rate_hz = isfinite(w.rate_hz) && w.rate_hz > 0.0 ? at_most(w.rate_hz, 768000.0) : 0.0;
    w.n_channels = w.n_channels < 1 ? 1 : (int)at_most(w.n_channels, SONO_OUTPUT_MAX_CHANNELS);
    w.n_in_channels = w.n_in_channels < 0 ? 0 : (int)at_most(w.n_in_channels, SONO_OUTPUT_MAX_CHANNELS);
    w.buffer_frames = w.buffer_frames < 0 ? 0 : (int)at_most(w.buffer_frames, 8192);
    w.program = NULL;
    return w;
}

static bool same_wish(const SonoOutput *output, const SonoOutputWish *wish, const char *program)
{
    const SonoOutputWish *old = &output->wish;
    return output->wanted && strcmp(old->device, wish->device) == 0 && old->rate_hz == wish->rate_hz &&
           old->n_channels == wish->n_channels && old->n_in_channels == wish->n_in_channels &&
           old->buffer_frames == wish->buffer_frames && strcmp(output->program, program) == 0;
}

/* With the lock: the stream that runs is none any more for the callers; the helper thread ends it. */
static void turn_to(SonoOutput *output, SonoOutputPhase phase)
{
    if (output->current) {
        sono_output_read_counters(output->current, &output->state);
        output->current = NULL;
    }
    output->state.phase = phase;
    output->state.line[0] = 0;
    output->wish_serial++;
    wake(output);
}

void sono_output_open(SonoOutput *output, const SonoOutputWish *wish)
{
    const SonoOutputWish w = sensible(wish);
    const char *program = wish->program ? wish->program : "";
    (void)pthread_mutex_lock(&output->lock);
    const SonoOutputPhase phase = output->state.phase;
    const bool same = same_wish(output, &w, program);
    if (!same || phase == SONO_OUTPUT_LOST) { /* asked for again while lost: try now */
        output->wish = w;
        (void)snprintf(output->program, sizeof output->program, "%s", program);
        output->wanted = true;
        turn_to(output, SONO_OUTPUT_OPENING);
    }
    (void)pthread_mutex_unlock(&output->lock);
}

void sono_output_close(SonoOutput *output)
{
    (void)pthread_mutex_lock(&output->lock);
    if (output->wanted) {
        output->wanted = false;
        turn_to(output, SONO_OUTPUT_CLOSED);
    }
    (void)pthread_mutex_unlock(&output->lock);
}

SonoOutputState sono_output_state(SonoOutput *output)
{
    (void)pthread_mutex_lock(&output->lock);
    SonoOutputState state = output->state;
    if (output->current) {
        sono_output_read_counters(output->current, &state);
    }
    (void)pthread_mutex_unlock(&output->lock);
    return state;
}

void sono_output_read_counters(const OutputRing *ring, SonoOutputState *state)
{
    PlayRing *map = ring->map;
    const uint32_t longest = atomic_load_explicit(&map->longest_call, memory_order_relaxed);
    state->xruns = atomic_load_explicit(&map->xruns, memory_order_relaxed);
    state->starved = atomic_load_explicit(&map->starved, memory_order_relaxed);
    state->clipped = atomic_load_explicit(&map->clipped, memory_order_relaxed);
    state->non_finite = atomic_load_explicit(&map->non_finite, memory_order_relaxed);
    state->muted = atomic_load_explicit(&map->muted, memory_order_relaxed);
    state->buffer_frames = longest > 0 && longest <= 65536 ? (int)longest : state->buffer_frames;
}

void sono_output_free(SonoOutput *output)
{
    if (!output) {
        return;
    }
    (void)pthread_mutex_lock(&output->call_lock);
    output->changed = NULL;
    (void)pthread_mutex_unlock(&output->call_lock);
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += FREE_WAIT_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&output->lock);
    output->quit = true;
    output->wanted = false;
    wake(output);
    while (output->has_worker && pthread_cond_timedwait(&output->worker_gone, &output->lock, &until) != ETIMEDOUT) {
    }
    output->has_owner = false;
    const bool last = !output->has_worker;
    (void)pthread_mutex_unlock(&output->lock);
    if (last) {
        sono_output_destroy(output);
    }
}

PlayRing *sono_output_acquire_ring(SonoOutput *output, uint32_t *epoch)
{
    PlayRing *map = NULL;
    (void)pthread_mutex_lock(&output->lock);
    if (output->current) {
        output->current->refs++;
        map = output->current->map;
        *epoch = output->current->epoch;
    }
    (void)pthread_mutex_unlock(&output->lock);
    return map;
}

void sono_output_release_ring(SonoOutput *output, PlayRing *ring)
{
    OutputRing *unused = NULL;
    (void)pthread_mutex_lock(&output->lock);
    for (OutputRing *known = output->rings; known && ring; known = known->next) {
        if (known->map == ring) {
            unused = sono_output_unref_ring(output, known);
            break;
        }
    }
    (void)pthread_mutex_unlock(&output->lock);
    sono_output_unmap_ring(unused);
}

OutputRing *sono_output_unref_ring(SonoOutput *output, OutputRing *ring)
{
    if (--ring->refs > 0) {
        return NULL;
    }
    OutputRing **link = &output->rings;
    while (*link && *link != ring) {
        link = &(*link)->next;
    }
    if (*link) {
        *link = ring->next;
    }
    return ring;
}

void sono_output_unmap_ring(OutputRing *ring)
{
    if (ring) {
        play_ring_unmap(ring->map, ring->bytes);
        sono_free(ring);
    }
}
