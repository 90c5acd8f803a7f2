/* SPDX-License-Identifier: GPL-3.0-or-later */
/* While it sounds and no fade out has been settled, the ring holds at least the 5 ms that a fade out needs: every rule
 * below keeps that. A fade out that has begun runs to its end, whatever happens meanwhile. */
#define _GNU_SOURCE
#include "last_stage.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "denormals.h"
#include "level_guard.h"
#include "sono_mem.h"

#define NO_FADE UINT64_MAX
#define PATIENCE_S 0.02 /* silence that is accepted while the ring fills before a sound begins */

typedef struct Place {
    uint64_t frame;
    uint32_t offset; /* into this call */
    bool playing, news;
} Place;

struct LastStage {
    PlayRing *ring;
    uint32_t n_channels, n_in_channels, capacity, fade_frames, patience_frames;
    double ns_per_frame;
    float *curve;           /* [fade_frames] */
    uint64_t pos;           /* the next frame to play */
    uint64_t limit;         /* frames before it are there, as seen at the beginning of this call */
    uint64_t cut, end;      /* likewise */
    uint64_t cut_done;      /* the last cut that was obeyed */
    uint64_t fade_end;      /* the frame at which silence is reached; NO_FADE: none in sight */
    uint64_t in_written;    /* frames captured */
    uint32_t fade_in;       /* frames since the beginning, up to fade_frames */
    uint32_t waited;        /* frames of silence since the ring began to fill */
    bool sounding, starves; /* starves: what ends at fade_end ends for want of frames */
    uint64_t n_callbacks, xruns, starved;
    _Atomic bool stop_asked, silent;
    LevelGuard guard;
};

static bool is_sane(const PlayRing *ring)
{
    const uint32_t capacity = ring->capacity_frames;
    return ring->magic == PLAY_RING_MAGIC && ring->n_channels >= 1 && ring->n_channels <= GUARD_MAX_CHANNELS &&
           ring->n_in_channels <= GUARD_MAX_CHANNELS && capacity >= 4096 && capacity <= UINT32_C(1) << 24 &&
           (capacity & (capacity - 1)) == 0 && ring->rate_hz >= 1000.0 && ring->rate_hz <= 1e6 &&
           ring->bytes == play_ring_bytes(ring->n_channels, ring->n_in_channels, capacity) &&
           play_ring_fade_frames(ring->rate_hz) < capacity / 2;
}

SonoStatus last_stage_new(PlayRing *ring, LastStage **out, SonoError *err)
{
    if (!is_sane(ring)) {
        return sono_fail(err, SONO_E_FORMAT, "the ring is not of this version");
    }
    const uint32_t fade = play_ring_fade_frames(ring->rate_hz);
    LastStage *stage = sono_alloc_aligned(1, sizeof *stage);
    float *curve = sono_alloc_aligned(fade, sizeof *curve);
    if (!stage || !curve) {
        sono_free(stage);
        sono_free(curve);
        return sono_fail(err, SONO_E_NOMEM, "no memory for the device's last stage");
    }
    for (uint32_t i = 0; i < fade; i++) {
        curve[i] = (float)(0.5 * (1.0 - cos(3.14159265358979323846 * (i + 0.5) / fade)));
    }
    *stage = (LastStage){.ring = ring,
                         .n_channels = ring->n_channels,
                         .n_in_channels = ring->n_in_channels,
                         .capacity = ring->capacity_frames,
                         .fade_frames = fade,
                         .patience_frames = (uint32_t)(ring->rate_hz * PATIENCE_S),
                         .ns_per_frame = 1e9 / ring->rate_hz,
                         .curve = curve,
                         .fade_end = NO_FADE,
                         .pos = atomic_load_explicit(&ring->taken, memory_order_relaxed),
                         .silent = true,
                         .guard = {.n_channels = ring->n_channels,
                                   .fade_frames = fade,
                                   .mute_frames = (uint32_t)(ring->rate_hz * PLAY_RING_MUTE_S + 0.5),
                                   .curve = curve}};
    /* Best effort: the limit of an ordinary user is small. Its pages are there already (MAP_POPULATE). */
    (void)mlock(ring, ring->bytes);
    (void)mlock(stage, sizeof *stage);
    (void)mlock(curve, fade * sizeof *curve);
    *out = stage;
    return SONO_OK;
}

void last_stage_free(LastStage *stage)
{
    if (stage) {
        sono_free(stage->curve);
        sono_free(stage);
    }
}

/* What the feeder says now. `written` first: whoever sees frames behind a cut sees the cut. */
static void look(LastStage *stage)
{
    PlayRing *ring = stage->ring;
    stage->limit = atomic_load_explicit(&ring->written, memory_order_acquire);
    stage->cut = atomic_load_explicit(&ring->cut, memory_order_acquire);
    stage->end = atomic_load_explicit(&ring->end, memory_order_acquire);
    if (stage->limit > stage->pos + stage->capacity) {
        stage->limit = stage->pos + stage->capacity;
    }
}

static void obey_cut(LastStage *stage)
{
    if (stage->cut > stage->cut_done) {
        stage->cut_done = stage->cut;
        stage->pos = stage->cut > stage->pos ? stage->cut : stage->pos;
    }
}

static uint64_t frames_there(const LastStage *stage)
{
    const uint64_t until = stage->end < stage->limit ? stage->end : stage->limit;
    return until > stage->pos ? until - stage->pos : 0;
}

/* Out of silence, where there is something to play; want: frames left in this call. */
static bool begin(LastStage *stage, uint32_t want)
{
    if (atomic_load_explicit(&stage->stop_asked, memory_order_relaxed)) {
        return false;
    }
    obey_cut(stage);
    const uint64_t there = frames_there(stage);
    const bool all_there = stage->end <= stage->limit;
    if (there == 0) {
        stage->waited = 0;
        return false;
    }
    if (!all_there && there < (uint64_t)want + stage->fade_frames && stage->waited < stage->patience_frames) {
        stage->waited += want;
        return false;
    }
    stage->waited = 0;
    stage->sounding = true;
    stage->fade_in = 0;
    stage->starves = !all_there;
    stage->fade_end = there < stage->fade_frames ? stage->pos + there : NO_FADE;
    return true;
}

/* Is there a reason to begin a fade out within this call? (Not later: by then there may be more.) */
static void settle_fade(LastStage *stage, uint32_t want)
{
    const uint64_t soonest = stage->pos + stage->fade_frames;
    stage->starves = false;
    if (stage->cut > stage->cut_done || atomic_load_explicit(&stage->stop_asked, memory_order_relaxed)) {
        stage->fade_end = soonest;
    } else if (stage->end <= stage->limit) {
        if (stage->end < soonest + want) {
            stage->fade_end = stage->end > soonest ? stage->end : soonest;
        }
    } else if (stage->limit < soonest + want) {
        stage->fade_end = stage->limit;
        stage->starves = true;
    }
}

/* Gains of n frames from pos on; NULL: all are 1. */
static const float *fades(const LastStage *stage, uint32_t n, float *gains)
{
    const uint64_t last_left = stage->fade_end - stage->pos - (n - 1);
    if (stage->fade_in >= stage->fade_frames && (stage->fade_end == NO_FADE || last_left > stage->fade_frames)) {
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t left = stage->fade_end - stage->pos - i, in = (uint64_t)stage->fade_in + i;
        gains[i] = in < stage->fade_frames ? stage->curve[in] : 1.0f;
        if (stage->fade_end != NO_FADE && left <= stage->fade_frames) {
            gains[i] *= stage->curve[left - 1];
        }
    }
    return gains;
}

static uint32_t least(uint32_t a, uint64_t b)
{
    return b < a ? (uint32_t)b : a;
}

/* Some of the next frames, at most want; how many. */
static uint32_t sound(LastStage *stage, float *const *out, uint32_t at, uint32_t want, Place *place)
{
    if (stage->fade_end == NO_FADE) {
        settle_fade(stage, want);
    }
    const uint32_t index = (uint32_t)stage->pos & (stage->capacity - 1);
    uint32_t n = least(GUARD_CHUNK_FRAMES, stage->capacity - index);
    n = least(n, want);
    n = least(n, stage->fade_end - stage->pos);
    const float *in[GUARD_MAX_CHANNELS];
    for (uint32_t c = 0; c < stage->n_channels; c++) {
        in[c] = play_ring_plane(stage->ring, stage->capacity, c) + index;
    }
    float gains[GUARD_CHUNK_FRAMES];
    level_guard_pass(&stage->guard, in, fades(stage, n, gains), out, at, n);
    stage->pos += n;
    stage->fade_in = least(stage->fade_frames, (uint64_t)stage->fade_in + n);
    if (stage->pos == stage->fade_end) {
        *place = (Place){.frame = stage->pos, .offset = at + n, .news = true};
        stage->sounding = false;
        stage->fade_end = NO_FADE;
        stage->starved += stage->starves;
        obey_cut(stage);
    }
    return n;
}

static void capture(LastStage *stage, const float *const *in, uint32_t n_frames)
{
    const uint32_t n = least(stage->capacity, n_frames), skip = n_frames - n;
    const uint32_t index = (uint32_t)(stage->in_written + skip) & (stage->capacity - 1);
    const uint32_t first = least(n, stage->capacity - index);
    for (uint32_t c = 0; c < stage->n_in_channels; c++) {
        float *plane = play_ring_in_plane(stage->ring, stage->capacity, stage->n_channels, c);
        if (in) {
            memcpy(plane + index, in[c] + skip, first * sizeof(float));
            memcpy(plane, in[c] + skip + first, (n - first) * sizeof(float));
        } else {
            memset(plane + index, 0, first * sizeof(float));
            memset(plane, 0, (n - first) * sizeof(float));
        }
    }
    stage->in_written += n_frames;
    atomic_store_explicit(&stage->ring->in_written, stage->in_written, memory_order_release);
}

/* Whoever sees one of the new values (acquire) sees that the sequence is odd, or further. */
static void tell_place(const LastStage *stage, const Place *place, int64_t dac_ns)
{
    PlayRing *ring = stage->ring;
    const uint32_t seq = atomic_load_explicit(&ring->place_seq, memory_order_relaxed);
    atomic_store_explicit(&ring->place_seq, seq + 1, memory_order_relaxed);
    atomic_store_explicit(&ring->playing, place->playing, memory_order_release);
    atomic_store_explicit(&ring->place_frame, place->frame, memory_order_release);
    atomic_store_explicit(&ring->place_dac_ns, dac_ns + (int64_t)(place->offset * stage->ns_per_frame),
                          memory_order_release);
    atomic_store_explicit(&ring->place_seq, seq + 2, memory_order_release);
}

static void tell(LastStage *stage, const Place *place, int64_t dac_ns)
{
    PlayRing *ring = stage->ring;
    if (place->news) {
        tell_place(stage, place, dac_ns);
    }
    atomic_store_explicit(&stage->silent, !stage->sounding && stage->guard.decay_left == 0, memory_order_relaxed);
    atomic_store_explicit(&ring->starved, stage->starved, memory_order_relaxed);
    atomic_store_explicit(&ring->clipped, stage->guard.clipped, memory_order_relaxed);
    atomic_store_explicit(&ring->non_finite, stage->guard.non_finite, memory_order_relaxed);
    atomic_store_explicit(&ring->muted, stage->guard.muted, memory_order_relaxed);
    atomic_store_explicit(&ring->taken, stage->pos, memory_order_release);
    atomic_store_explicit(&ring->n_callbacks, ++stage->n_callbacks, memory_order_release);
}

void last_stage_run(LastStage *stage, const float *const *in, float *const *out, uint32_t n_frames, int64_t dac_ns)
{
    const DenormalMode mode = denormals_off();
    last_stage_note_turn(stage, n_frames);
    if (stage->n_in_channels > 0) {
        capture(stage, in, n_frames);
    }
    look(stage);
    Place place = {.frame = stage->pos, .playing = stage->sounding, .news = stage->sounding};
    bool may_begin = true;
    for (uint32_t done = 0; done < n_frames;) {
        if (!stage->sounding && may_begin && begin(stage, n_frames - done)) {
            place = (Place){.frame = stage->pos, .offset = done, .playing = true, .news = true};
        }
        may_begin = stage->sounding;
        if (stage->sounding) {
            done += sound(stage, out, done, n_frames - done, &place);
        } else {
            const uint32_t n = least(GUARD_CHUNK_FRAMES, n_frames - done);
            level_guard_pass(&stage->guard, NULL, NULL, out, done, n);
            done += n;
        }
    }
    tell(stage, &place, dac_ns);
    denormals_back(mode);
}

void last_stage_note_turn(LastStage *stage, uint32_t n_frames)
{
    if (n_frames > last_stage_longest_call(stage)) {
        atomic_store_explicit(&stage->ring->longest_call, n_frames, memory_order_relaxed);
    }
}

void last_stage_count_xrun(LastStage *stage)
{
    atomic_store_explicit(&stage->ring->xruns, ++stage->xruns, memory_order_relaxed);
}

void last_stage_ask_silence(LastStage *stage)
{
    atomic_store_explicit(&stage->stop_asked, true, memory_order_relaxed);
}

bool last_stage_is_silent(LastStage *stage)
{
    return atomic_load_explicit(&stage->silent, memory_order_relaxed);
}

uint32_t last_stage_longest_call(LastStage *stage)
{
    return atomic_load_explicit(&stage->ring->longest_call, memory_order_relaxed);
}

bool last_stage_would_starve(LastStage *stage, uint32_t n_frames)
{
    look(stage);
    return stage->end > stage->limit && stage->cut <= stage->cut_done && stage->fade_end == NO_FADE &&
           frames_there(stage) < (uint64_t)n_frames + stage->fade_frames;
}

bool last_stage_would_overwrite(LastStage *stage, uint32_t n_frames)
{
    const uint64_t in_taken = atomic_load_explicit(&stage->ring->in_taken, memory_order_acquire);
    return stage->n_in_channels > 0 && in_taken > 0 && stage->in_written + n_frames > in_taken + stage->capacity;
}
