/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks come and go between memory and the cache file. One lock guards all bookkeeping and is given up for every read
 * and write of the file; a block's state says what the others may do meanwhile. Payloads are immutable, so a block may
 * be read while it is written out. Nothing is ever lost: a payload is freed only once the file has it. */
#include "block_store.h"

#include "sono_log.h"
#include "sono_mem.h"

#include <string.h>

/* After a failed write, try again when so much more has become resident. */
#define RETRY_BYTES (64 * SONO_PAYLOAD_BYTES)

SonoPayload *sono_payload_new(SonoPcmStore *s)
{
    SonoPayload *payload = NULL;
    (void)pthread_mutex_lock(&s->lock);
    if (s->n_spares > 0) {
        payload = s->spares[--s->n_spares];
    }
    (void)pthread_mutex_unlock(&s->lock);
    return payload ? payload : sono_payload_map();
}

void sono_payload_free(SonoPcmStore *s, SonoPayload *payload)
{
    if (!payload) {
        return;
    }
    (void)pthread_mutex_lock(&s->lock);
    if (s->n_spares < s->max_spares) {
        s->spares[s->n_spares++] = payload;
        payload = NULL;
    }
    (void)pthread_mutex_unlock(&s->lock);
    sono_payload_unmap(payload);
}

static void list_push_newest(SonoPcmStore *s, SonoBlock *b)
{
    b->newer = NULL;
    b->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = b;
    s->newest = b;
    s->n_clean += b->slot >= 0;
}

static void list_remove(SonoPcmStore *s, SonoBlock *b)
{
    *(b->newer ? &b->newer->older : &s->newest) = b->older;
    *(b->older ? &b->older->newer : &s->oldest) = b->newer;
    b->newer = NULL;
    b->older = NULL;
    s->n_clean -= b->slot >= 0;
}

/* A reference, unless the last one has just gone and its owner waits for the lock to free the block. */
static bool try_ref(SonoBlock *b)
{
    int n = atomic_load_explicit(&b->n_refs, memory_order_relaxed);
    while (n > 0) {
        if (atomic_compare_exchange_weak_explicit(&b->n_refs, &n, n + 1, memory_order_relaxed, memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* The file has it and nobody reads it: the caller frees what this returns, without the lock. */
static SonoPayload *take_payload(SonoPcmStore *s, SonoBlock *b)
{
    SonoPayload *payload = b->payload;
    b->payload = NULL;
    b->state = SONO_BLOCK_SPILLED;
    s->resident_bytes -= SONO_PAYLOAD_BYTES;
    s->spilled_bytes += SONO_PAYLOAD_BYTES;
    return payload;
}

/* With the lock; gives it up to write. The caller holds a reference and has taken the block off the list. */
static SonoPayload *write_out(SonoPcmStore *s, SonoBlock *b)
{
    SonoError err = {0};
    int64_t slot = -1;
    b->state = SONO_BLOCK_WRITING;
    SonoStatus status = sono_cache_file_open(&s->file, &err);
    if (status == SONO_OK) {
        slot = sono_cache_file_take(&s->file);
        s->leaving_bytes += SONO_PAYLOAD_BYTES;
        (void)pthread_mutex_unlock(&s->lock);
        status = sono_cache_file_write(&s->file, slot, b->payload->samples, &err);
        (void)pthread_mutex_lock(&s->lock);
        s->leaving_bytes -= SONO_PAYLOAD_BYTES;
    }
    s->file_failed = status != SONO_OK;
    if (status == SONO_OK) {
        b->slot = slot;
    } else {
        if (slot >= 0) {
            sono_cache_file_give(&s->file, slot);
        }
        s->retry_at_bytes = s->resident_bytes + RETRY_BYTES;
    }
    b->state = SONO_BLOCK_RESIDENT;
    SonoPayload *payload = NULL;
    if (b->n_pins == 0 && b->slot >= 0) {
        payload = take_payload(s, b);
    } else if (b->n_pins == 0) {
        list_push_newest(s, b);
    }
    if (status != SONO_OK && !s->told) {
        s->told = true;
        (void)pthread_mutex_unlock(&s->lock);
        sono_log(SONO_LOG_NOTICE, "pcm", "%s; sound stays in memory beyond its budget", err.message);
        (void)pthread_mutex_lock(&s->lock);
    }
    return payload;
}

/* With the lock; gives it up to write and to free. Brings memory down to the budget as far as it can. */
static void trim(SonoPcmStore *s)
{
    SonoBlock *b = s->oldest;
    while (b && s->resident_bytes - s->leaving_bytes > s->budget_bytes) {
        const bool may_write = !s->file_failed || s->resident_bytes > s->retry_at_bytes;
        if (!may_write && s->n_clean == 0) {
            return;
        }
        SonoPayload *payload = NULL;
        SonoBlock *held = NULL;
        if (b->slot >= 0) {
            list_remove(s, b);
            payload = take_payload(s, b);
        } else if (may_write && try_ref(b)) {
            list_remove(s, b);
            held = b;
            payload = write_out(s, b);
        } else {
            b = b->newer;
            continue;
        }
        (void)pthread_mutex_unlock(&s->lock);
        sono_payload_free(s, payload);
        sono_block_unref(held);
        (void)pthread_mutex_lock(&s->lock);
        b = s->oldest;
    }
}

SonoStatus sono_block_new(SonoPcmStore *s, SonoPayload *payload, SonoBlock **out, SonoError *err)
{
    if (sono_payload_is_zero(payload)) {
        sono_payload_free(s, payload);
        *out = NULL;
        return SONO_OK;
    }
    SonoBlock *b = sono_calloc(1, sizeof *b);
    if (!b) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a block of sound");
    }
    atomic_init(&b->n_refs, 1);
    b->store = s;
    b->state = SONO_BLOCK_RESIDENT;
    b->slot = -1;
    b->payload = payload;
    sono_payload_measure(payload, b->coarse);
    (void)pthread_mutex_lock(&s->lock);
    s->n_blocks++;
    s->resident_bytes += SONO_PAYLOAD_BYTES;
    list_push_newest(s, b);
    trim(s);
    (void)pthread_mutex_unlock(&s->lock);
    *out = b;
    return SONO_OK;
}

SonoBlock *sono_block_ref(SonoBlock *b)
{
    if (b) {
        (void)atomic_fetch_add_explicit(&b->n_refs, 1, memory_order_relaxed);
    }
    return b;
}

/* The last reference: nobody pins, loads or writes it, each of which holds one. */
static void destroy(SonoBlock *b)
{
    SonoPcmStore *s = b->store;
    (void)pthread_mutex_lock(&s->lock);
    if (b->payload) {
        list_remove(s, b);
        s->resident_bytes -= SONO_PAYLOAD_BYTES;
    } else {
        s->spilled_bytes -= SONO_PAYLOAD_BYTES;
    }
    if (b->slot >= 0) {
        sono_cache_file_give(&s->file, b->slot);
        s->file_failed = false;
    }
    s->n_blocks--;
    (void)pthread_mutex_unlock(&s->lock);
    sono_payload_free(s, b->payload);
    sono_free(b);
}

void sono_block_unref(SonoBlock *b)
{
    if (b && atomic_fetch_sub_explicit(&b->n_refs, 1, memory_order_acq_rel) == 1) {
        destroy(b);
    }
}

/* With the lock, payload in memory. */
static const SonoPayload *pin_resident(SonoBlock *b)
{
    if (b->n_pins++ == 0 && b->state == SONO_BLOCK_RESIDENT) {
        list_remove(b->store, b);
    }
    return b->payload;
}

/* The peaks that stayed in memory tell whether these are the samples that left. */
static SonoStatus read_back(SonoPcmStore *s, const SonoBlock *b, SonoPayload *payload, SonoError *err)
{
    SonoPeak coarse[SONO_N_COARSE];
    const SonoStatus status =
        sono_cache_file_read(&s->file, b->slot, 0, sizeof payload->samples, payload->samples, err);
    if (status != SONO_OK) {
        return status;
    }
    sono_payload_measure(payload, coarse);
    if (memcmp(coarse, b->coarse, sizeof coarse) != 0) {
        return sono_fail(err, SONO_E_IO, "cannot read the cache file: it does not hold what was written");
    }
    return SONO_OK;
}

/* With the lock; gives it up to make room and to read. The pin keeps the block out of everybody's way. */
static SonoStatus load(SonoBlock *b, SonoError *err)
{
    SonoPcmStore *s = b->store;
    b->state = SONO_BLOCK_LOADING;
    s->resident_bytes += SONO_PAYLOAD_BYTES;
    trim(s);
    (void)pthread_mutex_unlock(&s->lock);
    SonoStatus status = SONO_OK;
    SonoPayload *payload = sono_payload_new(s);
    if (!payload) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to load a block of sound");
    } else {
        status = read_back(s, b, payload, err);
    }
    if (status != SONO_OK) {
        sono_payload_free(s, payload);
    }
    (void)pthread_mutex_lock(&s->lock);
    if (status == SONO_OK) {
        b->payload = payload;
        b->state = SONO_BLOCK_RESIDENT;
        b->n_pins = 1;
        s->spilled_bytes -= SONO_PAYLOAD_BYTES;
        s->n_loads++;
    } else {
        b->state = SONO_BLOCK_SPILLED;
        s->resident_bytes -= SONO_PAYLOAD_BYTES;
    }
    (void)pthread_cond_broadcast(&s->changed);
    return status;
}

SonoStatus sono_block_pin(SonoBlock *b, const SonoPayload **out, SonoError *err)
{
    SonoPcmStore *s = b->store;
    SonoStatus status = SONO_OK;
    (void)pthread_mutex_lock(&s->lock);
    while (b->state == SONO_BLOCK_LOADING) {
        (void)pthread_cond_wait(&s->changed, &s->lock);
    }
    if (b->payload) {
        (void)pin_resident(b);
    } else {
        status = load(b, err);
    }
    if (status == SONO_OK) {
        *out = b->payload;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return status;
}

const SonoPayload *sono_block_try_pin(SonoBlock *b)
{
    (void)pthread_mutex_lock(&b->store->lock);
    const SonoPayload *payload = b->payload ? pin_resident(b) : NULL;
    (void)pthread_mutex_unlock(&b->store->lock);
    return payload;
}

void sono_block_unpin(SonoBlock *b)
{
    if (!b) {
        return;
    }
    SonoPcmStore *s = b->store;
    (void)pthread_mutex_lock(&s->lock);
    if (--b->n_pins == 0 && b->state == SONO_BLOCK_RESIDENT) {
        list_push_newest(s, b);
        trim(s);
    }
    (void)pthread_mutex_unlock(&s->lock);
}

SonoStatus sono_block_read_spilled(SonoBlock *b, size_t offset, size_t n_frames, float *dst, SonoError *err)
{
    /* The slot was set before the payload left memory, under the lock that try_pin took. */
    return sono_cache_file_read(&b->store->file, b->slot, offset * sizeof *dst, n_frames * sizeof *dst, dst, err);
}
