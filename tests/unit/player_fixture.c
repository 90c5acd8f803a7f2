/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player_fixture.h"

#include <pthread.h>
#include <time.h>

#include "sono_clock.h"

#define CAPACITY 32768

struct SonoOutput {
    pthread_mutex_t lock;
    void (*changed)(void *ctx);
    void *ctx;
    SonoOutputState state;
    SonoOutputWish wish;
    PlayRing *ring; /* of the running stream */
    bool ring_held; /* by the feeder */
    int n_opens, n_acquired;
    bool wanted;
};

static FakeDevice device;
static _Atomic bool plugged = true;
static SonoOutput *the_output; /* one at a time */
static uint64_t cut_done;
static _Thread_local bool is_feeder;

void fake_output_set(const FakeDevice *d)
{
    device = *d;
    plugged = true;
}

static int64_t now_ns(void)
{
    return (int64_t)(sono_now_s() * 1e9);
}

static PlayRing *new_ring(const SonoOutputState *s)
{
    const uint64_t bytes = PLAY_RING_DATA + (uint64_t)s->n_channels * CAPACITY * sizeof(float);
    PlayRing *ring = sono_alloc_aligned(bytes, 1);
    assert_non_null(ring);
    ring->magic = PLAY_RING_MAGIC;
    ring->n_channels = (uint32_t)s->n_channels;
    ring->capacity_frames = CAPACITY;
    ring->rate_hz = s->rate_hz;
    ring->bytes = bytes;
    atomic_store(&ring->end, PLAY_RING_NO_END);
    cut_done = 0;
    return ring;
}

/* With the lock. Whoever holds the old ring frees it when letting go. */
static void drop_ring(SonoOutput *o)
{
    if (!o->ring_held) {
        sono_free(o->ring);
    }
    o->ring = NULL;
    o->ring_held = false;
}

/* With the lock. */
static void run(SonoOutput *o)
{
    o->state.phase = SONO_OUTPUT_RUNNING;
    o->state.epoch++;
    o->state.rate_hz = device.rate_hz > 0.0 ? device.rate_hz : (o->wish.rate_hz > 0.0 ? o->wish.rate_hz : 48000.0);
    o->state.n_channels = device.n_channels > 0 ? device.n_channels : o->wish.n_channels;
    o->state.buffer_frames = device.buffer_frames;
    o->state.latency_s = device.latency_s;
    o->ring = new_ring(&o->state);
}

static void tell(SonoOutput *o)
{
    if (o->changed) {
        o->changed(o->ctx);
    }
}

SonoStatus sono_output_new(void (*changed)(void *ctx), void *ctx, SonoOutput **out, SonoError *err)
{
    (void)err;
    SonoOutput *o = sono_calloc(1, sizeof *o);
    assert_non_null(o);
    (void)pthread_mutex_init(&o->lock, NULL);
    o->changed = changed;
    o->ctx = ctx;
    the_output = *out = o;
    return SONO_OK;
}

void sono_output_open(SonoOutput *o, const SonoOutputWish *wish)
{
    (void)pthread_mutex_lock(&o->lock);
    o->wish = *wish;
    o->n_opens++;
    o->wanted = true;
    drop_ring(o);
    if (plugged) {
        run(o);
    } else {
        o->state.phase = SONO_OUTPUT_LOST;
    }
    (void)pthread_mutex_unlock(&o->lock);
}

void sono_output_close(SonoOutput *o)
{
    (void)pthread_mutex_lock(&o->lock);
    o->state.phase = SONO_OUTPUT_CLOSED;
    o->wanted = false;
    drop_ring(o);
    (void)pthread_mutex_unlock(&o->lock);
}

void fake_output_plug(bool now)
{
    SonoOutput *o = the_output;
    (void)pthread_mutex_lock(&o->lock);
    plugged = now;
    if (!now && o->state.phase == SONO_OUTPUT_RUNNING) {
        o->state.phase = SONO_OUTPUT_LOST;
        drop_ring(o);
    } else if (now && o->wanted && o->state.phase == SONO_OUTPUT_LOST) {
        run(o);
    }
    (void)pthread_mutex_unlock(&o->lock);
    tell(o);
}

SonoOutputState sono_output_state(SonoOutput *o)
{
    (void)pthread_mutex_lock(&o->lock);
    const SonoOutputState state = o->state;
    (void)pthread_mutex_unlock(&o->lock);
    return state;
}

void sono_output_free(SonoOutput *o)
{
    assert_int_equal(o->n_acquired, 0);
    (void)pthread_mutex_destroy(&o->lock);
    sono_free(o->ring);
    sono_free(o);
    the_output = NULL;
}

PlayRing *sono_output_acquire_ring(SonoOutput *o, uint32_t *epoch)
{
    is_feeder = true;
    (void)pthread_mutex_lock(&o->lock);
    PlayRing *ring = o->ring;
    *epoch = o->state.epoch;
    o->n_acquired += ring != NULL;
    o->ring_held = ring != NULL;
    (void)pthread_mutex_unlock(&o->lock);
    return ring;
}

void sono_output_release_ring(SonoOutput *o, PlayRing *ring)
{
    (void)pthread_mutex_lock(&o->lock);
    o->n_acquired--;
    if (ring != o->ring) {
        sono_free(ring);
    } else {
        o->ring_held = false;
    }
    (void)pthread_mutex_unlock(&o->lock);
}

bool fake_is_feeder(void)
{
    return is_feeder;
}

int fake_output_n_opens(void)
{
    SonoOutput *o = the_output;
    (void)pthread_mutex_lock(&o->lock);
    const int n = o->n_opens;
    (void)pthread_mutex_unlock(&o->lock);
    return n;
}

bool fake_output_is_open(void)
{
    return sono_output_state(the_output).phase != SONO_OUTPUT_CLOSED;
}

SonoOutputWish fake_output_wish(void)
{
    SonoOutput *o = the_output;
    (void)pthread_mutex_lock(&o->lock);
    const SonoOutputWish wish = o->wish;
    (void)pthread_mutex_unlock(&o->lock);
    return wish;
}

static void nap(void)
{
    const struct timespec t = {0, 200000};
    (void)nanosleep(&t, NULL);
}

void wait_until(bool (*done)(void *ctx), void *ctx, double patience_s, const char *what)
{
    const double until_s = sono_now_s() + patience_s;
    while (!done(ctx)) {
        if (sono_now_s() > until_s) {
            fail_msg("waited %g s in vain: %s", patience_s, what);
        }
        nap();
    }
}

static bool has_ring(void *ctx)
{
    uint32_t epoch = 0;
    SonoOutput *o = the_output;
    *(PlayRing **)ctx = NULL;
    (void)pthread_mutex_lock(&o->lock);
    *(PlayRing **)ctx = o->n_acquired > 0 ? o->ring : NULL;
    (void)pthread_mutex_unlock(&o->lock);
    (void)epoch;
    return *(PlayRing **)ctx != NULL;
}

PlayRing *fake_ring(void)
{
    PlayRing *ring = NULL;
    wait_until(has_ring, &ring, 5.0, "the feeder takes the ring");
    return ring;
}

static void tell_place(PlayRing *ring, uint64_t frame, bool playing)
{
    const uint32_t seq = atomic_load_explicit(&ring->place_seq, memory_order_relaxed);
    atomic_store(&ring->place_seq, seq + 1);
    atomic_store(&ring->playing, playing);
    atomic_store(&ring->place_frame, frame);
    atomic_store(&ring->place_dac_ns, now_ns() + (int64_t)(device.latency_s * 1e9));
    atomic_store(&ring->place_seq, seq + 2);
}

/* What can be taken now, at most n. */
static int64_t take_some(PlayRing *ring, float *const *to, int64_t at, int64_t n)
{
    const uint64_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
    const uint64_t cut = atomic_load_explicit(&ring->cut, memory_order_acquire);
    const uint64_t end = atomic_load_explicit(&ring->end, memory_order_acquire);
    uint64_t taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);
    if (cut > cut_done) {
        cut_done = cut;
        taken = cut > taken ? cut : taken;
    }
    const uint64_t until = end < written ? end : written;
    const uint64_t there = until > taken ? until - taken : 0;
    const uint64_t m = there < (uint64_t)n ? there : (uint64_t)n;
    for (uint64_t i = 0; to && i < m; i++) {
        for (uint32_t c = 0; c < ring->n_channels; c++) {
            to[c][at + (int64_t)i] = play_ring_plane(ring, CAPACITY, c)[(taken + i) & (CAPACITY - 1)];
        }
    }
    if (m > 0) {
        tell_place(ring, taken, true);
    }
    taken += m;
    atomic_store_explicit(&ring->taken, taken, memory_order_release);
    if (taken == end && atomic_load_explicit(&ring->playing, memory_order_relaxed)) {
        tell_place(ring, taken, false);
    }
    return (int64_t)m;
}

int64_t fake_take(float *const *to, int64_t at, int64_t n, double patience_s)
{
    PlayRing *ring = fake_ring();
    double until_s = sono_now_s() + patience_s;
    int64_t done = 0;
    while (done < n) {
        const int64_t most = n - done < 256 ? n - done : 256;
        const int64_t m = take_some(ring, to, at + done, most);
        done += m;
        if (m > 0) {
            until_s = sono_now_s() + patience_s;
        } else if (sono_now_s() > until_s) {
            break;
        } else {
            nap();
        }
    }
    return done;
}

void fake_settle(void)
{
    PlayRing *ring = fake_ring();
    uint64_t last = 0;
    for (int still = 0; still < 20; still++) {
        const uint64_t written = atomic_load(&ring->written);
        still = written == last ? still : 0;
        last = written;
        const struct timespec t = {0, 1000000};
        (void)nanosleep(&t, NULL);
    }
}
