/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store that clips share: its budget, its life, its figures. */
#include "block_store.h"

#include "sono_mem.h"

#include <stdlib.h>
#include <unistd.h>

_Static_assert(SONO_PAYLOAD_BYTES >= sizeof(SonoPayload), "a payload fits its pages");

static SonoStatus choose_budget(uint64_t wanted, uint64_t *out, SonoError *err)
{
    const char *env = getenv("SONO_PCM_BUDGET_MB");
    if (wanted > 0) {
        *out = wanted;
        return SONO_OK;
    }
    if (env && env[0]) {
        char *end = NULL;
        const long mb = strtol(env, &end, 10);
        if (*end != '\0' || mb < 1 || mb > (1L << 30)) {
            return sono_fail(err, SONO_E_RANGE, "SONO_PCM_BUDGET_MB is '%s', must be a number of megabytes from 1",
                             env);
        }
        *out = (uint64_t)mb << 20;
        return SONO_OK;
    }
    const long n_pages = sysconf(_SC_PHYS_PAGES);
    const long page_bytes = sysconf(_SC_PAGESIZE);
    *out = n_pages > 0 && page_bytes > 0 ? (uint64_t)n_pages * (uint64_t)page_bytes / 4 : UINT64_C(1) << 30;
    return SONO_OK;
}

SonoStatus sono_pcm_store_new(uint64_t budget_bytes, const char *cache_dir, SonoPcmStore **out, SonoError *err)
{
    uint64_t budget = 0;
    SonoStatus status = choose_budget(budget_bytes, &budget, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoPcmStore *s = sono_calloc(1, sizeof *s);
    if (!s) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the store of sound");
    }
    status = sono_cache_file_init(&s->file, cache_dir, sizeof(float) * SONO_BLOCK_FRAMES, err);
    if (status != SONO_OK) {
        sono_free(s);
        return status;
    }
    atomic_init(&s->n_refs, 1);
    s->budget_bytes = budget;
#ifndef SONO_SANITIZED /* there none, so that a use after free is seen */
    s->max_spares = SONO_MAX_SPARES;
#endif
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_cond_init(&s->changed, NULL);
    *out = s;
    return SONO_OK;
}

SonoPcmStore *sono_pcm_store_ref(SonoPcmStore *s)
{
    (void)atomic_fetch_add_explicit(&s->n_refs, 1, memory_order_relaxed);
    return s;
}

void sono_pcm_store_unref(SonoPcmStore *s)
{
    if (s && atomic_fetch_sub_explicit(&s->n_refs, 1, memory_order_acq_rel) == 1) {
        for (int i = 0; i < s->n_spares; i++) {
            sono_payload_unmap(s->spares[i]);
        }
        sono_cache_file_clear(&s->file);
        (void)pthread_cond_destroy(&s->changed);
        (void)pthread_mutex_destroy(&s->lock);
        sono_free(s);
    }
}

SonoPcmStoreStats sono_pcm_store_stats(SonoPcmStore *s)
{
    (void)pthread_mutex_lock(&s->lock);
    const SonoPcmStoreStats stats = {s->budget_bytes, s->resident_bytes, s->spilled_bytes, s->n_blocks, s->n_loads};
    (void)pthread_mutex_unlock(&s->lock);
    return stats;
}
