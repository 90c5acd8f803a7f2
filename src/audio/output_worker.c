/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper thread of a SonoOutput: one child for each stream, watched by its heartbeat in the ring. A server that
 * died or stands still shows as a heartbeat that stands still; nothing else can be relied on. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child_process.h"
#include "device_child.h"
#include "output_internal.h"
#include "sono_clock.h"
#include "sono_mem.h"

/* A JACK server takes one request a period and a port needs several: 64 channels can take ten seconds to connect. After
 * ANSWER_S the user hears of it; an attempt is not given up soon, for a server that only stood still answers it first
 * of all. */
#define ANSWER_S 5.0
#define ANSWER_S_PER_CHANNEL 0.25
#define GIVE_UP_S 30.0
#define RETRY_S 1.0
#define WATCH_S 0.1
#define SILENT_S 1.0    /* without a callback: lost */
#define SILENT_CHECKS 8 /* so that a time in which this process itself stood still is not taken for that */
/* For the child to fade out and close the device: a JACK server stalls when a client just vanishes. */
#define FAREWELL_S 1.0
#define FAREWELL_S_PER_CHANNEL 0.02
#define AGAIN_AT_ONCE_S 0.2 /* a stream that ran so long may be opened again at once when the device asks for that */

typedef struct Worker {
    SonoOutput *output;
    SonoOutputWish wish;
    char program[PATH_MAX];
    uint32_t serial, attempt;
    bool wanted;
    DeviceChild child;
    /* The last one, whose callbacks stopped. Where a server stands still, killing its client makes it wait for ten
     * seconds once it goes on; so the child stays until another stream runs or an attempt says why not. */
    DeviceChild limbo;
    double limbo_until_s; /* asked to end, it is killed then */
    OutputRing *ring;
    double watched_s; /* how long the stream ran */
    SonoOutputPhase told_phase;
    char told_line[240];
} Worker;

static void tell_changed(SonoOutput *output)
{
    (void)pthread_mutex_lock(&output->call_lock);
    if (output->changed) {
        output->changed(output->ctx);
    }
    (void)pthread_mutex_unlock(&output->call_lock);
}

static void clear_wake(SonoOutput *output)
{
    uint64_t count;
    while (read(output->wake_fd, &count, sizeof count) < 0 && errno == EINTR) {
    }
}

/* False: the end. */
static bool take_wish(Worker *worker)
{
    SonoOutput *output = worker->output;
    clear_wake(output);
    (void)pthread_mutex_lock(&output->lock);
    const bool quit = output->quit;
    if (worker->serial != output->wish_serial) {
        worker->attempt = 0;
    }
    worker->serial = output->wish_serial;
    worker->wanted = output->wanted;
    worker->wish = output->wish;
    memcpy(worker->program, output->program, sizeof worker->program);
    (void)pthread_mutex_unlock(&output->lock);
    return !quit;
}

static bool wish_is_old(Worker *worker)
{
    SonoOutput *output = worker->output;
    (void)pthread_mutex_lock(&output->lock);
    const bool old = output->quit || output->wish_serial != worker->serial;
    (void)pthread_mutex_unlock(&output->lock);
    return old;
}

static void set_phase(Worker *worker, SonoOutputPhase phase, const char *line)
{
    SonoOutput *output = worker->output;
    (void)pthread_mutex_lock(&output->lock);
    SonoOutputState *state = &output->state;
    const bool current = !output->quit && output->wish_serial == worker->serial;
    if (current) {
        state->phase = phase;
        (void)snprintf(state->line, sizeof state->line, "%s", line);
    }
    (void)pthread_mutex_unlock(&output->lock);
    if (current && (worker->told_phase != phase || strcmp(worker->told_line, line) != 0)) {
        worker->told_phase = phase;
        (void)snprintf(worker->told_line, sizeof worker->told_line, "%s", line);
        tell_changed(output);
    }
}

/* Wait for another wish, at most so long; negative: for ever. */
static void wait_for_wish(Worker *worker, double most_s)
{
    struct pollfd wait = {.fd = worker->output->wake_fd, .events = POLLIN};
    (void)poll(&wait, 1, most_s < 0.0 ? -1 : (int)(most_s * 1000.0));
}

/* The answer to a request; the output is LOST as long as it does not come. */
static SonoStatus await(Worker *worker, uint32_t type, int n_channels, DeviceReply *reply, SonoError *err)
{
    const int wake_fd = worker->output->wake_fd;
    const double now_s = sono_now_s();
    SonoStatus status = device_child_receive(&worker->child, type, now_s + ANSWER_S + ANSWER_S_PER_CHANNEL * n_channels,
                                             wake_fd, reply, err);
    if (status == SONO_E_TIMEOUT) {
        set_phase(worker, SONO_OUTPUT_LOST, err->message);
        status = device_child_receive(&worker->child, type, now_s + GIVE_UP_S, wake_fd, reply, err);
    }
    return status;
}

static SonoStatus open_device(Worker *worker, DeviceReply *opened, SonoError *err)
{
    const SonoOutputWish *wish = &worker->wish;
    DeviceRequest request = {.type = DEVICE_OPEN,
                             .rate_hz = wish->rate_hz,
                             .n_channels = wish->n_channels,
                             .n_in_channels = wish->n_in_channels,
                             .buffer_frames = wish->buffer_frames,
                             .attempt = worker->attempt,
                             .beside = worker->limbo.pid > 0};
    memcpy(request.device, wish->device, sizeof request.device);
    SonoStatus status = device_child_start(&worker->child, worker->program, err);
    status = status == SONO_OK ? device_child_send(&worker->child, &request, -1, err) : status;
    if (status == SONO_OK) {
        status = await(worker, DEVICE_OPEN, wish->n_channels + wish->n_in_channels, opened, err);
    }
    return status == SONO_OK ? device_reply_check_open(opened, err) : status;
}

static SonoStatus start_device(Worker *worker, DeviceReply *opened, SonoError *err)
{
    DeviceReply started = {0};
    int fd = -1;
    OutputRing *ring = sono_calloc(1, sizeof *ring);
    if (!ring) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the sound output");
    }
    SonoStatus status = play_ring_new(opened->rate_hz, opened->n_channels, opened->n_in_channels, opened->buffer_frames,
                                      &ring->map, &fd, err);
    if (status != SONO_OK) {
        sono_free(ring);
        return status;
    }
    ring->bytes = ring->map->bytes; /* the child has not seen it yet */
    DeviceRequest request = {.type = DEVICE_START};
    status = device_child_send(&worker->child, &request, fd, err);
    sono_child_close_fd(&fd);
    if (status == SONO_OK) {
        status = await(worker, DEVICE_START, opened->n_channels + opened->n_in_channels, &started, err);
    }
    status = status == SONO_OK ? device_reply_check_started(&started, opened, err) : status;
    if (status != SONO_OK) {
        sono_output_unmap_ring(ring);
        return status;
    }
    worker->ring = ring;
    return SONO_OK;
}

/* False: meanwhile something else is wanted. */
static bool begin_running(Worker *worker, const DeviceReply *opened)
{
    SonoOutput *output = worker->output;
    OutputRing *ring = worker->ring;
    (void)pthread_mutex_lock(&output->lock);
    if (output->quit || output->wish_serial != worker->serial) {
        (void)pthread_mutex_unlock(&output->lock);
        sono_output_unmap_ring(ring);
        worker->ring = NULL;
        return false;
    }
    SonoOutputState *state = &output->state;
    *state = (SonoOutputState){.phase = SONO_OUTPUT_RUNNING,
                               .epoch = state->epoch + 1,
                               .rate_hz = opened->rate_hz,
                               .latency_s = opened->latency_s,
                               .n_channels = opened->n_channels,
                               .n_in_channels = opened->n_in_channels,
                               .buffer_frames = opened->buffer_frames};
    memcpy(state->device, opened->device, sizeof state->device);
    ring->epoch = state->epoch;
    ring->refs = 1;
    ring->next = output->rings;
    output->rings = output->current = ring;
    (void)pthread_mutex_unlock(&output->lock);
    worker->told_phase = SONO_OUTPUT_RUNNING;
    worker->told_line[0] = 0;
    tell_changed(output);
    return true;
}

static void end_running(Worker *worker)
{
    SonoOutput *output = worker->output;
    (void)pthread_mutex_lock(&output->lock);
    if (output->current) {
        sono_output_read_counters(worker->ring, &output->state);
        output->current = NULL;
    }
    OutputRing *unused = sono_output_unref_ring(output, worker->ring);
    (void)pthread_mutex_unlock(&output->lock);
    sono_output_unmap_ring(unused);
    worker->ring = NULL;
}

/* Until the wish changes (CANCELLED), callbacks stop (DEVICE), or it says that the device is lost (anything else).
 * again: it wants to be opened again. */
static SonoStatus watch(Worker *worker, const DeviceReply *opened, bool *again, SonoError *err)
{
    const double began_s = sono_now_s();
    const double limit_s = SILENT_S + 2.0 * opened->buffer_frames / opened->rate_hz;
    uint64_t heartbeat = 0;
    double heard_s = began_s;
    int n_checks = 0;
    SonoStatus status = SONO_OK;
    *again = false;
    while (status == SONO_OK) {
        DeviceReply reply = {0};
        status = device_child_receive(&worker->child, DEVICE_GONE, sono_now_s() + WATCH_S, worker->output->wake_fd,
                                      &reply, err);
        if (status == SONO_E_CANCELLED) {
            clear_wake(worker->output); /* before the look at the wish: what comes after it wakes again */
        }
        if (status == SONO_E_CANCELLED && !wish_is_old(worker)) {
            status = SONO_OK;
        } else if (status != SONO_E_TIMEOUT) {
            *again = status != SONO_E_CANCELLED && (reply.flags & DEVICE_FLAG_AGAIN) != 0;
            status = status == SONO_OK ? sono_fail(err, SONO_E_FORMAT, "the sound device is gone") : status;
            break;
        } else {
            status = SONO_OK;
        }
        if (!device_child_has_ended(&worker->limbo) && sono_now_s() > worker->limbo_until_s) {
            device_child_kill(&worker->limbo);
        }
        const uint64_t now = atomic_load_explicit(&worker->ring->map->n_callbacks, memory_order_acquire);
        const double now_s = sono_now_s();
        n_checks = now == heartbeat ? n_checks + 1 : 0;
        heard_s = now == heartbeat ? heard_s : now_s;
        heartbeat = now;
        if (now_s - heard_s > limit_s && n_checks >= SILENT_CHECKS) {
            status = sono_fail(err, SONO_E_DEVICE, "the sound device does not answer any more");
        }
    }
    worker->watched_s = sono_now_s() - began_s;
    return status;
}

/* The child whose callbacks stopped, out of the way; should they come back, they are to play nothing old. */
static void put_in_limbo(Worker *worker)
{
    atomic_store_explicit(&worker->ring->map->end, 0, memory_order_release);
    device_child_kill(&worker->limbo);
    worker->limbo = worker->child;
    worker->child = DEVICE_NO_CHILD;
}

/* One stream from its beginning to its end; how long to wait before the next. */
static double run_stream(Worker *worker)
{
    DeviceReply opened = {0};
    SonoError err = {.message = ""};
    bool again = false;
    SonoStatus status = open_device(worker, &opened, &err);
    status = status == SONO_OK ? start_device(worker, &opened, &err) : status;
    const bool runs = status == SONO_OK && begin_running(worker, &opened);
    const double farewell_s = FAREWELL_S + FAREWELL_S_PER_CHANNEL * opened.n_channels;
    if (!runs) {
        device_child_kill(&worker->limbo);
    } else {
        device_child_ask_to_end(&worker->limbo);
        worker->limbo_until_s = sono_now_s() + FAREWELL_S;
        worker->attempt++;
        status = watch(worker, &opened, &again, &err);
        if (status == SONO_E_DEVICE && !again) {
            put_in_limbo(worker);
        }
        end_running(worker);
    }
    if (status == SONO_E_CANCELLED || status == SONO_OK) {
        device_child_let_go(&worker->child, farewell_s);
        return 0.0;
    }
    set_phase(worker, SONO_OUTPUT_LOST, err.message);
    device_child_kill(&worker->child);
    return again && worker->watched_s >= AGAIN_AT_ONCE_S ? 0.0 : RETRY_S;
}

void *sono_output_worker(void *ctx)
{
    SonoOutput *output = ctx;
    Worker worker = {.output = output, .child = DEVICE_NO_CHILD, .limbo = DEVICE_NO_CHILD};
    bool was_lost = false;
    while (take_wish(&worker)) {
        if (!worker.wanted) {
            device_child_kill(&worker.limbo);
            set_phase(&worker, SONO_OUTPUT_CLOSED, "");
            was_lost = false;
            wait_for_wish(&worker, -1.0);
            continue;
        }
        if (!was_lost) {
            set_phase(&worker, SONO_OUTPUT_OPENING, "");
        }
        const double pause_s = run_stream(&worker);
        was_lost = !wish_is_old(&worker);
        if (was_lost && pause_s > 0.0) {
            wait_for_wish(&worker, pause_s);
            was_lost = !wish_is_old(&worker);
        }
    }
    device_child_kill(&worker.limbo);
    (void)pthread_mutex_lock(&output->lock);
    output->has_worker = false;
    const bool last = !output->has_owner;
    (void)pthread_cond_broadcast(&output->worker_gone);
    (void)pthread_mutex_unlock(&output->lock);
    if (last) {
        sono_output_destroy(output);
    }
    return NULL;
}
